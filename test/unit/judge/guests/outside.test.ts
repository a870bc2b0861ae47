import { expect, test } from '@jest/globals';
import type { Gap } from '../../../../src/model/snapshot.ts';
import { guestCluster, judgeGuests } from '../../../support/guest-cluster.ts';

const gap: Gap = { facet: 'machines', subject: 'machines of all nodes', reason: 'the input cloud is none' };

test('where all kernels were read, nobody misses machines of a cloud', () => {
  const whole = guestCluster();
  expect(judgeGuests({ ...whole, gaps: [gap] })).toMatchObject({ verdict: 'pass', gaps: [] });
  const { guests = [] } = whole;
  const judged = judgeGuests({ ...whole, gaps: [gap], guests: guests.slice(1) });
  expect(judged.verdict).toBe('unknown');
  expect(judged.gaps).toContainEqual(gap);
});
