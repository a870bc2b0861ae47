import { describe, expect, test } from '@jest/globals';
import { countOutcomes, decideGate, type GateConfig } from '../../../src/gate.ts';
import type { Finding, JudgedNode, Judgement, PairCounts } from '../../../src/model/judgement.ts';
import type { OutcomeKind, PlanReport } from '../../../src/model/planned.ts';
import type { Excuses } from '../../../src/model/triage.ts';
import { NO_SUBJECTS } from '../../../src/model/judgement.ts';

const CONFIG: GateConfig = { failOn: 'error', onUnknown: 'fail', requireEvidence: 'fabric' };

const NODE: JudgedNode = {
  name: 'a',
  os: 'linux',
  podCIDRs: [],
  internalIPs: [],
  interfaces: [],
  subnets: [],
  routeTables: [],
  forwarding: 'on',
  mode: 'host-gw',
  modeReason: '',
  evidenceLevel: 'fabric',
  verdict: 'pass',
};

function judgement(changes: Partial<Judgement>, counts: Partial<PairCounts> = { total: 6, pass: 6 }): Judgement {
  const pairs = { total: 6, pass: 0, fail: 0, partial: 0, unknown: 0, notApplicable: 0, ...counts };
  return {
    verdict: 'pass',
    evidenceLevel: 'fabric',
    modes: ['host-gw'],
    filtersJudged: true,
    podCIDRs: [],
    podCIDRsFrom: 'guess',
    pairs,
    roundTrip: pairs,
    otherPaths: {
      nodeToPod: { oneWay: pairs, roundTrip: pairs },
      podToNode: { oneWay: pairs, roundTrip: pairs },
      senders: [],
    },
    classes: [],
    matrix: [],
    nodes: [NODE, NODE, NODE],
    findings: [],
    causes: [],
    gaps: [],
    ...changes,
  };
}

function finding(changes: Partial<Finding>): Finding {
  return {
    key: 'k',
    rule: 'orphan-route',
    severity: 'warning',
    verdict: 'fail',
    title: '',
    what: 'x',
    why: '',
    next: '',
    subjects: NO_SUBJECTS,
    evidence: [],
    pairsBroken: 0,
    roundTripsBroken: 0,
    changes: [],
    ...changes,
  };
}

const ERROR = finding({ severity: 'error' });
const WARNING = finding({});
const NOTICE = finding({ severity: 'notice' });
const OPEN = finding({ rule: 'evidence-incomplete', verdict: 'unknown' });
const BROKEN = judgement({ verdict: 'fail' }, { fail: 2, pass: 4 });
const LOWERED = judgement({ verdict: 'fail', findings: [NOTICE] }, { fail: 2, pass: 4 });
const UNKNOWN = judgement({ verdict: 'unknown' }, { unknown: 6 });

describe('fail-on', () => {
  test.each([
    ['a passing cluster', judgement({}), 'pass', 'pass', 'pass'],
    ['a failing pair', BROKEN, 'fail', 'fail', 'pass'],
    ['a partial pair', judgement({ verdict: 'fail' }, { partial: 1, pass: 5 }), 'fail', 'fail', 'pass'],
    ['a failing pair whose rule was lowered to notice', LOWERED, 'fail', 'fail', 'pass'],
    ['an error finding alone', judgement({ verdict: 'fail', findings: [ERROR] }), 'fail', 'fail', 'pass'],
    ['a warning finding', judgement({ findings: [WARNING] }), 'pass', 'fail', 'pass'],
    ['a notice', judgement({ findings: [NOTICE] }), 'pass', 'pass', 'pass'],
    ['an overlay', judgement({ verdict: 'not-applicable' }, { notApplicable: 6 }), 'pass', 'pass', 'pass'],
  ])('%s', (_name, judged, error, warning, never) => {
    const results = (['error', 'warning', 'never'] as const).map(
      (failOn) => decideGate(judged, { ...CONFIG, failOn }).result,
    );
    expect(results).toEqual([error, warning, never]);
  });
});

describe('on-unknown', () => {
  test.each([
    ['an unknown verdict', UNKNOWN, 'fail'],
    ['one unknown pair', judgement({ verdict: 'unknown' }, { unknown: 1, pass: 5 }), 'fail'],
    ['an unknown finding', judgement({ findings: [OPEN] }), 'fail'],
    ['an unknown notice that no pair hangs on', judgement({ findings: [{ ...OPEN, severity: 'notice' }] }), 'pass'],
    [
      'an unknown notice that a pair hangs on',
      judgement({ findings: [{ ...OPEN, severity: 'notice', pairsBroken: 1 }] }),
      'fail',
    ],
    ['no nodes', judgement({ verdict: 'unknown', nodes: [] }, { total: 0 }), 'fail'],
    ['one node', judgement({ verdict: 'not-applicable', nodes: [NODE] }, { total: 0 }), 'pass'],
  ])('%s', (_name, judged, expected) => {
    const results = (['fail', 'warn', 'ignore'] as const).map(
      (onUnknown) => decideGate(judged, { ...CONFIG, onUnknown }).result,
    );
    expect(results).toEqual([expected, 'pass', 'pass']);
  });

  test('does not excuse what fails', () => {
    const both = judgement({ verdict: 'fail' }, { fail: 1, unknown: 5 });
    expect(decideGate(both, { ...CONFIG, onUnknown: 'ignore' }).result).toBe('fail');
  });

  test('fails where fail-on would not', () => {
    expect(decideGate(UNKNOWN, { ...CONFIG, failOn: 'never' }).result).toBe('fail');
  });
});

describe('require-evidence', () => {
  test.each([
    ['fabric', 'fabric', 'pass'],
    ['fabric', 'fabric+agent', 'fail'],
    ['fabric+agent', 'fabric+agent', 'pass'],
    ['fabric+agent', 'guest', 'fail'],
    ['guest', 'fabric', 'pass'],
  ] as const)('%s where %s is asked for', (evidenceLevel, requireEvidence, expected) => {
    expect(decideGate(judgement({ evidenceLevel }), { ...CONFIG, requireEvidence }).result).toBe(expected);
  });

  test('counts as unknown', () => {
    const config: GateConfig = { ...CONFIG, requireEvidence: 'guest', onUnknown: 'warn' };
    expect(decideGate(judgement({}), config)).toEqual({
      result: 'pass',
      reasons: [
        'The evidence is fabric, and require-evidence asks for guest; on-unknown is warn, so this does not fail the step.',
      ],
    });
  });

  test('asks nothing where nothing was claimed', () => {
    const judged = judgement({ verdict: 'not-applicable' }, { notApplicable: 6 });
    expect(decideGate(judged, { ...CONFIG, requireEvidence: 'guest' }).result).toBe('pass');
  });
});

test('a crashed rule fails under every setting', () => {
  const crashed = finding({ rule: 'rule-crashed', verdict: 'unknown', severity: 'notice', what: 'rule x: boom' });
  expect(
    decideGate(judgement({ findings: [crashed] }), { failOn: 'never', onUnknown: 'ignore', requireEvidence: 'fabric' }),
  ).toEqual({ result: 'fail', reasons: ['A rule crashed: rule x: boom.'] });
});

describe('reasons', () => {
  test.each<[string, Judgement, Partial<GateConfig>, string[]]>([
    ['pass', judgement({}), {}, ['All 6 judged pod paths between nodes pass.']],
    [
      'not applicable',
      judgement({ verdict: 'not-applicable' }, { notApplicable: 6 }),
      {},
      ['No pod path between nodes had to be judged.'],
    ],
    ['ignored', UNKNOWN, { onUnknown: 'ignore' }, ['The verdict is unknown, and on-unknown is ignore.']],
    [
      'the decisive one first',
      judgement({ verdict: 'fail', findings: [WARNING, ERROR] }, { fail: 1, partial: 1, unknown: 1, pass: 3 }),
      { onUnknown: 'fail' },
      [
        '2 of 6 pod paths between nodes are broken (1 of them for some addresses only).',
        '1 finding of severity error fails.',
        '1 of 6 pod paths between nodes is unknown, and on-unknown is fail.',
        '1 finding of severity warning fails; fail-on is error, so this does not fail the step.',
      ],
    ],
    [
      'never',
      BROKEN,
      { failOn: 'never' },
      ['2 of 6 pod paths between nodes are broken; fail-on is never, so this does not fail the step.'],
    ],
    [
      'warning',
      judgement({ findings: [WARNING] }),
      { failOn: 'warning' },
      ['1 finding of severity warning fails, and fail-on is warning.'],
    ],
    [
      'no node',
      judgement({ verdict: 'unknown', nodes: [] }, { total: 0 }),
      {},
      ['No node was judged, and on-unknown is fail.'],
    ],
    [
      'unknown without a count',
      judgement({ verdict: 'unknown' }),
      {},
      ['The verdict is unknown, and on-unknown is fail.'],
    ],
  ])('%s', (_name, judged, config, expected) => {
    expect(decideGate(judged, { ...CONFIG, ...config }).reasons).toEqual(expected);
  });
});

describe('what is excused', () => {
  const both = judgement({ verdict: 'fail', findings: [ERROR, finding({ key: 'w' })] }, { fail: 2, pass: 4 });
  const excuses = (keys: readonly string[], pairs: number): Excuses => ({ keys: new Set(keys), pairs });

  test.each<[Excuses, GateConfig['failOn'], 'pass' | 'fail', readonly string[]]>([
    [excuses(['k', 'w'], 2), 'error', 'pass', ['2 failing findings are accepted, with 2 broken pod paths.']],
    [
      excuses(['k'], 1),
      'error',
      'fail',
      [
        '1 of 6 pod paths between nodes is broken.',
        '1 finding of severity warning fails; fail-on is error, so this does not fail the step.',
        '1 failing finding is accepted, with 1 broken pod path.',
      ],
    ],
    [
      excuses(['k'], 2),
      'new',
      'pass',
      [
        '1 finding of severity warning fails; fail-on is new, so this does not fail the step.',
        '1 failing finding is accepted or already in the baseline, with 2 broken pod paths.',
      ],
    ],
    [
      excuses([], 0),
      'new',
      'fail',
      [
        '2 of 6 pod paths between nodes are broken.',
        '1 finding of severity error fails.',
        '1 finding of severity warning fails; fail-on is new, so this does not fail the step.',
      ],
    ],
    [
      excuses(['k'], 2),
      'warning',
      'fail',
      [
        '1 finding of severity warning fails, and fail-on is warning.',
        '1 failing finding is accepted, with 2 broken pod paths.',
      ],
    ],
  ])('%j with fail-on %s: %s', (excused, failOn, result, reasons) => {
    expect(decideGate(both, { ...CONFIG, failOn }, excused)).toEqual({ result, reasons });
  });

  test('nobody can excuse a crash, nor what is unknown', () => {
    const crashed = finding({ rule: 'rule-crashed', severity: 'error' });
    expect(decideGate(judgement({ verdict: 'fail', findings: [crashed] }), CONFIG, excuses(['k'], 0)).result).toBe(
      'fail',
    );
    expect(decideGate(UNKNOWN, CONFIG, excuses(['k'], 0)).result).toBe('fail');
  });
});

describe('changes that were asked for', () => {
  const passing = { result: 'pass', reasons: ['All is well.'] } as const;
  const changes = (kinds: readonly OutcomeKind[], refused?: string): PlanReport => ({
    plan: {} as PlanReport['plan'],
    outcomes: kinds.map((kind, index) => ({ id: String(index), kind })),
    ...(refused === undefined ? {} : { refused }),
  });

  test.each<[string, PlanReport | undefined]>([
    ['none', undefined],
    ['a plan only', { plan: {} as PlanReport['plan'] }],
    ['all made', changes(['applied', 'already'])],
  ])('%s: the judgement decides', (_, report) => {
    expect(countOutcomes(passing, report)).toEqual(passing);
  });

  test.each<[OutcomeKind]>([['stale'], ['denied'], ['failed'], ['not-run']])('one is %s: it fails', (kind) => {
    expect(countOutcomes(passing, changes(['applied', kind]))).toEqual({
      result: 'fail',
      reasons: [`Not all of 2 changes could be made: 1 ${kind}.`, 'All is well.'],
    });
  });

  test('refused as a whole: it fails, and says why', () => {
    expect(countOutcomes(passing, changes(['not-run'], 'the digest is another')).reasons[0]).toBe(
      'Nothing was changed: the digest is another.',
    );
  });
});
