import { deadRoute, filteredRoute, terminated } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('fabric-route-dead', {
  fails: [
    {
      name: 'a route to an interface that is gone',
      faults: [deadRoute(2)],
      says: /which is dead/,
      changes: ['replace-route'],
    },
    {
      name: 'the same while the server still says active',
      faults: [deadRoute(2, 'all', true)],
      says: /does not exist/,
      changes: ['replace-route'],
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [deadRoute(2)],
});

test('a route that died with its node’s machine is that machine’s finding', () => {
  const { judgement } = judgeWith(cluster('fabric'), [terminated(2)]);
  expect(judgement.findings.map((finding) => finding.rule)).toEqual(['node-unmatched']);
});

test('a state that nobody can explain is unknown', () => {
  const { judgement } = judgeWith(cluster('fabric'), [filteredRoute(2, [0])]);
  expect(judgement.findings.map(({ rule, verdict }) => ({ rule, verdict }))).toEqual([
    { rule: 'evidence-incomplete', verdict: 'unknown' },
  ]);
});
