/** The bundle plans and applies on Azure: approved by digest, killed in the middle of an operation, taken back. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { runAction } from '../../lab/runner/run-action.ts';
import type { RunOptions, RunResult } from '../../lab/runner/run-action.ts';
import type { Lab, LabOptions } from '../../lab/servers/index.ts';
import { startLab } from '../../lab/servers/index.ts';
import { azureCluster } from '../../lab/world/azure-cluster.ts';
import * as faults from '../../lab/world/faults.ts';
import * as azureFaults from '../../lab/world/faults/azure.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';
import type { Plan } from '../../src/model/planned.ts';
import { settled, withPlan } from '../contract/azure/changing.ts';
import { BUNDLE } from '../support/bundle.ts';
import { labPerTest } from '../support/lab-per-test.ts';

const ROLE = JSON.parse(
  await readFile(new URL('../../docs/permissions/azure-apply.json', import.meta.url), 'utf8'),
) as object;
const serve = labPerTest((options: LabOptions = {}) =>
  startLab(broken(), { writable: true, azureRole: ROLE, ...options }),
);

function broken(): World {
  const world = azureCluster({ name: 'apply', mode: 'host-gw', nodes: 4, subnets: 2 });
  const list = [
    azureFaults.azureForwardingOff(1),
    azureFaults.azureRouteMissing(2),
    azureFaults.azureWrongTarget(3, { node: 0 }),
    azureFaults.azureStaleRoute('10.244.77.0/24', [0], 1),
  ];
  return atMoment(faults.inject(world, ...list).world, new Date());
}

function step(lab: Lab, inputs: Record<string, string>, more: Partial<RunOptions> = {}): Promise<RunResult> {
  const kinds = { 'allow-changes': 'set-forwarding, create-route, replace-route, delete-route' };
  const all = { kubeconfig: lab.kubeconfig, ...lab.inputs, ...kinds, ...inputs };
  return runAction({ bundle: BUNDLE, env: lab.env, inputs: all, ...more });
}

/** The file and digest of a plan, as inputs that apply it. */
function approvalOf({ outputs }: RunResult, what: 'plan' | 'undo'): Record<string, string> {
  const [file = '', digest = ''] = [outputs[`${what}-file`], outputs[`${what}-digest`]];
  return { mode: 'apply', 'plan-file': file, 'plan-digest': digest };
}

async function planOf({ outputs }: RunResult): Promise<Plan> {
  return JSON.parse(await readFile(outputs['plan-file'] ?? '', 'utf8')) as Plan;
}

test('a broken world becomes whole in exactly the planned fields, and broken again by the undo', async () => {
  const lab = await serve();
  const before = structuredClone(lab.world);
  const planned = await step(lab, { mode: 'plan' });
  expect(lab.world).toEqual(before);
  const plan = await planOf(planned);
  expect(plan.changes.map(({ kind }) => kind)).toEqual([
    'set-forwarding',
    'create-route',
    'replace-route',
    'delete-route',
  ]);
  const applied = await step(lab, approvalOf(planned, 'plan'));
  expect(applied.outputs).toMatchObject({ verdict: 'pass', 'changes-applied': '4' });
  expect(applied.exitCode).toBe(0);
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
  const undone = await step(lab, approvalOf(applied, 'undo'));
  expect(undone.outputs).toMatchObject({ verdict: 'fail', 'changes-applied': '4' });
  expect(settled(lab.world)).toEqual(settled(before));
}, 120_000);

// An interface, a new route and a deletion.
test.each([1, 2, 4])(
  'killed while Azure is at request %i: the next run waits for that, and does the rest',
  async (write) => {
    let count = 0;
    let kill: ((signal: NodeJS.Signals) => void) | undefined;
    const lab = await serve({
      azurePolls: 3,
      onAnswer: ({ service, method }) => {
        if (service !== 'arm' || method === 'GET') return;
        count += 1;
        if (count === write) kill?.('SIGKILL');
      },
    });
    const before = structuredClone(lab.world);
    const planned = await step(lab, { mode: 'plan' });
    const approved = approvalOf(planned, 'plan');
    const killed = await step(lab, approved, { onStart: (by) => void (kill = by) });
    kill = undefined;
    expect(killed.exitCode).toBeNull();
    const next = await step(lab, approved);
    expect(next.outputs).toMatchObject({ verdict: 'pass', 'changes-applied': String(4 - write) });
    expect(next.exitCode).toBe(0);
    expect(settled(lab.world)).toEqual(withPlan(before, await planOf(planned)));
    expect(lab.requests().filter(({ write: asked }) => asked).length).toBe(4);
  },
  120_000,
);
