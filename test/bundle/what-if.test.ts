import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ec2HostGw, ec2Healthy } from '../../lab/scenarios/host-gw.ts';
import { runScenario } from '../../lab/scenarios/run-scenario.ts';
import { BUNDLE, readReport } from '../support/bundle.ts';
import type { Report } from '../support/bundle.ts';
import { expectExactly } from '../support/judging.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-route-check-plan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// A cluster without a fault is read once, one with faults twice, and what is planned is in neither reading.
test.each([ec2Healthy, ec2HostGw].map((scenario) => [scenario.name, scenario] as const))(
  '%s with three more nodes: the findings are those of the present cluster, and every planned path is judged',
  async (_, scenario) => {
    const plan = join(folder, `${scenario.name}.yml`);
    await writeFile(plan, 'pools: [{ name: more, count: 3, forwarding: on }]\n');
    const { result, requests, situation } = await runScenario(scenario, {
      bundle: BUNDLE,
      inputs: { 'what-if': plan },
    });
    const report = JSON.parse(await readReport(result)) as Report;
    expect(report.verdict).toBe(scenario.expect.verdict);
    expectExactly(report.findings as never, situation.findings);
    expect(report.pairs).toMatchObject({ total: 15 * 14, unknown: 0 });
    expect(result.summary).toContain('3 of them only planned');
    expect(requests.filter(({ write }) => write)).toEqual([]);
    await result.remove();
  },
  60_000,
);
