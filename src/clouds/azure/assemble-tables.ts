/** Virtual networks and route tables -> facts: one table per network that it serves, with the system routes in it. Pure. */
import { containsAddress, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { FabricFacts, NetworkFacts, RouteFacts, SubnetFacts, TableFacts } from '../../model/snapshot.ts';
import type { Draft } from './draft.ts';
import { foldId, networkOfSubnet } from './ids.ts';
import type { NetworkDraft, SubnetDraft, TableDraft } from './translate-routes.ts';
import { systemRoutes } from './translate-routes.ts';

/** `inside`: folded ids of the networks that count. */
export function assembleNetworks(
  draft: Draft,
  inside: ReadonlySet<string>,
): Pick<FabricFacts, 'networks' | 'subnets' | 'tables'> {
  const networks = [...inside].sort().flatMap((id) => draft.networks.get(id) ?? []);
  const held = addressesByNetwork(draft);
  /** Tables that already stand for one network. */
  const served = new Set<string>();
  const parts = networks.map((network) => {
    const system = systemRoutes(network, draft.networks);
    const ids = new Map<string, string>();
    const tables = governingTables(network, draft).map((table): TableFacts => {
      const key = foldId(table.id);
      const id = served.has(key) ? `${table.id}#${network.name}` : table.id;
      served.add(key);
      ids.set(key, id);
      const own = openRoutes(table, network, held.get(foldId(network.id)) ?? new Set());
      return { ...tableOf(table, id, network.id), routes: sortRoutes([...own, ...system]) };
    });
    const implicit = implicitTable(network, system);
    const subnets = network.subnets.map((subnet) => ({
      ...subnetOf(subnet, network, ids, implicit.id),
      filters: guardsAt(subnet.filter, draft),
    }));
    const isImplicitUsed = subnets.some(({ tableBy }) => tableBy === 'none');
    return { subnets, tables: isImplicitUsed ? [...tables, implicit] : tables };
  });
  return {
    networks: sortById(networks.map(networkOf)),
    subnets: sortById(parts.flatMap(({ subnets }) => subnets)),
    tables: sortById([...parts.flatMap(({ tables }) => tables), ...unusedTables(draft, networks)]),
  };
}

/** Those of its subnets' tables that were read. */
function governingTables({ subnets }: NetworkDraft, draft: Draft): TableDraft[] {
  const ids = new Set(subnets.flatMap(({ table }) => (table === undefined ? [] : [foldId(table)])));
  return [...ids].sort().flatMap((id) => draft.tables.get(id) ?? []);
}

function implicitTable({ id }: NetworkDraft, system: readonly RouteFacts[]): TableFacts {
  return { id: `${id}/system-routes`, network: id, main: false, implicit: true, routes: sortRoutes(system) };
}

function networkOf({ id, name, prefixes }: NetworkDraft): NetworkFacts {
  return { id, name, prefixes };
}

/** A subnet whose table could not be read is left without one: a gap says why. */
function subnetOf(
  subnet: SubnetDraft,
  network: NetworkDraft,
  ids: ReadonlyMap<string, string>,
  implicit: string,
): SubnetFacts {
  const { id, name, prefixes, table } = subnet;
  const plain = { id, ...(name === undefined ? {} : { name }), network: network.id, prefixes };
  if (table === undefined) return { ...plain, table: implicit, tableBy: 'none' };
  const own = ids.get(foldId(table));
  return own === undefined ? plain : { ...plain, table: own, tableBy: 'association' };
}

/** The network security group of a subnet or an interface, spelt as that spells itself where it was read. */
export function guardsAt(filter: string | undefined, { filters }: Draft): string[] {
  return filter === undefined ? [] : [filters?.get(foldId(filter))?.id ?? filter];
}

function tableOf({ name, owners }: TableDraft, id: string, network: string): Omit<TableFacts, 'routes'> {
  return {
    id,
    ...(name === undefined ? {} : { name }),
    network,
    main: false,
    ...(owners.length === 0 ? {} : { owners }),
  };
}

/** Tables with routes that govern no subnet yet, and could govern one of these networks: its location decides. */
function unusedTables(draft: Draft, networks: readonly NetworkDraft[]): TableFacts[] {
  const all = [...draft.networks.values()].flatMap(({ subnets }) => subnets);
  const used = new Set(all.flatMap(({ table }) => (table === undefined ? [] : [foldId(table)])));
  const locations = new Set(networks.map(({ location }) => location));
  return [...draft.tables]
    .filter(([id, table]) => !used.has(id) && table.subnets.length === 0 && table.routes.length > 0)
    .filter(([, table]) => locations.has(table.location))
    .map(([, table]) => ({ ...tableOf(table, table.id, ''), routes: sortRoutes(table.routes) }));
}

/**
 * A next hop that no interface has may still be that of a load balancer, a firewall or a gateway, which are no
 * interfaces: where such a thing is in the address's subnet, the route is left open instead of called dead.
 */
function openRoutes(table: TableDraft, network: NetworkDraft, held: ReadonlySet<string>): RouteFacts[] {
  return table.routes.map((route) => {
    const { target } = route;
    if (target.kind !== 'address' || held.has(target.address)) return route;
    const [service] = subnetAt(network, target.address)?.services ?? [];
    if (service === undefined) return route;
    return { ...route, target: { kind: 'unknown', text: `${target.address}, which may belong to ${service}` } };
  });
}

function subnetAt({ subnets }: NetworkDraft, text: string): SubnetDraft | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return subnets.find(({ prefixes }) =>
    prefixes.some((one) => {
      const prefix = parsePrefix(one);
      return prefix !== undefined && containsAddress(prefix, address);
    }),
  );
}

/** Addresses of the interfaces in each network, by the network's folded id. */
function addressesByNetwork(draft: Draft): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>();
  for (const { subnet, addresses } of draft.interfaces.values()) {
    const network = networkOfSubnet(subnet);
    const known = held.get(network) ?? new Set();
    for (const address of addresses) known.add(address);
    held.set(network, known);
  }
  return held;
}

function sortRoutes(routes: readonly RouteFacts[]): RouteFacts[] {
  return [...routes].sort((a, b) => {
    if (a.prefix !== b.prefix) return a.prefix < b.prefix ? -1 : 1;
    return a.rank - b.rank;
  });
}

function sortById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
