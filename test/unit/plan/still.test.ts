import { describe, expect, test } from '@jest/globals';
import * as faults from '../../../lab/world/faults.ts';
import { compareJudgements } from '../../../src/plan/compare.ts';
import { findDrift } from '../../../src/plan/still.ts';
import { cluster, judgeWith } from '../../support/judging.ts';
import { planFor } from '../../support/planning.ts';

describe('whether a plan still fits', () => {
  const { plan, facts } = planFor(cluster('host-gw'), [faults.routeMissing(2)]);
  const [change] = plan.changes;

  test('it does where nothing has changed', () => {
    for (const one of plan.changes) expect(findDrift(one, facts)).toBeUndefined();
  });

  test.each([
    ['the node', { node: { name: 'gone' } }, 'node gone is not there any more'],
    [
      'its machine',
      { node: { name: 'worker-03', machine: 'i-other' } },
      /^node worker-03 runs on i-\w+ now, not on i-other$/,
    ],
    [
      'its podCIDR',
      { node: { name: 'worker-03', podCIDR: '10.244.9.0/24' } },
      'node worker-03 does not have podCIDR 10.244.9.0/24 any more',
    ],
    ['the interface', { attached: { interface: 'eni-gone', machine: 'i-1' } }, 'eni-gone does not exist any more'],
    [
      'whose interface it is',
      { attached: { interface: change!.precondition.attached!.interface, machine: 'i-other' } },
      /^eni-\w+ is attached to i-\w+ now, not to i-other$/,
    ],
  ])('%s has changed', (_, precondition, says) => {
    expect(findDrift({ ...change!, precondition }, facts)).toEqual(
      typeof says === 'string' ? says : expect.stringMatching(says),
    );
  });
});

test('what became worse, and what was mended', () => {
  const before = judgeWith(cluster('host-gw'), [faults.checkOn(3)]).judgement;
  const after = judgeWith(cluster('host-gw'), [faults.checkOn(5)]).judgement;
  const { worse, mended, nodesWorse, brokenBefore, brokenAfter } = compareJudgements(before, after);
  expect(worse.map(({ key }) => key)).toContain(
    after.findings.find(({ rule }) => rule === 'cloud-forwarding-off')!.key,
  );
  expect(mended.map(({ key }) => key)).toContain(
    before.findings.find(({ rule }) => rule === 'cloud-forwarding-off')!.key,
  );
  expect(nodesWorse).toEqual(['worker-06']);
  expect([brokenBefore, brokenAfter]).toEqual([before.pairs.fail, after.pairs.fail]);
  const same = compareJudgements(before, before);
  expect([same.worse, same.mended, same.nodesWorse]).toEqual([[], [], []]);
});
