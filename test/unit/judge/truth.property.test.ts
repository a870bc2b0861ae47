import { describe, expect, test } from '@jest/globals';
import type { FabricBehaviour, FilterBehaviour } from '../../../src/judge/behaviour.ts';
import { FABRIC_BEHAVIOUR, FILTER_BEHAVIOUR } from '../../../src/judge/behaviour.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { differences, trial } from '../../support/against-truth.ts';

const WORLDS = { aws: 600, gcp: 400, azure: 400 } as const;

/** For each entry of the table another value that some world must notice. */
const OTHERWISE: Readonly<Record<keyof typeof WORLDS, Partial<FabricBehaviour>>> = {
  aws: {
    onLinkBypassesTables: false,
    checksSource: false,
    checksDestination: false,
    neighbours: 'guests',
    localBeats: 'no route',
  },
  gcp: {
    onLinkBypassesTables: true,
    checksSource: false,
    checksDestination: false,
    neighbours: 'guests',
    localBeats: 'no route',
  },
  azure: {
    onLinkBypassesTables: true,
    checksSource: false,
    checksDestination: false,
    neighbours: 'nobody',
    localBeats: 'every route',
  },
};

const KINDS = {
  aws: ['security-group', 'network-acl'],
  gcp: ['vpc-firewall'],
  azure: ['network-security-group'],
} as const;

describe.each(['aws', 'gcp', 'azure'] as const)('%s', (cloud) => {
  const trials = Array.from({ length: WORLDS[cloud] }, (_, index) => trial(index + 1, cloud));

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

  test('where no filter could be read, a way is known only if it certainly meets none', () => {
    const blind = Array.from({ length: 150 }, (_, index) => trial(index + 1, cloud, false));
    // Replies pass a filter that remembers, but nobody knows that what was not read is one.
    const isOnlyReply = (text: string): boolean => /judged (\S+)\/unknown, true \1\//.test(text);
    const wrong = blind.flatMap((one) => {
      const texts = differences(one).filter((text) => !isOnlyReply(text));
      return texts.map((text) => `world ${String(one.seed)} (${one.says}): ${text}`);
    });
    expect(wrong).toEqual([]);
    const seen = blind.map(({ truth }) => truth.oneWay);
    expect(seen.some(({ unknown }) => unknown > 0)).toBe(true);
    // Elsewhere everybody has some.
    expect(seen.some(({ pass }) => pass > 0)).toBe(cloud === 'azure');
  });

  test.each(Object.keys(FABRIC_BEHAVIOUR[cloud]) as (keyof FabricBehaviour)[])(
    'its row of the behaviour table cannot be changed unnoticed: %s',
    (entry) => {
      expect(Object.keys(OTHERWISE[cloud])).toContain(entry);
      const row = { ...FABRIC_BEHAVIOUR[cloud], [entry]: OTHERWISE[cloud][entry] };
      const behaviours = { fabrics: { ...FABRIC_BEHAVIOUR, [cloud]: row }, filters: FILTER_BEHAVIOUR };
      const noticed = trials.some((one) => differences(one, behaviours).length > 0);
      expect({ entry, noticed }).toEqual({ entry, noticed: true });
    },
  );

  test.each(
    KINDS[cloud].flatMap((kind) =>
      (Object.keys(FILTER_BEHAVIOUR[kind]) as (keyof FilterBehaviour)[]).map((entry) => [kind, entry] as const),
    ),
  )('nor can the row of its filters: %s %s', (kind, entry) => {
    const row = FILTER_BEHAVIOUR[kind];
    const otherwise = {
      ...row,
      [entry]: entry === 'combination' ? (row.combination === 'union' ? 'first-match' : 'union') : !row[entry],
    };
    const behaviours = { fabrics: FABRIC_BEHAVIOUR, filters: { ...FILTER_BEHAVIOUR, [kind]: otherwise } };
    const noticed = trials.some((one) => differences(one, behaviours).length > 0);
    expect({ kind, entry, noticed }).toEqual({ kind, entry, noticed: true });
  });
});
