/** How many routes a table may hold, by location, as Resource Manager tells it for the subscription. */
import { mapLimited } from '../../net/limit.ts';
import type { LimitFacts, TableFacts } from '../../model/snapshot.ts';
import type { Calls } from './calls.ts';
import { MAX_PARALLEL } from './calls.ts';
import type { Draft } from './draft.ts';
import { note } from './draft.ts';
import type { Trouble } from './errors.ts';
import { below, foldId, parseResourceId } from './ids.ts';

/** The name of the usage; its current value says nothing, because every table has its own. */
const USAGE = 'RoutesPerRouteTable';
const UNTOLD: Trouble = { kind: 'server', reason: `the answer has no limit for ${USAGE}`, isFinal: false };

/** Where the subscription has tables with routes in use. */
export async function readLimits(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const used = [...draft.tables.values()].filter(({ routes, subnets }) => routes.length > 0 && subnets.length > 0);
  const locations = [...new Set(used.map(({ location }) => location))].filter((one) => one !== '').sort();
  await mapLimited(locations, MAX_PARALLEL, async (location) => {
    const path = below(subscription, `Microsoft.Network/locations/${location}/usages`);
    const trouble = await calls.list({ kind: 'usages', path }, ({ name, limit }) => {
      if (name?.value === USAGE && limit !== undefined && limit > 0) draft.limits.set(location, limit);
    });
    const missing = draft.limits.has(location) ? undefined : UNTOLD;
    note(draft, 'limits', `limit of routes per table in ${location}`, trouble ?? missing);
  });
}

/** Of the tables that belong to this subscription: what another one owns is under that one's limit. */
export function limitsOf(draft: Draft, tables: readonly TableFacts[], subscription: string): readonly LimitFacts[] {
  return tables.flatMap(({ id, implicit }): LimitFacts[] => {
    const table = implicit === true ? undefined : draft.tables.get(foldId(id.split('#')[0] ?? id));
    const allowed = draft.limits.get(table?.location ?? '');
    if (table === undefined || allowed === undefined) return [];
    if (parseResourceId(table.id)?.subscription !== subscription) return [];
    const source = `usage ${USAGE} of ${table.location}`;
    return [{ kind: 'routes-per-table', table: id, allowed, source }];
  });
}
