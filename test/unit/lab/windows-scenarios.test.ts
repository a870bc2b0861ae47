/** The scenarios with Windows nodes, judged in this process: what the bundle is asked for, without building it. */
import { expect, test } from '@jest/globals';
import { scenarios } from '../../../lab/scenarios/registry.ts';
import type { Scenario } from '../../../lab/scenarios/scenario.ts';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { decodeText } from '../../../src/guests/text.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { GuestFacts } from '../../../src/model/snapshot.ts';
import { AUTO, expectExactly } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

const chosen = scenarios.filter(({ name }) => name.startsWith('windows-'));

function guestsOf({ situation }: Scenario): GuestFacts[] {
  const { guestFiles, world } = situation();
  return Object.values(guestFiles?.(new Date(world.now)) ?? {}).flatMap((content) =>
    parseBundle(typeof content === 'string' ? content : decodeText(content), 'file x').map((one) => {
      if ('trouble' in one) throw new Error(one.trouble);
      return one;
    }),
  );
}

test.each(chosen.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  const { world, findings } = scenario.situation();
  const guests = guestsOf(scenario);
  expect(guests.flatMap(({ unread }) => unread)).toEqual([]);
  const judgement = judgeSnapshot({ ...snapshotOfWorld(world), guests }, AUTO);
  expect(judgement.verdict).toBe(scenario.expect.verdict);
  expect(judgement.evidenceLevel).toBe('guest');
  expectExactly(
    judgement.findings.filter(({ verdict }) => verdict === 'fail'),
    findings,
  );
});
