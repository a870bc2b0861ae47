import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AddressValue } from '../../../src/model/prefix.ts';
import {
  contains,
  formatAddress,
  nextValue,
  overlaps,
  parseAddress,
  parsePrefix,
  rangeToPrefixes,
  smallestCovering,
} from '../../../src/model/prefix.ts';

describe('parsePrefix', () => {
  test.each([
    ['10.1.0.5/24', '10.1.0.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['2001:DB8:0:0:0:0:0:1/64', '2001:db8::/64'],
    ['fd00:0:0:1:0:0:0:1/128', 'fd00:0:0:1::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
  ])('%s is %s', (text, canonical) => {
    expect(parsePrefix(text)?.text).toBe(canonical);
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '010.0.0.0/8',
    '10.1/16',
    '0x0a.0.0.1/8',
    '256.0.0.0/8',
    '2001:db8:::/32',
    'fe80::1%eth0/64',
    '::/129',
    'banana',
    '',
    '/24',
    ' 10.0.0.0/8',
  ])('refuses %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });
});

const v4 = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 0, max: 32 }));
const v6 = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 128 }));
const texts = fc.oneof(
  v4.map(([value, length]) => `${formatAddress(4, value)}/${String(length)}`),
  v6.map(([value, length]) => `${formatAddress(6, value)}/${String(length)}`),
);

test('canonical text parses to itself, and holds the address it came from', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const prefix = parsePrefix(text);
      const address = parseAddress(text.split('/')[0] ?? '');
      expect(prefix && parsePrefix(prefix.text)?.text).toBe(prefix?.text);
      expect(
        prefix !== undefined && address !== undefined && prefix.first <= address.value && address.value <= prefix.last,
      ).toBe(true);
    }),
  );
});

test('a range is made up of its prefixes exactly, without gap or overlap', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(range, ([a, b]) => {
      const [first, last] = a < b ? [a, b] : [b, a];
      const parts = rangeToPrefixes({ family: 4, first, last });
      let next: AddressValue = first;
      for (const part of parts) {
        expect(part.first).toBe(next);
        next = nextValue(part.last);
      }
      expect(next).toBe(last + 1);
    }),
  );
});

test('two prefixes share addresses only by containment', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const [left, right] = [parsePrefix(a), parsePrefix(b)];
      if (left === undefined || right === undefined) throw new Error('the generator makes prefixes');
      expect(overlaps(left, right)).toBe(contains(left, right) || contains(right, left));
    }),
  );
});

test('the smallest covering prefix holds all, and none of its halves does', () => {
  const many = ['10.244.3.0/24', '10.244.9.0/24', '10.244.0.0/25'].flatMap((text) => parsePrefix(text) ?? []);
  expect(smallestCovering(many)?.text).toBe('10.244.0.0/20');
  expect(smallestCovering([])).toBeUndefined();
  expect(smallestCovering([...many, ...['::/0'].flatMap((text) => parsePrefix(text) ?? [])])).toBeUndefined();
});
