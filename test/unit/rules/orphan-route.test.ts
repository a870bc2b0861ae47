import { deletingNode, staleRoute } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

const POD_RANGE = { podCIDRs: ['10.244.0.0/16'] };

ruleSuite('orphan-route', {
  fails: [
    {
      name: 'a dead route that serves no node',
      faults: [staleRoute('10.244.250.0/24')],
      says: /10\.244\.250\.0\/24 .*no node has a podCIDR there/,
      changes: ['delete-route'],
      severity: 'warning',
    },
    {
      name: 'a live one',
      world: cluster('fabric'),
      faults: [staleRoute('10.244.250.0/24', [0], 3)],
      config: POD_RANGE,
      says: /10\.244\.250\.0\/24/,
      changes: ['delete-route'],
      severity: 'warning',
    },
  ],
  gap: WITHOUT_ROUTES,
});

test('in a guessed range only a route to a present or former node is named', () => {
  // Nine nodes of /24 span 10.244.0.0/20.
  const world = cluster('fabric');
  expect(judgeWith(world, [staleRoute('10.244.12.0/24')]).judgement.findings).toEqual([]);
  const { judgement } = judgeWith(world, [staleRoute('10.244.12.0/24', 'all', 3)]);
  expect(judgement.findings.map((finding) => finding.rule)).toEqual(['orphan-route']);
});

test('a route of a node that is being deleted is not an orphan yet', () => {
  expect(judgeWith(cluster('fabric'), [deletingNode(1)], POD_RANGE).judgement.findings).toEqual([]);
});

test('outside the pod range nothing is said', () => {
  expect(judgeWith(cluster('fabric'), [staleRoute('10.99.0.0/24')], POD_RANGE).judgement.findings).toEqual([]);
});
