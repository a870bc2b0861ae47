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
import type { FabricFacts, Gap, Snapshot } from '../../src/model/snapshot.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

export interface Trial {
  readonly seed: number;
  readonly says: string;
  readonly snapshot: Snapshot;
  readonly config: JudgeConfig;
  readonly truth: Truth;
}

/** With `readsFilters` false, as it would be had the cloud told nobody its filters. */
export function trial(seed: number, cloud: RandomCloud = 'aws', readsFilters = true): Trial {
  const { world, inputs, options, deny, says } = randomWorld(seed, cloud, { filters: true });
  const told = inputs['network-mode'];
  const networkModes = told === undefined ? ('auto' as const) : [told as NetworkMode];
  const snapshot = snapshotOfWorld(world, { deny });
  return {
    seed,
    says: says.join('; '),
    snapshot: readsFilters ? snapshot : withoutFilters(snapshot),
    config: { networkModes, podCIDRs: [], rules: {} },
    truth: truth(world, readsFilters ? options : { ...options, filters: 'unread' }),
  };
}

/** What has filters says so nevertheless, as far as its cloud lets it. */
function withoutFilters(snapshot: Snapshot): Snapshot {
  const fabrics = snapshot.fabrics.map((fabric): FabricFacts => {
    const { networks, subnets } = fabric;
    return {
      ...fabric,
      filters: [],
      subnets: fabric.kind === 'aws' ? subnets.map(({ filters: _, ...subnet }) => subnet) : subnets,
      networks: networks.map(({ filters: _, ...network }) => network),
    };
  });
  const gaps = fabrics.map(({ id }): Gap => ({ facet: 'filters', subject: 'filters', scope: id, reason: 'denied' }));
  return { ...snapshot, fabrics, gaps: [...snapshot.gaps, ...gaps] };
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
