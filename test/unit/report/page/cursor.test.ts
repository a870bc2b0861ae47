import { expect, test } from '@jest/globals';
import { moveInGrid, seenCells } from '../../../../src/report/page/cursor.ts';

const MOVES: readonly (readonly [string, boolean, readonly [number, number], readonly [number, number] | undefined])[] =
  [
    ['ArrowUp', false, [3, 5], [2, 5]],
    ['ArrowUp', false, [0, 5], [0, 5]],
    ['ArrowDown', false, [3, 5], [4, 5]],
    ['ArrowDown', false, [29, 5], [29, 5]],
    ['ArrowLeft', false, [3, 0], [3, 0]],
    ['ArrowRight', false, [3, 5], [3, 6]],
    ['PageDown', false, [3, 5], [13, 5]],
    ['PageUp', false, [3, 5], [0, 5]],
    ['Home', false, [3, 5], [3, 0]],
    ['End', false, [3, 5], [3, 29]],
    ['Home', true, [3, 5], [0, 0]],
    ['End', true, [3, 5], [29, 29]],
    ['Tab', false, [3, 5], undefined],
    ['a', false, [3, 5], undefined],
  ];

test.each(MOVES)('%s (control: %s) from %j leads to %j', (key, ctrlKey, from, to) => {
  expect(moveInGrid({ key, ctrlKey }, from, 30)).toEqual(to);
});

test.each([
  [0, 10, 300, { first: 0, end: 14 }],
  [100.5, 10, 300, { first: 96, end: 115 }],
  [295, 10, 300, { first: 291, end: 300 }],
  [0, 10, 3, { first: 0, end: 3 }],
  // The list has become shorter than where it was scrolled to.
  [50, 10, 3, { first: 3, end: 3 }],
])('from row %d, %d of %d seen: %j', (start, shown, count, seen) => {
  expect(seenCells(start, shown, count)).toEqual(seen);
});
