/** What a fault is: a change to a world, and the finding that a checker owes for it. */

import { canonical, familyOf } from '../addresses.ts';
import {
  destinationOf,
  inside,
  instanceOf,
  interfaceOf,
  internalIp,
  regionOf,
  subnetById,
  tableOfNode,
} from '../look.ts';
import type { NodeWorld, RouteTableWorld, World } from '../world.ts';
import { podRanges } from '../pod-ranges.ts';

/** Names what is at fault, never whom it harms. Prefixes are canonical, routes are `table/prefix`. */
export interface Expected {
  rule: string;
  verdict: 'fail' | 'unknown';
  subjects: {
    nodes?: string[];
    prefixes?: string[];
    interfaces?: string[];
    routeTables?: string[];
    subnets?: string[];
    routes?: string[];
    /** Security groups, network ACLs, firewalls. */
    filters?: string[];
  };
}

export interface Fault {
  /** For people who read a failing test: what was done to the world. */
  says: string;
  /** Changes the given world; returns what is expected of a checker, nothing for what is odd but harmless. */
  into: (world: World) => Expected[];
}

/**
 * A copy of the world with the faults in it, in the given order. The expected findings are those of each fault alone:
 * faults that meet at one node may hide each other.
 */
export function inject(world: World, ...faults: Fault[]): { world: World; expected: Expected[] } {
  const copy = structuredClone(world);
  const expected = faults.flatMap((fault) => fault.into(copy));
  return { world: copy, expected };
}

/** Whether packets from a node to an owner's podCIDR go through the tables, and not to the neighbour directly. */
function usesTable(world: World, sender: NodeWorld, owner: NodeWorld, prefix: string): boolean {
  // Who is no neighbour is reached through a tunnel.
  if (sender.kernel.routing === 'cross-subnet' && owner.kernel.routing === 'cross-subnet') return false;
  if (sender.kernel.routing !== 'host-gw' || owner.kernel.routing !== 'host-gw') return true;
  const family = familyOf(prefix);
  const nextHop = owner.kernel.advertised.find((ip) => familyOf(ip) === family) ?? internalIp(owner, family);
  const subnet = subnetById(regionOf(world, sender), interfaceOf(world, sender).subnetId);
  const local = family === 4 ? [subnet.cidr] : subnet.ipv6Cidrs;
  return nextHop === undefined || !local.some((cidr) => inside(cidr, nextHop));
}

/** Of the given tables those that some other node's packets to this owner's prefix really use. */
export function tablesInUse(
  world: World,
  owner: NodeWorld,
  prefix: string,
  tables: RouteTableWorld[],
): RouteTableWorld[] {
  const used = new Set<string>();
  for (const sender of world.cluster.nodes) {
    const state = instanceOf(world, sender)?.state;
    if (sender === owner || (state !== 'running' && state !== 'pending')) continue;
    if (!podRanges(sender).some((cidr) => familyOf(cidr) === familyOf(prefix))) continue;
    if (usesTable(world, sender, owner, prefix)) used.add(tableOfNode(world, sender).id);
  }
  return tables.filter((table) => used.has(table.id));
}

/** Takes the route for exactly this prefix out of a table; says whether there was one. */
export function dropRoute(table: RouteTableWorld, prefix: string): boolean {
  const kept = table.routes.filter((route) => destinationOf(route) !== canonical(prefix));
  const dropped = kept.length < table.routes.length;
  table.routes = kept;
  return dropped;
}

export function routeName(table: RouteTableWorld, prefix: string): string {
  return `${table.id}/${canonical(prefix)}`;
}
