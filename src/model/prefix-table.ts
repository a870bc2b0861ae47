/** Longest-prefix lookup over many prefixes: one Map per prefix length, sorted only where somebody asks what lies inside. */
import type { AddressValue, Family, Prefix, Range } from './prefix.ts';
import { comparePrefixes, isNetwork, isWider, networkValue, nextValue, previousValue } from './prefix.ts';

export interface Entry<T> {
  readonly prefix: Prefix;
  readonly values: T[];
}

export interface Segment<T> extends Range {
  /** The longest prefix that covers this segment, with all its values; undefined: nothing matches. */
  readonly match: Entry<T> | undefined;
}

/** All prefixes of one length, by their first address. */
interface Level<T> {
  readonly length: number;
  readonly entries: Map<AddressValue, Entry<T>>;
  /** In order; made when needed. */
  sorted: Entry<T>[] | undefined;
}

export class PrefixTable<T> {
  /** Longest first. */
  readonly #levels: Record<Family, Level<T>[]> = { 4: [], 6: [] };

  add(prefix: Prefix, value: T): void {
    const level = this.#level(prefix);
    const known = level.entries.get(prefix.first);
    if (known !== undefined) {
      known.values.push(value);
      return;
    }
    level.entries.set(prefix.first, { prefix, values: [value] });
    level.sorted = undefined;
  }

  #level({ family, length }: Prefix): Level<T> {
    const levels = this.#levels[family];
    for (const level of levels) if (level.length === length) return level;
    const level: Level<T> = { length, entries: new Map(), sorted: undefined };
    levels.push(level);
    levels.sort((a, b) => b.length - a.length);
    return level;
  }

  /** The entry for exactly this network. */
  get(prefix: Prefix): Entry<T> | undefined {
    for (const level of this.#levels[prefix.family]) {
      if (level.length === prefix.length) return level.entries.get(prefix.first);
    }
    return undefined;
  }

  /** The longest prefix that contains the whole range. */
  longestMatch(range: Range): Entry<T> | undefined {
    for (const level of this.#levels[range.family]) {
      const entry = covering(level, range);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** All prefixes that contain the whole range, longest first. */
  *covering(range: Range): Generator<Entry<T>, undefined> {
    for (const level of this.#levels[range.family]) {
      const entry = covering(level, range);
      if (entry !== undefined) yield entry;
    }
    return undefined;
  }

  /** Does any prefix lie in the range without being all of it? Then its addresses may match differently. */
  isCut(range: Range): boolean {
    const longest = this.#levels[range.family][0];
    if (longest === undefined) return false;
    return (isWider(range, longest.length) && this.inside(range).length > 0) || this.#reachingIn(range).length > 0;
  }

  /** Prefixes that hold one end of the range and not the other: there are some only where the range is no prefix itself. */
  #reachingIn(range: Range): readonly Entry<T>[] {
    if (isNetwork(range)) return NONE;
    const { family, first, last } = range;
    const result: Entry<T>[] = [];
    for (const { length, entries } of this.#levels[family]) {
      const low = networkValue(first, length);
      const high = networkValue(last, length);
      if (low === high) continue;
      const lower = entries.get(low);
      const upper = entries.get(high);
      if (lower !== undefined && low < first) result.push(lower);
      if (upper !== undefined && upper.prefix.last > last) result.push(upper);
    }
    return result;
  }

  /** All prefixes that lie in the range without being all of it, in order. */
  inside(range: Range): Entry<T>[] {
    const result: Entry<T>[] = [];
    let levels = 0;
    for (const level of this.#levels[range.family]) {
      // Only networks smaller than the range can lie in it: for most ranges that leaves no level at all.
      if (!isWider(range, level.length)) break;
      levels += 1;
      const sorted = (level.sorted ??= [...level.entries.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix)));
      for (let index = firstFrom(sorted, range.first); index < sorted.length; index += 1) {
        const entry = sorted[index];
        if (entry === undefined || entry.prefix.last > range.last) break;
        result.push(entry);
      }
    }
    return levels > 1 ? result.sort((a, b) => comparePrefixes(a.prefix, b.prefix)) : result;
  }

  entries(): Entry<T>[] {
    const all = [...this.#levels[4], ...this.#levels[6]].flatMap((level) => [...level.entries.values()]);
    return all.sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  }

  /** Cuts the range where the longest match changes: exact, whatever lies inside. In order, without holes. */
  segments(range: Range): Segment<T>[] {
    const { family } = range;
    if (!this.isCut(range)) return [{ family, first: range.first, last: range.last, match: this.longestMatch(range) }];
    const inside = [...this.inside(range), ...this.#reachingIn(range)];
    const cuts = new Set<AddressValue>([range.first]);
    for (const { prefix } of inside) {
      if (prefix.first > range.first) cuts.add(prefix.first);
      if (prefix.last < range.last) cuts.add(nextValue(prefix.last));
    }
    const starts = [...cuts].sort((a, b) => (a < b ? -1 : 1));
    const result: Segment<T>[] = [];
    for (const [index, first] of starts.entries()) {
      const next = starts[index + 1];
      const piece = { family, first, last: next === undefined ? range.last : previousValue(next) };
      const match = this.longestMatch(piece);
      const previous = result.at(-1);
      if (previous !== undefined && previous.match === match)
        result[result.length - 1] = { ...previous, last: piece.last };
      else result.push({ ...piece, match });
    }
    return result;
  }
}

const NONE: readonly never[] = [];

/** The prefix of this length that contains the whole range. */
function covering<T>(level: Level<T>, range: Range): Entry<T> | undefined {
  const first = networkValue(range.first, level.length);
  return networkValue(range.last, level.length) === first ? level.entries.get(first) : undefined;
}

/** Where the prefixes begin that start at this address or behind it. */
function firstFrom<T>(sorted: readonly Entry<T>[], first: AddressValue): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    if (entry !== undefined && entry.prefix.first < first) low = middle + 1;
    else high = middle;
  }
  return low;
}
