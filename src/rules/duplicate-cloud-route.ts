import type { FaultDetail, FaultGroup } from '../model/faults.ts';
import type { Evidence } from '../model/judgement.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Change } from '../model/plan.ts';
import { parsePrefix } from '../model/prefix.ts';
import type { RouteFacts } from '../model/snapshot.ts';
import type { GoverningTable, Observation, RuleContext, RuleNode } from './rule.ts';
import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';
import { targetText } from '../model/route-target.ts';

type Duplicate = Extract<FaultDetail, { kind: 'duplicate' }>;

interface Data {
  /** One per table and podCIDR; never empty. */
  readonly all: readonly Duplicate[];
  readonly isLossy: boolean;
}

export const duplicateCloudRoute = defineRule<Data>({
  id: 'duplicate-cloud-route',
  title: 'Several routes of equal rank lead one range to different targets',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) => {
    const lossy = context.faults('duplicate-cloud-route').flatMap(observeLoss);
    return [...lossy, ...findHarmless(context)];
  },
  explain: ({ data: { all, isLossy } }) => {
    const [first] = all;
    if (first === undefined) return { what: '', why: '', next: '' };
    const routes = distinctSorted(first.routes.map(nameRoute));
    const tables = listNames(distinctSorted(all.map(({ table }) => table)));
    const what = `${String(first.routes.length)} routes of equal rank in ${tables} share the packets for ${first.prefix}: ${listNames(routes)}.`;
    const owners = listNames(distinctSorted(all.map(({ node }) => node)));
    if (!isLossy) {
      return {
        what,
        why: `Flows to pods on ${owners} are spread over all of them, and no path shows that any is lost; one that leads elsewhere would lose its share.`,
        next: 'Keep one route for the range, or give the ones that are meant as a reserve a worse priority.',
      };
    }
    const wrong = first.wrong.map(
      ({ route, leadsTo }) => `${route.name ?? targetText(route.target)} leads to ${leadsTo}`,
    );
    return {
      what,
      why: `Flows are spread over them, so some connections to pods on ${owners} work and others never do: ${listNames(distinctSorted(wrong))}.`,
      next: `Delete the wrong ${first.wrong.length === 1 ? 'route' : 'routes'} and keep the one that leads to the node; a worse priority would do as well.`,
    };
  },
  fix: ({ data: { all, isLossy } }) => (isLossy ? deleteWrong(all) : []),
});

function observeLoss(group: FaultGroup): Observation<Data>[] {
  const all = group.details.filter((detail) => detail.kind === 'duplicate');
  return all.length === 0 ? [] : [{ ...group, ...describe(all), data: { all, isLossy: true } }];
}

function describe(all: readonly Duplicate[]): Pick<Observation<Data>, 'subjects' | 'evidence'> {
  return {
    subjects: {
      ...NO_SUBJECTS,
      nodes: distinctSorted(all.map(({ node }) => node)),
      prefixes: distinctSorted(all.map(({ podCIDR }) => podCIDR)),
      routeTables: distinctSorted(all.map(({ table }) => table)),
      routes: distinctSorted(all.map(({ table, prefix }) => `${table}/${prefix}`)),
    },
    evidence: all.flatMap(({ fabric, table, prefix, routes, wrong }) =>
      routes.map((route): Evidence => {
        const lost = wrong.find((one) => one.route === route);
        const where = lost === undefined ? '' : `, which leads to ${lost.leadsTo}`;
        return { source: `${fabric} ${table}`, text: `${prefix} -> ${nameRoute(route)}${where}` };
      }),
    ),
  };
}

function nameRoute(route: RouteFacts): string {
  const name = route.name === undefined ? '' : `${route.name} to `;
  return `${name}${targetText(route.target)} (rank ${String(route.rank)})`;
}

/** A route for more than the podCIDR may serve others: which of those is wrong is for people to say. */
function deleteWrong(all: readonly Duplicate[]): Change[] {
  return all
    .filter(({ prefix, podCIDR }) => prefix === podCIDR)
    .flatMap(({ fabric, table, wrong }) =>
      wrong.flatMap(({ route }): Change[] =>
        // Without names the command could not tell the right route from the wrong one.
        route.origin !== 'static' || route.name === undefined
          ? []
          : [{ kind: 'delete-route', place: placeOf(fabric), table, prefix: route.prefix, route: route.name }],
      ),
    );
}

/** Equal routes for podCIDRs by which no path fails: what is behind one of them is not read, or no pair needs it. */
function findHarmless(context: RuleContext): Observation<Data>[] {
  const blamed = new Set(BLAMED_BY.flatMap((rule) => context.faults(rule).map(({ cause }) => cause)));
  const byName = new Map(context.nodes.map((node) => [node.facts.name, node]));
  const found = new Map<string, Duplicate[]>();
  for (const table of context.governingTables) {
    const equals = equalRoutes(table);
    if (equals.size === 0) continue;
    const senders = findTagSets(context, table);
    for (const [text, routes] of equals) {
      const cause = `${table.fabric.id}/${text}`;
      const prefix = blamed.has(cause) ? undefined : parsePrefix(text);
      const names = prefix === undefined ? undefined : context.podCIDRs.get(prefix)?.values;
      const owner = names?.flatMap((name) => byName.get(name) ?? []).find(isRouted);
      if (owner === undefined || haveOneTarget(context, table, routes)) continue;
      const shared = senders
        .map((tags) => routes.filter((route) => isSeenWith(route, tags)))
        .find((seen) => !haveOneTarget(context, table, seen));
      if (shared === undefined) continue;
      const duplicate: Duplicate = {
        kind: 'duplicate',
        fabric: table.fabric.id,
        node: owner.facts.name,
        podCIDR: text,
        table: table.facts.id,
        prefix: text,
        routes: shared,
        wrong: [],
      };
      found.set(cause, [...(found.get(cause) ?? []), duplicate]);
    }
  }
  return [...found].map(([cause, all]) => ({
    cause,
    verdict: 'fail',
    severity: 'warning',
    ...describe(all),
    pairsBroken: 0,
    roundTripsBroken: 0,
    data: { all, isLossy: false },
  }));
}

/** Where one of these names the podCIDR, the cause is told already. */
const BLAMED_BY = [
  'duplicate-cloud-route',
  'fabric-route-wrong-target',
  'fabric-route-dead',
  'route-shadowed',
] as const;

/** Prefixes with several static routes of the best rank. */
function equalRoutes({ facts }: GoverningTable): Map<string, RouteFacts[]> {
  const first = new Map<string, RouteFacts>();
  const several = new Map<string, RouteFacts[]>();
  for (const route of facts.routes) {
    const before = first.get(route.prefix);
    if (before === undefined) first.set(route.prefix, route);
    else several.set(route.prefix, [...(several.get(route.prefix) ?? [before]), route]);
  }
  for (const [prefix, routes] of several) {
    const best = Math.min(...routes.map(({ rank }) => rank));
    const equals = routes.filter(({ rank, origin }) => rank === best && origin === 'static');
    if (equals.length < 2) several.delete(prefix);
    else several.set(prefix, equals);
  }
  return several;
}

/** A node for which the fabric's routes count. */
function isRouted({ isSkipped, meetsTables }: RuleNode): boolean {
  return !isSkipped && meetsTables;
}

/** The different sets of network tags that nodes in the table's network have. */
function findTagSets(context: RuleContext, table: GoverningTable): (readonly string[])[] {
  const sets = new Map<string, readonly string[]>();
  for (const node of context.nodes) {
    if (node.isSkipped || node.machine?.fabric !== table.fabric) continue;
    for (const { network, tags = [] } of node.interfaces) {
      if (network === table.facts.network) sets.set([...tags].sort().join(), tags);
    }
  }
  return [...sets.values()];
}

function isSeenWith({ scopeTags }: RouteFacts, tags: readonly string[]): boolean {
  return scopeTags === undefined || scopeTags.some((tag) => tags.includes(tag));
}

/** Also where none or one of them is there. */
function haveOneTarget(context: RuleContext, table: GoverningTable, routes: readonly RouteFacts[]): boolean {
  const targets = routes.map(({ target }) => {
    const named = target.kind === 'interface' || target.kind === 'machine' ? target.machine : undefined;
    return context.interfaceBehind(table, target)?.machine ?? named ?? targetText(target);
  });
  return new Set(targets).size < 2;
}
