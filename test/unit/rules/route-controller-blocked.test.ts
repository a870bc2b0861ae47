import { expect, test } from '@jest/globals';
import { routeControllerBlocked } from '../../../src/rules/route-controller-blocked.ts';

test('is permanent', () => {
  expect(routeControllerBlocked.id).toBe('route-controller-blocked');
});

test('finds the fault, with its subjects and words', () => {
  throw new Error('TO BE WRITTEN: a context that shows the fault, and the finding that it gives');
});

test('finds nothing where there is nothing', () => {
  throw new Error('TO BE WRITTEN: the nearest context that is right');
});
