import { expect, test } from '@jest/globals';
import { notDurable } from '../../../src/rules/not-durable.ts';

test('is permanent', () => {
  expect(notDurable.id).toBe('not-durable');
});

test('finds the fault, with its subjects and words', () => {
  throw new Error('TO BE WRITTEN: a context that shows the fault, and the finding that it gives');
});

test('finds nothing where there is nothing', () => {
  throw new Error('TO BE WRITTEN: the nearest context that is right');
});
