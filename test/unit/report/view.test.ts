import { expect, test } from '@jest/globals';
import { planImpact } from '../../../src/report/words.ts';
import { renderOutputs, OUTPUTS } from '../../../src/report/outputs.ts';
import { brokenJudgement, finding, judgement, ORPHAN, pairCounts, unknownJudgement, view } from './worlds.ts';

test('findings come worst first, then by what they break, then by key', () => {
  const findings = [
    finding({ key: 'u', verdict: 'unknown', severity: 'error', pairsBroken: 99 }),
    finding({ key: 'b', pairsBroken: 5 }),
    finding({ key: 'n', severity: 'notice', pairsBroken: 50 }),
    finding({ key: 'a', pairsBroken: 5 }),
    finding({ key: 'c', pairsBroken: 7 }),
    finding({ key: 'w', severity: 'warning' }),
  ];
  expect(view(judgement({ findings })).findings.map(({ key }) => key)).toEqual(['c', 'a', 'b', 'w', 'n', 'u']);
});

test('causes come by what they explain, and only where their finding was kept', () => {
  const findings = [finding({ key: 'a' }), finding({ key: 'b' })];
  const causes = [
    { finding: 'a', pairsExplained: 1 },
    { finding: 'switched-off', pairsExplained: 9 },
    { finding: 'b', pairsExplained: 2 },
  ];
  expect(view(judgement({ findings, causes })).causes.map((cause) => cause.finding.key)).toEqual(['b', 'a']);
});

test.each([
  [{ pairsBroken: 0 }, undefined],
  [{ pairsBroken: 1 }, 'breaks 1 path'],
  [{ pairsBroken: 3, otherPathsBroken: 2 }, 'breaks 3 paths'],
  [{ pairsBroken: 0, otherPathsBroken: 1 }, 'breaks 1 other path'],
  [{ pairsBroken: 0, otherPathsBroken: 1200 }, 'breaks 1,200 other paths'],
  [{ pairsBroken: 0, otherPathsBroken: 2, verdict: 'unknown' as const }, 'leaves open 2 other paths'],
])('a finding with %j %s', (changes, impact) => {
  const [shown] = view(judgement({ findings: [finding(changes)] })).findings;
  expect(shown === undefined ? shown : planImpact(shown)).toBe(impact);
});

test('the kinds of findings add up', () => {
  const findings = [
    ...brokenJudgement().findings,
    ...unknownJudgement().findings,
    finding({ key: 'n', severity: 'notice' }),
    finding({ key: 'e', severity: 'error', verdict: 'unknown' }),
  ];
  expect(view(judgement({ findings })).counts).toEqual({
    findings: 6,
    errors: 2,
    warnings: 1,
    notices: 1,
    unknown: 2,
    new: 4,
    accepted: 0,
  });
});

test('outputs are the numbers of the view', () => {
  const judged = judgement({
    verdict: 'fail',
    pairs: pairCounts({ total: 20, pass: 1, fail: 2, partial: 3, unknown: 4, notApplicable: 10 }),
    findings: [...brokenJudgement().findings, ...unknownJudgement().findings],
  });
  expect(renderOutputs(view(judged), { reportJson: '/r/report.json' })).toEqual({
    changes: '',
    'changes-applied': '',
    'changes-withheld': '',
    'plan-file': '',
    'plan-digest': '',
    'undo-file': '',
    'undo-digest': '',
    'journal-file': '',
    verdict: 'fail',
    findings: '4',
    errors: '2',
    warnings: '1',
    unknown: '1',
    'new-findings': '3',
    accepted: '0',
    resolved: '0',
    pairs: '20',
    'pairs-passing': '1',
    'pairs-failing': '5',
    'pairs-partial': '3',
    'pairs-unknown': '4',
    'pairs-not-applicable': '10',
    'evidence-level': 'fabric+agent',
    'report-json': '/r/report.json',
    'report-html': '',
    'report-sarif': '',
    'report-junit': '',
    'comment-url': '',
    'issue-url': '',
    'snapshot-file': '',
  });
});

test('every output is described, once', () => {
  const names = OUTPUTS.map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(renderOutputs(view(judgement({ findings: [ORPHAN] })), {})).toSorted());
});
