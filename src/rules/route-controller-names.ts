/** What cloud-provider-azure and cloud-provider-gcp miss because they know routes by their names. Pure. */
import type { RouteFacts, TableFacts } from '../model/snapshot.ts';
import type { ControlledNetwork, ControlledNode, Obstacle } from './route-controller.ts';
import { gcpRouteName, isMade, isNamedForNode, tablesOfNodes } from './route-controller.ts';
import type { RuleContext } from './rule.ts';
import { distinctSorted, listNames, placeOf } from './rule.ts';

/**
 * A table on Azure takes a prefix once. Where the controller's naming is in use and a node waits although its podCIDR
 * has a route, that route's name keeps the controller from making its own. Names of tables that people look after are
 * theirs to choose, so a table without any name of the controller's is let be.
 */
export function foreignNames(network: ControlledNetwork): Obstacle[] {
  const waiting = new Set(network.waiting);
  const names = new Set(network.nodes.map(({ facts }) => facts.name.toLowerCase()));
  return tablesOfNodes(network).flatMap((table) => {
    const made = table.routes.filter((route) => isMade(route) && route.name !== undefined);
    if (!made.some(({ name = '' }) => names.has(name.toLowerCase().split('____')[0] ?? ''))) return [];
    const byPrefix = new Map(made.map((route) => [route.prefix, route]));
    return network.nodes
      .filter(({ facts }) => waiting.has(facts.name))
      .flatMap(({ facts }) =>
        facts.podCIDRs.flatMap((podCIDR) => byPrefix.get(podCIDR) ?? []).map((route) => ({ facts, route })),
      )
      .filter(({ facts, route }) => !isNamedForNode(route.name ?? '', facts.name))
      .map(({ facts, route }) => foreignName(network, table, facts.name, route));
  });
}

function foreignName(network: ControlledNetwork, table: TableFacts, node: string, route: RouteFacts): Obstacle {
  const { prefix, name = '' } = route;
  return {
    id: `${table.id}/${prefix}`,
    what: `The route for podCIDR ${prefix} of node ${node} in ${table.id} is called ${name}, and the route controller knows its routes by the node’s name.`,
    why: 'It takes the route for nobody’s, and cannot make its own beside it, because a table holds each prefix once.',
    next: `Delete the route ${name}; the controller then makes one called ${node}.`,
    subjects: { routeTables: [table.id], prefixes: [prefix], routes: [`${table.id}/${prefix}`] },
    evidence: [{ source: `${network.fabric.id} ${table.id}`, text: `${prefix} is called ${name}` }],
    stops: true,
    changes: [{ kind: 'delete-route', place: placeOf(network.fabric.id), table: table.id, prefix, route: name }],
  };
}

/** Both routes of a node would have one name, made of its UID alone, and the second is taken for made already. */
export function secondRanges(network: ControlledNetwork): Obstacle[] {
  const [table] = tablesOfNodes(network);
  if (table === undefined) return [];
  const routes = table.routes.filter(isMade);
  const prefixes = new Set(routes.map(({ prefix }) => prefix));
  const without = network.nodes.flatMap((node) => {
    const { podCIDRs, uid } = node.facts;
    const missing = podCIDRs.filter((podCIDR) => !prefixes.has(podCIDR));
    const isServed = missing.length > 0 && missing.length < podCIDRs.length;
    return uid !== undefined && isServed && ownRoutes(routes, node).length > 0
      ? [{ node: node.facts.name, missing }]
      : [];
  });
  if (without.length === 0) return [];
  const nodes = without.map(({ node }) => node);
  const ranges = distinctSorted(without.flatMap(({ missing }) => missing));
  return [
    {
      id: `${table.id}/second-podcidr`,
      what: `The second podCIDR of ${listNames(nodes)} has no route (${listNames(ranges)}), and the route controller never makes one.`,
      why: 'It names both routes of a node alike, and takes the second for made because the first has that name.',
      next: 'Make these routes yourself, under other names, for every node that joins; or use alias IP ranges for the pods.',
      subjects: { routeTables: [table.id], prefixes: ranges },
      evidence: without.map(({ node, missing }) => ({
        source: `node ${node}`,
        text: `no route for ${missing.join(', ')}`,
      })),
      stops: false,
      changes: [],
    },
  ];
}

function ownRoutes(routes: readonly RouteFacts[], { facts }: ControlledNode): RouteFacts[] {
  return routes.filter(
    ({ name, prefix }) => name?.endsWith(`-${facts.uid ?? ''}`) === true && facts.podCIDRs.includes(prefix),
  );
}

/** Routes that a controller made under another cluster name; those of people have names of people. */
export function otherClusterName(context: RuleContext, network: ControlledNetwork): Obstacle[] {
  const clusterName = context.snapshot.cluster.routeController?.clusterName;
  const [table] = tablesOfNodes(network);
  if (clusterName === undefined || table === undefined) return [];
  const routes = table.routes.filter(isMade);
  const stray = network.nodes.flatMap((node) =>
    ownRoutes(routes, node).filter(({ name }) => name !== gcpRouteName(clusterName, node.facts.uid ?? '')),
  );
  if (stray.length === 0) return [];
  const names = distinctSorted(stray.flatMap(({ name }) => name ?? []));
  const prefixes = distinctSorted(stray.map(({ prefix }) => prefix));
  return [
    {
      id: `${table.id}/cluster-name`,
      what: `The routes ${listNames(names)} were made under another cluster name than ${clusterName}, under which the route controller looks for its own.`,
      why: 'It does not see them: it makes others beside them, and leaves these behind when their nodes go.',
      next: `Start the controller with the --cluster-name that the routes begin with, or delete them once their successors are there.`,
      subjects: { routeTables: [table.id], prefixes, routes: prefixes.map((prefix) => `${table.id}/${prefix}`) },
      evidence: names.map((name) => ({ source: `${network.fabric.id} ${table.id}`, text: `a route called ${name}` })),
      stops: false,
      changes: [],
    },
  ];
}
