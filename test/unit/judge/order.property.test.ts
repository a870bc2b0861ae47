import { expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { trial } from '../../support/against-truth.ts';
import { renamed, shuffled } from '../../support/scramble.ts';

const CLOUDS = ['aws', 'gcp', 'azure'] as const;
const WORLDS = 340;

/** What the judgement says of pairs and causes, by name. */
function said({ verdict, pairs, roundTrip, otherPaths, nodes, findings }: Judgement): unknown {
  return {
    verdict,
    pairs,
    roundTrip,
    otherPaths,
    nodes: nodes.map((node) => `${node.name} ${node.mode} ${node.verdict}`).sort(),
    findings: findings
      .map(
        (one) => `${one.key} ${one.verdict} ${one.severity} ${String(one.pairsBroken)} ${String(one.roundTripsBroken)}`,
      )
      .sort(),
  };
}

/** The same without any name. */
function counted({ verdict, pairs, roundTrip, otherPaths, nodes, findings }: Judgement): unknown {
  return {
    verdict,
    pairs,
    roundTrip,
    otherPaths,
    nodes: nodes.map((node) => `${node.mode} ${node.verdict}`).sort(),
    findings: findings
      .map(
        (one) =>
          `${one.rule} ${one.verdict} ${one.severity} ${String(one.pairsBroken)} ${String(one.roundTripsBroken)}`,
      )
      .sort(),
  };
}

test.each(CLOUDS)('%s: the order of what was read never matters', (cloud) => {
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { snapshot, config, says } = trial(seed, cloud);
    const world = `world ${String(seed)}: ${says}`;
    const mixed = judgeSnapshot(shuffled(snapshot, seed), config);
    expect({ world, said: said(mixed) }).toEqual({ world, said: said(judgeSnapshot(snapshot, config)) });
  }
});

test.each(CLOUDS)('%s: names never matter', (cloud) => {
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const { snapshot, config, says } = trial(seed, cloud);
    const world = `world ${String(seed)}: ${says}`;
    const other = judgeSnapshot(renamed(snapshot), config);
    expect({ world, said: counted(other) }).toEqual({ world, said: counted(judgeSnapshot(snapshot, config)) });
  }
});
