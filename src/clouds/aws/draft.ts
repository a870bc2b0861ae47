/** What of a region has been read so far, slim, by id. */
import type { Facet, InterfaceFacts, MachineFacts, NetworkFacts } from '../../model/snapshot.ts';
import type { Trouble } from './errors.ts';
import type { RegionPlan } from './regions.ts';
import type { FilterDraft } from './translate-filters.ts';
import type { TableDraft } from './translate-routes.ts';
import type { SubnetDraft } from './translate.ts';

export interface RegionTrouble {
  readonly facet: Facet;
  /** What was not read: `route tables`. */
  readonly what: string;
  readonly trouble: Trouble;
}

export interface RegionDraft {
  readonly region: string;
  readonly plan: RegionPlan;
  /** Whether security groups and network ACLs are wanted at all. */
  readonly wantsFilters: boolean;
  readonly networks: Map<string, NetworkFacts>;
  readonly subnets: Map<string, SubnetDraft>;
  readonly tables: Map<string, TableDraft>;
  readonly machines: Map<string, MachineFacts>;
  readonly interfaces: Map<string, InterfaceFacts>;
  readonly filters: Map<string, FilterDraft>;
  readonly lists: Map<string, readonly string[]>;
  readonly troubles: RegionTrouble[];
  /** Accounts seen, strongest witness first: owner of instances, of interfaces, of networks. */
  readonly accounts: readonly [Set<string>, Set<string>, Set<string>];
}

export function emptyDraft(plan: RegionPlan, wantsFilters: boolean): RegionDraft {
  return {
    region: plan.region,
    plan,
    wantsFilters,
    networks: new Map(),
    subnets: new Map(),
    tables: new Map(),
    machines: new Map(),
    interfaces: new Map(),
    filters: new Map(),
    lists: new Map(),
    troubles: [],
    accounts: [new Set(), new Set(), new Set()],
  };
}

export function put<T extends { readonly id: string }>(map: Map<string, T>, item: T | undefined): void {
  if (item !== undefined) map.set(item.id, item);
}

export function note(draft: RegionDraft, facet: Facet, what: string, trouble: Trouble | undefined): void {
  if (trouble !== undefined) draft.troubles.push({ facet, what, trouble });
}

/** The interfaces of the nodes' machines: of instances that provider ids name, and of those that have a node's address. */
export function nodeFaces({ interfaces, plan }: RegionDraft): InterfaceFacts[] {
  const addresses = new Set(plan.addresses);
  const machines = new Set(plan.instances);
  for (const face of interfaces.values()) {
    if (face.machine !== undefined && carriesAny(face, addresses)) machines.add(face.machine);
  }
  return [...interfaces.values()].filter((face) => machines.has(face.machine ?? '') || carriesAny(face, addresses));
}

export function carriesAny(face: InterfaceFacts, addresses: ReadonlySet<string>): boolean {
  return face.addresses.some((address) => addresses.has(address));
}

/** The security groups of these interfaces. Sorted. */
export function groupsAt(faces: readonly InterfaceFacts[]): string[] {
  return [...new Set(faces.flatMap(({ filters = [] }) => filters))].sort();
}
