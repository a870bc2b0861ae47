import { afterAll, expect, test } from '@jest/globals';
import { runScenario } from '../../lab/scenarios/run-scenario.ts';
import { scenarios } from '../../lab/scenarios/registry.ts';
import { BUNDLE, readReport } from '../support/bundle.ts';
import type { Report } from '../support/bundle.ts';
import { expectExactly } from '../support/judging.ts';

const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(cleanups.map((remove) => remove()));
});

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s: verdict, step and findings are what the situation calls for, and nothing was written',
  async (_, scenario) => {
    const { result, requests, situation } = await runScenario(scenario, { bundle: BUNDLE });
    cleanups.push(result.remove);
    expect({ verdict: result.outputs['verdict'], step: result.exitCode === 0 ? 'pass' : 'fail' }).toEqual(
      scenario.expect,
    );
    expect(requests.filter((request) => request.write)).toEqual([]);
    const report = JSON.parse(await readReport(result)) as Report;
    const failing = report.findings.filter((finding) => finding.verdict === 'fail');
    expectExactly(
      failing as never,
      situation.findings.filter((finding) => finding.verdict === 'fail'),
    );
    // The first line says what is wrong; a run that says nothing is no help at all.
    expect(result.summary.split('\n').find((line) => line !== '')).toMatch(/pass|fail|unknown|not applicable/i);
  },
  60_000,
);
