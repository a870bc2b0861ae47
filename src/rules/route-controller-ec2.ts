/** What stops cloud-provider-aws. Pure. */
import { contains, parsePrefix } from '../model/prefix.ts';
import type { TableFacts } from '../model/snapshot.ts';
import type { ControlledNetwork, Obstacle } from './route-controller.ts';
import { clusterTagOf, isMade, isTagged, servesAll, tablesOfNodes } from './route-controller.ts';
import { targetText } from '../model/route-target.ts';

import type { RuleContext } from './rule.ts';
import { distinctSorted, listNames, placeOf } from './rule.ts';

/** cloud-provider-aws writes to the one table that carries the cluster's tag, and to none where it finds several. */
export function obstaclesOnEc2(context: RuleContext, network: ControlledNetwork): Obstacle[] {
  const clusterId = clusterTagOf(network);
  if (clusterId === undefined) return [];
  const tables = network.fabric.tables.filter((table) => table.network === network.network);
  const tagged = tables.filter((table) => isTagged(table, clusterId));
  const [only, another] = tagged;
  if (only === undefined) return [noTable(network, clusterId)];
  if (another === undefined) return foreignRoutes(context, network, only);
  // Several tables that are all kept filled: a controller of another make, which serves every tagged table.
  const filled = tablesOfNodes(network).filter((table) => isTagged(table, clusterId));
  const hasOwnController = filled.length > 1 && filled.every((table) => servesAll(table, network.nodes));
  return hasOwnController ? [] : [severalTables(network, clusterId, tagged)];
}

const UNLESS = 'unless its cloud configuration names a table (RouteTableID)';

function noTable(network: ControlledNetwork, clusterId: string): Obstacle {
  const tag = `kubernetes.io/cluster/${clusterId}`;
  const governing = tablesOfNodes(network);
  const [only, another] = governing;
  const ids = governing.map(({ id }) => id);
  return {
    id: `${network.network}/tagged-tables`,
    what: `No route table of ${network.network} carries the tag ${tag}, by which the route controller finds its table.`,
    why: `It makes no routes at all then, ${UNLESS}: a new node’s pods are unreachable.`,
    next: `Tag the table that the nodes’ subnets use (${listNames(ids)}); it has to be a single one.`,
    subjects: { routeTables: ids },
    evidence: [{ source: `${network.fabric.id} ${network.network}`, text: `no route table has the tag ${tag}` }],
    stops: true,
    changes:
      only === undefined || another !== undefined
        ? []
        : [{ kind: 'tag-table', place: placeOf(network.fabric.id), table: only.id, tag }],
  };
}

function severalTables(network: ControlledNetwork, clusterId: string, tagged: readonly TableFacts[]): Obstacle {
  const tag = `kubernetes.io/cluster/${clusterId}`;
  const ids = distinctSorted(tagged.map(({ id }) => id));
  const governing = new Set(tablesOfNodes(network).map(({ id }) => id));
  const idle = ids.filter((id) => !governing.has(id));
  // What governs no node's subnet serves nobody; which of several others is the right one is for people to say.
  const canBeMended = ids.length - idle.length === 1;
  return {
    id: `${network.network}/tagged-tables`,
    what: `${String(ids.length)} route tables carry the tag of cluster ${clusterId} (${listNames(ids)}), and the route controller takes only a single one.`,
    why: `It makes no routes in any of them then, ${UNLESS}: a new node’s pods are unreachable.`,
    next: canBeMended
      ? `Take the tag ${tag} off ${listNames(idle)}, which no node’s subnet uses.`
      : `Leave the tag on one table and have all node subnets use it, or run a controller that serves several tables.`,
    subjects: { routeTables: ids },
    evidence: ids.map((id) => ({ source: `${network.fabric.id} ${id}`, text: `has the tag of cluster ${clusterId}` })),
    stops: true,
    changes: canBeMended
      ? idle.map((table) => ({ kind: 'untag-table' as const, place: placeOf(network.fabric.id), table, tag }))
      : [],
  };
}

/** ListRoutes of cloud-provider-aws gives up at the first route to an instance that is no node (aws_routes.go). */
function foreignRoutes(context: RuleContext, { fabric }: ControlledNetwork, table: TableFacts): Obstacle[] {
  const machines = new Map(fabric.machines.map((machine) => [machine.id, machine]));
  return table.routes.flatMap((route): Obstacle[] => {
    const { target, prefix } = route;
    const machine = machines.get(context.interfaceBehind({ fabric, facts: table }, target)?.machine ?? '');
    if (machine === undefined || machine.state === 'terminated' || route.state === 'dead') return [];
    if (!isMade(route) || !isInPodRange(context, prefix) || context.nodeOfMachine.has(`${fabric.id}/${machine.id}`)) {
      return [];
    }
    return [
      {
        id: `${table.id}/${prefix}`,
        what: `The route ${prefix} -> ${targetText(target)} in ${table.id} leads to an instance that is no node of this cluster, and the route controller stops at it.`,
        why: 'It cannot list its routes any more, so it makes and deletes none for any node.',
        next: `Delete the route, or move it to a table without the cluster’s tag.`,
        subjects: { routeTables: [table.id], prefixes: [prefix], routes: [`${table.id}/${prefix}`] },
        evidence: [{ source: `${fabric.id} ${table.id}`, text: `${prefix} -> ${targetText(target)}, no node` }],
        stops: true,
        // Whom the route serves cannot be seen from here, so no command takes it away.
        changes: [],
      },
    ];
  });
}

/** Prefixes of facts that are none (service tags) are in no range. */
function isInPodRange({ podRanges }: RuleContext, text: string): boolean {
  const prefix = parsePrefix(text);
  return prefix !== undefined && podRanges.prefixes.some((range) => contains(range, prefix));
}
