/** The reading plan of one region: which calls, in which order, and what is kept of the answers. */
import { mapLimited } from '../../net/limit.ts';
import type { InterfaceFacts, Suspects } from '../../model/snapshot.ts';
import { parseAddress } from '../../model/prefix.ts';
import type { Calls } from './calls.ts';
import { carriesAny, emptyDraft, groupsAt, nodeFaces, note, put } from './draft.ts';
import type { RegionDraft } from './draft.ts';
import type { Trouble } from './errors.ts';
import type { RegionPlan } from './regions.ts';
import { listsOf, translateAcl, translateGroup } from './translate-filters.ts';
import { translateInterface, translateMachine, translateNetwork, translateSubnet } from './translate.ts';
import { translateTable } from './translate-routes.ts';

const MAX_PARALLEL_LISTS = 4;

/**
 * 1. The nodes' instances, by id, 200 a request, some requests at a time. By VPC, a page holds 1,000, but pages come one
 *    after the other and bring every stranger along: 5,000 nodes in a VPC of their own would be 5 requests instead of 25,
 *    each with five times the text, and not sooner done; in a shared VPC there is no bound at all.
 * 2. As soon as a VPC is known, side by side with 1: its interfaces, subnets, tables and ACLs, and itself. Interfaces do
 *    come by VPC, because who else holds an address and where a stray interface went can only be seen that way.
 * 3. What the routes lead to and has not been read yet, the security groups of the nodes' interfaces, and the entries of
 *    prefix lists that nodes' packets meet in either.
 */
export async function readRegion(calls: Calls, plan: RegionPlan, wantsFilters: boolean): Promise<RegionDraft> {
  const draft = emptyDraft(plan, wantsFilters);
  const reads = new Map<string, Promise<void>>();
  const learn = (network: string): void => {
    if (network !== '' && !reads.has(network)) reads.set(network, readNetwork(calls, draft, network));
  };
  const trouble = await readInstances(calls, draft, plan.instances, learn);
  if (trouble !== undefined && reads.size === 0) {
    // The instances' own answer is not to be had, but their interfaces also tell the VPC, and most of the rest.
    await readInterfaces(calls, draft, 'attachment.instance-id', plan.instances, learn);
  }
  if (reads.size === 0) await findByAddress(calls, draft, plan.addresses, learn);
  await Promise.all(reads.values());
  if (draft.accounts.every((accounts) => accounts.size === 0) && draft.troubles.length === 0) {
    // Nothing was found and nothing failed: most likely the wrong account, so at least its number should be said.
    await calls.vpcs(undefined, [], (vpc) => {
      if (vpc.OwnerId !== undefined) draft.accounts[2].add(vpc.OwnerId);
    });
  }
  const faces = nodeFaces(draft);
  const lists = listsMetByNodes(draft, faces);
  await Promise.all([
    readTargets(calls, draft, new Set(plan.addresses)),
    readLists(calls, draft, lists),
    wantsFilters ? readGroupsOf(calls, draft, faces, lists) : undefined,
  ]);
  return draft;
}

async function readInstances(
  calls: Calls,
  draft: RegionDraft,
  ids: readonly string[],
  learn: (network: string) => void,
): Promise<Trouble | undefined> {
  const trouble = await calls.instances('instance-id', ids, (instance, account) => {
    const machine = translateMachine(instance);
    if (machine === undefined) return;
    draft.machines.set(machine.id, machine);
    if (account !== '') draft.accounts[0].add(account);
    for (const one of instance.NetworkInterfaces ?? []) {
      const face = translateInterface(one, machine.id);
      // DescribeNetworkInterfaces is the better witness and overwrites this; without it, this is the same attribute.
      if (face !== undefined && !draft.interfaces.has(face.id)) draft.interfaces.set(face.id, face);
      learn(face?.network ?? '');
    }
  });
  note(draft, 'machines', 'instances', trouble);
  return trouble;
}

async function readInterfaces(
  calls: Calls,
  draft: RegionDraft,
  filter: string,
  values: readonly string[],
  learn?: (network: string) => void,
): Promise<void> {
  const trouble = await calls.interfaces(filter, values, (one) => {
    const face = translateInterface(one);
    if (face === undefined) return;
    draft.interfaces.set(face.id, face);
    if (one.OwnerId !== undefined && face.machine !== undefined) draft.accounts[1].add(one.OwnerId);
    learn?.(face.network);
  });
  note(draft, 'interfaces', 'network interfaces', trouble);
}

async function findByAddress(
  calls: Calls,
  draft: RegionDraft,
  addresses: readonly string[],
  learn: (network: string) => void,
): Promise<void> {
  const v4 = addresses.filter((text) => parseAddress(text)?.family === 4);
  const v6 = addresses.filter((text) => parseAddress(text)?.family === 6);
  await readInterfaces(calls, draft, 'addresses.private-ip-address', v4, learn);
  await readInterfaces(calls, draft, 'ipv6-addresses.ipv6-address', v6, learn);
}

async function readNetwork(calls: Calls, draft: RegionDraft, network: string): Promise<void> {
  const [, subnets, vpcs] = await Promise.all([
    readInterfaces(calls, draft, 'vpc-id', [network]),
    calls.subnets('vpc-id', [network], (one) => put(draft.subnets, translateSubnet(one))),
    calls.vpcs('vpc-id', [network], (one) => {
      put(draft.networks, translateNetwork(one));
      if (one.OwnerId !== undefined) draft.accounts[2].add(one.OwnerId);
    }),
    readTables(calls, draft, 'vpc-id', [network]),
    draft.wantsFilters ? readAcls(calls, draft, [network]) : undefined,
  ]);
  note(draft, 'subnets', 'subnets', subnets);
  note(draft, 'networks', 'VPCs', vpcs);
}

async function readTables(calls: Calls, draft: RegionDraft, filter: string, values: readonly string[]): Promise<void> {
  const trouble = await calls.tables(filter, values, (one) => put(draft.tables, translateTable(one)));
  note(draft, 'routes', 'route tables', trouble);
}

/** Where routes lead outside of what was read, and whose the nodes without provider id are, as far as states go. */
async function readTargets(calls: Calls, draft: RegionDraft, addresses: ReadonlySet<string>): Promise<void> {
  const faces = new Set<string>();
  const machines = new Set<string>();
  for (const table of draft.tables.values()) {
    for (const { target } of [...table.routes, ...table.listRoutes]) {
      if (target.kind === 'interface') faces.add(target.interface);
      if (target.kind === 'machine') machines.add(target.machine);
    }
  }
  const missing = [...faces].filter((id) => !draft.interfaces.has(id));
  if (missing.length > 0) await readInterfaces(calls, draft, 'network-interface-id', missing.sort());
  for (const face of draft.interfaces.values()) {
    if (face.machine === undefined) continue;
    if (faces.has(face.id) || carriesAny(face, addresses)) machines.add(face.machine);
  }
  const unread = [...machines].filter((id) => !draft.machines.has(id)).sort();
  await readInstances(calls, draft, unread, () => undefined);
}

/** All ACLs of the networks, the default one included: a VPC holds 200 at most, a page 1,000. */
async function readAcls(calls: Calls, draft: RegionDraft, networks: readonly string[]): Promise<void> {
  const trouble = await calls.acls('vpc-id', networks, (one) => put(draft.filters, translateAcl(one)));
  note(draft, 'filters', 'network ACLs', trouble);
}

/** By id, because a VPC may hold thousands of groups that have nothing to do with the nodes. */
async function readGroups(calls: Calls, draft: RegionDraft, ids: readonly string[]): Promise<void> {
  // What only stands for groups has no id that EC2 would know.
  const known = ids.filter((id) => id.startsWith('sg-'));
  const trouble = await calls.groups('group-id', known, (one) => put(draft.filters, translateGroup(one)));
  note(draft, 'filters', 'security groups', trouble);
}

/** The groups, and then the prefix lists in their rules; `lists` are read already. */
async function readGroupsOf(
  calls: Calls,
  draft: RegionDraft,
  faces: readonly InterfaceFacts[],
  lists: readonly string[],
): Promise<void> {
  await readGroups(calls, draft, groupsAt(faces));
  const named = new Set([...draft.filters.values()].flatMap(listsOf));
  await readLists(calls, draft, [...named].filter((list) => !lists.includes(list)).sort());
}

/** Prefix lists in tables that govern a subnet with nodes; all others cannot change a verdict. */
function listsMetByNodes(draft: RegionDraft, faces: readonly InterfaceFacts[]): string[] {
  const subnets = new Set(faces.map(({ subnet }) => subnet));
  const networks = new Set([...subnets].flatMap((id) => draft.subnets.get(id)?.network ?? []));
  const governing = [...draft.tables.values()].filter(
    (table) => table.subnets.some((id) => subnets.has(id)) || (table.main && networks.has(table.network)),
  );
  return [...new Set(governing.flatMap((table) => table.listRoutes.map((route) => route.list)))].sort();
}

async function readLists(calls: Calls, draft: RegionDraft, lists: readonly string[]): Promise<void> {
  await mapLimited(lists, MAX_PARALLEL_LISTS, async (list) => {
    const entries: string[] = [];
    const trouble = await calls.entries(list, (entry) => {
      if (entry.Cidr !== undefined) entries.push(entry.Cidr);
    });
    // Half a list would look like a whole one.
    if (trouble === undefined) draft.lists.set(list, entries);
    note(draft, 'prefix-lists', `entries of prefix list ${list}`, trouble);
  });
}

/**
 * The suspects as they are now, with the same prefix lists expanded as before, and whatever filters they have got since.
 * Of ACLs all of the nodes' networks are read again: one that lost a subnet does not say to which other one.
 */
export async function rereadRegion(calls: Calls, suspects: Suspects, before: RegionDraft): Promise<RegionDraft> {
  const draft = emptyDraft(before.plan, before.wantsFilters);
  const { filters } = suspects;
  const networks = [...new Set(nodeFaces(before).map(({ network }) => network))].sort();
  // The instances' own view of their interfaces must not stand in for an interface that was not asked for.
  const machines = calls.instances('instance-id', suspects.machines, (one) =>
    put(draft.machines, translateMachine(one)),
  );
  const [trouble] = await Promise.all([
    machines,
    readInterfaces(calls, draft, 'network-interface-id', suspects.interfaces),
    readTables(calls, draft, 'route-table-id', suspects.tables),
    filters.some((id) => id.startsWith('acl-')) ? readAcls(calls, draft, networks) : undefined,
  ]);
  note(draft, 'machines', 'instances', trouble);
  if (before.wantsFilters) {
    const added = groupsAt([...draft.interfaces.values()]).filter((id) => !before.filters.has(id));
    await readGroups(calls, draft, [...new Set([...filters, ...added])].sort());
  }
  const ofRoutes = [...draft.tables.values()].flatMap((table) => table.listRoutes.map((route) => route.list));
  const ofGroups = [...draft.filters.values()].flatMap(listsOf);
  const lists = new Set([...ofRoutes.filter((list) => before.lists.has(list)), ...ofGroups]);
  await readLists(calls, draft, [...lists].sort());
  return draft;
}
