import { broaderRoute, wrongTarget } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('fabric-route-wrong-target', {
  fails: [
    {
      name: 'a route to another node',
      faults: [wrongTarget(2, { node: 5 })],
      says: /leads to eni-\w+ .* of node worker-06, but the range belongs to node worker-03/,
      changes: ['replace-route'],
    },
    {
      name: 'a route to a machine that forwards nothing',
      faults: [wrongTarget(2, { appliance: 'not-forwarding' })],
      says: /belongs to node worker-03/,
      changes: ['replace-route'],
    },
    {
      name: 'a route into a peering',
      faults: [wrongTarget(2, { kind: 'peering' })],
      says: /leads to pcx-/,
      changes: ['replace-route'],
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [wrongTarget(2, { node: 5 })],
});

test('what lies behind a transit gateway or a forwarding appliance is unknown, not wrong', () => {
  for (const where of [{ kind: 'transit' }, { appliance: 'forwarding' }] as const) {
    const { judgement } = judgeWith(cluster('fabric'), [wrongTarget(2, where)]);
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.findings.map((finding) => finding.rule)).toEqual(['evidence-incomplete']);
  }
});

test('a broader route to the owner is right', () => {
  expect(judgeWith(cluster('fabric'), [broaderRoute(2, 23)]).judgement.pairs.fail).toBe(0);
});
