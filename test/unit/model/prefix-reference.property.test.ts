/** The prefixes against arithmetic that is slow and plain: one BigInt for both families, and sets of all prefixes. */
import { isIP, isIPv4 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Family, Prefix, Range } from '../../../src/model/prefix.ts';
import {
  comparePrefixes,
  contains,
  containsAddress,
  formatAddress,
  hostPrefix,
  isWider,
  networkValue,
  nextValue,
  overlaps,
  parseAddress,
  parsePrefix,
  previousValue,
  rangeToPrefixes,
  smallestCovering,
} from '../../../src/model/prefix.ts';
import { PrefixTable } from '../../../src/model/prefix-table.ts';

const BITS = { 4: 32n, 6: 128n } as const;

/** A network as this file understands it. */
interface Plain {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  readonly length: number;
}

function plain(family: Family, value: bigint, length: number): Plain {
  const size = 1n << (BITS[family] - BigInt(length));
  const first = value - (value % size);
  return { family, first, last: first + size - 1n, length };
}

function valueOf(text: string): bigint {
  if (isIPv4(text)) return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

/** Every group written out: legal, and canonical only by luck. */
function longText(family: Family, value: bigint): string {
  const [parts, bits] = family === 4 ? [4n, 8n] : [8n, 16n];
  const all = Array.from(
    { length: Number(parts) },
    (_, at) => (value >> (bits * (parts - 1n - BigInt(at)))) % (1n << bits),
  );
  return family === 4 ? all.join('.') : all.map((group) => group.toString(16).padStart(4, '0')).join(':');
}

/** Where arithmetic goes wrong: both ends, the sign bit of 32 bits, and the neighbours of such places. */
const families = fc.constantFrom<Family>(4, 6);
const addresses = families.chain((family) => {
  const end = (1n << BITS[family]) - 1n;
  const edges = [0n, 1n, end - 1n, end, end >> 1n, (end >> 1n) + 1n, end - 0xffn, (end >> 8n) + 1n];
  const random = fc.bigInt({ min: 0n, max: end });
  return fc.tuple(fc.constant(family), fc.oneof(fc.constantFrom(...edges), random));
});
const networks = addresses.chain(([family, value]) => {
  const bits = Number(BITS[family]);
  const length = fc.oneof(fc.constantFrom(0, 1, bits - 1, bits), fc.integer({ min: 0, max: bits }));
  return length.map((chosen) => ({ value, ...plain(family, value, chosen) }));
});
type Network = Plain & { readonly value: bigint };

function parse({ family, value, length }: Network): Prefix {
  const parsed = parsePrefix(`${longText(family, value)}/${String(length)}`);
  if (parsed === undefined) throw new Error('the generator makes prefixes');
  return parsed;
}

function asPlain({ family, first, last }: Range): Omit<Plain, 'length'> {
  return { family, first: BigInt(first), last: BigInt(last) };
}

describe('one prefix', () => {
  test('has the ends, the length and the canonical text that plain arithmetic gives, host bits or not', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const { family, first, last, length } = network;
        const parsed = parse(network);
        expect({ ...asPlain(parsed), length: parsed.length }).toEqual({ family, first, last, length });
        const [address = '', suffix] = parsed.text.split('/');
        expect([isIP(address), valueOf(address), suffix]).toEqual([family, first, String(length)]);
        expect(parsePrefix(parsed.text)).toEqual(parsed);
      }),
    );
  });

  test('keeps numbers for IPv4 and BigInt for IPv6', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const { first, last } = parse(network);
        const type = network.family === 4 ? 'number' : 'bigint';
        expect([typeof first, typeof last]).toEqual([type, type]);
      }),
    );
  });

  test('an address is its host prefix, and its neighbours are one away', () => {
    fc.assert(
      fc.property(addresses, fc.nat(128), ([family, value], seed) => {
        const address = parseAddress(longText(family, value));
        if (address === undefined) throw new Error('the generator makes addresses');
        expect(BigInt(address.value)).toBe(value);
        expect(address.text).toBe(formatAddress(family, value));
        expect(asPlain(hostPrefix(address))).toEqual({ family, first: value, last: value });
        expect(BigInt(nextValue(address.value))).toBe(value + 1n);
        expect(BigInt(previousValue(address.value))).toBe(value - 1n);
        const length = seed % (Number(BITS[family]) + 1);
        expect(BigInt(networkValue(address.value, length))).toBe(plain(family, value, length).first);
      }),
    );
  });

  test('what is no address is none, as node:net has it', () => {
    const part = fc.oneof(
      fc.nat(300).map(String),
      fc.constantFrom('', '0', '00', '01', '255', '256', '1e1', '0x1', ' 1', '-1', '+1', '٣', '1000'),
    );
    const texts = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseAddress(text)?.family ?? 0).toBe(isIP(text));
        expect(parsePrefix(`${text}/32`)?.family ?? 0).toBe(isIP(text));
      }),
    );
  });

  test('a length is one to three digits without a leading zero, and fits the family', () => {
    const digits = fc.oneof(
      fc.nat(140).map(String),
      fc.constantFrom('', '00', '08', '+8', '8 ', '8/8', '1000', 'x', '٣'),
    );
    fc.assert(
      fc.property(addresses, digits, ([family, value], length) => {
        const fits = /^(0|[1-9]\d{0,2})$/.test(length) && BigInt(length) <= BITS[family];
        expect(parsePrefix(`${longText(family, value)}/${length}`) !== undefined).toBe(fits);
      }),
    );
  });
});

describe('several prefixes', () => {
  // Close together, so that they meet; next to the sign bit of 32 bits, where shifts go wrong.
  const near = fc
    .tuple(families, fc.constantFrom(0n, 0x7fffff00n, 0x80000000n, 0xffffff00n), fc.nat(255), fc.nat(10))
    .map(([family, base, offset, host]): Network => {
      const value = base + BigInt(offset);
      return { value, ...plain(family, value, Number(BITS[family]) - host) };
    });

  test('contain, overlap and sort as plain arithmetic says', () => {
    fc.assert(
      fc.property(near, near, (a, b) => {
        const [left, right] = [parse(a), parse(b)];
        const isOne = a.family === b.family;
        expect(contains(left, right)).toBe(isOne && a.first <= b.first && b.last <= a.last);
        expect(overlaps(left, right)).toBe(isOne && a.first <= b.last && b.first <= a.last);
        const address = parseAddress(longText(b.family, b.value));
        expect(address !== undefined && containsAddress(left, address)).toBe(
          isOne && a.first <= b.value && b.value <= a.last,
        );
        if (isOne) expect(isWider(left, b.length)).toBe(a.last - a.first > b.last - b.first);
        const order = BigInt(a.family - b.family) || a.first - b.first || BigInt(a.length - b.length);
        expect(Math.sign(comparePrefixes(left, right))).toBe(order > 0n ? 1 : order < 0n ? -1 : 0);
      }),
    );
  });

  test('the smallest covering prefix is the longest that holds all', () => {
    fc.assert(
      fc.property(fc.array(near, { minLength: 1, maxLength: 6 }), (all) => {
        const family = all[0]?.family ?? 4;
        const own = all.filter((item) => item.family === family);
        const holding = Array.from({ length: Number(BITS[family]) + 1 }, (_, length) =>
          plain(family, own[0]?.first ?? 0n, length),
        ).filter((candidate) => own.every((item) => candidate.first <= item.first && item.last <= candidate.last));
        const best = holding.at(-1);
        const found = smallestCovering(own.map(parse));
        expect(found && { ...asPlain(found), length: found.length }).toEqual(best);
      }),
    );
  });

  test('a range is made of the fewest prefixes', () => {
    fc.assert(
      fc.property(near, near, (a, b) => {
        const [low, high] = [parse(a), parse(b)].sort(comparePrefixes);
        if (low?.family !== high?.family || low === undefined || high === undefined) return;
        const last = low.last > high.last ? low.last : high.last;
        const parts = rangeToPrefixes({ family: low.family, first: low.first, last });
        expect(parts[0]?.first).toBe(low.first);
        expect(parts.at(-1)?.last).toBe(last);
        for (const [index, part] of parts.entries()) {
          const before = parts[index - 1];
          if (before !== undefined) expect(part.first).toBe(nextValue(before.last));
          // Fewest: no part could be the half of one that lies in the range as a whole.
          const { first: whole, last: end } = plain(part.family, BigInt(part.first), Math.max(part.length - 1, 0));
          expect(part.length === 0 || whole < BigInt(low.first) || end > BigInt(last)).toBe(true);
        }
      }),
    );
  });

  test('a table answers as a search through all of them would, whatever is added in between', () => {
    fc.assert(
      fc.property(fc.array(near, { maxLength: 20 }), fc.array(near, { minLength: 1, maxLength: 4 }), (all, asked) => {
        const table = new PrefixTable<number>();
        all.forEach((network, index) => {
          table.add(parse(network), index);
          // The sorted lists inside have to notice what came later.
          table.inside(parse(network));
        });
        const known = [...new Map(all.map((network) => [parse(network).text, network])).values()];
        for (const network of asked) {
          const range = parse(network);
          const around = known
            .filter(
              (item) => item.family === network.family && item.first <= network.first && network.last <= item.last,
            )
            .sort((a, b) => b.length - a.length)
            .map((item) => parse(item).text);
          const within = known
            .filter(
              (item) => item.family === network.family && network.first <= item.first && item.last <= network.last,
            )
            .filter((item) => item.length > network.length)
            .sort((a, b) => (a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1))
            .map((item) => parse(item).text);
          expect([...table.covering(range)].map((entry) => entry.prefix.text)).toEqual(around);
          expect(table.longestMatch(range)?.prefix.text).toBe(around[0]);
          expect(table.inside(range).map((entry) => entry.prefix.text)).toEqual(within);
          const same = all.flatMap((item, index) => (parse(item).text === range.text ? [index] : []));
          expect(table.get(range)?.values ?? []).toEqual(same);
        }
      }),
    );
  });
});
