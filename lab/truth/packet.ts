/** One packet: from a pod on one node towards one address of another, object by object, until it arrives or dies. */

import { covers, familyOf, formatAddress, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { InterfaceWorld, NodeWorld, SubnetWorld } from '../world/world.ts';
import { carriesAddress, egressOf, isAssigned, nextHopTo, subnetOfInterface } from './standing.ts';
import type { Machine, Standing } from './standing.ts';
import { tableOf, throughTable } from './table.ts';
import type { Scene } from './table.ts';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Fate {
  verdict: Verdict;
  /** For people who compare two opinions. */
  why: string;
}

const fate = (verdict: Verdict, why: string): Fate => ({ verdict, why });

function rangesOfSubnet(subnet: SubnetWorld): Range[] {
  return [subnet.cidr, ...subnet.ipv6Cidrs].map(rangeOf);
}

/** Length of the longest of the ranges that holds the address; -1 when none does. */
function longest(ranges: Range[], x: Address): number {
  return ranges.reduce((best, range) => (holds(range, x) && range.length > best ? range.length : best), -1);
}

/** Whether the source/destination check lets the node's pods send: off, or their addresses are the interface's own. */
function senderDrops(a: Standing, egress: InterfaceWorld, x: Address): boolean {
  const sources = a.pods.filter((pod) => pod.family === x.family);
  // Without a podCIDR the packet carries the node's own address.
  if (a.pods.length === 0 || !egress.sourceDestCheck) return false;
  const own = [...egress.ipv4Prefixes, ...egress.ipv6Prefixes].map(rangeOf);
  return !sources.every((source) => isFilled(source, own));
}

/** Whether the ranges together hold every address of the whole. */
function isFilled(whole: Range, parts: Range[]): boolean {
  let reached = whole.first;
  for (;;) {
    const part = parts.find((one) => one.family === whole.family && one.first <= reached && reached <= one.last);
    if (part === undefined) return false;
    if (part.last >= whole.last) return true;
    reached = part.last + 1n;
  }
}

/** The host-gw peers whose podCIDR holds the address and whose next hop is a neighbour in the sender's subnet. */
function neighboursFor(
  scene: Scene,
  a: NodeWorld,
  subnet: SubnetWorld,
  x: Address,
): { node: NodeWorld; length: number }[] {
  const local = rangesOfSubnet(subnet);
  return scene.peersHolding(x).filter(({ node }) => {
    const hop = nextHopTo(node, x.family);
    return node !== a && hop !== undefined && isOnLink(local, hop);
  });
}

function isOnLink(local: Range[], hop: string): boolean {
  return local.some((range) => covers(range, rangeOf(`${hop}/${familyOf(hop) === 4 ? '32' : '128'}`)));
}

/** The frame goes straight to whoever has the next hop's address in this subnet; no table is asked. */
function toNeighbour(machine: Machine, subnet: SubnetWorld, b: Machine, hop: string, x: Address): Fate {
  const carrier = machine.region.interfaces.find((one) => one.subnetId === subnet.id && carriesAddress(one, hop));
  if (carrier === undefined) return fate('fail', `nobody in ${subnet.id} answers for ${hop}`);
  if (carrier.instanceId !== b.instance.id) return fate('fail', `${hop} belongs to another machine`);
  if (carrier.sourceDestCheck && !isAssigned(carrier, x)) return fate('fail', `check on at receiver ${carrier.id}`);
  return fate('pass', `neighbour ${hop}`);
}

/** Through the default route: the subnet's own range is asked for by hardware address, the rest goes to the table. */
function toGateway(scene: Scene, a: Standing, machine: Machine, egress: InterfaceWorld, b: Machine, x: Address): Fate {
  if (senderDrops(a, egress, x)) return fate('fail', `check on at sender ${egress.id}`);
  const subnet = subnetOfInterface(machine.region, egress);
  if (rangesOfSubnet(subnet).some((range) => holds(range, x))) {
    // EC2 answers only for addresses that are assigned to an interface.
    const reached = b.interfaces.some((one) => one.subnetId === subnet.id && isAssigned(one, x));
    return reached ? fate('pass', 'assigned in the subnet') : fate('fail', `${formatAddress(x)} is in the own subnet`);
  }
  return throughTable(scene, machine.region, tableOf(machine.region, subnet), b, x);
}

/** The default route may leave through the node-IP interface or the primary one; where that matters, nobody knows. */
function byDefaultRoute(
  scene: Scene,
  a: Standing,
  machine: Machine,
  egress: InterfaceWorld,
  b: Machine,
  x: Address,
): Fate {
  const primary = machine.interfaces.find((one) => one.deviceIndex === 0);
  const first = toGateway(scene, a, machine, egress, b, x);
  if (primary === undefined || primary === egress) return first;
  const second = toGateway(scene, a, machine, primary, b, x);
  if (first.verdict === second.verdict) return first;
  return fate('unknown', `default route through ${egress.id} (${first.why}) or ${primary.id} (${second.why})`);
}

/** Follows one packet from a pod on `a` to address `x` of `b`; both machines run and both modes route podCIDRs. */
export function follow(scene: Scene, a: Standing, machine: Machine, b: Standing, other: Machine, x: Address): Fate {
  const egress = egressOf(a, machine, x.family);
  if (egress === undefined) return fate('unknown', 'no interface carries the address of the sender');
  const subnet = subnetOfInterface(machine.region, egress);
  const own = longest(a.pods, x);
  const connected = longest(rangesOfSubnet(subnet), x);
  const peers = a.mode === 'host-gw' ? neighboursFor(scene, a.node, subnet, x) : [];
  const best = peers.reduce((length, peer) => Math.max(length, peer.length), -1);

  if (own >= 0 && own >= best && own >= connected) return fate('fail', 'inside the own podCIDR of the sender');

  // The check at the sender drops the packet whatever becomes of it afterwards.
  const unlessDropped = (then: Fate): Fate =>
    then.verdict !== 'fail' && senderDrops(a, egress, x) ? fate('fail', `check on at sender ${egress.id}`) : then;

  if (a.mode === 'host-gw') {
    const windows = a.node.os === 'windows';
    if (x.family === 6 && (windows || b.node.os === 'windows')) {
      return unlessDropped(fate('unknown', 'flannel on Windows makes no IPv6 routes'));
    }
    const hop = nextHopTo(b.node, x.family);
    const toB = hop !== undefined && isOnLink(rangesOfSubnet(subnet), hop);
    // Windows may or may not accept the off-link next hop; only a longer route of somebody else makes that moot. Towards
    // a node that is not in host-gw mode flannel makes no route at all.
    if (windows && b.mode === 'host-gw' && !toB && best <= longest(b.pods, x)) {
      return unlessDropped(fate('unknown', 'Windows sender, next hop off-link'));
    }
    if (best > connected) {
      const winners = peers.filter((peer) => peer.length === best);
      // Whichever of several wins: where the owner is none of them, the packet goes astray.
      const names = winners.map((winner) => winner.node.name).join(' or ');
      if (!winners.some((winner) => winner.node === b.node)) return fate('fail', `goes to ${names}`);
      if (winners.length > 1) return unlessDropped(fate('unknown', `goes to ${names}`));
      if (hop === undefined) return fate('fail', 'no next hop');
      return unlessDropped(toNeighbour(machine, subnet, other, hop, x));
    }
  }
  return byDefaultRoute(scene, a, machine, egress, other, x);
}
