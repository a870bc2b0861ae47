import { expect, test } from '@jest/globals';
import { truth } from '../../lab/truth/truth.ts';
import { atMoment } from '../../lab/world/moment.ts';
import { runBundle } from '../support/bundle.ts';
import { expectExactly } from '../support/judging.ts';
import { TWO_HUNDRED_INPUTS, twoHundred } from '../support/two-hundred.ts';

test.each(['host-gw', 'fabric'] as const)(
  '%s, 200 instances: every fault is named once, nothing else is, and the counts are those of the packets',
  async (mode) => {
    const { world: made, expected } = twoHundred(mode);
    const world = atMoment(made, new Date());
    const { report, result } = await runBundle(world, { inputs: TWO_HUNDRED_INPUTS });
    expectExactly(report.findings as never, expected);
    const { oneWay, roundTrip } = truth(world);
    expect(report.pairs).toEqual(oneWay);
    expect(report.roundTrip).toEqual(roundTrip);
    await result.remove();
  },
  120_000,
);
