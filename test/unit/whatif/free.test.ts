import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Prefix } from '../../../src/model/prefix.ts';
import { contains, overlaps, parsePrefix } from '../../../src/model/prefix.ts';
import { freeAddresses, freeNetworks } from '../../../src/whatif/free.ts';

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`${text} is no prefix`);
  return parsed;
}

test.each([
  ['10.0.0.0/22', 24, ['10.0.0.0/24', '10.0.2.0/24'], ['10.0.1.0/24', '10.0.3.0/24']],
  ['10.0.0.0/22', 24, ['10.0.0.0/16'], []],
  ['10.0.0.0/22', 24, ['10.0.1.128/25'], ['10.0.0.0/24', '10.0.2.0/24', '10.0.3.0/24']],
  ['10.0.0.0/24', 24, [], ['10.0.0.0/24']],
  ['10.0.0.0/24', 23, [], []],
  ['255.255.255.0/24', 25, [], ['255.255.255.0/25', '255.255.255.128/25']],
  ['fd00::/63', 64, ['fd00::/64'], ['fd00:0:0:1::/64']],
])('%s has free /%i besides %j', (range, length, used, free) => {
  const found = [...freeNetworks(prefix(range), length, used.map(prefix))];
  expect(found.map(({ text }) => text)).toEqual(free);
});

test('what is free is free, in the range, and all there is', () => {
  const part = fc.record({ at: fc.integer({ min: 0, max: 63 }), length: fc.integer({ min: 26, max: 32 }) });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 26, max: 29 }), (parts, length) => {
      const range = prefix('10.1.0.0/26');
      const used = parts.map(({ at, length: own }) => prefix(`10.1.0.${String(at)}/${String(own)}`));
      const size = 2 ** (32 - length);
      const all = Array.from({ length: 64 / size }, (_, n) => prefix(`10.1.0.${String(n * size)}/${String(length)}`));
      const wanted = all.filter((one) => contains(range, one) && !used.some((other) => overlaps(other, one)));
      expect([...freeNetworks(range, length, used)].map(({ text }) => text)).toEqual(wanted.map(({ text }) => text));
    }),
  );
});

test('addresses come from the end of the subnet, and the first four and the last are the cloud’s', () => {
  const free = [...freeAddresses(prefix('10.0.0.0/29'), new Set(['10.0.0.5']))];
  expect(free.map(({ text }) => text)).toEqual(['10.0.0.6', '10.0.0.4']);
});
