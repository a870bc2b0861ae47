import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AddressValue, Prefix } from '../../../src/model/prefix.ts';
import { contains, nextValue, parsePrefix } from '../../../src/model/prefix.ts';
import { PrefixTable } from '../../../src/model/prefix-table.ts';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}

function tableOf(texts: readonly string[]): PrefixTable<string> {
  const table = new PrefixTable<string>();
  for (const text of texts) table.add(prefix(text), text);
  return table;
}

// Few bits, so that random prefixes meet.
const small = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 22, max: 32 }))
  .map(([last, length]) => prefix(`10.0.0.${String(last)}/${String(length)}`));

function longestByHand(all: readonly Prefix[], address: AddressValue): Prefix | undefined {
  const covering = all.filter((item) => item.first <= address && address <= item.last);
  return covering.reduce<Prefix | undefined>(
    (best, item) => (best === undefined || item.length > best.length ? item : best),
    undefined,
  );
}

test('segments cover the range in order, and each has the longest match of all its addresses', () => {
  fc.assert(
    fc.property(fc.array(small, { maxLength: 12 }), small, (all, range) => {
      const table = new PrefixTable<string>();
      for (const item of all) table.add(item, item.text);
      let next = range.first;
      for (const segment of table.segments(range)) {
        expect(segment.first).toBe(next);
        next = nextValue(segment.last);
        for (let address = segment.first; address <= segment.last; address = nextValue(address)) {
          expect(segment.match?.prefix.text).toBe(longestByHand(all, address)?.text);
        }
      }
      expect(next).toBe(nextValue(range.last));
    }),
  );
});

test('so they do where the range is no prefix, and prefixes reach into it from outside', () => {
  fc.assert(
    fc.property(
      fc.array(small, { maxLength: 12 }),
      small,
      fc.nat(),
      fc.nat(),
      (all, { family, first, last }, low, high) => {
        const table = new PrefixTable<string>();
        for (const item of all) table.add(item, item.text);
        const many = Number(last) - Number(first) + 1;
        const ends = [Number(first) + (low % many), Number(first) + (high % many)].sort((a, b) => a - b);
        const [from = 0, to = 0] = ends;
        let next = from;
        for (const segment of table.segments({ family, first: from, last: to })) {
          expect(segment.first).toBe(next);
          next = Number(segment.last) + 1;
          for (let address = Number(segment.first); address <= Number(segment.last); address += 1) {
            expect(segment.match?.prefix.text).toBe(longestByHand(all, address)?.text);
          }
        }
        expect(next).toBe(to + 1);
      },
    ),
  );
});

test('inside lists exactly the prefixes within, and covering those around', () => {
  fc.assert(
    fc.property(fc.array(small, { maxLength: 12 }), small, (all, range) => {
      const table = new PrefixTable<string>();
      for (const item of all) table.add(item, item.text);
      const distinct = [...new Map(all.map((item) => [item.text, item])).values()];
      const within = distinct.filter((item) => contains(range, item) && item.text !== range.text);
      expect(
        table
          .inside(range)
          .map((entry) => entry.prefix.text)
          .sort(),
      ).toEqual(within.map((item) => item.text).sort());
      const around = distinct.filter((item) => contains(item, range)).sort((a, b) => b.length - a.length);
      expect([...table.covering(range)].map((entry) => entry.prefix.text)).toEqual(around.map((item) => item.text));
    }),
  );
});

test('values of one prefix stay together, and families apart', () => {
  const table = tableOf(['10.0.0.0/8', '0.0.0.0/0', '::/0']);
  table.add(prefix('10.0.0.0/8'), 'again');
  expect(table.get(prefix('10.0.0.0/8'))?.values).toEqual(['10.0.0.0/8', 'again']);
  expect(table.longestMatch(prefix('fd00::/8'))?.values).toEqual(['::/0']);
  expect(table.longestMatch(prefix('11.0.0.0/8'))?.values).toEqual(['0.0.0.0/0']);
  expect(table.entries().map((entry) => entry.prefix.text)).toEqual(['0.0.0.0/0', '10.0.0.0/8', '::/0']);
});
