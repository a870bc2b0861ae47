/** What the fabric does with a packet: compiled tables, and where a route leads. */
import type { Prefix, Range } from '../model/prefix.ts';
import { hostPrefix, nextValue, overlaps, parseAddress, parsePrefixes, previousValue } from '../model/prefix.ts';
import type { PrefixTable } from '../model/prefix-table.ts';
import type { FabricFacts, Gap, InterfaceFacts, MachineFacts, SubnetFacts } from '../model/snapshot.ts';
import type { FabricBehaviour } from './behaviour.ts';
import type { CompiledTable } from './tables.ts';
import { compileTable } from './tables.ts';

export interface Subnet {
  readonly facts: SubnetFacts;
  readonly prefixes: readonly Prefix[];
}

export interface Fabric {
  readonly facts: FabricFacts;
  readonly behaviour: FabricBehaviour;
  readonly tables: ReadonlyMap<string, CompiledTable>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly interfaces: ReadonlyMap<string, InterfaceFacts>;
  readonly machines: ReadonlyMap<string, MachineFacts>;
  /** `fabric/network` of those that hold a pod route in any table. */
  readonly networksWithPodRoutes: ReadonlySet<string>;
  /** Those in which such a route leads to a machine. */
  readonly networksThatRoutePods: ReadonlySet<string>;
  /** The same two with the family: `fabric/network/6`. */
  readonly familiesWithPodRoutes: ReadonlySet<string>;
  readonly familiesThatRoutePods: ReadonlySet<string>;
  /** Gaps that concern this fabric. */
  readonly gaps: readonly Gap[];
  interfacesOf(machine: string): readonly InterfaceFacts[];
  /** Who holds this address in this subnet. */
  holderOf(subnet: string, address: string): InterfaceFacts | undefined;
  /** Whose address a route of this network names as next hop. */
  nextHopHolder(network: string, address: string): InterfaceFacts | undefined;
  /** The network's own ranges. */
  networkPrefixes(network: string): readonly Prefix[];
  /** What is assigned to an interface: addresses and delegated prefixes. */
  assigned(face: InterfaceFacts): readonly Prefix[];
}

export function indexFabric(
  facts: FabricFacts,
  behaviour: FabricBehaviour,
  podCIDRs: PrefixTable<string>,
  gaps: readonly Gap[],
): Fabric {
  const byMachine = Map.groupBy(facts.interfaces, (face) => face.machine);
  const holders = new AddressBook();
  const nextHops = new AddressBook();
  for (const face of facts.interfaces) {
    for (const address of face.addresses) holders.set(face.subnet, address, face);
    for (const address of face.nextHopAddresses ?? face.addresses) nextHops.set(face.network, address, face);
  }
  const tables = new Map(facts.tables.map((table) => [table.id, compileTable(table, behaviour, podCIDRs)]));
  // A table that nobody uses belongs to no network yet, and could serve any.
  const nameNetworks = ({ facts: table }: CompiledTable): string[] =>
    table.network === ''
      ? facts.networks.map((network) => `${facts.id}/${network.id}`)
      : [`${facts.id}/${table.network}`];
  const holding = [...tables.values()].filter((table) => table.holdsPodRoutes);
  const families = (key: 'podFamilies' | 'machineFamilies'): Set<string> =>
    new Set(
      holding.flatMap((table) =>
        nameNetworks(table).flatMap((network) => [...table[key]].map((family) => `${network}/${String(family)}`)),
      ),
    );
  return {
    facts,
    behaviour,
    tables,
    subnets: new Map(
      facts.subnets.map((subnet) => [subnet.id, { facts: subnet, prefixes: parsePrefixes(subnet.prefixes) }]),
    ),
    interfaces: new Map(facts.interfaces.map((face) => [face.id, face])),
    machines: new Map(facts.machines.map((machine) => [machine.id, machine])),
    networksWithPodRoutes: new Set(holding.flatMap(nameNetworks)),
    networksThatRoutePods: new Set(holding.filter((table) => table.leadsPodsToMachines).flatMap(nameNetworks)),
    familiesWithPodRoutes: families('podFamilies'),
    familiesThatRoutePods: families('machineFamilies'),
    gaps: gaps.filter((gap) => gap.scope === undefined || gap.scope === facts.id || gap.scope === facts.kind),
    interfacesOf: (machine) => byMachine.get(machine) ?? [],
    holderOf: (subnet, address) => holders.get(subnet, address),
    nextHopHolder: (network, address) => nextHops.get(network, address),
    networkPrefixes: (network) => parsePrefixes(facts.networks.find((item) => item.id === network)?.prefixes ?? []),
    assigned: remember(parseAssigned),
  };
}

/** Who has an address, by the place where it means anything. Maps in a map: no key has to be put together. */
class AddressBook {
  readonly #places = new Map<string, Map<string, InterfaceFacts>>();

  set(place: string, address: string, face: InterfaceFacts): void {
    let book = this.#places.get(place);
    if (book === undefined) {
      book = new Map();
      this.#places.set(place, book);
    }
    book.set(address, face);
  }

  get(place: string, address: string): InterfaceFacts | undefined {
    return this.#places.get(place)?.get(address);
  }
}

/** Parsing addresses is what most of judging a large cluster would be spent on. */
function remember(parse: (face: InterfaceFacts) => readonly Prefix[]): (face: InterfaceFacts) => readonly Prefix[] {
  const known = new Map<InterfaceFacts, readonly Prefix[]>();
  return (face) => {
    let prefixes = known.get(face);
    if (prefixes === undefined) {
      prefixes = parse(face);
      known.set(face, prefixes);
    }
    return prefixes;
  };
}

function parseAssigned(face: InterfaceFacts): Prefix[] {
  const prefixes = face.assignedPrefixes === undefined ? [] : parsePrefixes(face.assignedPrefixes);
  for (const text of face.addresses) {
    const address = parseAddress(text);
    if (address !== undefined) prefixes.push(hostPrefix(address));
  }
  return prefixes;
}

/** The parts of a range inside and outside the given prefixes. */
export function cutRange(range: Range, prefixes: readonly Prefix[]): { inside: Range[]; outside: Range[] } {
  const inside: Range[] = [];
  let outside: Range[] = [range];
  for (const prefix of prefixes) {
    if (!overlaps(prefix, range)) continue;
    const rest: Range[] = [];
    for (const piece of outside) {
      if (!overlaps(prefix, piece)) {
        rest.push(piece);
        continue;
      }
      const first = piece.first > prefix.first ? piece.first : prefix.first;
      const last = piece.last < prefix.last ? piece.last : prefix.last;
      inside.push({ family: piece.family, first, last });
      if (piece.first < first) rest.push({ family: piece.family, first: piece.first, last: previousValue(first) });
      if (last < piece.last) rest.push({ family: piece.family, first: nextValue(last), last: piece.last });
    }
    outside = rest;
  }
  return { inside, outside };
}

/** The parts inside the given prefixes, then those outside: nearly always the range as it is. */
export function cutAlong(range: Range, prefixes: readonly Prefix[]): readonly Range[] {
  if (!prefixes.some((prefix) => overlaps(prefix, range))) return [range];
  const { inside, outside } = cutRange(range, prefixes);
  return [...inside, ...outside];
}

export function isCovered(range: Range, prefixes: readonly Prefix[]): boolean {
  return prefixes.some((prefix) => overlaps(prefix, range)) && cutRange(range, prefixes).outside.length === 0;
}
