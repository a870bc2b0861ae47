/** The filters that a packet meets between two interfaces, and what they do with it. */
import type { FilterDoubt, FilterFacts, FilterPeers, FilterRule } from '../model/filter.ts';
import type { Prefix, Range } from '../model/prefix.ts';
import { formatAddress, hostPrefix, overlaps, parseAddress } from '../model/prefix.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import type { FilterBehaviourTable } from './behaviour.ts';
import type { Fabric } from './fabric.ts';
import { cutRange } from './fabric.ts';
import type { Holder, Place } from './filter-atlas.ts';
import { FilterAtlas } from './filter-atlas.ts';
import type { SurveyedNode } from './survey.ts';
import type { Admission, Candidate, Combination, Need } from './traffic.ts';
import { admit } from './traffic.ts';

/** One filter, or several that count as one, at one place of the way. */
export interface Stage {
  /** Equal: the same answer for the same addresses. */
  readonly key: string;
  readonly filters: readonly FilterFacts[];
  readonly direction: 'in' | 'out';
  readonly rules: readonly FilterRule[];
  /** The table of the subnet at which it is. */
  readonly table: string | undefined;
  /** What of it was not read; then nothing about it is certain. */
  readonly gap: Gap | undefined;
  readonly doubts: readonly FilterDoubt[];
}

/** Where the packet leaves and where it arrives; an end that is not known is left out. */
export interface Passage {
  readonly out: InterfaceFacts;
  readonly into: InterfaceFacts | undefined;
  /** Only what has no memory of the first packet. */
  readonly isReply: boolean;
}

const TOGETHER = 'it decides together with what was read';

/** The filters of one fabric. */
export class Filters {
  readonly #fabric: Fabric;
  readonly #atlas: FilterAtlas;
  readonly #behaviour: FilterBehaviourTable;
  readonly #gap: Gap | undefined;
  readonly #stages = new Map<string, readonly Stage[]>();
  readonly #answers = new Map<string, Admission>();
  readonly #faceKeys = new Map<InterfaceFacts, string>();

  constructor(fabric: Fabric, filters: readonly FilterFacts[], behaviour: FilterBehaviourTable) {
    this.#fabric = fabric;
    this.#atlas = new FilterAtlas(fabric, filters);
    this.#behaviour = behaviour;
    this.#gap = fabric.gaps.find((gap) => gap.facet === 'filters');
  }

  /** Equal keys: the same filters at the interface and its subnet. */
  faceKey(face: InterfaceFacts): string {
    let key = this.#faceKeys.get(face);
    if (key === undefined) {
      const groups = this.#atlas.groupsOf(face).sort().join();
      key = `${face.network} ${face.subnet} ${face.filters?.join() ?? 'unsaid'} ${groups}`;
      this.#faceKeys.set(face, key);
    }
    return key;
  }

  /** The pieces of a range that filters tell apart. `faces`: the interfaces of the machine behind which it is. */
  places(range: Range, faces: readonly InterfaceFacts[], isUnseen = false): Place[] {
    if (isUnseen) return this.#placesOf(range, this.#atlas.anybody());
    // Nearly always nothing of a range of pods is assigned to an interface.
    if (!this.#isAssigned(range, faces)) return this.#placesIn(range, undefined, faces);
    const result: Place[] = [];
    let rest: Range[] = [range];
    for (const owner of faces) {
      const { inside, outside } = cutAll(rest, this.#fabric.assigned(owner));
      for (const piece of inside) result.push(...this.#placesIn(piece, owner, faces));
      rest = outside;
    }
    for (const piece of rest) result.push(...this.#placesIn(piece, undefined, faces));
    return result;
  }

  /** The filters on the way, in the order in which a packet meets them. */
  stages({ out, into, isReply }: Passage): readonly Stage[] {
    const key = `${this.faceKey(out)}>${into === undefined ? '' : this.faceKey(into)}${isReply ? ' reply' : ''}`;
    let stages = this.#stages.get(key);
    if (stages === undefined) {
      const crosses = into !== undefined && into.subnet !== out.subnet;
      stages = [
        ...this.#at(out, 'out', { crosses, isReply }),
        ...(into === undefined ? [] : this.#at(into, 'in', { crosses, isReply }).reverse()),
      ];
      this.#stages.set(key, stages);
    }
    return stages;
  }

  /** What of a stage is not known for these packets. */
  gapFor({ gap, doubts, table }: Stage, source: Place, destination: Place): Gap | undefined {
    if (gap !== undefined) return gap;
    const meets = (ends: FilterPeers | undefined, place: Place): boolean =>
      this.#atlas.matches(ends, place, table) !== 'no';
    const doubt = doubts.find(({ from, to }) => meets(from, source) && meets(to, destination));
    return doubt === undefined ? undefined : this.#unread(doubt.name, TOGETHER);
  }

  /** Whether a stage would admit everything if all addresses were in the network's own space, as routes can make them. */
  followsRoutes(stage: Stage, source: Place, destination: Place): boolean {
    const isAbout = (rule: FilterRule): boolean => rule.peers.network === true || rule.own?.network === true;
    if (!stage.rules.some(isAbout)) return false;
    return admit(this.#candidates(stage, source, destination, true), this.#combination(stage)).verdict === 'pass';
  }

  /** What a stage does with packets from one place to another. */
  ask(stage: Stage, source: Place, destination: Place, need?: Need): Admission {
    const wanted = need === undefined ? '' : `${need.protocol} ${String(need.port ?? '')}`;
    const key = `${stage.key}|${source.key}|${destination.key}|${wanted}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = admit(this.#candidates(stage, source, destination, false), this.#combination(stage), need);
      this.#answers.set(key, answer);
    }
    return answer;
  }

  /** `isAllOwn`: as if every address were in the network's own space. */
  #candidates(stage: Stage, source: Place, destination: Place, isAllOwn: boolean): Candidate[] {
    const [peer, own] = stage.direction === 'in' ? [source, destination] : [destination, source];
    return stage.rules.flatMap((rule): Candidate[] => {
      const matches = (
        [
          [rule.peers, peer],
          [rule.own, own],
        ] as const
      ).map(([side, place]) =>
        isAllOwn && side?.network === true ? 'yes' : this.#atlas.matches(side, place, stage.table),
      );
      return matches.includes('no') ? [] : [{ ...rule, certain: !matches.includes('perhaps') }];
    });
  }

  #combination({ filters: [first] }: Stage): Combination {
    return first === undefined ? 'union' : this.#behaviour[first.kind].combination;
  }

  #isAssigned(range: Range, faces: readonly InterfaceFacts[]): boolean {
    for (const face of faces) if (isTouched(range, this.#fabric.assigned(face))) return true;
    return false;
  }

  #placesIn(range: Range, owner: InterfaceFacts | undefined, faces: readonly InterfaceFacts[]): Place[] {
    // Of alias ranges and delegated prefixes it is no more certain than of pods that rules about groups mean them.
    const isOwn = owner !== undefined && range.first === range.last && isAddressOf(owner, range);
    return this.#placesOf(range, this.#atlas.holder(isOwn ? owner : undefined, faces));
  }

  #placesOf(range: Range, holder: Holder): Place[] {
    return this.#atlas.atoms(range).map((atom) => ({ key: this.#atlas.placeKey(atom, holder), atom, holder }));
  }

  /** From the machine outwards: the interface's, the subnet's, the network's. */
  #at(face: InterfaceFacts, direction: 'in' | 'out', way: { crosses: boolean; isReply: boolean }): Stage[] {
    const subnet = this.#fabric.subnets.get(face.subnet)?.facts;
    const network = this.#fabric.facts.networks.find(({ id }) => id === face.network);
    const table = subnet?.table;
    return [face.filters, subnet?.filters, network?.filters].flatMap((ids = []) => {
      const groups = this.#together(ids);
      return groups.flatMap((filters) => this.#stage(filters, face, direction, table, way));
    });
  }

  /** Filters whose rules count together are one; a name that was not read stands alone. */
  #together(ids: readonly string[]): (readonly FilterFacts[] | string)[] {
    const known = ids.flatMap((id) => this.#atlas.get(id) ?? []);
    const united = known.filter(({ kind }) => this.#behaviour[kind].combination === 'union');
    const single = known.filter(({ kind }) => this.#behaviour[kind].combination !== 'union');
    const missing = ids.filter((id) => this.#atlas.get(id) === undefined);
    return [...(united.length > 0 ? [united] : []), ...single.map((filter) => [filter]), ...missing];
  }

  #stage(
    filters: readonly FilterFacts[] | string,
    face: InterfaceFacts,
    direction: 'in' | 'out',
    table: string | undefined,
    way: { crosses: boolean; isReply: boolean },
  ): Stage[] {
    if (typeof filters === 'string') {
      const gap = this.#gap ?? this.#unread(`filter ${filters}`, 'it was not among the answers');
      return [{ key: filters, filters: [], direction, rules: [], table, gap, doubts: [] }];
    }
    const [first] = filters;
    if (first === undefined) return [];
    const { stateful, betweenSubnetsOnly } = this.#behaviour[first.kind];
    if ((way.isReply && stateful) || (betweenSubnetsOnly && !way.crosses)) return [];
    const names = this.#atlas.groupsOf(face);
    const rules = filters
      .flatMap((filter) => filter.rules)
      .filter((rule) => rule.direction === direction && (rule.targets?.some((one) => names.includes(one)) ?? true))
      .sort((a, b) => a.rank - b.rank || (a.action === b.action ? 0 : a.action === 'deny' ? -1 : 1));
    const [unread] = filters.flatMap((filter) => filter.unread ?? []);
    const targets = rules.some((rule) => rule.targets !== undefined) ? names.sort().join() : '';
    return [
      {
        key: `${direction} ${filters.map(({ id }) => id).join('+')} ${targets} ${table ?? ''}`,
        filters,
        direction,
        rules,
        table,
        gap: unread === undefined ? undefined : this.#unread(unread, TOGETHER),
        doubts: filters.flatMap((filter) => filter.doubts ?? []),
      },
    ];
  }

  #unread(subject: string, reason: string): Gap {
    return { facet: 'filters', subject, scope: this.#fabric.facts.id, reason };
  }

  /**
   * A cloud that did not answer leaves every interface in doubt, unless it and its subnet say themselves which filters
   * they have: then only those are unknown.
   */
  gapAt(face: InterfaceFacts): Gap | undefined {
    const isSaid = face.filters !== undefined && this.#fabric.subnets.get(face.subnet)?.facts.filters !== undefined;
    return isSaid ? undefined : this.#gap;
  }
}

function isTouched(range: Range, prefixes: readonly Prefix[]): boolean {
  for (const prefix of prefixes) if (overlaps(prefix, range)) return true;
  return false;
}

function isAddressOf(face: InterfaceFacts, { family, first }: Range): boolean {
  return face.addresses.includes(formatAddress(family, first));
}

function cutAll(ranges: readonly Range[], prefixes: Parameters<typeof cutRange>[1]): ReturnType<typeof cutRange> {
  const cut = ranges.map((range) => cutRange(range, prefixes));
  return { inside: cut.flatMap(({ inside }) => inside), outside: cut.flatMap(({ outside }) => outside) };
}

/** The addresses from which a node's pods send; without a podCIDR of the family, the node's own. */
export function sourceRanges(node: SurveyedNode, family: 4 | 6, ownAddress: string | undefined): Range[] {
  const pods = node.podCIDRs.filter((prefix) => prefix.family === family);
  if (pods.length > 0) return pods;
  const address = ownAddress === undefined ? undefined : parseAddress(ownAddress);
  return address?.family === family ? [hostPrefix(address)] : [];
}
