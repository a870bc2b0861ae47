/** Faults and oddities of the network around the nodes: tables and who uses them, ranges, other networks beside it. */

import { canonical } from '../../addresses.ts';
import { emptyTable } from '../../azure-cluster.ts';
import {
  azureAt,
  azureHop,
  azureNodeSubnets,
  azureNodeTables,
  azureTablesInUse,
  dropAzureRoute,
  idOfTable,
  putAzureRoute,
} from '../../azure-look.ts';
import { uid } from '../../ids.ts';
import { DoesNotFit, must, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { World } from '../../world.ts';
import type { Fault } from '../fault.ts';
import { replaceV4 } from '../nodes.ts';
import { aboutAzureOwner } from './routes.ts';
import { podRanges } from '../../pod-ranges.ts';

/** Whether packets of some other node pass this table on their way to a pod. */
function matters(world: World, name: string | undefined): boolean {
  return world.cluster.nodes.some((owner) =>
    podRanges(owner).some((cidr) => azureTablesInUse(world, owner, cidr, [emptyTable(name ?? '')]).length > 0),
  );
}

/** A node subnet (by its place among the node subnets) has lost its route table; the table is still there. */
export function azureNoTable(place: number): Fault {
  return {
    says: `node subnet ${String(place)} has no route table`,
    into: (world) => {
      const { subnet, subnetId } = must(azureNodeSubnets(world)[place], `node subnet ${String(place)}`);
      const isUsed = subnet.routeTable !== undefined && matters(world, subnet.routeTable);
      delete subnet.routeTable;
      return isUsed ? [{ rule: 'route-table-not-associated', verdict: 'fail', subjects: { subnets: [subnetId] } }] : [];
    },
  };
}

/** A node subnet (by its place among the node subnets) uses a table that holds no pod route. */
export function azureForeignTable(place: number): Fault {
  return {
    says: `node subnet ${String(place)} uses a table without pod routes`,
    into: (world) => {
      const { azure, subnet, subnetId } = must(azureNodeSubnets(world)[place], `node subnet ${String(place)}`);
      const name = `legacy-${String(place)}`;
      if (azure.routeTables.some((one) => one.name === name)) throw new DoesNotFit(`${name} is there already`);
      const isUsed = matters(world, subnet.routeTable);
      const table = emptyTable(name, { owner: 'network-team' });
      azure.routeTables.push(table);
      subnet.routeTable = name;
      if (!isUsed) return [];
      const subjects = { subnets: [subnetId], routeTables: [idOfTable(world, table)] };
      return [{ rule: 'route-table-not-associated', verdict: 'fail', subjects }];
    },
  };
}

/** A table that no subnet uses, whatever it holds. `podRoutes`: it looks like the right one. */
export function azureUnrelatedTable(podRoutes = false): Fault {
  return {
    says: `there is a table that no subnet uses${podRoutes ? ', with pod routes' : ''}`,
    into: (world) => {
      const { azure } = azureAt(world, 0);
      if (azure.routeTables.some((one) => one.name === 'unused')) throw new DoesNotFit('there is one already');
      const table = emptyTable('unused');
      azure.routeTables.push(table);
      if (!podRoutes) return [];
      for (const [i, node] of world.cluster.nodes.entries()) {
        const place = azureAt(world, i);
        if (podRanges(node).length > 0) putAzureRoute(table, podRange(node), { nextHopIp: azureHop(place) });
      }
      return [];
    },
  };
}

/** A whole table is in a state in which nobody knows what of it is in force. */
export function azureTableState(state: 'Failed' | 'Updating', place = 0): Fault {
  return {
    says: `table ${String(place)} is in state ${state}`,
    into: (world) => {
      must(azureNodeTables(world)[place], `table ${String(place)}`).provisioningState = state;
      return [];
    },
  };
}

/** The node's podCIDR lies inside the network's own range, which Azure allows: a longer user route wins. */
export function azureInsideVnet(ref: NodeRef, prefix: string, routed: boolean): Fault {
  return {
    says: `the podCIDR of ${String(ref)} is ${prefix}, inside the network's range, ${routed ? 'with' : 'without'} routes`,
    into: (world) => {
      const place = azureAt(world, ref);
      const tables = azureNodeTables(world);
      for (const table of tables) dropAzureRoute(table, podRange(place.node));
      replaceV4(world, place.node, prefix);
      if (!routed) return aboutAzureOwner(world, 'fabric-route-missing', place.node, [canonical(prefix)], tables);
      for (const table of tables) putAzureRoute(table, prefix, { nextHopIp: azureHop(place) });
      return [];
    },
  };
}

/** The network is peered with a hub; its routes are the hub's business. */
export function azurePeering(allowForwardedTraffic = true): Fault {
  return {
    says: 'the network is peered with a hub',
    into: (world) => {
      const { vnet } = azureAt(world, 0);
      if (vnet.peerings.length > 0) throw new DoesNotFit('it is peered already');
      vnet.peerings.push({ name: 'to-hub', remote: 'hub-vnet', allowForwardedTraffic });
      return [];
    },
  };
}

/**
 * A second network of the same ranges beside the cluster's, with a machine that has the same address as one node.
 * Without a providerID such a node may be either machine.
 */
export function azureTwinVnet(ref: NodeRef): Fault {
  return {
    says: `another network has a machine with the address of ${String(ref)}`,
    into: (world) => {
      const { azure, vnet, subnet, nic } = azureAt(world, ref);
      const name = 'staging-vnet';
      if (azure.vnets.some((one) => one.name === name)) throw new DoesNotFit('there is a twin network already');
      const { routeTable: _table, ...plain } = subnet;
      azure.vnets.push({ name, prefixes: [...vnet.prefixes], subnets: [structuredClone(plain)], peerings: [] });
      azure.nics.push({
        ...structuredClone(nic),
        name: 'staging-nic',
        primary: true,
        ipConfigurations: nic.ipConfigurations.map((one) => ({ ...one, vnet: name })),
      });
      const vmId = uid('vm-id', world.name, 'staging');
      azure.vms.push({ name: 'staging', vmId, power: 'running', nics: ['staging-nic'], tags: {} });
      return [];
    },
  };
}
