// What the page reads off the matrix is what judging the pairs gave.
import { describe, expect, test } from '@jest/globals';
import { scenarios } from '../../../../lab/scenarios/registry.ts';
import { surveySnapshot } from '../../../../src/judge/survey.ts';
import { Tracer } from '../../../../src/judge/trace.ts';
import type { PairCounts, Verdict } from '../../../../src/model/judgement.ts';
import { combine, judgePair } from '../../../../src/report/page/pair.ts';
import { AUTO } from '../../../support/judging.ts';
import { TWO_HUNDRED_INPUTS, twoHundred } from '../../../support/two-hundred.ts';
import { snapshotOfWorld } from '../../../support/world-snapshot.ts';
import { viewOfWorld } from '../../../support/world-view.ts';
import { nodeNamed, pageOf } from './pages.ts';

const COUNTED: Readonly<Record<Verdict, keyof PairCounts>> = {
  pass: 'pass',
  fail: 'fail',
  partial: 'partial',
  unknown: 'unknown',
  'not-applicable': 'notApplicable',
};

describe('all pairs together are what was counted', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    const view = viewOfWorld(scenario.situation().world, scenario.inputs);
    const model = pageOf(view);
    const none = { total: 0, pass: 0, fail: 0, partial: 0, unknown: 0, notApplicable: 0 };
    const [oneWay, roundTrip] = [{ ...none }, { ...none }];
    for (const from of model.nodes) {
      for (const to of model.nodes) {
        if (from === to) continue;
        const pair = judgePair(model, from, to);
        oneWay.total += 1;
        oneWay[COUNTED[pair.verdict]] += 1;
        roundTrip.total += 1;
        roundTrip[COUNTED[pair.roundTrip]] += 1;
      }
    }
    expect({ oneWay, roundTrip }).toEqual({ oneWay: view.pairs, roundTrip: view.roundTrip });
  });
});

test('a pair has the findings of its own path, and none of its neighbours', () => {
  const { world } = twoHundred('host-gw');
  const model = pageOf(viewOfWorld(world, TWO_HUNDRED_INPUTS));
  const survey = surveySnapshot(snapshotOfWorld(world), AUTO);
  const tracer = new Tracer(survey);
  let broken = 0;
  const different: unknown[] = [];
  // Every seventh, which meets all faults: they are at nodes far apart.
  survey.nodes.forEach((from, row) => {
    survey.nodes.forEach((to, column) => {
      if (from === to || (row + column) % 7 !== 0) return;
      const keys = tracer.trace(from, to).families.flatMap(({ faults }) => {
        return faults.map(({ rule, cause }) => `${rule}/${cause}`);
      });
      const expected = [...new Set(keys)].filter((key) => model.findingOf.has(key)).sort();
      const pair = judgePair(model, nodeNamed(model, from.name), nodeNamed(model, to.name));
      if (expected.length > 0) broken += 1;
      if (pair.findings.toSorted().join() !== expected.join()) {
        different.push([from.name, to.name, pair.findings, expected]);
      }
    });
  });
  expect(different).toEqual([]);
  expect(broken).toBeGreaterThan(500);
});

test.each<readonly [readonly Verdict[], Verdict]>([
  [[], 'not-applicable'],
  [['not-applicable', 'pass'], 'pass'],
  [['fail', 'fail'], 'fail'],
  [['fail', 'pass'], 'partial'],
  [['partial', 'unknown'], 'partial'],
  [['unknown', 'pass'], 'unknown'],
])('%j come to %s', (families, verdict) => {
  expect(combine(families)).toBe(verdict);
});
