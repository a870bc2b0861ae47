/** Faults of ranges: pods that share addresses with something else, and a family of them that nothing carries. */

import { canonical, covers, familyOf, overlaps, rangeOf } from '../addresses.ts';
import { DoesNotFit, destinationOf, nodeOf, nodeSubnets, nodeTables } from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { NodeWorld, World } from '../world.ts';
import { routeName } from './fault.ts';
import type { Expected, Fault } from './fault.ts';
import { put, targetOf } from './routes.ts';

/** The nodes' podCIDRs that share addresses with a range. */
function meeting(world: World, range: string): { node: NodeWorld; prefix: string }[] {
  return world.cluster.nodes.flatMap((node) =>
    node.podCIDRs
      .map(canonical)
      .filter((prefix) => overlaps(rangeOf(prefix), rangeOf(range)))
      .map((prefix) => ({ node, prefix })),
  );
}

function aboutRange(met: { node: NodeWorld; prefix: string }[], routes?: string[]): Expected[] {
  if (met.length === 0) return [];
  const nodes = [...new Set(met.map(({ node }) => node.name))].sort();
  const prefixes = [...new Set(met.map(({ prefix }) => prefix))].sort();
  const subjects = { nodes, prefixes, ...(routes === undefined ? {} : { routes: routes.sort() }) };
  return [{ rule: 'range-collision', verdict: 'fail', subjects }];
}

/** Services have this range; `undefined`: the API server is too old to tell. */
export function serviceRange(range: string | undefined): Fault {
  return {
    says: `Services have ${range ?? 'a range that nobody tells'}`,
    into: ({ cluster, ...world }) => {
      if (range === undefined) {
        delete cluster.serviceCidrs;
        cluster.version = 'v1.32.9';
        return [];
      }
      cluster.serviceCidrs = [{ name: 'kubernetes', cidrs: [range] }];
      return aboutRange(meeting({ cluster, ...world }, range));
    },
  };
}

/** Every table holds a route to a peered network, whose range covers podCIDRs or nothing of theirs. */
export function peeringRoute(range: string): Fault {
  return {
    says: `a peered network has ${range}`,
    into: (world) => {
      const met = meeting(world, range);
      if (met.some(({ prefix }) => !covers(rangeOf(range), rangeOf(prefix)) || prefix === canonical(range))) {
        throw new DoesNotFit(`${range} takes addresses out of a podCIDR`);
      }
      const tables = nodeTables(world);
      const target = targetOf(world, { kind: 'peering' });
      for (const table of tables) put(table, range, target);
      return aboutRange(
        met,
        tables.map((table) => routeName(table, range)),
      );
    },
  };
}

/** No table holds a pod route of this family, while the other one has all of its routes. */
export function noRoutesOf(family: 4 | 6): Fault {
  return {
    says: `no table holds an IPv${String(family)} pod route`,
    into: (world) => {
      const { nodes } = world.cluster;
      const cidrs = nodes.flatMap(({ podCIDRs }) =>
        podCIDRs.filter((cidr) => familyOf(cidr) === family).map(canonical),
      );
      if (!nodes.every(({ podCIDRs }) => podCIDRs.length === 2)) throw new DoesNotFit('pods have one family only');
      const tables = nodeTables(world);
      for (const table of tables) {
        table.routes = table.routes.filter((route) => !cidrs.includes(destinationOf(route) ?? ''));
      }
      const routeTables = tables.map(({ id }) => id).sort();
      const subnets = nodeSubnets(world)
        .map(({ id }) => id)
        .sort();
      return [{ rule: 'second-family-uncovered', verdict: 'fail', subjects: { routeTables, subnets } }];
    },
  };
}

/** What somebody wrote on a node about its network. `kernel` and cloud stay as they are. */
export function condition(ref: NodeRef, status: 'True' | 'False', reason: string): Fault {
  return {
    says: `NetworkUnavailable of ${String(ref)} is ${status} (${reason})`,
    into: (world) => {
      nodeOf(world, ref).networkUnavailable = { status, reason };
      return [];
    },
  };
}
