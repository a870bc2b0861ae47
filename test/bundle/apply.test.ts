/** The bundle in the modes plan and apply, against a lab that lets itself be changed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runAction } from '../../lab/runner/run-action.ts';
import type { LabOptions } from '../../lab/servers/index.ts';
import { startLab } from '../../lab/servers/index.ts';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import * as faults from '../../lab/world/faults.ts';
import { atMoment } from '../../lab/world/moment.ts';
import type { World } from '../../lab/world/world.ts';
import { settled, withPlan } from '../contract/aws/changing.ts';
import { BUNDLE, readReport } from '../support/bundle.ts';
import type { Changed } from '../support/bundle-changes.ts';
import { ALL_KINDS, planned, step, writes } from '../support/bundle-changes.ts';
import { labPerTest } from '../support/lab-per-test.ts';

const POLICY = JSON.parse(
  await readFile(new URL('../../docs/permissions/aws-apply.json', import.meta.url), 'utf8'),
) as object;
const serve = labPerTest((world: World, options: LabOptions = {}) =>
  startLab(world, { writable: true, iamPolicy: POLICY, ...options }),
);

function broken(): World {
  const world = ec2Cluster({ name: 'apply', mode: 'host-gw', nodes: 5, subnets: 2 });
  const list = [faults.checkOn(1), faults.routeMissing(2), faults.wrongTarget(3, { node: 0 })];
  return atMoment(faults.inject(world, ...list, faults.staleRoute('10.244.77.0/24', [0], 4)).world, new Date());
}

describe('plan, approve, apply, undo', () => {
  test('a broken world becomes whole in exactly the planned fields, and broken again by the undo', async () => {
    const lab = await serve(broken());
    const before = structuredClone(lab.world);
    const { plan, approved } = await planned(lab);
    expect(writes(lab)).toEqual([]);
    expect(lab.world).toEqual(before);

    const applied = await step(lab, approved);
    expect(new Set(applied.outcomes)).toEqual(new Set(['applied']));
    expect(applied.report.verdict).toBe('pass');
    expect(applied.result.exitCode).toBe(0);
    expect(applied.report.plan?.comparison).toMatchObject({ brokenAfter: 0 });
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    expect(applied.result.outputs).toMatchObject({
      changes: String(plan.changes.length),
      'changes-applied': String(plan.changes.length),
    });
    const journal = await readFile(applied.result.outputs['journal-file'] ?? '', 'utf8');
    expect(journal.match(/"event":"answered"/g)?.length).toBe(plan.changes.length);

    const { 'undo-file': undo = '', 'undo-digest': digest = '' } = applied.result.outputs;
    const undone = await step(lab, { mode: 'apply', ...ALL_KINDS, 'plan-file': undo, 'plan-digest': digest });
    expect(new Set(undone.outcomes)).toEqual(new Set(['applied']));
    expect(undone.report.verdict).toBe('fail');
    expect(settled(lab.world)).toEqual(settled(before));
  }, 120_000);

  test('with a digest and no file, what is found again is applied if it is what was approved', async () => {
    const lab = await serve(broken());
    const { plan } = await planned(lab);
    const wrong = await step(lab, { mode: 'apply', 'plan-digest': 'a'.repeat(64), ...ALL_KINDS });
    expect(wrong.report.plan?.refused).toContain(plan.digest);
    expect(wrong.result.exitCode).toBe(1);
    expect(writes(lab)).toEqual([]);
    const right = await step(lab, { mode: 'apply', 'plan-digest': plan.digest, ...ALL_KINDS });
    expect(new Set(right.outcomes)).toEqual(new Set(['applied']));
  }, 120_000);

  test('changes that are seen late are waited for', async () => {
    const lab = await serve(broken(), { lagReads: 2 });
    const { approved } = await planned(lab);
    const { report, outcomes } = await step(lab, approved);
    expect(new Set(outcomes)).toEqual(new Set(['applied']));
    expect(report.verdict).toBe('pass');
  }, 120_000);
});

describe('what is not applied', () => {
  test('a plan whose file was changed', async () => {
    const lab = await serve(broken());
    const { approved } = await planned(lab);
    const inputs = { kubeconfig: lab.kubeconfig, ...approved, 'plan-digest': 'b'.repeat(64) };
    const result = await runAction({ bundle: BUNDLE, env: lab.env, inputs });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/has the digest [0-9a-f]{64}, and plan-digest approves b+/);
    expect(writes(lab)).toEqual([]);
  }, 120_000);

  test('anything at all where the baseline is of another cluster: the report of it could not be written any more', async () => {
    const lab = await serve(broken());
    const { result, approved } = await planned(lab);
    const report = result.outputs['report-json'] ?? '';
    const foreign = (await readFile(report, 'utf8')).replace(/("cluster": \{\s*"id": ")[^"]*/, '$1another');
    await writeFile(report, foreign);
    const inputs = { kubeconfig: lab.kubeconfig, ...approved, baseline: report };
    const refused = await runAction({ bundle: BUNDLE, env: lab.env, inputs });
    expect(refused.stdout).toMatch(/is about cluster "another"/);
    expect(writes(lab)).toEqual([]);
  }, 120_000);

  test('a plan that the policy of the run does not allow as a whole', async () => {
    const lab = await serve(broken());
    const { approved } = await planned(lab);
    const { report, result } = await step(lab, { ...approved, 'allow-changes': 'set-forwarding' });
    expect(report.plan?.refused).toMatch(/is not allowed \(kind\)/);
    expect(result.exitCode).toBe(1);
    expect(writes(lab)).toEqual([]);
  }, 120_000);

  test('a change whose target is another by now: stale, the rest is made, and the step fails', async () => {
    const lab = await serve(broken());
    const { plan, approved } = await planned(lab);
    const change = plan.changes.find(({ kind }) => kind === 'create-route')!;
    const { table, prefix } = change.target as { table: string; prefix: string };
    const stranger = lab.world.aws[0]!.interfaces[0]!.id;
    lab.world.aws[0]!.routeTables.find(({ id }) => id === table)!.routes.push({
      destination: { cidr: prefix },
      target: { kind: 'interface', interfaceId: stranger },
      origin: 'CreateRoute',
    });
    const { report, outcomes, result } = await step(lab, approved);
    expect(outcomes.filter((kind) => kind !== 'applied')).toEqual(['stale']);
    expect(report.plan?.changes.find(({ outcome }) => outcome?.kind === 'stale')?.id).toBe(change.id);
    expect(result.exitCode).toBe(1);
  }, 120_000);

  test('without a right the change is denied by name, and what came before it stays', async () => {
    const lab = await serve(broken(), { deny: ['ec2:CreateRoute'] });
    const { approved } = await planned(lab);
    const { outcomes, result } = await step(lab, approved);
    expect([...new Set(outcomes)]).toEqual(['applied', 'denied', 'not-run']);
    expect(result.summary).toContain('ec2:CreateRoute');
    expect(result.exitCode).toBe(1);
  }, 120_000);
});

describe('mode check', () => {
  test('no writer exists: its code is not even loaded, and no request asks for a change', async () => {
    const lab = await serve(broken());
    const loads = async (mode: string): Promise<boolean> => {
      const { result } = await step(lab, { mode }, { recordLoads: true });
      const chunks = result.loaded.filter((url) => url.startsWith('file:') && url.endsWith('.index.js'));
      const texts = await Promise.all(chunks.map((url) => readFile(new URL(url), 'utf8')));
      return texts.some((text) => text.includes('EC2 takes no route to such a target'));
    };
    expect([await loads('check'), await loads('plan')]).toEqual([false, false]);
    expect(writes(lab)).toEqual([]);
    expect(await loads('apply')).toBe(true);
  }, 120_000);
});

describe('ended early', () => {
  /** `before`: the request is never carried out; `during`: it is, after the signal; `after`: it was answered. */
  interface Moment {
    readonly write: number;
    readonly phase: 'before' | 'during' | 'after';
    readonly signal: NodeJS.Signals;
  }

  const WRITE = /^(?:(?:Create|Replace|Delete)Route|ModifyNetworkInterfaceAttribute)$/;

  /** A lab in which a run of apply is ended at a moment, and a plan for it. */
  async function endedAt({ write, phase, signal }: Moment) {
    let count = 0;
    let kill: ((signal: NodeJS.Signals) => void) | undefined;
    const endIn = (now: Moment['phase']): boolean => {
      if (kill === undefined || count !== write || phase !== now) return false;
      kill(signal);
      return true;
    };
    const lab = await serve(broken(), {
      onRequest: ({ operation }) => {
        if (!WRITE.test(operation)) return;
        count += 1;
        endIn('during');
      },
      fail: ({ operation }) => (WRITE.test(operation) && endIn('before') ? 'before' : undefined),
      onAnswer: ({ body }) => {
        if (WRITE.test(/Action=(\w+)/.exec(body)?.[1] ?? '')) endIn('after');
      },
    });
    const before = structuredClone(lab.world);
    const { plan, approved } = await planned(lab);
    const inputs = { kubeconfig: lab.kubeconfig, ...lab.inputs, ...approved };
    const result = await runAction({ bundle: BUNDLE, env: lab.env, inputs, onStart: (by) => void (kill = by) });
    kill = undefined;
    return { lab, before, plan, approved, result };
  }

  // One of each kind.
  const WRITES = [1, 2, 3, 4];

  test('the plan has so many changes', async () => {
    const { plan } = await planned(await serve(broken()));
    expect(plan.changes.length).toBe(WRITES.length);
  }, 60_000);

  test.each(WRITES.flatMap((write) => (['before', 'after'] as const).map((phase) => [phase, write] as const)))(
    'killed %s request %i: the next run is right, nothing is done twice, and the journal told the truth',
    async (phase, write) => {
      const { lab, before, plan, approved, result } = await endedAt({ write, phase, signal: 'SIGKILL' });
      expect(result.exitCode).toBeNull();
      const name = `journal-${plan.digest.slice(0, 12)}.jsonl`;
      const journal = await readFile(join(result.workspace, 'pod-route-check-report', name), 'utf8');
      expect(journal.match(/"event":"sending"/g)?.length).toBe(write);
      const done = phase === 'after' ? write : write - 1;
      const next = await step(lab, approved);
      expect(next.outcomes).toEqual(plan.changes.map((_, index) => (index < done ? 'already' : 'applied')));
      expect(next.report.verdict).toBe('pass');
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
      const carriedOut = lab.requests().filter(({ write: asked, status }) => asked && status === 200);
      expect(carriedOut.length).toBe(plan.changes.length);
    },
    120_000,
  );

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: the request under way is finished and told, nothing more is begun, and the next run does the rest',
    async (signal) => {
      const { lab, plan, approved, result } = await endedAt({ write: 2, phase: 'during', signal });
      expect(result.exitCode).toBe(1);
      const report = JSON.parse(await readReport(result)) as Changed;
      const kinds = report.plan!.changes.map(({ outcome }) => outcome!.kind);
      expect(kinds).toEqual(plan.changes.map((_, index) => (index < 2 ? 'applied' : 'not-run')));
      expect(writes(lab).length).toBe(2);
      const next = await step(lab, approved);
      expect(next.outcomes.slice(0, 2)).toEqual(['already', 'already']);
      expect(writes(lab).length).toBe(plan.changes.length);
    },
    120_000,
  );
});

test('two at a time: each change is made once, and both end well', async () => {
  const lab = await serve(broken());
  const before = structuredClone(lab.world);
  const { plan, approved } = await planned(lab);
  const runs = await Promise.all([step(lab, approved), step(lab, approved)]);
  for (const { outcomes, report } of runs) {
    for (const kind of outcomes) expect(['applied', 'already']).toContain(kind);
    expect(report.verdict).toBe('pass');
  }
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
}, 120_000);
