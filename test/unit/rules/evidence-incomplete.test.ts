import { agentNotReady, filteredRoute, wrongTarget } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_NODES, WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('evidence-incomplete', {
  fails: [
    {
      name: 'what lies behind a transit gateway',
      faults: [wrongTarget(2, { kind: 'transit' })],
      says: /Routing of tgw-/,
      severity: 'warning',
      verdict: 'unknown',
    },
    {
      name: 'a route state that nobody can explain',
      faults: [filteredRoute(2, [0])],
      says: /state is filtered/,
      severity: 'warning',
      verdict: 'unknown',
    },
    {
      name: 'an agent that does not run now',
      faults: [agentNotReady(2)],
      says: /no Ready flannel pod runs here/,
      advises: /network-mode/,
      severity: 'warning',
      verdict: 'unknown',
    },
  ],
});

test('a gap is named with the permission that would help, and once', () => {
  const { snapshot } = judgeWith(cluster('fabric'), []);
  const judgement = judgeSnapshot({ ...WITHOUT_ROUTES.strip(snapshot), gaps: [WITHOUT_ROUTES.gap] }, AUTO);
  expect(judgement.findings.map(({ rule, next }) => ({ rule, next }))).toEqual([
    { rule: 'evidence-incomplete', next: 'Grant ec2:DescribeRouteTables.' },
  ]);
  expect(judgement.verdict).toBe('unknown');
});

test('a gap that no verdict needed is listed, but is no finding', () => {
  const { snapshot } = judgeWith(cluster('host-gw', { subnets: 1 }), []);
  const judgement = judgeSnapshot({ ...WITHOUT_ROUTES.strip(snapshot), gaps: [WITHOUT_ROUTES.gap] }, AUTO);
  expect({ verdict: judgement.verdict, findings: judgement.findings, gaps: judgement.gaps }).toEqual({
    verdict: 'pass',
    findings: [],
    gaps: [WITHOUT_ROUTES.gap],
  });
});

test('a cluster that cannot be listed is unknown', () => {
  const { snapshot } = judgeWith(cluster('host-gw'), []);
  const judgement = judgeSnapshot({ ...WITHOUT_NODES.strip(snapshot), gaps: [WITHOUT_NODES.gap] }, AUTO);
  expect(judgement.verdict).toBe('unknown');
  expect(judgement.findings.map((finding) => finding.next)).toEqual(['Grant list nodes.']);
});
