/** Network security groups: the list of the subscription, those of others by their ids, and the suspects among them. */
import { mapLimited } from '../../net/limit.ts';
import type { Calls } from './calls.ts';
import { MAX_PARALLEL, MAX_SINGLE } from './calls.ts';
import type { Draft } from './draft.ts';
import { guardsOf, nodeNetworks, note, put } from './draft.ts';
import type { Trouble } from './errors.ts';
import { below, foldId, parseResourceId } from './ids.ts';
import type { SubscriptionPlan } from './subscriptions.ts';
import { translateFilter } from './translate-filters.ts';

export async function listFilters(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const { filters } = draft;
  if (filters === undefined) return;
  const path = below(subscription, 'Microsoft.Network/networkSecurityGroups');
  const trouble = await calls.list({ kind: 'filters', path }, (one) => put(filters, translateFilter(one)));
  note(draft, 'filters', 'network security groups', trouble);
}

/**
 * Those at subnets and interfaces of the nodes' networks that were not read yet. One that has gone is trouble as well:
 * whoever names it still hangs on it.
 */
export async function readGuards(calls: Calls, draft: Draft, plan: SubscriptionPlan): Promise<void> {
  const { filters, troubles } = draft;
  if (filters === undefined || troubles.some(({ facet }) => facet === 'filters')) return;
  const missing = guardsOf(draft, nodeNetworks(draft, plan)).filter((id) => !filters.has(id));
  await mapLimited(missing, MAX_PARALLEL, async (id) => noteOne(draft, id, await getFilter(calls, draft, id)));
}

/**
 * `ids`: of suspects. A few are asked for one by one, many as the list, which holds none of other subscriptions; what
 * has gone is left out.
 */
export async function rereadFilters(
  calls: Calls,
  draft: Draft,
  subscription: string,
  ids: readonly string[],
): Promise<void> {
  const groups = ids
    .map(foldId)
    .filter((id) => parseResourceId(id)?.type === 'microsoft.network/networksecuritygroups');
  const foreign = groups.filter((id) => parseResourceId(id)?.subscription !== subscription);
  const isListed = groups.length - foreign.length > MAX_SINGLE;
  const listed = isListed ? listFilters(calls, draft, subscription) : undefined;
  await mapLimited(isListed ? foreign : groups, MAX_PARALLEL, async (id) => {
    const trouble = await getFilter(calls, draft, id);
    if (trouble?.kind !== 'gone') noteOne(draft, id, trouble);
  });
  await listed;
}

async function getFilter(calls: Calls, { filters }: Draft, id: string): Promise<Trouble | undefined> {
  if (filters === undefined) return undefined;
  return calls.get({ kind: 'filters', path: id }, (one) => put(filters, translateFilter(one)));
}

function noteOne(draft: Draft, id: string, trouble: Trouble | undefined): void {
  note(draft, 'filters', `network security group ${id.split('/').at(-1) ?? id}`, trouble);
}
