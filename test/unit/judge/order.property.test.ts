import { expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { trial } from '../../support/against-truth.ts';
import { renamed, shuffled } from '../../support/scramble.ts';

const CLOUDS = ['aws', 'gcp', 'azure'] as const;
const WORLDS = 340;

/** What the judgement says of pairs, nodes and causes, with their names or without. */
function said({ verdict, pairs, roundTrip, otherPaths, nodes, findings }: Judgement, by: 'name' | 'kind'): unknown {
  return {
    verdict,
    pairs,
    roundTrip,
    otherPaths,
    nodes: nodes.map(({ name, mode, verdict: own }) => [by === 'name' ? name : '', mode, own].join(' ')).sort(),
    findings: findings
      .map((one) =>
        [by === 'name' ? one.key : one.rule, one.verdict, one.severity, one.pairsBroken, one.roundTripsBroken].join(
          ' ',
        ),
      )
      .sort(),
  };
}

test.each(CLOUDS)('%s: the order of what was read never matters', (cloud) => {
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { snapshot, config, says } = trial(seed, cloud);
    const world = `world ${String(seed)}: ${says}`;
    const mixed = judgeSnapshot(shuffled(snapshot, seed), config);
    expect({ world, said: said(mixed, 'name') }).toEqual({
      world,
      said: said(judgeSnapshot(snapshot, config), 'name'),
    });
  }
});

test.each(CLOUDS)('%s: names never matter', (cloud) => {
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { snapshot, config, says } = trial(seed, cloud);
    const world = `world ${String(seed)}: ${says}`;
    const other = judgeSnapshot(renamed(snapshot), config);
    expect({ world, said: said(other, 'kind') }).toEqual({
      world,
      said: said(judgeSnapshot(snapshot, config), 'kind'),
    });
  }
});
