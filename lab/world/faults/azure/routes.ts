/** Faults of user-defined routes: what is missing, leads elsewhere, is dead, or lies in the way. */

import { canonical, familyOf, subnetOf } from '../../addresses.ts';
import type { Family } from '../../addresses.ts';
import type { AzureRouteTableWorld, AzureRouteWorld } from '../../azure.ts';
import {
  azureAt,
  azureHop,
  azureNodeTables,
  azureTablesInUse,
  dropAzureRoute,
  idOfTable,
  nicIps,
  putAzureRoute,
} from '../../azure-look.ts';
import { DoesNotFit, internalIp, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { NodeWorld, World } from '../../world.ts';
import type { Expected, Fault } from '../fault.ts';
import type { TableChoice } from '../routes.ts';
import { addAzureAppliance, moveAzureAddress } from './machines.ts';
import { podRanges } from '../../pod-ranges.ts';

export type AzureElsewhere =
  | { node: NodeRef }
  /** A machine that is no node; it forwards foreign packets or does not. */
  | { appliance: 'forwarding' | 'not-forwarding' }
  /** none: dropped on purpose; hub: an address of another network; vnet: delivered as if it were an own range. */
  | { kind: 'internet' | 'none' | 'gateway' | 'hub' | 'vnet' };

export function chosenTables(world: World, choice: TableChoice): AzureRouteTableWorld[] {
  const tables = azureNodeTables(world);
  return choice === 'all' ? tables : tables.filter((_, i) => choice.includes(i));
}

export function aboutAzureOwner(
  world: World,
  rule: string,
  owner: NodeWorld,
  prefixes: string[],
  tables: AzureRouteTableWorld[],
): Expected[] {
  const used = azureTablesInUse(world, owner, prefixes[0] ?? '', tables);
  if (used.length === 0) return [];
  const routeTables = used.map((table) => idOfTable(world, table)).sort();
  return [{ rule, verdict: 'fail', subjects: { nodes: [owner.name], prefixes: [...prefixes].sort(), routeTables } }];
}

/** The next hop of a route that leads there. */
function hopTo(world: World, beside: NodeRef, where: AzureElsewhere, family: Family = 4): Partial<AzureRouteWorld> {
  if ('node' in where) return { nextHopIp: azureHop(azureAt(world, where.node), family) };
  if ('appliance' in where) {
    const nic = addAzureAppliance(world, beside, where.appliance === 'forwarding');
    return { nextHopIp: nicIps(nic).find((ip) => familyOf(ip) === family) ?? '' };
  }
  switch (where.kind) {
    case 'internet':
      return { nextHopType: 'Internet' };
    case 'none':
      return { nextHopType: 'None' };
    case 'gateway':
      return { nextHopType: 'VirtualNetworkGateway' };
    case 'vnet':
      return { nextHopType: 'VnetLocal' };
    case 'hub':
      return { nextHopIp: family === 4 ? '10.1.0.4' : 'fd00:1::4' };
  }
}

/** Whether packets there are certainly lost; behind gateways, hubs and forwarding machines nobody can tell. */
function isLost(where: AzureElsewhere): boolean {
  if ('node' in where) return true;
  return 'appliance' in where ? where.appliance === 'not-forwarding' : !['gateway', 'hub'].includes(where.kind);
}

/** The route for a node's podCIDR is not there. `family` 6: the second podCIDR. */
export function azureRouteMissing(ref: NodeRef, choice: TableChoice = 'all', family: Family = 4): Fault {
  return {
    says: `no IPv${String(family)} pod route for ${String(ref)} in tables ${String(choice)}`,
    into: (world) => {
      const { node } = azureAt(world, ref);
      const prefix = podRange(node, family);
      const tables = chosenTables(world, choice);
      for (const table of tables) dropAzureRoute(table, prefix);
      return aboutAzureOwner(world, 'fabric-route-missing', node, [prefix], tables);
    },
  };
}

/** No table holds a pod route. */
export function azureNoPodRoutes(): Fault {
  return {
    says: 'no table holds any pod route',
    into: (world) => {
      const tables = azureNodeTables(world);
      const cidrs = world.cluster.nodes.flatMap((node) =>
        podRanges(node).map((cidr) => ({ node, prefix: canonical(cidr) })),
      );
      for (const { prefix } of cidrs) for (const table of tables) dropAzureRoute(table, prefix);
      return cidrs.flatMap(({ node, prefix }) =>
        aboutAzureOwner(world, 'fabric-route-missing', node, [prefix], tables),
      );
    },
  };
}

/** The route for a node's podCIDR leads to something else. */
export function azureWrongTarget(
  ref: NodeRef,
  where: AzureElsewhere,
  choice: TableChoice = 'all',
  family: Family = 4,
): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} leads to ${JSON.stringify(where)}`,
    into: (world) => {
      const { node } = azureAt(world, ref);
      const prefix = podRange(node, family);
      const hop = hopTo(world, ref, where, family);
      const tables = chosenTables(world, choice);
      for (const table of tables) {
        dropAzureRoute(table, prefix);
        putAzureRoute(table, prefix, hop);
      }
      if (!isLost(where)) return [];
      const isMissing = 'kind' in where && where.kind === 'vnet';
      const rule = isMissing ? 'fabric-route-missing' : 'fabric-route-wrong-target';
      return aboutAzureOwner(world, rule, node, [prefix], tables);
    },
  };
}

/** The route for a live podCIDR leads to an address of the network that nobody has, or to a machine that is off. */
export function azureDeadRoute(
  ref: NodeRef,
  choice: TableChoice = 'all',
  how: 'nobody' | 'deallocated' = 'nobody',
): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} leads to a next hop that is ${how}`,
    into: (world) => {
      const { node, azure } = azureAt(world, ref);
      const prefix = podRange(node);
      let nextHopIp = azureHop(azureAt(world, ref)).replace(/\d+$/, '251');
      if (how === 'deallocated') {
        const nic = addAzureAppliance(world, ref, true);
        nextHopIp = nicIps(nic)[0] ?? '';
        for (const vm of azure.vms) if (vm.nics.includes(nic.name)) vm.power = 'deallocated';
      }
      const tables = chosenTables(world, choice);
      for (const table of tables) {
        dropAzureRoute(table, prefix);
        putAzureRoute(table, prefix, { nextHopIp });
      }
      return aboutAzureOwner(world, 'fabric-route-dead', node, [prefix], tables);
    },
  };
}

/** The node came back under another address; its route still names the old one, which nobody or another node has. */
export function azureIpChanged(ref: NodeRef, taker?: NodeRef): Fault {
  return {
    says: `${String(ref)} has a new address, its route the old one, which ${String(taker ?? 'nobody')} has now`,
    into: (world) => {
      const { node } = azureAt(world, ref);
      const prefix = podRange(node);
      const old = internalIp(node, 4) ?? '';
      if (taker !== undefined && azureAt(world, taker).subnetId !== azureAt(world, ref).subnetId) {
        throw new DoesNotFit('an address does not leave its subnet');
      }
      moveAzureAddress(world, ref, old.replace(/\d+$/, '231'));
      const tables = azureNodeTables(world);
      if (taker === undefined) return aboutAzureOwner(world, 'fabric-route-dead', node, [prefix], tables);
      const before = azureHop(azureAt(world, taker));
      moveAzureAddress(world, taker, old);
      // The other node's own route is up to date.
      for (const table of tables) {
        for (const route of table.routes) if (route.nextHopIp === before) route.nextHopIp = old;
      }
      return aboutAzureOwner(world, 'fabric-route-wrong-target', node, [prefix], tables);
    },
  };
}

/** A route for a range that no node has any more. `to`: a live node, else an address that nobody has. */
export function azureStaleRoute(prefix: string, choice: TableChoice = 'all', to?: NodeRef): Fault {
  return {
    says: `a route for ${prefix}, which no node has, in tables ${String(choice)}`,
    into: (world) => {
      const place = azureAt(world, to ?? 0);
      const nextHopIp = to === undefined ? azureHop(place).replace(/\d+$/, '252') : azureHop(place);
      const tables = chosenTables(world, choice);
      for (const table of tables) putAzureRoute(table, prefix, { nextHopIp });
      if (tables.length === 0) return [];
      const routeTables = tables.map((table) => idOfTable(world, table)).sort();
      const routes = routeTables.map((id) => `${id}/${canonical(prefix)}`);
      return [
        { rule: 'orphan-route', verdict: 'fail', subjects: { prefixes: [canonical(prefix)], routeTables, routes } },
      ];
    },
  };
}

/** A longer route inside a node's podCIDR: `half` 0 is its first half, 1 its second. */
export function azureShadow(ref: NodeRef, where: AzureElsewhere, choice: TableChoice = 'all', half: 0 | 1 = 1): Fault {
  return {
    says: `half of ${String(ref)}'s podCIDR leads to ${JSON.stringify(where)} in tables ${String(choice)}`,
    into: (world) => {
      const { node } = azureAt(world, ref);
      const prefix = podRange(node);
      const longer = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
      const hop = hopTo(world, ref, where);
      const tables = chosenTables(world, choice);
      for (const table of tables) putAzureRoute(table, longer, hop);
      return isLost(where) ? aboutAzureOwner(world, 'route-shadowed', node, [longer, prefix], tables) : [];
    },
  };
}

/** One broader route instead of the node's own: legal as long as it leads to the owner. */
export function azureBroaderRoute(ref: NodeRef, length: number, choice: TableChoice = 'all'): Fault {
  return {
    says: `${String(ref)} is reached through a /${String(length)} in tables ${String(choice)}`,
    into: (world) => {
      const place = azureAt(world, ref);
      const prefix = podRange(place.node);
      const broader = canonical(`${prefix.split('/')[0] ?? ''}/${String(length)}`);
      for (const table of chosenTables(world, choice)) {
        dropAzureRoute(table, prefix);
        putAzureRoute(table, broader, { nextHopIp: azureHop(place) });
      }
      return [];
    },
  };
}

/** The owner's route is there, but Azure has not (or never) made it effective. */
export function azureRouteState(ref: NodeRef, state: 'Failed' | 'Updating', choice: TableChoice = 'all'): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} is in state ${state}`,
    into: (world) => {
      const prefix = podRange(azureAt(world, ref).node);
      for (const table of chosenTables(world, choice)) {
        for (const route of table.routes) if (canonical(route.prefix) === prefix) route.provisioningState = state;
      }
      return [];
    },
  };
}
