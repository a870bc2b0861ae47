import { expect, test } from '@jest/globals';

import { scenarios } from '../../../lab/scenarios/registry.ts';
import type { Scenario } from '../../../lab/scenarios/scenario.ts';
import { truth, type TruthOptions } from '../../../lab/truth/truth.ts';

/** Scenarios whose verdict follows from the world and not from what the run is not allowed to see, nor from kernels. */
function isAboutTheWorld(scenario: Scenario): boolean {
  const { deny, gceDeny, azureDeny, kubeDeny, expiredToken, apiUnreachable, situation } = scenario;
  if (situation().guestFiles !== undefined) return false;
  return [deny, gceDeny, azureDeny, kubeDeny, expiredToken, apiUnreachable].every((one) => one === undefined);
}

/** About tomorrow: no packet is lost by what these rules find. */
const HYGIENE = ['orphan-route', 'range-collision', 'not-durable', 'route-quota', 'route-controller-blocked'];

const told = (scenario: Scenario): TruthOptions =>
  scenario.inputs['network-mode'] === 'fabric' ? { mode: 'fabric' } : {};

test.each(scenarios.filter(isAboutTheWorld).map((scenario) => [scenario.name, scenario] as const))(
  '%s promises what is true',
  (_, scenario) => {
    const { world, findings } = scenario.situation();
    const { oneWay } = truth(world, told(scenario));
    const broken = oneWay.fail + oneWay.partial > 0;
    const verdict = broken
      ? 'fail'
      : oneWay.unknown > 0 || oneWay.total === 0
        ? 'unknown'
        : oneWay.pass > 0
          ? 'pass'
          : 'not-applicable';
    expect(scenario.expect.verdict).toBe(verdict);
    expect(findings.some(({ rule }) => !HYGIENE.includes(rule))).toBe(broken);
  },
);

test.each(
  scenarios.filter((scenario) => scenario.nodes !== undefined).map((scenario) => [scenario.name, scenario] as const),
)('%s can be built with as few and as many nodes as it says', (_, scenario) => {
  const { least, most } = scenario.nodes!;
  for (const count of [least, Math.min(most, 300)]) {
    expect(scenario.situation(count).world.cluster.nodes).toHaveLength(count);
  }
});
