/** How many routes a table holds, counted as its fabric counts them, against how many it may hold. Pure. */
import type { Severity } from '../model/config.ts';
import type { Family } from '../model/prefix.ts';
import type { LimitFacts, RouteFacts, TableFacts } from '../model/snapshot.ts';

/** Shares of the limit from which a table is worth a notice, and a warning. */
const NOTICE_FROM = 0.75;
const WARNING_FROM = 0.9;

export interface RouteCount {
  /** Absent: both families together. */
  readonly family?: Family;
  /** What certainly counts: routes that somebody made, and the entries of prefix lists that were read. */
  readonly held: number;
  /** The network's own routes, where it is not known whether they count. */
  readonly local: number;
  readonly allowed: number;
  readonly source: string;
}

/** Nodes that are not there yet: each needs a route per family of the cluster's pods. */
export interface NodesToCome {
  readonly nodes: number;
  readonly families: readonly Family[];
}

/**
 * One count per family where the limit holds for each. What was learnt (propagated, BGP) has a limit of its own, and
 * what the fabric itself puts in has none, so neither counts.
 */
export function countRoutes(table: TableFacts, limit: LimitFacts, toCome?: NodesToCome): RouteCount[] {
  const { allowed, source, localMayCount = false } = limit;
  const families: readonly (Family | undefined)[] = limit.perFamily === true ? [4, 6] : [undefined];
  return families.map((family) => {
    let held = 0;
    let local = 0;
    for (const route of table.routes) {
      if (family !== undefined && familyOf(route) !== family) continue;
      if (route.origin === 'static' || route.origin === 'prefix-list') held += 1;
      if (localMayCount && route.origin === 'local') local += 1;
    }
    const families = toCome?.families.filter((one) => family === undefined || one === family) ?? [];
    held += families.length * (toCome?.nodes ?? 0);
    return { ...(family === undefined ? {} : { family }), held, local, allowed, source };
  });
}

/** Every prefix of facts is canonical. */
function familyOf({ prefix }: RouteFacts): Family {
  return prefix.includes(':') ? 6 : 4;
}

/** Whether no further route may fit. A table that holds more than its limit proves that another one holds for it. */
export function isFull({ held, local, allowed }: RouteCount): boolean {
  return held <= allowed && held + local >= allowed;
}

/** Undefined: enough is left. */
export function gradeCount(count: RouteCount): Exclude<Severity, 'error'> | undefined {
  const { held, allowed } = count;
  if (held > allowed || allowed <= 0) return undefined;
  if (isFull(count) || held >= allowed * WARNING_FROM) return 'warning';
  return held >= allowed * NOTICE_FROM ? 'notice' : undefined;
}
