import { expect, test } from '@jest/globals';
import { randomWorld } from '../../lab/random/random-world.ts';
import { truth } from '../../lab/truth/truth.ts';
import { atMoment } from '../../lab/world/moment.ts';
import { runBundle } from '../support/bundle.ts';

// The judge alone is held against many more worlds; here readers, bundle and protocols are in the way as well.
const SEEDS = Array.from({ length: 16 }, (_, index) => 1001 + index);

test.each(SEEDS)(
  'world %i over the wire: the counts are those of the packets',
  async (seed) => {
    const random = randomWorld(seed);
    const world = atMoment(random.world, new Date());
    const { report, requests, result } = await runBundle(world, { inputs: random.inputs, deny: random.deny });
    const { oneWay, roundTrip } = truth(world, random.options);
    expect({ says: random.says, pairs: report.pairs }).toEqual({ says: random.says, pairs: oneWay });
    expect(report.roundTrip).toEqual(roundTrip);
    expect(requests.filter((request) => request.write)).toEqual([]);
    await result.remove();
  },
  60_000,
);
