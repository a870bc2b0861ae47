/** Route tables made ready for looking up: what loses anyway is out, and tags choose who sees a route. */
import type { Family, Prefix, Range } from '../model/prefix.ts';
import { contains, parsePrefix } from '../model/prefix.ts';
import type { Entry } from '../model/prefix-table.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import type { RouteFacts, TableFacts } from '../model/snapshot.ts';
import type { FabricBehaviour } from './behaviour.ts';

export interface CompiledTable {
  readonly facts: TableFacts;
  /** The routes that a sender with these network tags sees. Only the tags in `scopeTags` make a difference. */
  lookup(tags: readonly string[]): PrefixTable<RouteFacts>;
  /** Network tags that some route of this table is scoped to. */
  readonly scopeTags: ReadonlySet<string>;
  /** The one of the network's own ranges that holds these addresses; what lies there is delivered to whom it is assigned. */
  localFor(range: Range): Entry<RouteFacts> | undefined;
  /** Some route other than a default one meets a podCIDR. */
  readonly holdsPodRoutes: boolean;
  /** Such a route leads to a machine: somebody made this table route pods. */
  readonly leadsPodsToMachines: boolean;
  /** Families of those routes, and of those that lead to machines. */
  readonly podFamilies: ReadonlySet<Family>;
  readonly machineFamilies: ReadonlySet<Family>;
}

interface ParsedRoute {
  readonly route: RouteFacts;
  readonly prefix: Prefix;
}

export function compileTable(
  facts: TableFacts,
  behaviour: FabricBehaviour,
  podCIDRs: PrefixTable<string>,
): CompiledTable {
  const all: ParsedRoute[] = [];
  for (const route of facts.routes) {
    const prefix = parsePrefix(route.prefix);
    if (prefix !== undefined) all.push({ route, prefix });
  }
  const locals = all.filter(({ route }) => route.origin === 'local').map(({ prefix }) => prefix);
  const routes = all.filter((item) => !losesToLocal(item, locals, behaviour));
  const isPodRoute = ({ route, prefix }: ParsedRoute): boolean =>
    isMade(route) && prefix.length > 0 && meetsPods(prefix, podCIDRs);
  const scopeTags = new Set<string>();
  for (const { route } of routes) for (const tag of route.scopeTags ?? []) scopeTags.add(tag);
  const lookups = new Map<string, PrefixTable<RouteFacts>>();
  let untagged: PrefixTable<RouteFacts> | undefined;
  const lookup = (tags: readonly string[]): PrefixTable<RouteFacts> => {
    if (tags.length === 0) return (untagged ??= lookupTagged(tags));
    return lookupTagged(tags);
  };
  const lookupTagged = (tags: readonly string[]): PrefixTable<RouteFacts> => {
    const known = tags.filter((tag) => scopeTags.has(tag)).sort();
    const key = known.join();
    let table = lookups.get(key);
    if (table === undefined) {
      table = new PrefixTable<RouteFacts>();
      for (const { route, prefix } of routes) if (isSeenBy(route, known)) table.add(prefix, route);
      lookups.set(key, table);
    }
    return table;
  };
  // Each question ends at the first route that says yes.
  const familiesWith = (counts: (item: ParsedRoute) => boolean): Set<Family> =>
    new Set(([4, 6] as const).filter((family) => routes.some((item) => item.prefix.family === family && counts(item))));
  const podFamilies = familiesWith(isPodRoute);
  const machineFamilies = familiesWith((item) => leadsToMachine(item.route) && isPodRoute(item));
  return {
    facts,
    lookup,
    scopeTags,
    localFor: (range) => {
      const local = locals.find((one) => contains(one, range));
      return local === undefined ? undefined : lookup([]).get(local);
    },
    holdsPodRoutes: podFamilies.size > 0,
    leadsPodsToMachines: machineFamilies.size > 0,
    podFamilies,
    machineFamilies,
  };
}

function losesToLocal({ route, prefix }: ParsedRoute, locals: readonly Prefix[], behaviour: FabricBehaviour): boolean {
  if (route.origin === 'local' || behaviour.localBeats === 'no route') return false;
  if (behaviour.localBeats === 'propagated' && route.origin !== 'propagated') return false;
  return locals.some((local) => contains(local, prefix));
}

/** By somebody, and not the fabric's own. */
function isMade(route: RouteFacts): boolean {
  return route.origin !== 'local' && route.origin !== 'system';
}

function leadsToMachine({ target }: RouteFacts): boolean {
  return target.kind === 'interface' || target.kind === 'machine' || target.kind === 'address';
}

export function isSeenBy(route: RouteFacts, tags: readonly string[]): boolean {
  return route.scopeTags === undefined || route.scopeTags.some((tag) => tags.includes(tag));
}

/** Does any podCIDR share an address with this prefix? */
export function meetsPods(prefix: Prefix, podCIDRs: PrefixTable<string>): boolean {
  return podCIDRs.longestMatch(prefix) !== undefined || podCIDRs.inside(prefix).length > 0;
}
