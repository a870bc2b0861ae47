/** Longest-prefix lookup over many prefixes: one Map per prefix length, and a sorted list for what lies inside. */
import type { Family, Prefix, Range } from './prefix.ts';
import { comparePrefixes } from './prefix.ts';

export interface Entry<T> {
  readonly prefix: Prefix;
  readonly values: T[];
}

export interface Segment<T> extends Range {
  /** The longest prefix that covers this segment, with all its values; undefined: nothing matches. */
  readonly match: Entry<T> | undefined;
}

interface Level<T> {
  readonly length: number;
  readonly hostBits: bigint;
  readonly entries: Map<bigint, Entry<T>>;
}

export class PrefixTable<T> {
  readonly #levels: Record<Family, Level<T>[]> = { 4: [], 6: [] };
  /** By canonical text: most lookups are for a network that is in the table as it is. */
  readonly #exact = new Map<string, Entry<T>>();
  #sorted: Entry<T>[] | undefined;

  add(prefix: Prefix, value: T): void {
    const known = this.#exact.get(prefix.text);
    if (known !== undefined) {
      known.values.push(value);
      return;
    }
    const levels = this.#levels[prefix.family];
    let level = levels.find((candidate) => candidate.length === prefix.length);
    if (level === undefined) {
      const hostBits = BigInt((prefix.family === 4 ? 32 : 128) - prefix.length);
      level = { length: prefix.length, hostBits, entries: new Map() };
      levels.push(level);
      levels.sort((a, b) => b.length - a.length);
    }
    const entry = { prefix, values: [value] };
    level.entries.set(prefix.first >> level.hostBits, entry);
    this.#exact.set(prefix.text, entry);
    this.#sorted = undefined;
  }

  /** The entry for exactly this network. */
  get(prefix: Prefix): Entry<T> | undefined {
    return this.#exact.get(prefix.text);
  }

  /** The longest prefix that contains the whole range. */
  longestMatch(range: Range): Entry<T> | undefined {
    const exact = isPrefix(range) ? this.#exact.get(range.text) : undefined;
    return exact ?? this.covering(range).next().value ?? undefined;
  }

  /** All prefixes that contain the whole range, longest first. */
  *covering(range: Range): Generator<Entry<T>, undefined> {
    for (const level of this.#levels[range.family]) {
      const key = range.first >> level.hostBits;
      if (range.last >> level.hostBits !== key) continue;
      const entry = level.entries.get(key);
      if (entry !== undefined) yield entry;
    }
    return undefined;
  }

  /** All prefixes that lie in the range without being all of it, in order. */
  inside(range: Range): Entry<T>[] {
    const longest = this.#levels[range.family][0]?.length ?? 0;
    if (isPrefix(range) && longest <= range.length) return [];
    const sorted = (this.#sorted ??= this.entries());
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(sorted[middle]?.prefix, range)) low = middle + 1;
      else high = middle;
    }
    const result: Entry<T>[] = [];
    for (let index = low; index < sorted.length; index += 1) {
      const entry = sorted[index];
      if (entry?.prefix.family !== range.family || entry.prefix.first > range.last) break;
      const isWhole = entry.prefix.first === range.first && entry.prefix.last >= range.last;
      if (!isWhole && entry.prefix.last <= range.last) result.push(entry);
    }
    return result;
  }

  entries(): Entry<T>[] {
    const all = [...this.#levels[4], ...this.#levels[6]].flatMap((level) => [...level.entries.values()]);
    return all.sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  }

  /** Cuts the range where the longest match changes: exact, whatever lies inside. In order, without holes. */
  segments(range: Range): Segment<T>[] {
    const inside = this.inside(range);
    if (inside.length === 0) return [{ ...range, match: this.longestMatch(range) }];
    const cuts = new Set<bigint>([range.first]);
    for (const { prefix } of inside) {
      cuts.add(prefix.first);
      if (prefix.last < range.last) cuts.add(prefix.last + 1n);
    }
    const starts = [...cuts].sort((a, b) => (a < b ? -1 : 1));
    const result: Segment<T>[] = [];
    for (const [index, first] of starts.entries()) {
      const next = starts[index + 1];
      const piece = { family: range.family, first, last: next === undefined ? range.last : next - 1n };
      const match = this.longestMatch(piece);
      const previous = result.at(-1);
      if (previous !== undefined && previous.match === match)
        result[result.length - 1] = { ...previous, last: piece.last };
      else result.push({ ...piece, match });
    }
    return result;
  }
}

function isPrefix(range: Range | Prefix): range is Prefix {
  return 'text' in range;
}

function isBefore(prefix: Prefix | undefined, range: Range): boolean {
  if (prefix === undefined) return false;
  return prefix.family === range.family ? prefix.first < range.first : prefix.family < range.family;
}
