/** The reading plan of one subscription: which calls, in which order, and what is kept of the answers. */
import { mapLimited } from '../../net/limit.ts';
import type { Facet, Suspects } from '../../model/snapshot.ts';
import type { FabricFacets } from '../../ports.ts';
import type { Calls, Question } from './calls.ts';
import { MAX_PARALLEL, MAX_SINGLE } from './calls.ts';
import type { Draft } from './draft.ts';
import { emptyDraft, nodeInterfaces, nodeNetworks, note, put } from './draft.ts';
import { below, foldId, networkOfSubnet, parseResourceId, resourceGroupOf, scaleSetOf } from './ids.ts';
import { readLimits } from './limits.ts';
import { listFilters, readGuards, rereadFilters } from './read-filters.ts';
import type { SubscriptionPlan } from './subscriptions.ts';
import { translateInterface, translateMachine, translateScaleSet } from './translate.ts';
import { translateNetwork, translateTable } from './translate-routes.ts';

/**
 * 1. The lists of the whole subscription side by side, and the Uniform scale sets that the provider ids name.
 * 2. Uniform scale sets in the nodes' virtual networks, whose interfaces are in no list of the subscription.
 * 3. Virtual networks, route tables and network security groups that belong to other subscriptions, and who is a member
 *    of which Flexible set.
 */
export async function readSubscription(calls: Calls, plan: SubscriptionPlan, wanted: FabricFacets): Promise<Draft> {
  const draft = emptyDraft(wanted.filters);
  const named = [...new Set(plan.machines.flatMap((id) => scaleSetOf(id) ?? []))].sort();
  await Promise.all([
    listInterfaces(calls, draft, plan.subscription),
    listMachines(calls, draft, plan.subscription),
    listScaleSets(calls, draft, plan.subscription),
    listNetworks(calls, draft, plan.subscription),
    listTables(calls, draft, plan.subscription).then(() =>
      wanted.limits ? readLimits(calls, draft, plan.subscription) : undefined,
    ),
    listFilters(calls, draft, plan.subscription),
    readUniformSets(calls, draft, named),
  ]);
  await readUniformSets(calls, draft, setsNearNodes(draft, plan, named));
  await Promise.all([readElsewhere(calls, draft, plan), readMembers(calls, draft, plan)]);
  return draft;
}

async function listInterfaces(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const path = below(subscription, 'Microsoft.Network/networkInterfaces');
  const trouble = await calls.list({ kind: 'interfaces', path }, (one) =>
    put(draft.interfaces, translateInterface(one)),
  );
  note(draft, 'interfaces', 'network interfaces', trouble);
}

/** The only list that shows whether machines run; it shows little else. */
async function listMachines(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const path = below(subscription, 'Microsoft.Compute/virtualMachines');
  const question: Question<'machines'> = { kind: 'machines', path, query: { statusOnly: 'true' } };
  const trouble = await calls.list(question, (one) => put(draft.machines, translateMachine(one)));
  note(draft, 'machines', 'virtual machines', trouble);
}

async function listScaleSets(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const path = below(subscription, 'Microsoft.Compute/virtualMachineScaleSets');
  const trouble = await calls.list({ kind: 'scaleSets', path }, (one) => put(draft.scaleSets, translateScaleSet(one)));
  note(draft, 'machines', 'scale sets', trouble);
}

async function listNetworks(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const path = below(subscription, 'Microsoft.Network/virtualNetworks');
  const trouble = await calls.list({ kind: 'networks', path }, (one) => put(draft.networks, translateNetwork(one)));
  note(draft, 'networks', 'virtual networks', trouble);
}

async function listTables(calls: Calls, draft: Draft, subscription: string): Promise<void> {
  const path = below(subscription, 'Microsoft.Network/routeTables');
  const trouble = await calls.list({ kind: 'tables', path }, (one) => put(draft.tables, translateTable(one)));
  note(draft, 'routes', 'route tables', trouble);
}

/** Folded ids of Uniform sets that were not named, but may hold nodes without provider id, or a route's next hop. */
function setsNearNodes(draft: Draft, plan: SubscriptionPlan, named: readonly string[]): string[] {
  const networks = nodeNetworks(draft, plan);
  const isLost = isAnyLost(draft, plan);
  const sets = [...draft.scaleSets].filter(
    ([id, set]) =>
      set.isUniform &&
      !named.includes(id) &&
      (isLost || set.subnets.some((subnet) => networks.has(networkOfSubnet(subnet)))),
  );
  return sets.map(([id]) => id).sort();
}

/** Where nodes are looked for by address alone, a stranger elsewhere may have one of them, so each has to be found. */
function isAnyLost(draft: Draft, plan: SubscriptionPlan): boolean {
  const faces = [...draft.interfaces.values()];
  const machines = new Set(plan.machines);
  if (faces.some(({ machine = '' }) => machines.has(foldId(machine)))) return false;
  const held = new Set(faces.flatMap(({ addresses }) => addresses));
  return plan.addresses.some((address) => !held.has(address));
}

async function readUniformSets(calls: Calls, draft: Draft, sets: readonly string[]): Promise<void> {
  await mapLimited(sets, MAX_PARALLEL, async (set) => {
    await Promise.all([readSetInterfaces(calls, draft, set), readSetMachines(calls, draft, set)]);
  });
}

async function readSetInterfaces(calls: Calls, draft: Draft, set: string): Promise<void> {
  const path = `${spell(draft, set)}/networkInterfaces`;
  const trouble = await calls.list({ kind: 'setInterfaces', path }, (one) =>
    put(draft.interfaces, translateInterface(one)),
  );
  // A set that has gone has no interfaces: what its nodes lack then is their machine.
  if (trouble?.kind !== 'gone') note(draft, 'interfaces', 'network interfaces of scale sets', trouble);
}

async function readSetMachines(calls: Calls, draft: Draft, set: string): Promise<void> {
  const path = `${spell(draft, set)}/virtualMachines`;
  const question: Question<'setMachines'> = { kind: 'setMachines', path, query: { $expand: 'instanceView' } };
  const trouble = await calls.list(question, (one) => put(draft.machines, translateMachine(one)));
  if (trouble?.kind !== 'gone') note(draft, 'machines', 'instances of scale sets', trouble);
}

/** Nodes' networks, with tables and network security groups in them, that another subscription owns and shares. */
async function readElsewhere(calls: Calls, draft: Draft, plan: SubscriptionPlan): Promise<void> {
  const networks = nodeNetworks(draft, plan);
  const isListed = !draft.troubles.some(({ facet }) => facet === 'networks');
  const missing = [...networks].filter((id) => !draft.networks.has(id)).sort();
  await mapLimited(isListed ? missing : [], MAX_PARALLEL, (id) => getNetwork(calls, draft, id, 'networks'));
  await Promise.all([readGoverning(calls, draft, networks), readGuards(calls, draft, plan)]);
}

async function readGoverning(calls: Calls, draft: Draft, networks: ReadonlySet<string>): Promise<void> {
  if (draft.troubles.some(({ facet }) => facet === 'routes')) return;
  const subnets = [...networks].flatMap((id) => draft.networks.get(id)?.subnets ?? []);
  const tables = new Set(subnets.flatMap(({ table }) => (table === undefined ? [] : [foldId(table)])));
  const missing = [...tables].filter((id) => !draft.tables.has(id)).sort();
  await mapLimited(missing, MAX_PARALLEL, (id) => getTable(calls, draft, id));
}

async function getNetwork(calls: Calls, draft: Draft, id: string, facet: Facet): Promise<void> {
  const trouble = await calls.get({ kind: 'networks', path: id }, (one) => put(draft.networks, translateNetwork(one)));
  if (trouble?.kind !== 'gone') note(draft, facet, `virtual network ${id.split('/').at(-1) ?? id}`, trouble);
}

async function getTable(calls: Calls, draft: Draft, id: string): Promise<void> {
  const trouble = await calls.get({ kind: 'tables', path: id }, (one) => put(draft.tables, translateTable(one)));
  if (trouble?.kind !== 'gone') note(draft, 'routes', `route table ${id.split('/').at(-1) ?? id}`, trouble);
}

/** Where the list of machines does not say it: members of Flexible sets that share a resource group with nodes. */
async function readMembers(calls: Calls, draft: Draft, plan: SubscriptionPlan): Promise<void> {
  const own = nodeInterfaces(draft, plan).flatMap(({ machine }) => (machine === undefined ? [] : [foldId(machine)]));
  const unsaid = own.filter((id) => draft.machines.has(id) && draft.machines.get(id)?.scaleSet === undefined);
  const groups = new Set(unsaid.map(resourceGroupOf));
  const sets = [...draft.scaleSets.values()].filter((set) => !set.isUniform && groups.has(resourceGroupOf(set.id)));
  await mapLimited(sets, MAX_PARALLEL, async ({ id }) => {
    const path = below(plan.subscription, 'Microsoft.Compute/virtualMachines');
    const query = { $filter: `'virtualMachineScaleSet/id' eq '${id}'` };
    const trouble = await calls.list({ kind: 'machines', path, query }, (one) => {
      const known = draft.machines.get(foldId(one.id ?? ''));
      if (known !== undefined) put(draft.machines, { ...known, scaleSet: id });
    });
    note(draft, 'machines', `members of scale set ${id.split('/').at(-1) ?? id}`, trouble);
  });
}

/** The suspects as they are now, and the nodes' networks: a subnet may have been given another table meanwhile. */
export async function rereadSubscription(
  calls: Calls,
  plan: SubscriptionPlan,
  suspects: Omit<Suspects, 'nodes'>,
  earlier: Draft,
): Promise<Draft> {
  const draft = emptyDraft(earlier.filters !== undefined);
  const networks = nodeNetworks(earlier, plan);
  const again: Again = { calls, draft, plan };
  await Promise.all([
    rereadSome(again, suspects.interfaces, { ofSet: readSetInterfaces, all: listInterfaces, one: getInterface }),
    rereadSome(again, suspects.machines, { ofSet: readSetMachines, all: listMachines, one: getMachine }),
    mapLimited([...networks].sort(), MAX_PARALLEL, (id) => getNetwork(calls, draft, id, 'routes')),
    mapLimited(tablesIn(suspects.tables), MAX_PARALLEL, (id) => getTable(calls, draft, id)),
    rereadFilters(calls, draft, plan.subscription, suspects.filters),
  ]);
  await readNews({ calls, draft, plan }, earlier, networks);
  return draft;
}

/** What subnets and interfaces have been given meanwhile, and nobody has read yet. */
async function readNews({ calls, draft, plan }: Again, earlier: Draft, networks: ReadonlySet<string>): Promise<void> {
  const known: Draft = {
    ...draft,
    interfaces: new Map([...earlier.interfaces, ...draft.interfaces]),
    networks: new Map([...earlier.networks, ...draft.networks]),
    tables: new Map([...earlier.tables, ...draft.tables]),
    filters: draft.filters && new Map([...(earlier.filters ?? []), ...draft.filters]),
  };
  await Promise.all([readGoverning(calls, known, networks), readGuards(calls, known, plan)]);
  for (const [id, table] of known.tables) if (!earlier.tables.has(id)) draft.tables.set(id, table);
  for (const [id, filter] of known.filters ?? [])
    if (earlier.filters?.has(id) === false) draft.filters?.set(id, filter);
}

interface Again {
  readonly calls: Calls;
  readonly draft: Draft;
  readonly plan: SubscriptionPlan;
}

type Read = (calls: Calls, draft: Draft, what: string) => Promise<void>;

/** What is in scale sets comes with its whole set; of the others few are asked for one by one, many as the list. */
async function rereadSome(
  { calls, draft, plan }: Again,
  ids: readonly string[],
  { ofSet, all, one }: { readonly ofSet: Read; readonly all: Read; readonly one: Read },
): Promise<void> {
  const sets = [...new Set(ids.flatMap((id) => scaleSetOf(id) ?? []))].sort();
  const single = ids.filter((id) => scaleSetOf(id) === undefined);
  const ofSets = mapLimited(sets, MAX_PARALLEL, (set) => ofSet(calls, draft, set));
  if (single.length > MAX_SINGLE) await all(calls, draft, plan.subscription);
  else await mapLimited(single, MAX_PARALLEL, (id) => one(calls, draft, id));
  await ofSets;
}

async function getInterface(calls: Calls, draft: Draft, id: string): Promise<void> {
  const trouble = await calls.get({ kind: 'interfaces', path: id }, (one) =>
    put(draft.interfaces, translateInterface(one)),
  );
  if (trouble?.kind !== 'gone') note(draft, 'interfaces', 'network interfaces', trouble);
}

async function getMachine(calls: Calls, draft: Draft, id: string): Promise<void> {
  const question: Question<'machines'> = { kind: 'machines', path: id, query: { $expand: 'instanceView' } };
  const trouble = await calls.get(question, (one) => put(draft.machines, translateMachine(one)));
  if (trouble?.kind !== 'gone') note(draft, 'machines', 'virtual machines', trouble);
}

/** Folded ids of the tables behind ids of facts: one table may stand for several networks, and some are nobody's. */
function tablesIn(ids: readonly string[]): string[] {
  const tables = ids.map((id) => foldId(id.split('#')[0] ?? id));
  return [...new Set(tables)].filter((id) => parseResourceId(id)?.type === 'microsoft.network/routetables').sort();
}

/** As Resource Manager spells it, where that is known. */
function spell(draft: Draft, set: string): string {
  return draft.scaleSets.get(set)?.id ?? set;
}
