/** The unmodified bundle against moto: 200 instances with every fault, in moto's own form of the truth. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { truth } from '../../../lab/truth/truth.ts';
import { atMoment } from '../../../lab/world/moment.ts';
import { runBundle } from '../../support/bundle.ts';
import { expectExactly } from '../../support/judging.ts';
import { TWO_HUNDRED_INPUTS, twoHundred } from '../../support/two-hundred.ts';
import type { MotoServer } from '../moto-server.ts';
import { findMoto, startMoto } from '../moto-server.ts';
import { seedMoto } from '../seed-moto.ts';

const command = findMoto();
const suite = command === undefined ? describe.skip : describe;

suite(
  command === undefined ? 'moto is not installed, so the bundle is not run against it' : 'the bundle against moto',
  () => {
    let moto: MotoServer;

    beforeAll(async () => {
      moto = await startMoto(command ?? '');
    });
    afterAll(async () => {
      await moto.stop();
    });

    test.each([
      ['fabric', 'interface'],
      ['host-gw', 'interface'],
      // moto shows a route by the very target that it was made with; real EC2 shows instance and interface.
      ['fabric', 'instance'],
    ] as const)('%s, routes made by %s: every fault once, nothing else, all counts true', async (mode, routesBy) => {
      const { world: made } = twoHundred(mode);
      const seeded = await seedMoto(atMoment(made, new Date()), moto.url, { routesBy });
      const { expected } = twoHundred(mode);
      const named = expected.map((item) => ({ ...item, subjects: translate(item.subjects, seeded.ids) }));
      const { report, result } = await runBundle(seeded.world, {
        inputs: TWO_HUNDRED_INPUTS,
        env: { AWS_ENDPOINT_URL_EC2: moto.url, AWS_ACCESS_KEY_ID: 'seed', AWS_SECRET_ACCESS_KEY: 'seed' },
      });
      expectExactly(report.findings as never, named);
      const { oneWay, roundTrip } = truth(seeded.world);
      expect(report.pairs).toEqual(oneWay);
      expect(report.roundTrip).toEqual(roundTrip);
      await result.remove();
    });
  },
);

/** The expected subjects with moto's ids. */
function translate<T extends object>(subjects: T, ids: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(subjects).replace(/\b[a-z]+-[0-9a-f]{17}\b/g, (id) => ids.get(id) ?? id);
  return JSON.parse(text) as T;
}
