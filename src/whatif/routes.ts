/** The routes that planned nodes will get: those that whoever keeps the tables now makes for every node. */
import type { JudgedNode } from '../model/judgement.ts';
import type { Family } from '../model/prefix.ts';
import { parseAddress, parsePrefix, parsePrefixes } from '../model/prefix.ts';
import type { FabricFacts, RouteFacts, RouteTarget, TableFacts } from '../model/snapshot.ts';
import type { PlannedNode } from './room.ts';

/** A table is kept where it leads to at least half of the present nodes; a few routes by hand are no promise. */
const KEPT = 0.5;

/** By table: what it will hold for planned nodes; nothing where nobody keeps it. */
export function planRoutes(
  fabric: FabricFacts,
  planned: readonly PlannedNode[],
  judged: readonly JudgedNode[],
): Map<string, RouteFacts[]> {
  const owned = new Map<Family, Set<string>>();
  for (const node of judged) {
    if (node.fabric !== fabric.id) continue;
    for (const { family, text } of parsePrefixes(node.podCIDRs)) {
      owned.set(family, (owned.get(family) ?? new Set()).add(text));
    }
  }
  const planRoutesIn = (table: TableFacts): RouteFacts[] =>
    ([4, 6] as const).flatMap((family) => {
      const example = exampleOf(table, owned.get(family) ?? new Set());
      return example === undefined ? [] : planned.flatMap((node) => routesTo(node, family, example));
    });
  return new Map(fabric.tables.map((table) => [table.id, planRoutesIn(table)]));
}

export function addRoutes(
  tables: readonly TableFacts[],
  added: ReadonlyMap<string, readonly RouteFacts[]> | undefined,
): TableFacts[] {
  return tables.map((table) => ({ ...table, routes: [...table.routes, ...(added?.get(table.id) ?? [])] }));
}

/** A route that shows how the table leads to nodes; undefined: nobody keeps it. */
function exampleOf(table: TableFacts, podCIDRs: ReadonlySet<string>): RouteFacts | undefined {
  const routes = table.routes.filter(
    ({ prefix, target }) => podCIDRs.has(prefix) && ['interface', 'machine', 'address'].includes(target.kind),
  );
  const prefixes = new Set(routes.map(({ prefix }) => prefix));
  return prefixes.size > 0 && prefixes.size >= podCIDRs.size * KEPT ? routes[0] : undefined;
}

function routesTo({ facts, machine, face }: PlannedNode, family: Family, example: RouteFacts): RouteFacts[] {
  const { name: _name, stateText: _text, ...route } = example;
  return facts.podCIDRs.flatMap((text) => {
    if (parsePrefix(text)?.family !== family) return [];
    const target = targetLike(example.target, machine.id, face.id, face.addresses);
    return target === undefined ? [] : [{ ...route, prefix: text, target, state: 'active' as const }];
  });
}

function targetLike(
  example: RouteTarget,
  machine: string,
  face: string,
  addresses: readonly string[],
): RouteTarget | undefined {
  switch (example.kind) {
    case 'interface':
      return { kind: 'interface', interface: face, machine };
    case 'machine':
      return { kind: 'machine', machine };
    case 'address': {
      const family = parseAddress(example.address)?.family;
      const address = addresses.find((text) => parseAddress(text)?.family === family);
      return address === undefined ? undefined : { kind: 'address', address };
    }
    case 'local':
    case 'none':
    case 'gateway':
    case 'unknown':
      return undefined;
  }
}
