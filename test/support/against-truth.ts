/** The judged paths of a random world beside the brute-force truth, pair by pair. */
import { randomWorld } from '../../lab/random/random-world.ts';
import type { RandomCloud } from '../../lab/random/random-world.ts';
import type { Truth } from '../../lab/truth/truth.ts';
import { truth } from '../../lab/truth/truth.ts';
import type { JudgeConfig } from '../../src/judge/judge.ts';
import { roundTripVerdict } from '../../src/judge/path.ts';
import type { Behaviours } from '../../src/judge/survey.ts';
import { surveySnapshot } from '../../src/judge/survey.ts';
import { Tracer } from '../../src/judge/trace.ts';
import type { NetworkMode } from '../../src/model/config.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

export interface Trial {
  readonly seed: number;
  readonly says: string;
  readonly snapshot: Snapshot;
  readonly config: JudgeConfig;
  readonly truth: Truth;
}

export function trial(seed: number, cloud: RandomCloud = 'aws'): Trial {
  const { world, inputs, options, deny, says } = randomWorld(seed, cloud, { filters: true });
  const told = inputs['network-mode'];
  const networkModes = told === undefined ? ('auto' as const) : [told as NetworkMode];
  return {
    seed,
    says: says.join('; '),
    snapshot: snapshotOfWorld(world, { deny }),
    config: { networkModes, podCIDRs: [], rules: {} },
    truth: truth(world, options),
  };
}

/** `from -> to: judged, true` for every ordered pair that differs, one way or there and back. */
export function differences({ snapshot, config, truth: whole }: Trial, behaviours?: Behaviours): string[] {
  const survey = surveySnapshot(snapshot, config, behaviours);
  const tracer = new Tracer(survey);
  const result: string[] = [];
  for (const from of survey.nodes) {
    for (const to of survey.nodes) {
      if (from === to) continue;
      const oneWay = tracer.trace(from, to).verdict;
      const roundTrip = roundTripVerdict(oneWay, tracer.traceReply(to, from).verdict);
      const real = whole.pairs.get(from.name)?.get(to.name);
      if (oneWay === real?.oneWay && roundTrip === real.roundTrip) continue;
      result.push(
        `${from.name} -> ${to.name}: judged ${oneWay}/${roundTrip}, true ${String(real?.oneWay)}/${String(real?.roundTrip)}`,
      );
    }
  }
  return result;
}
