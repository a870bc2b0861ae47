/** Runs the bundle in a scenario: servers over its world, the step's inputs, and what came out. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runAction } from '../runner/run-action.ts';
import type { RunOptions, RunResult } from '../runner/run-action.ts';
import { startLab } from '../servers/index.ts';
import type { Lab, LabOptions } from '../servers/index.ts';
import { atMoment } from '../world/moment.ts';
import type { Scenario, Situation } from './scenario.ts';

export interface ScenarioRun {
  situation: Situation;
  result: RunResult;
  /** Requests that the servers got, of the earlier run too in a replay. */
  requests: ReturnType<Lab['requests']>;
}

export interface ScenarioOptions extends Pick<RunOptions, 'bundle' | 'onOutput' | 'recordLoads' | 'timeoutMs'> {
  nodes?: number;
  /** On top of the scenario's. */
  inputs?: Record<string, string>;
  lab?: LabOptions;
}

function labOptions(scenario: Scenario): LabOptions {
  const { deny, gceDeny, azureDeny, kubeDeny, expiredToken } = scenario;
  return {
    ...(deny === undefined ? {} : { deny }),
    ...(gceDeny === undefined ? {} : { gceDeny }),
    ...(azureDeny === undefined ? {} : { azureDeny }),
    ...(kubeDeny === undefined ? {} : { kubeDeny }),
    ...(expiredToken === undefined ? {} : { expiredToken }),
  };
}

/** The lab's kubeconfig, or one of the same form that leads to a port on which nobody listens. */
function kubeconfigOf(scenario: Scenario, lab: Lab): string {
  if (scenario.apiUnreachable !== true) return lab.kubeconfig;
  return lab.kubeconfigText.replace(/^(\s*server:).*$/m, '$1 https://127.0.0.1:9');
}

/** Inputs for the files that somebody collected on the nodes. */
async function guestInputs({ guestFiles }: Situation, parent: string): Promise<Record<string, string>> {
  if (guestFiles === undefined) return {};
  const folder = join(parent, 'guests');
  await mkdir(folder);
  for (const [name, content] of Object.entries(guestFiles(new Date()))) await writeFile(join(folder, name), content);
  return { guests: 'files', 'guest-files': folder };
}

/** Inputs for what routers print. */
async function routerInputs({ routerFiles }: Situation, parent: string): Promise<Record<string, string>> {
  if (routerFiles === undefined) return {};
  const folder = join(parent, 'routers');
  await mkdir(folder);
  for (const [name, content] of Object.entries(routerFiles())) await writeFile(join(folder, name), content);
  return { 'fabric-routes': folder };
}

/** @throws Error when the lab or the bundle could not run at all; a failing step is a result. */
export async function runScenario(scenario: Scenario, options: ScenarioOptions): Promise<ScenarioRun> {
  const situation = scenario.situation(options.nodes);
  const world = atMoment(situation.world, new Date());
  const lab = await startLab(world, { ...labOptions(scenario), ...options.lab });
  const folder = await mkdtemp(join(tmpdir(), 'pod-route-check-scenario-'));
  const { nodes: _nodes, lab: _lab, inputs: more, ...run } = options;
  try {
    const collected = { ...(await guestInputs(situation, folder)), ...(await routerInputs(situation, folder)) };
    const inputs = { ...scenario.inputs, ...collected, ...more };
    const live = {
      env: { ...lab.env, ...scenario.env },
      inputs: { ...lab.inputs, ...inputs, kubeconfig: kubeconfigOf(scenario, lab) },
    };
    if (scenario.replay !== true) {
      const result = await runAction({ ...run, ...live });
      return { situation, result, requests: lab.requests() };
    }
    const snapshot = join(folder, 'snapshot.json');
    const { bundle } = run;
    const first = await runAction({ bundle, ...live, inputs: { ...live.inputs, 'save-snapshot': snapshot } });
    await first.remove();
    const result = await runAction({ ...run, inputs: { ...inputs, snapshot } });
    return { situation, result, requests: lab.requests() };
  } finally {
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
