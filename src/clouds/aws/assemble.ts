/** What was read of a region -> one fabric and its gaps, sorted by id. Pure. */
import type { FabricFacts, Gap } from '../../model/snapshot.ts';
import type { Reading } from '../../ports.ts';
import type { RegionDraft, RegionTrouble } from './draft.ts';
import { aclsBySubnet, filtersOf, readsAllAcls, subnetsWithoutAcl, unseenAclGap } from './assemble-filters.ts';
import type { LimitAnswer } from './limits.ts';
import { finishTable, resolveSubnets } from './translate-routes.ts';

/** An earlier reading of the same region. */
export interface Earlier {
  readonly draft: RegionDraft;
  readonly fabric: FabricFacts;
}

/**
 * With `earlier` the draft holds suspects only: the fabric keeps its id, targets known then are known now, and subnets
 * are in it where the tables that were read again now govern others.
 */
export function assembleFabric(draft: RegionDraft, earlier?: Earlier): FabricFacts {
  const account = earlier?.fabric.account ?? accountOf(draft);
  const known = earlier?.draft;
  const isKnown = (id: string): boolean =>
    [draft, known].some((one) => one !== undefined && (one.interfaces.has(id) || one.machines.has(id)));
  const around = { lists: draft.lists, isKnown, account };
  return {
    id: `aws/${account}/${draft.region}`,
    kind: 'aws',
    account,
    region: draft.region,
    networks: sortById(draft.networks.values()),
    subnets: earlier === undefined ? subnetsOf(draft) : changedSubnets(draft, earlier),
    tables: sortById(draft.tables.values()).map((table) => finishTable(table, around)),
    machines: sortById(draft.machines.values()),
    interfaces: sortById(draft.interfaces.values()),
    filters: draft.wantsFilters ? filtersOf(draft, known) : 'unread',
  };
}

function accountOf(draft: RegionDraft): string {
  for (const accounts of draft.accounts) {
    const [account] = [...accounts].sort();
    if (account !== undefined) return account;
  }
  return 'unknown';
}

function subnetsOf(draft: RegionDraft): FabricFacts['subnets'] {
  const complete = !draft.troubles.some(({ facet }) => facet === 'routes');
  const acls = aclsBySubnet(draft.filters.values());
  return resolveSubnets(sortById(draft.subnets.values()), sortById(draft.tables.values()), complete).map((subnet) => {
    const acl = acls.get(subnet.id);
    return acl === undefined ? subnet : { ...subnet, filters: [acl] };
  });
}

function changedSubnets(draft: RegionDraft, { draft: before, fabric }: Earlier): FabricFacts['subnets'] {
  const merged = {
    ...before,
    tables: new Map([...before.tables, ...draft.tables]),
    filters: readsAllAcls(draft) ? draft.filters : before.filters,
  };
  const governedBefore = new Map(fabric.subnets.map((subnet) => [subnet.id, governedBy(subnet)]));
  return subnetsOf(merged).filter((subnet) => governedBy(subnet) !== governedBefore.get(subnet.id));
}

function governedBy({ table = '', filters = [] }: FabricFacts['subnets'][number]): string {
  return [table, ...filters].join(' ');
}

/** One gap per thing that was not read. Where no call got anywhere, one gap says it for all. */
export function assembleGaps(draft: RegionDraft, { id, account, region }: FabricFacts): Gap[] {
  const [first] = draft.troubles;
  const gotNowhere = first?.trouble.isFinal === true && draft.machines.size + draft.interfaces.size === 0;
  const troubles: readonly RegionTrouble[] = gotNowhere ? [first] : draft.troubles;
  const gaps = troubles.map(({ facet, what, trouble }): Gap => ({
    facet,
    subject: account === 'unknown' ? `${what} in ${region}` : `${what} of ${account}/${region}`,
    scope: id,
    reason: trouble.reason,
    ...(trouble.permission === undefined ? {} : { permission: trouble.permission }),
  }));
  if (!gotNowhere) gaps.push(...subnetsWithoutAcl(draft).map((subnet) => unseenAclGap(subnet, id)));
  const byText = new Map(gaps.map((gap) => [JSON.stringify(gap), gap] as const));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}

/** A limit that was not read hides no packet: its gap says so, and no verdict hangs on it. */
export function withLimits(
  fabric: FabricFacts,
  gaps: readonly Gap[],
  answer: LimitAnswer | undefined,
): Reading<readonly FabricFacts[]> {
  if (answer === undefined) return { facts: [fabric], gaps };
  if ('limits' in answer) return { facts: [{ ...fabric, limits: answer.limits }], gaps };
  // Without tables there is nothing to count, and what kept them away has been said.
  if (fabric.tables.length === 0) return { facts: [fabric], gaps };
  const subject = `limit of routes per table of ${fabric.account}/${fabric.region ?? ''}`;
  return { facts: [fabric], gaps: [...gaps, { facet: 'limits', subject, scope: fabric.id, ...answer }] };
}

function sortById<T extends { readonly id: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
