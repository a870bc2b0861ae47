import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearest } from '../../../src/inputs/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['', 'ab', 2],
  ['mode', 'mdoe', 1],
  ['mode', 'modes', 1],
  ['mode', 'node', 1],
  ['abcd', 'badc', 2],
  ['kitten', 'sitting', 3],
])('from %j to %j it takes %i slips', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

test('the distance is the same in both directions, and 0 only for equal words', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test.each([
  ['orphan_route', ['route-orphan', 'orphan-route'], 'orphan-route'],
  ['OFF', ['off'], 'off'],
  ['abc', ['xyz'], undefined],
  ['ab', ['xy'], undefined],
  ['warming', ['warning', 'warming'], 'warming'],
  ['aaaa', ['aaab', 'aaac'], 'aaab'],
])('%j among %j is %j', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
