/** Security groups and network ACLs as they were read -> the filters of a fabric, and which subnet has which ACL. Pure. */
import type { FilterFacts, Gap } from '../../model/snapshot.ts';
import type { RegionDraft } from './draft.ts';
import { groupsAt, nodeFaces } from './draft.ts';
import type { FilterDraft } from './translate-filters.ts';
import { finishFilter, unseenGroup } from './translate-filters.ts';

export function aclsBySubnet(filters: Iterable<FilterDraft>): Map<string, string> {
  return new Map([...filters].flatMap(({ id, subnets }) => subnets.map((subnet) => [subnet, id] as const)));
}

/**
 * Only what nodes' packets meet: the groups of their interfaces, and the ACLs of their subnets. At a second reading the
 * interfaces of the first (`before`) stand where they were not read again.
 */
export function filtersOf(draft: RegionDraft, before: RegionDraft | undefined): FilterFacts[] {
  const interfaces = new Map([...(before?.interfaces ?? []), ...draft.interfaces]);
  const faces = nodeFaces({ ...draft, interfaces });
  const groups = groupsAt(faces);
  const acls = aclsBySubnet(draft.filters.values());
  const met = new Set([...groups, ...faces.flatMap(({ subnet }) => acls.get(subnet) ?? [])]);
  const found = [...draft.filters.values()].filter(({ id }) => met.has(id));
  // Where the call failed a gap says so; where it did not, EC2 has left out what this account may not see.
  const unseen = before === undefined && !hasFailed(draft) ? groups.filter((id) => !draft.filters.has(id)) : [];
  const all = [...found.map((filter) => finishFilter(filter, draft.lists)), ...unseen.map(unseenGroup)];
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** At a second reading: whether the ACLs of all networks were read, so that a subnet has moved if it is elsewhere now. */
export function readsAllAcls(draft: RegionDraft): boolean {
  return !hasFailed(draft) && [...draft.filters.values()].some(({ kind }) => kind === 'network-acl');
}

/** Every subnet has an ACL, so a node's subnet without one is one whose ACL was not shown. */
export function subnetsWithoutAcl(draft: RegionDraft): string[] {
  if (!draft.wantsFilters || hasFailed(draft)) return [];
  const acls = aclsBySubnet(draft.filters.values());
  const subnets = new Set(nodeFaces(draft).map(({ subnet }) => subnet));
  return [...subnets].filter((id) => draft.subnets.has(id) && !acls.has(id)).sort();
}

export function unseenAclGap(subnet: string, fabric: string): Gap {
  return {
    facet: 'filters',
    subject: `network ACL of ${subnet}`,
    scope: fabric,
    reason: 'EC2 showed no network ACL that governs it, although every subnet has one',
  };
}

function hasFailed({ troubles }: RegionDraft): boolean {
  return troubles.some(({ facet }) => facet === 'filters');
}
