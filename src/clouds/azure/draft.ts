/** What of a subscription has been read so far, slim, by folded id. Strangers are in it until it is known who is one. */
import type { Facet, FilterFacts } from '../../model/snapshot.ts';
import type { Trouble } from './errors.ts';
import { foldId, networkOfSubnet } from './ids.ts';
import type { SubscriptionPlan } from './subscriptions.ts';
import type { InterfaceDraft, MachineDraft, ScaleSetDraft } from './translate.ts';
import type { NetworkDraft, TableDraft } from './translate-routes.ts';

export interface ReadingTrouble {
  readonly facet: Facet;
  /** What was not read: `route tables`. */
  readonly what: string;
  readonly trouble: Trouble;
}

export interface Draft {
  readonly machines: Map<string, MachineDraft>;
  readonly interfaces: Map<string, InterfaceDraft>;
  readonly scaleSets: Map<string, ScaleSetDraft>;
  readonly networks: Map<string, NetworkDraft>;
  readonly tables: Map<string, TableDraft>;
  /** Location -> routes that a table there may hold. */
  readonly limits: Map<string, number>;
  /** Undefined: nobody asked for them. */
  readonly filters: Map<string, FilterFacts> | undefined;
  readonly troubles: ReadingTrouble[];
}

export function emptyDraft(wantsFilters: boolean): Draft {
  return {
    machines: new Map(),
    interfaces: new Map(),
    scaleSets: new Map(),
    networks: new Map(),
    tables: new Map(),
    limits: new Map(),
    filters: wantsFilters ? new Map() : undefined,
    troubles: [],
  };
}

export function put<T extends { readonly id: string }>(map: Map<string, T>, item: T | undefined): void {
  if (item !== undefined) map.set(foldId(item.id), item);
}

export function note(draft: Draft, facet: Facet, what: string, trouble: Trouble | undefined): void {
  if (trouble !== undefined) draft.troubles.push({ facet, what, trouble });
}

/** Interfaces of the nodes that are looked for: by machine, or, where none is found so, by address. */
export function nodeInterfaces(draft: Draft, plan: SubscriptionPlan): InterfaceDraft[] {
  const machines = new Set(plan.machines);
  const all = [...draft.interfaces.values()];
  const named = all.filter(({ machine }) => machine !== undefined && machines.has(foldId(machine)));
  if (named.length > 0) return named;
  const addresses = new Set(plan.addresses);
  return all.filter((face) => face.addresses.some((address) => addresses.has(address)));
}

/** Folded ids of the virtual networks that the nodes are in. */
export function nodeNetworks(draft: Draft, plan: SubscriptionPlan): ReadonlySet<string> {
  const networks = nodeInterfaces(draft, plan).map((face) => networkOfSubnet(face.subnet));
  return new Set(networks.filter((id) => id !== ''));
}

/** Folded ids of the network security groups at interfaces and subnets of these networks. */
export function guardsOf({ interfaces, networks }: Draft, inside: ReadonlySet<string>): string[] {
  const faces = [...interfaces.values()].filter(({ subnet }) => inside.has(networkOfSubnet(subnet)));
  const subnets = [...inside].flatMap((id) => networks.get(id)?.subnets ?? []);
  const ids = [...faces, ...subnets].flatMap(({ filter }) => (filter === undefined ? [] : [foldId(filter)]));
  return [...new Set(ids)].sort();
}
