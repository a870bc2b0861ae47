import { NO_SUBJECTS } from '../model/judgement.ts';
import type { FabricFacts, TableFacts } from '../model/snapshot.ts';
import type { RouteCount } from './route-count.ts';
import { countRoutes, gradeCount, isFull } from './route-count.ts';
import type { Observation, RuleContext } from './rule.ts';
import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';

interface Crowded {
  readonly fabric: FabricFacts;
  readonly table: TableFacts;
  readonly count: RouteCount;
  /** podCIDRs whose packets are lost for want of a route in this table. */
  readonly missing: readonly string[];
}

export const routeQuota = defineRule<Crowded>({
  id: 'route-quota',
  title: 'A route table is at or near its limit',
  severity: 'warning',
  needs: ['routes', 'subnets', 'limits'],
  evaluate: (context) => {
    const routed = routedPodCIDRs(context);
    const missing = missingByTable(context);
    const planned = plannedPodCIDRs(context);
    return context.governingTables.flatMap(({ fabric, facts: table }) => {
      const without = missing.get(`${fabric.id} ${table.id}`) ?? [];
      // Nobody puts pod routes into this table, so no node will need room in it.
      if (without.length === 0 && !table.routes.some(({ prefix }) => routed.has(prefix))) return [];
      const limits = (fabric.limits ?? []).filter((limit) => limit.table === undefined || limit.table === table.id);
      return limits
        .flatMap((limit) => countRoutes(table, limit, planned))
        .flatMap((count) => observe(fabric, table, count, without));
    });
  },
  explain: ({ data: { table, count, missing } }) => {
    const room = count.allowed - count.held - count.toCome;
    const full = isFull(count);
    const lost = `${listNames(missing)} ${missing.length === 1 ? 'has' : 'have'} none`;
    return {
      what: `Route table ${table.id} ${count.toCome === 0 ? 'holds' : 'will hold'} ${routesOf(count)}, and its limit is ${String(count.allowed)}${full && missing.length > 0 ? `; podCIDR ${lost}` : ''}.`,
      why: full
        ? `${room < 0 ? `The last ${String(-room)} of the planned nodes get podCIDRs but no routes, and their pods are` : 'The next node gets a podCIDR but no route, and its pods are'} unreachable from every subnet that uses this table.`
        : `There is room for ${room === 1 ? 'one more route' : `${String(room)} more routes`}, and every node needs its own: without one its pods are unreachable.`,
      next: `Have the limit raised${table.routes.some(isDead) ? ', delete routes that lead nowhere,' : ''} or give the cluster larger podCIDRs on fewer nodes.${missing.length > 0 ? ' Until then a further route may be refused.' : ''}`,
    };
  },
  fix: ({ data: { fabric, table, count } }) =>
    fabric.kind === 'aws'
      ? [{ kind: 'raise-route-limit', place: placeOf(fabric.id), table: table.id, allowed: count.allowed }]
      : [],
});

function observe(
  fabric: FabricFacts,
  table: TableFacts,
  count: RouteCount,
  without: readonly string[],
): Observation<Crowded>[] {
  const grade = gradeCount(count);
  if (grade === undefined) return [];
  const missing = isFull(count) ? without.filter((podCIDR) => isOfFamily(podCIDR, count)) : [];
  const family = count.family === undefined ? '' : `/ipv${String(count.family)}`;
  return [
    {
      cause: `${fabric.id}/${table.id}${family}`,
      verdict: 'fail',
      severity: missing.length > 0 ? 'error' : grade,
      subjects: { ...NO_SUBJECTS, routeTables: [table.id], prefixes: missing },
      evidence: [
        { source: `${fabric.id} ${table.id}`, text: routesOf(count) },
        { source: count.source, text: `at most ${String(count.allowed)} per table` },
      ],
      pairsBroken: 0,
      roundTripsBroken: 0,
      data: { fabric, table, count, missing },
    },
  ];
}

/** As their agent gives them out, of nodes that meet tables: routes for others serve nobody. */
function routedPodCIDRs({ nodes }: RuleContext): ReadonlySet<string> {
  const routed = nodes.filter(({ meetsTables }) => meetsTables);
  return new Set(routed.flatMap(({ podCIDRs }) => podCIDRs.map(({ text }) => text)));
}

/** Only what paths found missing: a podCIDR that needs no route here is none that the table has no room for. */
function missingByTable(context: RuleContext): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, string[]>();
  for (const group of context.faults('fabric-route-missing')) {
    for (const detail of group.details) {
      if (detail.kind !== 'route' || detail.problem === 'inside-network') continue;
      const key = `${detail.fabric} ${detail.table}`;
      missing.set(key, [...(missing.get(key) ?? []), detail.podCIDR]);
    }
  }
  return new Map([...missing].map(([key, podCIDRs]) => [key, distinctSorted(podCIDRs)]));
}

/** Of nodes that are only planned: their routes stand in the tables as if they were made. */
function plannedPodCIDRs({ snapshot }: RuleContext): ReadonlySet<string> {
  const names = new Set(snapshot.planned?.nodes);
  if (names.size === 0) return names;
  const planned = snapshot.cluster.nodes.filter(({ name }) => names.has(name));
  return new Set(planned.flatMap(({ podCIDRs }) => podCIDRs));
}

function isOfFamily(prefix: string, { family }: RouteCount): boolean {
  return family === undefined || prefix.includes(':') === (family === 6);
}

function isDead({ state }: TableFacts['routes'][number]): boolean {
  return state === 'dead';
}

/** `499 IPv4 routes and 1 local one`, `520 routes, 20 of them for planned nodes`. */
function routesOf({ family, held, toCome, local }: RouteCount): string {
  const kind = family === undefined ? 'routes' : `IPv${String(family)} routes`;
  const all = held + toCome;
  const planned = toCome === 0 ? '' : `, ${String(toCome)} of them for planned nodes,`;
  return `${String(all)} ${all === 1 ? kind.replace(/s$/, '') : kind}${planned}${local === 0 ? '' : ` and ${String(local)} local ${local === 1 ? 'one' : 'ones'}`}`;
}
