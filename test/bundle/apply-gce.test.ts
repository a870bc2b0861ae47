/** The bundle in the modes plan and apply, against a Compute Engine that lets itself be changed. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { runAction } from '../../lab/runner/run-action.ts';
import type { Lab, LabOptions } from '../../lab/servers/index.ts';
import { startLab } from '../../lab/servers/index.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';
import { settled, smallWorld, withPlan } from '../contract/gcp/changing.ts';
import { BUNDLE } from '../support/bundle.ts';
import { ALL_KINDS, planned, step, writes } from '../support/bundle-changes.ts';
import { labPerTest } from '../support/lab-per-test.ts';

const ROLE = JSON.parse(
  await readFile(new URL('../../docs/permissions/gcp-apply.json', import.meta.url), 'utf8'),
) as object;

const serve = labPerTest((world: World, options: LabOptions = {}) =>
  startLab(atMoment(world, new Date()), { writable: true, gceRole: ROLE, gcePolls: 1, ...options }),
);

/** smallWorld needs a request for each change but the replaced route, which needs four. */
const REQUESTS = 7;

test('a broken world becomes whole in exactly the planned fields, and broken again by the undo', async () => {
  const lab = await serve(smallWorld());
  const before = structuredClone(lab.world);
  const { plan, approved } = await planned(lab);
  expect(writes(lab)).toEqual([]);

  const applied = await step(lab, approved);
  expect(new Set(applied.outcomes)).toEqual(new Set(['applied']));
  expect(applied.report.verdict).toBe('pass');
  expect(applied.result.exitCode).toBe(0);
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
  const journal = await readFile(applied.result.outputs['journal-file'] ?? '', 'utf8');
  expect(journal.match(/"event":"answered"/g)?.length).toBe(REQUESTS);

  const { 'undo-file': undo = '', 'undo-digest': digest = '' } = applied.result.outputs;
  const undone = await step(lab, { mode: 'apply', ...ALL_KINDS, 'plan-file': undo, 'plan-digest': digest });
  expect(new Set(undone.outcomes)).toEqual(new Set(['applied']));
  expect(undone.report.verdict).toBe('fail');
  expect(settled(lab.world)).toEqual(settled(before));
}, 120_000);

const CHANGE = /^(?:instances\.update|routes\.(?:insert|delete)) /;

/** Ends a run of apply with the answer to its nth change of anything. */
async function killedAfter(nth: number): Promise<{ lab: Lab; before: World } & Awaited<ReturnType<typeof planned>>> {
  let count = 0;
  let kill: ((signal: NodeJS.Signals) => void) | undefined;
  const lab = await serve(smallWorld(), {
    onRequest: ({ operation }) => {
      if (!CHANGE.test(operation)) return;
      count += 1;
      if (count === nth) kill?.('SIGKILL');
    },
  });
  const before = structuredClone(lab.world);
  const made = await planned(lab);
  const inputs = { kubeconfig: lab.kubeconfig, ...lab.inputs, ...made.approved };
  const result = await runAction({ bundle: BUNDLE, env: lab.env, inputs, onStart: (by) => void (kill = by) });
  expect(result.exitCode).toBeNull();
  kill = undefined;
  return { lab, before, ...made };
}

// The four of the replaced route: its stand-in comes, it goes, it comes again, its stand-in goes.
test.each([3, 4, 5, 6])(
  'killed at request %i: the next run of the same plan does the rest',
  async (nth) => {
    const { lab, before, plan, approved } = await killedAfter(nth);
    const next = await step(lab, approved);
    for (const kind of next.outcomes) expect(['applied', 'already']).toContain(kind);
    expect(next.report.verdict).toBe('pass');
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  },
  120_000,
);

test('without a right the change is denied by name, and the rest is left alone', async () => {
  const lab = await serve(smallWorld(), { gceDeny: ['compute.routes.create'] });
  const { approved } = await planned(lab);
  const { outcomes, result } = await step(lab, approved);
  expect(outcomes).toEqual(['applied', 'denied', 'not-run', 'not-run']);
  expect(result.summary).toContain('compute.routes.create');
  expect(result.exitCode).toBe(1);
}, 120_000);
