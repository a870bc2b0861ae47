/** Routes that are odd: prefix lists, propagated and filtered ones, broader ones, and none at all. */

import { canonical, subnetOf } from '../addresses.ts';
import { ec2Id } from '../ids.ts';
import { interfaceOf, nodeOf, nodeSubnets, nodeTables, podRange, regionOf } from '../look.ts';
import type { NodeRef } from '../look.ts';
import { dropRoute, tablesInUse } from './fault.ts';
import type { Fault } from './fault.ts';
import { aboutOwner, certainlyLost, chosen, put, targetOf } from './routes.ts';
import type { Elsewhere, TableChoice } from './routes.ts';
import { podRanges } from '../pod-ranges.ts';

/** The tables name a prefix list instead of the podCIDR; the entries lead to the owner, or only part of it elsewhere. */
export function prefixListRoute(ref: NodeRef, where: 'owner' | Elsewhere, choice: TableChoice = 'all'): Fault {
  return {
    says: `a prefix list for ${String(ref)} leads to ${JSON.stringify(where)} in tables ${String(choice)}`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const region = regionOf(world, owner);
      const prefix = podRange(owner);
      const entry = where === 'owner' ? prefix : subnetOf(prefix, Number(prefix.split('/')[1]) + 1, 0);
      const id = ec2Id('pl', world.name, entry, region.prefixLists.length);
      region.prefixLists.push({ id, name: `${owner.name}-pods`, ownerId: region.accountId, entries: [entry] });
      const tables = chosen(world, choice);
      const target = targetOf(world, where === 'owner' ? { node: ref } : where);
      for (const table of tables) {
        if (where === 'owner') dropRoute(table, prefix);
        table.routes.push({ destination: { prefixListId: id }, target, origin: 'CreateRoute' });
      }
      if (where === 'owner' || !certainlyLost(where)) return [];
      return aboutOwner('route-shadowed', owner, [entry, prefix].sort(), tablesInUse(world, owner, prefix, tables));
    },
  };
}

/** A route that a virtual private gateway propagates. Equal to a static one, or inside the network's range, it loses. */
export function propagatedRoute(prefix: string, choice: TableChoice = 'all'): Fault {
  return {
    says: `a propagated route for ${prefix} in tables ${String(choice)}`,
    into: (world) => {
      const target = { kind: 'gateway' as const, id: ec2Id('vgw', world.name) };
      for (const table of chosen(world, choice)) put(table, prefix, target, { origin: 'EnableVgwRoutePropagation' });
      return [];
    },
  };
}

/** One broader route instead of the node's own: legal as long as it leads to the owner. */
export function broaderRoute(ref: NodeRef, length: number, choice: TableChoice = 'all'): Fault {
  return {
    says: `${String(ref)} is reached through a /${String(length)} in tables ${String(choice)}`,
    into: (world) => {
      const owner = nodeOf(world, ref);
      const prefix = podRange(owner);
      const broader = canonical(`${prefix.split('/')[0] ?? ''}/${String(length)}`);
      for (const table of chosen(world, choice)) {
        dropRoute(table, prefix);
        put(table, broader, { kind: 'interface', interfaceId: interfaceOf(world, owner).id });
      }
      return [];
    },
  };
}

/** No table holds a pod route any more (default routes stay): in host-gw one finding for the whole network. */
export function noPodRoutes(): Fault {
  return {
    says: 'no table holds any pod route',
    into: (world) => {
      const hostGw = world.cluster.nodes.every((node) => node.kernel.routing === 'host-gw');
      const tables = nodeTables(world);
      for (const node of world.cluster.nodes) {
        for (const cidr of podRanges(node)) for (const table of tables) dropRoute(table, cidr);
      }
      if (hostGw) {
        const subnets = nodeSubnets(world).map((subnet) => subnet.id);
        if (subnets.length < 2) return [];
        return [{ rule: 'host-gw-off-link', verdict: 'fail', subjects: { subnets: subnets.sort() } }];
      }
      return world.cluster.nodes.flatMap((owner) =>
        podRanges(owner)
          .map(canonical)
          .flatMap((prefix) => {
            const used = tablesInUse(world, owner, prefix, tables);
            return aboutOwner('fabric-route-missing', owner, [prefix], used);
          }),
      );
    },
  };
}

/** EC2 marks the owner's route `filtered`, which nobody can explain from outside. */
export function filteredRoute(ref: NodeRef, choice: TableChoice = 'all'): Fault {
  return {
    says: `the pod route of ${String(ref)} in tables ${String(choice)} is in state filtered`,
    into: (world) => {
      const prefix = podRange(nodeOf(world, ref));
      for (const table of chosen(world, choice)) {
        for (const route of table.routes) {
          if ('cidr' in route.destination && canonical(route.destination.cidr) === prefix) {
            route.stateOverride = 'filtered';
          }
        }
      }
      return [];
    },
  };
}
