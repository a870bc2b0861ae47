/** Faults of route tables: what is missing, leads elsewhere, is dead, or lies in the way. */

import { canonical, subnetOf } from '../addresses.ts';
import { ec2Id } from '../ids.ts';
import {
  DoesNotFit,
  destination,
  destinationOf,
  groupFor,
  interfaceOf,
  nodeOf,
  nodeTables,
  podRange,
  regionOf,
} from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { NodeWorld, RouteTableWorld, RouteWorld, World } from '../world.ts';
import { dropRoute, routeName, tablesInUse } from './fault.ts';
import type { Expected, Fault } from './fault.ts';

/** Which tables: all that govern node subnets, or those with these places in that list. */
export type TableChoice = 'all' | number[];

export function chosen(world: World, choice: TableChoice): RouteTableWorld[] {
  const tables = nodeTables(world);
  return choice === 'all' ? tables : tables.filter((_, i) => choice.includes(i));
}

export function aboutOwner(rule: string, owner: NodeWorld, prefixes: string[], tables: RouteTableWorld[]): Expected[] {
  if (tables.length === 0) return [];
  const routeTables = tables.map((table) => table.id).sort();
  return [{ rule, verdict: 'fail', subjects: { nodes: [owner.name], prefixes, routeTables } }];
}

/** The route for a node's podCIDR is not there. `family` 6: the second podCIDR. */
export function routeMissing(ref: NodeRef, choice: TableChoice = 'all', family: 4 | 6 = 4): Fault {
  return {
    says: `no IPv${String(family)} pod route for ${String(ref)} in tables ${String(choice)}`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const prefix = podRange(owner, family);
      const tables = chosen(world, choice);
      for (const table of tables) dropRoute(table, prefix);
      return aboutOwner('fabric-route-missing', owner, [prefix], tablesInUse(world, owner, prefix, tables));
    },
  };
}

export type Elsewhere =
  | { node: NodeRef }
  /** A running machine that is no node; it forwards foreign packets or does not. */
  | { appliance: 'forwarding' | 'not-forwarding' }
  | { kind: 'transit' | 'peering' | 'nat' | 'egress-only' }
  | { gateway: 'igw' | 'vgw' | 'vpce' };

/** Adds a machine that is no node to the subnet of the first node; returns its interface's id. */
export function addAppliance(world: World, forwarding: boolean): string {
  const node = nodeOf(world, 0);
  const region = regionOf(world, node);
  const subnetId = interfaceOf(world, node).subnetId;
  const subnet = region.subnets.find((one) => one.id === subnetId);
  const count = region.instances.length;
  const interfaceId = ec2Id('eni', world.name, 'appliance', count);
  const instanceId = ec2Id('i', world.name, 'appliance', count);
  const host = subnetOf(subnet?.cidr ?? '', 32, 200 + count).split('/')[0] ?? '';
  region.instances.push({
    id: instanceId,
    zone: subnet?.zone ?? '',
    state: 'running',
    launchedAt: world.now,
    interfaceIds: [interfaceId],
    tags: { Name: 'inspection' },
  });
  region.interfaces.push({
    id: interfaceId,
    subnetId,
    instanceId,
    deviceIndex: 0,
    privateIps: [host],
    ipv6Addresses: [],
    ipv4Prefixes: [],
    ipv6Prefixes: [],
    sourceDestCheck: !forwarding,
    groupIds: subnet === undefined ? [] : [groupFor(region, subnet).id],
    interfaceType: 'interface',
    tags: {},
  });
  return interfaceId;
}

export function targetOf(world: World, where: Elsewhere): RouteWorld['target'] {
  if ('node' in where) return { kind: 'interface', interfaceId: interfaceOf(world, nodeOf(world, where.node)).id };
  if ('appliance' in where) {
    return { kind: 'interface', interfaceId: addAppliance(world, where.appliance === 'forwarding') };
  }
  if ('gateway' in where) return { kind: 'gateway', id: ec2Id(where.gateway, world.name) };
  const prefix = { transit: 'tgw', peering: 'pcx', nat: 'nat', 'egress-only': 'eigw' }[where.kind];
  return { kind: where.kind, id: ec2Id(prefix, world.name) };
}

/** Whether packets there are certainly lost; behind transit gateways and forwarding appliances nobody can tell. */
export function certainlyLost(where: Elsewhere): boolean {
  if ('node' in where) return true;
  if ('appliance' in where) return where.appliance === 'not-forwarding';
  return 'gateway' in where ? where.gateway === 'igw' : where.kind !== 'transit';
}

/** @throws DoesNotFit when the table has a static route for the prefix: EC2 refuses a second one. */
export function put(
  table: RouteTableWorld,
  prefix: string,
  target: RouteWorld['target'],
  more: Partial<RouteWorld> = {},
): void {
  const route: RouteWorld = { destination: destination(prefix), target, origin: 'CreateRoute', ...more };
  const twin = (one: RouteWorld): boolean => one.origin === route.origin && destinationOf(one) === canonical(prefix);
  if (table.routes.some(twin)) throw new DoesNotFit(`${table.id} has a route for ${prefix} already`);
  table.routes.push(route);
}

/** The route for a node's podCIDR leads to something else. */
export function wrongTarget(ref: NodeRef, where: Elsewhere, choice: TableChoice = 'all', family: 4 | 6 = 4): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} leads to ${JSON.stringify(where)}`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const prefix = podRange(owner, family);
      const tables = chosen(world, choice);
      const target = targetOf(world, where);
      for (const table of tables) {
        dropRoute(table, prefix);
        put(table, prefix, target);
      }
      if (!certainlyLost(where)) return [];
      const used = tablesInUse(world, owner, prefix, tables);
      const expected = aboutOwner('fabric-route-wrong-target', owner, [prefix], used);
      for (const one of expected) one.subjects.routes = used.map((table) => routeName(table, prefix)).sort();
      return expected;
    },
  };
}

/** The route for a live podCIDR leads to an interface that is gone. `lagging`: the server still calls it active. */
export function deadRoute(ref: NodeRef, choice: TableChoice = 'all', lagging = false): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} leads to an interface that is gone`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const prefix = podRange(owner);
      const tables = chosen(world, choice);
      const target = { kind: 'interface' as const, interfaceId: ec2Id('eni', world.name, 'gone', prefix) };
      for (const table of tables) {
        dropRoute(table, prefix);
        put(table, prefix, target, lagging ? { stateOverride: 'active' } : {});
      }
      return aboutOwner('fabric-route-dead', owner, [prefix], tablesInUse(world, owner, prefix, tables));
    },
  };
}

/** A route in the pod range that belongs to no node any more. `to`: a live node, else an interface that is gone. */
export function staleRoute(prefix: string, choice: TableChoice = 'all', to?: NodeRef): Fault {
  return {
    says: `a route for ${prefix}, which no node has, in tables ${String(choice)}`,
    into: (world) => {
      const gone = { kind: 'interface' as const, interfaceId: ec2Id('eni', world.name, 'gone', prefix) };
      const target = to === undefined ? gone : targetOf(world, { node: to });
      const tables = chosen(world, choice);
      for (const table of tables) put(table, prefix, target);
      const routes = tables.map((table) => routeName(table, prefix)).sort();
      const routeTables = tables.map((table) => table.id).sort();
      return [
        { rule: 'orphan-route', verdict: 'fail', subjects: { prefixes: [canonical(prefix)], routeTables, routes } },
      ];
    },
  };
}

/** A longer route inside a node's podCIDR: `half` 0 is its first half, 1 its second. */
export function shadow(ref: NodeRef, where: Elsewhere, choice: TableChoice = 'all', half: 0 | 1 = 1): Fault {
  return {
    says: `half of ${String(ref)}'s podCIDR leads to ${JSON.stringify(where)} in tables ${String(choice)}`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const prefix = podRange(owner);
      const longer = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
      const tables = chosen(world, choice);
      const target = targetOf(world, where);
      for (const table of tables) put(table, longer, target);
      if (!certainlyLost(where)) return [];
      return aboutOwner('route-shadowed', owner, [longer, prefix].sort(), tablesInUse(world, owner, prefix, tables));
    },
  };
}
