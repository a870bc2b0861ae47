/** Which plan is run, and when none is: before anything could be changed. */
import { describe, expect, test } from '@jest/globals';
import * as faults from '../../../lab/world/faults.ts';
import { refuseEvent } from '../../../src/apply/guard.ts';
import { hasMoved, runPlan } from '../../../src/apply/run.ts';
import type { Config } from '../../../src/model/config.ts';
import { messageOf } from '../../../src/model/errors.ts';
import type { ChangeTarget, Outcome, Plan, PlannedChange, PlanReport } from '../../../src/model/planned.ts';
import { encodePlan } from '../../../src/plan/file.ts';
import { makePlan, sealPlan } from '../../../src/plan/plan.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import type { Ports, RunEvent } from '../../../src/ports.ts';
import { FakeFabric } from '../../support/fake-fabric.ts';
import { cluster } from '../../support/judging.ts';
import { planFor, type Planned } from '../../support/planning.ts';
import { countingClock, SILENT } from '../../support/quiet.ts';

const usual = planFor(cluster('host-gw'), [faults.checkOn(3), faults.routeMissing(2)]);

interface Desk {
  readonly fabric: FakeFabric;
  readonly files: Map<string, string>;
  /** Paths in the order in which they were written, `!` for each request sent. */
  readonly history: string[];
  run(config?: Partial<Config>): Promise<PlanReport>;
}

function deskFor({ input }: Planned = usual, refuse: (path: string) => boolean = () => false): Desk {
  const fabric = new FakeFabric(makePlan(input).changes);
  const files = new Map<string, string>();
  const history: string[] = [];
  fabric.onSend = (phase) => {
    if (phase === 'before') history.push('!');
  };
  const put = (path: string, text: string): Promise<string> => {
    if (refuse(path)) return Promise.reject(new Error('read-only'));
    files.set(path, text);
    history.push(path.replace(/-[0-9a-f]{12}/, ''));
    return Promise.resolve(path);
  };
  const ports = {
    clock: countingClock(),
    log: SILENT,
    files: {
      read: (path: string) => Promise.resolve(files.get(path) ?? ''),
      write: put,
      append: (path: string, text: string) => put(path, `${files.get(path) ?? ''}${text}`),
    },
    writable: ['aws'],
    changing: { writer: () => Promise.resolve(fabric), interrupted: new AbortController().signal },
  } as unknown as Ports;
  const { snapshot, judgement, accepted, policy, version } = input;
  const base = { mode: 'apply', reportDir: 'r', timeoutMs: 600_000, policy };
  return {
    fabric,
    files,
    history,
    run: (config = {}) =>
      runPlan(
        { config: { ...base, ...config } as Config, snapshot, judgement, accepted, version, deadline: 600_000 },
        ports,
      ),
  };
}

function approved(desk: Desk, plan: Plan): Partial<Config> {
  desk.files.set('p.json', encodePlan(plan));
  return { planFile: 'p.json', planDigest: plan.digest };
}

test('mode plan writes the plan, and nothing else', async () => {
  const desk = deskFor();
  const report = await desk.run({ mode: 'plan', planFile: 'here.json' });
  expect(desk.files.get('here.json')).toBe(encodePlan(usual.plan));
  expect([report.outcomes, desk.fabric.sent, [...desk.files.keys()]]).toEqual([undefined, [], ['here.json']]);
});

test('plan and undo file are written before the first request, and the journal before each', async () => {
  const desk = deskFor();
  const report = await desk.run();
  expect(desk.history.indexOf('r/undo.json')).toBeLessThan(desk.history.indexOf('!'));
  expect(desk.history.indexOf('r/plan.json')).toBeLessThan(desk.history.indexOf('!'));
  for (const [index, entry] of desk.history.entries()) {
    if (entry === '!') expect(desk.history[index - 1]).toBe('r/journal.jsonl');
  }
  expect(JSON.parse(desk.files.get(report.undoFile ?? '') ?? '')).toMatchObject({
    purpose: 'undo',
    digest: report.undoDigest,
  });
});

describe('a plan from a file', () => {
  test('is run as it is, also when it was found with a wider policy of kinds that this run allows too', async () => {
    const desk = deskFor();
    const { outcomes } = await desk.run(approved(desk, usual.plan));
    expect(outcomes?.map(({ kind }) => kind)).toEqual(usual.plan.changes.map(() => 'applied'));
  });

  test('an undo file is run as a plan, and passes the policy like any other', async () => {
    const desk = deskFor();
    await desk.run();
    const undo = undoPlan(usual.plan);
    const refused = await desk.run(approved(desk, undo));
    expect(refused.refused).toMatch(/is not allowed \(kind\): allow-changes does not name delete-route/);
    const policy = { ...usual.input.policy, kinds: ['set-forwarding', 'delete-route'] as const };
    const { outcomes } = await desk.run({ ...approved(desk, undo), policy });
    expect(new Set(outcomes?.map(({ kind }) => kind))).toEqual(new Set(['applied']));
  });

  test.each<[string, Partial<Config['policy']>, RegExp]>([
    ['a kind that this run does not allow', { kinds: [] }, /\(kind\)/],
    ['more than this run allows', { most: 1 }, /holds \d+ changes, and max-changes is 1/],
    ['a node that this run excludes', { excludedNodes: ['worker-04'] }, /\(node\)/],
  ])('with %s is not run at all', async (_, policy, says) => {
    const desk = deskFor();
    const config = { ...approved(desk, usual.plan), policy: { ...usual.input.policy, ...policy } };
    const { refused, outcomes } = await desk.run(config);
    expect(refused).toMatch(says);
    expect(new Set(outcomes?.map(({ kind }) => kind))).toEqual(new Set(['not-run']));
    expect(desk.fabric.sent).toEqual([]);
    expect([...desk.files.keys()]).toEqual(['p.json']);
  });

  test.each<[string, Planned, RegExp]>([
    [
      'a gap where it would change something',
      withSnapshot({ gaps: [{ facet: 'routes', subject: 'route tables', reason: 'denied' }] }),
      /\(gap\): route tables could not be read/,
    ],
    ['no node', { ...usual, input: { ...usual.input, judgement: { ...usual.input.judgement, nodes: [] } } }, /no node/],
  ])('with %s is not run at all', async (_, planned, says) => {
    const desk = deskFor(planned);
    const { refused } = await desk.run(approved(desk, usual.plan));
    expect(refused).toMatch(says);
    expect(desk.fabric.sent).toEqual([]);
  });

  const deletion = planFor(cluster('host-gw'), [faults.staleRoute('10.244.77.0/24', [0], 6)], {
    kinds: ['delete-route'],
  });

  test.each<[string, (change: PlannedChange) => Partial<PlannedChange>, RegExp]>([
    [
      'a default route',
      ({ target }) => ({ target: { ...target, prefix: '0.0.0.0/0' } as ChangeTarget }),
      /it is a default route/,
    ],
    [
      'a range that is not the pods’',
      ({ target }) => ({ target: { ...target, prefix: '172.31.0.0/24' } as ChangeTarget }),
      /172\.31\.0\.0\/24 is not in the cluster's pod ranges/,
    ],
    [
      'a target that nobody knows',
      () => ({ before: { kind: 'route', to: { kind: 'unknown', text: 'x' } } }),
      /what the route leads to is not known/,
    ],
  ])('that touches %s is not run, whoever approved it', async (_, forge, says) => {
    const [change] = deletion.plan.changes;
    const forged = sealPlan({ ...deletion.plan, changes: [{ ...change!, ...forge(change!) }] });
    const desk = deskFor(deletion);
    expect((await desk.run(approved(desk, forged))).refused).toMatch(says);
    expect(desk.fabric.sent).toEqual([]);
    expect((await desk.run(approved(desk, deletion.plan))).refused).toBeUndefined();
  });

  test('about a node that is gone is stale there, and run for the rest', async () => {
    const nodes = usual.input.judgement.nodes.filter(({ name }) => name !== 'worker-04');
    const planned = { ...usual, input: { ...usual.input, judgement: { ...usual.input.judgement, nodes } } };
    const desk = deskFor(planned);
    const { outcomes, refused } = await desk.run(approved(desk, usual.plan));
    expect(refused).toBeUndefined();
    expect(outcomes?.map(({ kind, reason }) => reason ?? kind)).toEqual(
      usual.plan.changes.map(({ kind }) =>
        kind === 'set-forwarding' ? 'node worker-04 is not there any more' : 'applied',
      ),
    );
  });

  test('for another cluster is refused', async () => {
    const desk = deskFor(withSnapshot({ cluster: { ...usual.input.snapshot.cluster, id: 'other' } }));
    await expect(desk.run(approved(desk, usual.plan))).rejects.toThrow(/is about cluster .*, and this is other/);
    expect(desk.fabric.sent).toEqual([]);
  });
});

function withSnapshot(change: Partial<Planned['input']['snapshot']>): Planned {
  return { ...usual, input: { ...usual.input, snapshot: { ...usual.input.snapshot, ...change } } };
}

test('a digest without a file approves what is found now, and nothing else', async () => {
  const desk = deskFor();
  const { refused } = await desk.run({ planDigest: 'a'.repeat(64) });
  expect(refused).toContain(usual.plan.digest);
  expect(desk.fabric.sent).toEqual([]);
  expect((await desk.run({ planDigest: usual.plan.digest })).refused).toBeUndefined();
});

test.each(['undo', 'journal'])('where the %s cannot be written, nothing is changed', async (name) => {
  const desk = deskFor(usual, (path) => path.includes(name));
  await expect(desk.run()).rejects.toThrow(/Nothing was changed, because the way back could not be written down first/);
  expect(desk.fabric.sent).toEqual([]);
});

test('an empty plan writes no undo', async () => {
  const desk = deskFor(planFor(cluster('host-gw'), []));
  expect(await desk.run()).toMatchObject({ outcomes: [] });
  expect(desk.history).toEqual([]);
});

test.each<[Outcome['kind'], boolean]>([
  ['applied', true],
  ['already', true],
  ['stale', true],
  ['failed', true],
  ['denied', false],
  ['not-run', false],
])('after %s things are judged again: %s', (kind, expected) => {
  expect(hasMoved({ plan: usual.plan, outcomes: [{ id: 'x', kind }] })).toBe(expected);
});

describe('events', () => {
  const event = (name: string, isUntrusted: boolean): RunEvent => ({ name, isUntrusted });

  test.each<[string, RunEvent | undefined, boolean]>([
    ['a pull request from a fork', event('pull_request', true), true],
    ['pull_request_target', event('pull_request_target', true), true],
    ['pull_request_target, whoever says that it may be trusted', event('pull_request_target', false), true],
    ['a comment on a pull request', event('issue_comment', true), true],
    ['a pull request of the repository itself', event('pull_request', false), false],
    ['a push', event('push', false), false],
    ['a terminal', undefined, false],
  ])('%s', (_, started, isRefused) => {
    const refused = refuseEvent({ mode: 'apply' } as Config, started);
    expect(refused !== undefined).toBe(isRefused);
    if (refused !== undefined) expect(messageOf(refused)).toMatch(/^mode: apply is refused on this event/);
    for (const mode of ['check', 'plan'] as const) expect(refuseEvent({ mode } as Config, started)).toBeUndefined();
  });
});
