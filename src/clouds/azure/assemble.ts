/** What was read of a subscription -> one fabric and its gaps, sorted by id. Pure. */
import type {
  FabricFacts,
  FilterFacts,
  Gap,
  InterfaceFacts,
  MachineFacts,
  SubnetFacts,
  Suspects,
  TemplateFacts,
} from '../../model/snapshot.ts';
import { assembleNetworks, guardsAt } from './assemble-tables.ts';
import type { Draft, ReadingTrouble } from './draft.ts';
import { guardsOf, nodeInterfaces, nodeNetworks } from './draft.ts';
import { foldId, networkOfSubnet } from './ids.ts';
import { limitsOf } from './limits.ts';
import type { SubscriptionPlan } from './subscriptions.ts';
import type { InterfaceDraft, MachineDraft } from './translate.ts';

/** The nodes' machines and networks with all that is in these; of strangers elsewhere nothing is kept. */
export function assembleFabric(draft: Draft, plan: SubscriptionPlan): FabricFacts {
  const inside = nodeNetworks(draft, plan);
  const own = new Set(nodeInterfaces(draft, plan));
  const faces = [...draft.interfaces.values()].filter(
    (face) => own.has(face) || inside.has(networkOfSubnet(face.subnet)),
  );
  const wanted = new Set([...plan.machines, ...faces.flatMap(({ machine }) => foldId(machine ?? ''))]);
  const alone = machinesWithOneInterface(faces);
  const machines = [...draft.machines].filter(([id]) => wanted.has(id)).map(([, machine]) => machine);
  const networks = assembleNetworks(draft, inside);
  const limits = limitsOf(draft, networks.tables, plan.subscription);
  return {
    id: `azure/${plan.subscription}`,
    kind: 'azure',
    account: plan.subscription,
    ...networks,
    machines: sortById(machines.map((machine) => finishMachine(machine, draft))),
    interfaces: sortById(faces.map((face) => finishInterface(face, draft, alone))),
    filters: draft.filters === undefined ? 'unread' : finishFilters(draft, draft.filters, inside),
    ...(limits.length === 0 ? {} : { limits }),
  };
}

/** Those that some interface or subnet of the nodes' networks has. */
function finishFilters(
  draft: Draft,
  filters: ReadonlyMap<string, FilterFacts>,
  inside: ReadonlySet<string>,
): FilterFacts[] {
  const used = guardsOf(draft, inside).flatMap((id) => filters.get(id) ?? []);
  return sortById(used);
}

function finishMachine(machine: MachineDraft, draft: Draft): MachineFacts {
  const { id, name, state, stateText, zone, scaleSet, hasLatestModel } = machine;
  const set = scaleSet === undefined ? undefined : draft.scaleSets.get(foldId(scaleSet));
  const template: TemplateFacts | undefined =
    scaleSet === undefined
      ? undefined
      : {
          id: set?.id ?? scaleSet,
          forwarding: set?.forwarding ?? 'unknown',
          ...(hasLatestModel === undefined ? {} : { applied: hasLatestModel }),
        };
  return {
    id,
    ...(name === undefined ? {} : { name }),
    keys: [`azure:${foldId(id)}`],
    state,
    stateText,
    ...(zone === undefined ? {} : { zone }),
    ...(template === undefined ? {} : { template }),
  };
}

function finishInterface(face: InterfaceDraft, draft: Draft, alone: ReadonlySet<string>): InterfaceFacts {
  const { id, machine, subnet, addresses, assignedPrefixes, forwarding, primary, type, owner, filter, groups } = face;
  const network = draft.networks.get(networkOfSubnet(subnet));
  return {
    id,
    ...(machine === undefined ? {} : { machine: draft.machines.get(foldId(machine))?.id ?? machine }),
    network: network?.id ?? networkOfSubnet(subnet),
    subnet: network?.subnets.find((one) => foldId(one.id) === foldId(subnet))?.id ?? subnet,
    addresses,
    ...(assignedPrefixes.length === 0 ? {} : { assignedPrefixes }),
    forwarding,
    // The mark is left out for some machines that have just one.
    primary: primary || (machine !== undefined && alone.has(foldId(machine))),
    ...(type === undefined ? {} : { type }),
    ...(owner === undefined ? {} : { owner }),
    filters: guardsAt(filter, draft),
    ...(groups.length === 0 ? {} : { groups }),
  };
}

function machinesWithOneInterface(faces: readonly InterfaceDraft[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { machine } of faces) {
    if (machine !== undefined) counts.set(foldId(machine), (counts.get(foldId(machine)) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count === 1).map(([id]) => id));
}

/** An earlier reading of the same subscription. */
export interface Earlier {
  readonly draft: Draft;
  readonly fabric: FabricFacts;
}

/** The suspects as the second reading shows them, and what subnets were given that the first did not show. */
export function assembleAgain(
  again: Draft,
  { draft, fabric }: Earlier,
  plan: SubscriptionPlan,
  asked: Omit<Suspects, 'nodes'>,
): FabricFacts {
  const merged: Draft = {
    machines: mergeMaps(draft.machines, again.machines, asked.machines),
    interfaces: mergeMaps(draft.interfaces, again.interfaces, asked.interfaces),
    scaleSets: draft.scaleSets,
    networks: mergeMaps(draft.networks, again.networks, []),
    tables: mergeMaps(draft.tables, again.tables, asked.tables),
    limits: draft.limits,
    filters: draft.filters && mergeMaps(draft.filters, again.filters ?? new Map(), asked.filters),
    troubles: draft.troubles,
  };
  const whole = assembleFabric(merged, plan);
  const knownTables = new Set(fabric.tables.map(({ id }) => id));
  const knownFilters = new Set(fabric.filters === 'unread' ? [] : fabric.filters.map(({ id }) => id));
  return {
    ...whole,
    networks: [],
    subnets: changedSubnets(whole.subnets, fabric.subnets),
    tables: whole.tables.filter(({ id }) => asked.tables.includes(id) || !knownTables.has(id)),
    machines: whole.machines.filter(({ id }) => asked.machines.includes(id)),
    interfaces: whole.interfaces.filter(({ id }) => asked.interfaces.includes(id)),
    filters:
      whole.filters === 'unread'
        ? 'unread'
        : whole.filters.filter(({ id }) => asked.filters.includes(id) || !knownFilters.has(id)),
  };
}

/** What was asked for and did not come has gone. */
function mergeMaps<T>(
  before: ReadonlyMap<string, T>,
  again: ReadonlyMap<string, T>,
  asked: readonly string[],
): Map<string, T> {
  const merged = new Map([...before, ...again]);
  for (const id of asked.map((one) => foldId(one.split('#')[0] ?? one))) if (!again.has(id)) merged.delete(id);
  return merged;
}

function changedSubnets(now: readonly SubnetFacts[], before: readonly SubnetFacts[]): SubnetFacts[] {
  const textOf = ({ table, filters = [] }: SubnetFacts): string => `${table ?? ''} ${filters.join()}`;
  const known = new Map(before.map((subnet) => [subnet.id, textOf(subnet)]));
  return now.filter((subnet) => textOf(subnet) !== known.get(subnet.id));
}

/** One gap per thing that was not read. Where no call got anywhere, one gap says it for all. */
export function assembleGaps(draft: Draft, { id, account }: FabricFacts): Gap[] {
  const final = draft.troubles.find(({ trouble }) => trouble.isFinal);
  const gotNowhere = final !== undefined && draft.machines.size + draft.interfaces.size === 0;
  const troubles: readonly ReadingTrouble[] = gotNowhere
    ? [{ ...final, facet: 'machines', what: 'virtual machines' }]
    : draft.troubles;
  const gaps = troubles.map(({ facet, what, trouble }): Gap => ({
    facet,
    subject: `${what} of subscription ${account}`,
    scope: id,
    reason: trouble.reason,
    ...(trouble.permission === undefined ? {} : { permission: trouble.permission }),
  }));
  const byText = new Map(gaps.map((gap) => [JSON.stringify(gap), gap] as const));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}

function sortById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
