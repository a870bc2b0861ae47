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
  /** Routes that are not there yet: those of planned nodes. */
  readonly toCome: number;
  /** The network's own routes, where it is not known whether they count. */
  readonly local: number;
  readonly allowed: number;
  readonly source: string;
}

/**
 * One count per family where the limit holds for each. What was learnt (propagated, BGP) has a limit of its own, and
 * what the fabric itself puts in has none, so neither counts. `planned`: podCIDRs of nodes that are not there yet.
 */
export function countRoutes(
  table: TableFacts,
  limit: LimitFacts,
  planned: ReadonlySet<string> = new Set(),
): RouteCount[] {
  const { allowed, source, localMayCount = false } = limit;
  const families: readonly (Family | undefined)[] = limit.perFamily === true ? [4, 6] : [undefined];
  return families.map((family) => {
    const counts = { held: 0, toCome: 0, local: 0 };
    for (const route of table.routes) {
      if (family !== undefined && familyOf(route) !== family) continue;
      if (route.origin === 'local') counts.local += localMayCount ? 1 : 0;
      else if (route.origin === 'static' || route.origin === 'prefix-list') {
        counts[planned.has(route.prefix) ? 'toCome' : 'held'] += 1;
      }
    }
    return { ...(family === undefined ? {} : { family }), ...counts, allowed, source };
  });
}

/** Every prefix of facts is canonical. */
function familyOf({ prefix }: RouteFacts): Family {
  return prefix.includes(':') ? 6 : 4;
}

/** Whether no further route may fit. */
export function isFull({ held, toCome, local, allowed }: RouteCount): boolean {
  return held + toCome + local >= allowed;
}

/** Undefined: enough is left. A table that holds more than its limit today proves that another one holds for it. */
export function gradeCount(count: RouteCount): Exclude<Severity, 'error'> | undefined {
  const { held, toCome, allowed } = count;
  if (held > allowed || allowed <= 0) return undefined;
  if (isFull(count) || held + toCome >= allowed * WARNING_FROM) return 'warning';
  return held + toCome >= allowed * NOTICE_FROM ? 'notice' : undefined;
}
