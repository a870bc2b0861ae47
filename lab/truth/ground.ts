/**
 * What nodes stand on: one cloud account with its machines and interfaces, and what it does with a packet. Each cloud
 * has a file of its own that makes its ground from the world's objects.
 */

import { covers, holds, hostRange } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import { fate } from './fate.ts';
import type { Fate } from './fate.ts';
import type { Filters } from './filters.ts';

/** A network interface, with what its cloud holds to be its own. */
export interface Nic {
  id: string;
  machine?: Machine;
  ips: string[];
  /** Its addresses, and the ranges that the cloud has given it: packets from and to these are nobody else's. */
  own: Range[];
  /** Whether the cloud lets packets through that are not its own. */
  forwards: boolean;
  primary: boolean;
  network: string;
  subnet: string;
  /** The ranges of its subnet. */
  local: Range[];
}

export interface Machine {
  /** What a node's providerID names. */
  key: string;
  ground: Ground;
  runs: boolean;
  nics: Nic[];
}

export interface Ground {
  id: string;
  machines: Map<string, Machine>;
  nics: Nic[];
  /**
   * What a guest finds where it looks for a neighbour of its own subnet. owner: the interface that has the address;
   * router: the cloud answers for everybody, and routes by destination; nobody: guests have no neighbours.
   */
  neighbours: 'owner' | 'router' | 'nobody';
  /** Every prefix at which the fate of an address may change. */
  ranges: Range[];
  filters: Filters;
  /** Every prefix at which what filters say about an address may change, on either side. */
  filterRanges: Range[];
  /** Hands a packet to the cloud's router: where routes and ranges take it. */
  route: (packet: Packet) => Fate;
  /** Whether some route made by somebody leads one of these ranges to a machine of the network. */
  leadsToMachines: (network: string, pods: Range[]) => boolean;
}

/** A packet that has left the sender through an interface. */
export interface Packet {
  from: Nic;
  /** The machine that it is meant for. */
  to: Machine;
  x: Address;
  isNode: (machine: Machine) => boolean;
}

export function carriesAddress(nic: Nic, ip: string): boolean {
  const wanted = hostRange(ip);
  return nic.ips.some((own) => covers(hostRange(own), wanted));
}

/** Whether the cloud knows the address as one of the interface's own. */
export function isAssigned(nic: Nic, x: Address): boolean {
  return nic.own.some((range) => holds(range, x));
}

/** Whether the ranges together hold every address of the whole. */
export function isFilled(whole: Range, parts: Range[]): boolean {
  let reached = whole.first;
  for (;;) {
    const part = parts.find((one) => one.family === whole.family && one.first <= reached && reached <= one.last);
    if (part === undefined) return false;
    if (part.last >= whole.last) return true;
    reached = part.last + 1n;
  }
}

/** The packet is at an interface that a route names: the end of its way, or of what anybody knows. */
export function atInterface(nic: Nic, { from, to, x, isNode }: Packet): Fate {
  const { machine } = nic;
  if (machine === undefined) return fate('fail', `${nic.id} is attached to no machine`);
  if (!machine.runs) return fate('fail', `${machine.key} does not run`);
  if (machine === to) {
    const drops = !nic.forwards && !isAssigned(nic, x);
    if (drops) return fate('fail', `check on at receiver ${nic.id}`);
    return { ...fate('pass', `route to ${nic.id}`), way: { from, to: nic } };
  }
  if (isNode(machine)) return fate('fail', `the route leads to ${machine.key}`);
  return nic.forwards
    ? fate('unknown', `${machine.key} is no node; where it forwards to is unknown`)
    : fate('fail', `${machine.key} is no node and forwards nothing`);
}

/** The network delivers to whoever has the address: no route is asked, and no check either. */
export function toOwner(nics: Nic[], { from, to, x }: Packet, nobody: string): Fate {
  const owner = nics.find((nic) => isAssigned(nic, x));
  if (owner?.machine !== to) return fate('fail', nobody);
  return { ...fate('pass', `assigned to ${owner.id}`), way: { from, to: owner } };
}
