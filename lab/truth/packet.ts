/** One packet: from a pod on one node towards one address of another, object by object, until it arrives or dies. */

import { formatAddress, holds, hostRange } from '../world/addresses.ts';
import type { Address, Family, Range } from '../world/addresses.ts';
import type { NodeWorld } from '../world/world.ts';
import { fate, oneOf } from './fate.ts';
import type { Fate } from './fate.ts';
import { carriesAddress, isAssigned, isFilled } from './ground.ts';
import type { Machine, Nic } from './ground.ts';
import { egressOf, nextHopTo } from './standing.ts';
import type { Mode, Standing } from './standing.ts';

/** What is asked about a world again and again for 40,000 pairs. */
export interface Scene {
  /** Whether a machine is one of the cluster's nodes. */
  isNode: (machine: Machine) => boolean;
  /** The nodes whose kernels have a route per peer, those of one mode, that have the address in a pod range. */
  peersHolding: (x: Address, mode: Mode) => { node: NodeWorld; length: number }[];
}

/** Length of the longest of the ranges that holds the address; -1 when none does. */
function longest(ranges: Range[], x: Address): number {
  return ranges.reduce((best, range) => (holds(range, x) && range.length > best ? range.length : best), -1);
}

/** Whether the cloud lets the node's pods send here: it forwards, or their addresses are the interface's own. */
function senderDrops(a: Standing, egress: Nic, x: Address): boolean {
  const sources = a.pods.filter((pod) => pod.family === x.family);
  // Without a podCIDR the packet carries the node's own address.
  if (a.pods.length === 0 || egress.forwards) return false;
  return !sources.every((source) => isFilled(source, egress.own));
}

function isOnLink(local: Range[], hop: string): boolean {
  const { family, first } = hostRange(hop);
  return local.some((range) => holds(range, { family, value: first }));
}

/** The frame goes straight to whoever has the next hop's address in this subnet; no table is asked. */
function toNeighbour(egress: Nic, b: Machine, hop: string, x: Address): Fate {
  const carrier = b.ground.nics.find((one) => one.subnet === egress.subnet && carriesAddress(one, hop));
  if (carrier === undefined) return fate('fail', `nobody in ${egress.subnet} answers for ${hop}`);
  if (carrier.machine !== b) return fate('fail', `${hop} belongs to another machine`);
  if (!carrier.forwards && !isAssigned(carrier, x)) return fate('fail', `check on at receiver ${carrier.id}`);
  return { ...fate('pass', `neighbour ${hop}`), way: { from: egress, to: carrier } };
}

/** Wherever it goes from there. */
function leaving(egress: Nic, one: Fate): Fate {
  if (one.either !== undefined) return { ...one, either: one.either.map((each) => leaving(egress, each)) };
  return one.way === undefined ? { ...one, way: { from: egress } } : one;
}

/** Through the default route. Where neighbours answer for themselves, the own subnet is asked by hardware address. */
function toGateway(scene: Scene, a: Standing, egress: Nic, b: Machine, x: Address): Fate {
  if (senderDrops(a, egress, x)) return fate('fail', `check on at sender ${egress.id}`);
  const { ground } = b;
  if (ground.neighbours === 'owner' && egress.local.some((range) => holds(range, x))) {
    const reached = b.nics.find((one) => one.subnet === egress.subnet && isAssigned(one, x));
    if (reached === undefined) return fate('fail', `${formatAddress(x)} is in the own subnet`);
    return { ...fate('pass', 'assigned in the subnet'), way: { from: egress, to: reached } };
  }
  return leaving(egress, ground.route({ from: egress, to: b, x, isNode: scene.isNode }));
}

/** The default route may leave through the node-IP interface or the primary one; where that matters, nobody knows. */
function byDefaultRoute(scene: Scene, a: Standing, machine: Machine, egress: Nic, b: Machine, x: Address): Fate {
  const primary = machine.nics.find((one) => one.primary);
  const first = toGateway(scene, a, egress, b, x);
  if (primary === undefined || primary === egress) return first;
  return oneOf([first, toGateway(scene, a, primary, b, x)], 'no default route');
}

/** What flannel on Windows leaves open; undefined where it makes no difference. `best`: the longest host route. */
function windowsDoubt(a: Standing, b: Standing, x: Address, toB: boolean, best: number): Fate | undefined {
  const windows = a.node.os === 'windows';
  if (x.family === 6 && (windows || b.node.os === 'windows')) {
    return fate('unknown', 'flannel on Windows makes no IPv6 routes');
  }
  // Windows may or may not accept the off-link next hop; only a longer route of somebody else makes that moot. Towards
  // a node that is not in host-gw mode flannel makes no route at all.
  if (windows && b.mode === 'host-gw' && !toB && best <= longest(b.pods, x)) {
    return fate('unknown', 'Windows sender, next hop off-link');
  }
  return undefined;
}

/**
 * Whether the sender's kernel sends packets of a family to the other node through a tunnel: its next hop is no
 * neighbour. Undefined where nobody can say through which interface the sender would reach it.
 */
export function isTunnelled(a: Standing, machine: Machine, b: Standing, family: Family): boolean | undefined {
  const egress = egressOf(a, machine, family);
  if (egress === undefined) return undefined;
  const hop = nextHopTo(b.node, family);
  return machine.ground.neighbours === 'nobody' || hop === undefined || !isOnLink(egress.local, hop);
}

/** Follows one packet from a pod on `a` to address `x` of `b`; both machines run and both modes route podCIDRs. */
export function follow(scene: Scene, a: Standing, machine: Machine, b: Standing, other: Machine, x: Address): Fate {
  const egress = egressOf(a, machine, x.family);
  if (egress === undefined) return fate('unknown', 'no interface carries the address of the sender');
  const { neighbours } = machine.ground;
  // Where the cloud routes every packet by its destination, a host route changes nothing about its way.
  const hasNeighbours = neighbours === 'owner';
  const own = longest(a.pods, x);
  const connected = hasNeighbours ? longest(egress.local, x) : -1;
  const isNeighbour = (node: NodeWorld): boolean => {
    const hop = nextHopTo(node, x.family);
    return hop !== undefined && isOnLink(egress.local, hop);
  };
  // In cross-subnet mode a peer that is no neighbour has a route, too: into a tunnel, whatever the cloud does.
  const isCross = a.mode === 'cross-subnet';
  const usesPeers = isCross || (a.mode === 'host-gw' && hasNeighbours);
  const others = usesPeers ? scene.peersHolding(x, a.mode).filter(({ node }) => node !== a.node) : [];
  const peers = isCross ? others : others.filter(({ node }) => isNeighbour(node));
  const best = peers.reduce((length, peer) => Math.max(length, peer.length), -1);

  if (own >= 0 && own >= best && own >= connected) return fate('fail', 'inside the own podCIDR of the sender');

  // The check at the sender drops the packet whatever becomes of it afterwards.
  const unlessDropped = (then: Fate): Fate =>
    then.verdict !== 'fail' && senderDrops(a, egress, x) ? fate('fail', `check on at sender ${egress.id}`) : then;

  if (a.mode === 'host-gw') {
    const toB = neighbours !== 'nobody' && isNeighbour(b.node);
    const doubt = windowsDoubt(a, b, x, toB, best);
    if (doubt !== undefined) return unlessDropped(leaving(egress, doubt));
  }
  if (usesPeers && best > connected) {
    const winners = peers.filter((peer) => peer.length === best);
    if (!hasNeighbours) {
      const intoTunnel = winners.filter(({ node }) => !isNeighbour(node));
      if (intoTunnel.length === winners.length) return fate('fail', 'goes into the tunnel of another node');
      if (intoTunnel.length > 0) return unlessDropped(fate('unknown', 'may go into the tunnel of another node'));
      return byDefaultRoute(scene, a, machine, egress, other, x);
    }
    // Whichever of several wins: where the owner is none of them, the packet goes astray.
    const names = winners.map((winner) => winner.node.name).join(' or ');
    if (!winners.some((winner) => winner.node === b.node)) return fate('fail', `goes to ${names}`);
    if (winners.length > 1) return unlessDropped(leaving(egress, fate('unknown', `goes to ${names}`)));
    const hop = nextHopTo(b.node, x.family);
    if (hop === undefined) return fate('fail', 'no next hop');
    return unlessDropped(toNeighbour(egress, other, hop, x));
  }
  return byDefaultRoute(scene, a, machine, egress, other, x);
}
