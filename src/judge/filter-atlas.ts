/**
 * All addresses that the filters of a fabric name, laid over each other: a range is cut where any rule's answer may
 * change, and each piece knows which rules name it. So a filter is asked once for all addresses that it cannot tell apart.
 */
import type { FilterDoubt, FilterFacts, FilterPeers, FilterRule } from '../model/filter.ts';
import type { Range } from '../model/prefix.ts';
import { parsePrefix } from '../model/prefix.ts';
import type { Entry } from '../model/prefix-table.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import type { InterfaceFacts, RouteFacts } from '../model/snapshot.ts';
import type { Fabric } from './fabric.ts';

interface Markings {
  /** Equal numbers: named alike. */
  readonly id: number;
  readonly marks: ReadonlySet<number>;
}

/** Addresses that are named by the same rules. */
export interface Atom extends Markings {
  readonly range: Range;
}

/** Which groups stand for an address: for certain where an interface owns it, else perhaps. */
export interface Holder {
  readonly key: string;
  readonly certain: ReadonlySet<string>;
  readonly perhaps: ReadonlySet<string>;
}

/** Addresses at one end of a path. */
export interface Place {
  readonly key: string;
  readonly atom: Atom;
  readonly holder: Holder;
}

/** Private and shared addresses (RFC 1918, 6598), link-local and unique local ones: never reached from the internet. */
const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

const NOBODY: Holder = { key: '', certain: new Set(), perhaps: new Set() };

export type Match = 'yes' | 'perhaps' | 'no';

export class FilterAtlas {
  readonly #fabric: Fabric;
  readonly #filters: ReadonlyMap<string, FilterFacts>;
  readonly #prefixes = new PrefixTable<number>();
  readonly #marks = new Map<FilterPeers, number>();
  /** Route table -> the mark of the network's own space as that table shows it. */
  readonly #spaces = new Map<string, { readonly mark: number; readonly network: string }>();
  readonly #mentioned = new Set<string>();
  /** The mark of addresses that the internet never has. */
  readonly #private: number;
  readonly #ids = new Map<string, Markings>();
  readonly #byMatch = new Map<Entry<number> | undefined, Markings>();
  /** Put together once, and not for every node. */
  readonly #keys: Map<string, string>[] = [];
  readonly #holders = new Map<string, Holder>();
  #next = 0;

  constructor(fabric: Fabric, filters: readonly FilterFacts[]) {
    this.#fabric = fabric;
    this.#filters = new Map(filters.map((filter) => [filter.id, filter]));
    const sides = filters.flatMap(({ rules, doubts = [] }) => [...rules.flatMap(sidesOf), ...doubts.flatMap(endsOf)]);
    for (const side of sides) {
      const mark = this.#next++;
      this.#marks.set(side, mark);
      for (const text of side.prefixes) this.#put(text, mark);
      for (const group of side.groups ?? []) this.#mentioned.add(group);
    }
    if (sides.some(({ network, internet }) => network === true || internet === true)) this.#drawSpaces();
    this.#private = this.#next++;
    if (sides.some(({ internet }) => internet === true)) for (const text of PRIVATE) this.#put(text, this.#private);
    for (const { rules } of filters)
      for (const rule of rules) for (const target of rule.targets ?? []) this.#mentioned.add(target);
  }

  get(id: string): FilterFacts | undefined {
    return this.#filters.get(id);
  }

  /** In order, without holes. */
  atoms(range: Range): Atom[] {
    const cut = this.#prefixes.segments(range);
    return cut.map(({ family, first, last, match }) => ({ range: { family, first, last }, ...this.#markings(match) }));
  }

  /** Whatever contains the longest match contains the range as well, so the match tells all that names it. */
  #markings(match: Entry<number> | undefined): Markings {
    let markings = this.#byMatch.get(match);
    if (markings === undefined) {
      const marks = new Set<number>();
      if (match !== undefined) {
        for (const { values } of this.#prefixes.covering(match.prefix)) for (const mark of values) marks.add(mark);
      }
      const key = [...marks].sort((a, b) => a - b).join();
      markings = this.#ids.get(key) ?? { id: this.#ids.size, marks };
      this.#ids.set(key, markings);
      this.#byMatch.set(match, markings);
    }
    return markings;
  }

  /** Equal for places that no filter tells apart. */
  placeKey({ id }: Atom, { key }: Holder): string {
    const known = (this.#keys[id] ??= new Map<string, string>());
    let text = known.get(key);
    if (text === undefined) {
      text = `${String(id)}#${key}`;
      known.set(key, text);
    }
    return text;
  }

  /** What rules may call this interface, as far as any rule does. */
  groupsOf(face: InterfaceFacts): string[] {
    const groups: string[] = [];
    for (const names of [face.filters, face.tags, face.groups]) {
      if (names !== undefined) for (const name of names) if (this.#mentioned.has(name)) groups.push(name);
    }
    return groups;
  }

  /** `owner`: the interface that the addresses are assigned to; absent: they are behind one of `faces`. */
  holder(owner: InterfaceFacts | undefined, faces: readonly InterfaceFacts[]): Holder {
    if (this.#mentioned.size === 0) return NOBODY;
    const [only] = faces;
    const groups =
      owner !== undefined
        ? this.groupsOf(owner)
        : only !== undefined && faces.length === 1
          ? this.groupsOf(only)
          : [...new Set(faces.flatMap((face) => this.groupsOf(face)))];
    const names = groups.sort().join();
    const key = owner === undefined ? names : `=${names}`;
    let holder = this.#holders.get(key);
    if (holder === undefined) {
      const [certain, perhaps] = owner === undefined ? [[], groups] : [groups, []];
      holder = { key, certain: new Set(certain), perhaps: new Set(perhaps) };
      this.#holders.set(key, holder);
    }
    return holder;
  }

  /** Of whom nothing was read. */
  anybody(): Holder {
    return this.#mentioned.size === 0 ? NOBODY : { key: '?', certain: new Set(), perhaps: this.#mentioned };
  }

  /** `table`: what governs the subnet at which the filter is; it decides what the network's own space is. */
  matches(peers: FilterPeers | undefined, place: Place, table: string | undefined): Match {
    if (peers === undefined) return 'yes';
    const { atom, holder } = place;
    if (atom.marks.has(this.#marks.get(peers) ?? -1)) return 'yes';
    let best: Match = 'no';
    if (peers.network === true) {
      const inSpace = this.#isInSpace(atom, table);
      if (inSpace === 'yes') return 'yes';
      best = inSpace;
    }
    for (const group of peers.groups ?? []) {
      if (holder.certain.has(group)) return 'yes';
      if (holder.perhaps.has(group)) best = 'perhaps';
    }
    const isPublic =
      peers.internet === true && !atom.marks.has(this.#private) && this.#isInSpace(atom, table) !== 'yes';
    return isPublic || (peers.unread ?? []).length > 0 ? 'perhaps' : best;
  }

  #put(text: string, mark: number): void {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) this.#prefixes.add(prefix, mark);
  }

  /** The ranges of the network, and of every route in a table that is made for more than the default. */
  #drawSpaces(): void {
    for (const { facts } of this.#fabric.tables.values()) {
      const mark = this.#next++;
      this.#spaces.set(facts.id, { mark, network: facts.network });
      for (const { text } of this.#fabric.networkPrefixes(facts.network)) this.#put(text, mark);
      for (const route of facts.routes) if (widensSpace(route)) this.#put(route.prefix, mark);
    }
  }

  #isInSpace(atom: Atom, table: string | undefined): Match {
    const own = table === undefined ? undefined : this.#spaces.get(table);
    if (own === undefined) return 'perhaps';
    if (atom.marks.has(own.mark)) return 'yes';
    for (const { mark, network } of this.#spaces.values()) {
      if (network === own.network && atom.marks.has(mark)) return 'perhaps';
    }
    return 'no';
  }
}

function endsOf({ from, to }: FilterDoubt): FilterPeers[] {
  return [from, to].filter((end) => end !== undefined);
}

function sidesOf(rule: FilterRule): FilterPeers[] {
  return [rule.peers, ...(rule.own === undefined ? [] : [rule.own])];
}

/** Azure's tag VirtualNetwork: "the address space, peered ones, and prefixes used on user-defined routes". */
function widensSpace({ prefix, origin, target }: RouteFacts): boolean {
  if (prefix.endsWith('/0')) return false;
  if (origin === 'static' || origin === 'propagated') return true;
  return origin === 'system' && target.kind === 'gateway' && target.gateway === 'peering';
}
