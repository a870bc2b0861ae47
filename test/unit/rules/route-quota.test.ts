import { expect, test } from '@jest/globals';
import { routeQuota } from '../../../src/rules/route-quota.ts';

test('is permanent', () => {
  expect(routeQuota.id).toBe('route-quota');
});

test('finds the fault, with its subjects and words', () => {
  throw new Error('TO BE WRITTEN: a context that shows the fault, and the finding that it gives');
});

test('finds nothing where there is nothing', () => {
  throw new Error('TO BE WRITTEN: the nearest context that is right');
});
