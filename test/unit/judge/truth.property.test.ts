import { expect, test } from '@jest/globals';
import type { FabricBehaviour } from '../../../src/judge/behaviour.ts';
import { FABRIC_BEHAVIOUR } from '../../../src/judge/behaviour.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { differences, trial } from '../../support/against-truth.ts';

const WORLDS = 1000;
const trials = Array.from({ length: WORLDS }, (_, index) => trial(index + 1));

test('every ordered pair of every random world is judged as the packets go, one way and there and back', () => {
  const wrong = trials.flatMap((one) => {
    const [first] = differences(one);
    return first === undefined ? [] : [`world ${String(one.seed)} (${one.says}): ${first}`];
  });
  expect(wrong).toEqual([]);
});

test('the random worlds hold every verdict, so that agreeing means something', () => {
  const seen = trials.flatMap((one) => Object.entries(one.truth.oneWay)).filter(([, many]) => many > 0);
  expect(new Set(seen.map(([verdict]) => verdict))).toEqual(
    new Set(['total', 'pass', 'fail', 'partial', 'unknown', 'notApplicable']),
  );
});

test('the counts by classes are the counts of the pairs', () => {
  for (const one of trials) {
    const judgement = judgeSnapshot(one.snapshot, one.config);
    expect({ world: one.seed, ...judgement.pairs }).toEqual({ world: one.seed, ...one.truth.oneWay });
    expect({ world: one.seed, ...judgement.roundTrip }).toEqual({ world: one.seed, ...one.truth.roundTrip });
  }
});

const FLIPPED: readonly (readonly [keyof FabricBehaviour, FabricBehaviour])[] = [
  ['onLinkBypassesTables', { ...FABRIC_BEHAVIOUR.aws, onLinkBypassesTables: false }],
  ['checksSource', { ...FABRIC_BEHAVIOUR.aws, checksSource: false }],
  ['checksDestination', { ...FABRIC_BEHAVIOUR.aws, checksDestination: false }],
  ['neighbours', { ...FABRIC_BEHAVIOUR.aws, neighbours: 'guests' }],
  ['localBeats', { ...FABRIC_BEHAVIOUR.aws, localBeats: 'no route' }],
];

test.each(FLIPPED)('no entry of the behaviour table can be flipped unnoticed: %s', (entry, aws) => {
  const noticed = trials.some((one) => differences(one, { ...FABRIC_BEHAVIOUR, aws }).length > 0);
  expect({ entry, noticed }).toEqual({ entry, noticed: true });
});

test('the table has no entry that the flips leave out', () => {
  expect(FLIPPED.map(([entry]) => entry).sort()).toEqual(Object.keys(FABRIC_BEHAVIOUR.aws).sort());
});
