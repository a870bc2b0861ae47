import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as faults from '../../../lab/world/faults.ts';
import { applyPlan } from '../../../src/apply/apply.ts';
import { Journal } from '../../../src/apply/journal.ts';
import type { Outcome, Plan, PlannedChange } from '../../../src/model/planned.ts';
import { isSameState, targetKey } from '../../../src/plan/state.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import type { Clock, FabricWriter, Files } from '../../../src/ports.ts';
import { FakeFabric, Killed, type Answer } from '../../support/fake-fabric.ts';
import { cluster } from '../../support/judging.ts';
import { planFor } from '../../support/planning.ts';
import { SILENT } from '../../support/quiet.ts';

const { plan } = planFor(
  cluster('host-gw'),
  [
    faults.checkOn(3),
    faults.routeMissing(2),
    faults.wrongTarget(1, { node: 5 }),
    faults.staleRoute('10.244.77.0/24', [0], 6),
  ],
  { kinds: ['set-forwarding', 'create-route', 'replace-route', 'delete-route'] },
);
const first = plan.changes[0]!;
const alone: Plan = { ...plan, changes: [first] };

interface Run {
  readonly outcomes: readonly Outcome[];
  readonly journal: readonly Record<string, string>[];
  readonly slept: number;
}

interface RunOptions {
  readonly drift?: (change: PlannedChange) => string | undefined;
  readonly interrupted?: AbortSignal;
  readonly deadline?: number;
  readonly append?: Files['append'];
  readonly clock?: Clock;
}

/** Time passes by sleeping alone. */
async function run(fabric: FabricWriter, which: Plan = plan, options: RunOptions = {}): Promise<Run> {
  const lines: string[] = [];
  let now = 0;
  const clock: Clock = options.clock ?? {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };
  const append = options.append ?? ((path: string, text: string) => Promise.resolve((lines.push(text), path)));
  const files = { append } as unknown as Files;
  const outcomes = await applyPlan(which, {
    writer: () => Promise.resolve(fabric),
    drift: options.drift ?? (() => undefined),
    clock,
    log: SILENT,
    journal: new Journal('journal.jsonl', { files, clock, log: SILENT }),
    interrupted: options.interrupted ?? new AbortController().signal,
    deadline: options.deadline ?? 3_600_000,
  });
  const journal = lines.map((line) => JSON.parse(line) as Record<string, string>);
  return { outcomes, journal, slept: now };
}

function kindsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ kind }) => kind);
}

test('everything is done in the order of the plan, once, and written down before and after', async () => {
  const fabric = new FakeFabric(plan.changes);
  const { outcomes, journal } = await run(fabric);
  expect(new Set(kindsOf(outcomes))).toEqual(new Set(['applied']));
  expect(fabric.done).toEqual(plan.changes.map(({ id }) => id));
  expect(journal.map(({ event, change }) => `${event!} ${change!}`)).toEqual(
    plan.changes.flatMap(({ id }) => [`sending ${id}`, `answered ${id}`, `outcome ${id}`]),
  );
});

test('a second run finds everything done, and sends nothing; the undo restores every state', async () => {
  const fabric = new FakeFabric(plan.changes);
  const before = new Map(fabric.states);
  await run(fabric);
  const again = await run(fabric);
  expect(new Set(kindsOf(again.outcomes))).toEqual(new Set(['already']));
  expect(fabric.sent.length).toBe(plan.changes.length);
  await run(fabric, undoPlan(plan));
  expect(fabric.states).toEqual(before);
});

describe('what one request can come to', () => {
  const other = { kind: 'absent' } as const;

  test.each<[string, Answer[], string, string[]]>([
    ['done', ['ok'], 'applied', ['sent']],
    ['done, seen later', ['lag'], 'applied', ['sent']],
    ['done, and no answer', ['lost'], 'applied', ['sent']],
    ['not done, and no answer', ['broken', 'ok'], 'applied', ['sent', 'sent']],
    ['busy, twice', ['busy', 'busy', 'ok'], 'applied', ['sent', 'sent', 'sent']],
    ['busy for ever', Array<Answer>(12).fill('busy'), 'failed', Array<string>(10).fill('sent')],
    ['no answer, and then refused because it was done', ['lost', 'conflict'], 'applied', ['sent']],
    ['denied', ['denied'], 'denied', ['sent']],
    ['refused', ['refused'], 'failed', ['sent']],
    ['no answer, then denied', ['broken', 'denied'], 'denied', ['sent', 'sent']],
    [
      'done, no answer, seen late, and the second request is denied',
      ['late', 'broken', 'denied'],
      'applied',
      ['sent', 'sent', 'sent'],
    ],
  ])('%s', async (_, script, kind, sent) => {
    const fabric = new FakeFabric(alone.changes);
    fabric.script = script;
    const { outcomes } = await run(fabric, alone);
    expect(kindsOf(outcomes)).toEqual([kind]);
    expect(fabric.sent.map(() => 'sent')).toEqual(sent);
    expect(fabric.done.length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['a reading that the API would notice to be outdated counts as long as it takes', {}, 1, 9_000],
    ['any other is made anew', undefined, 2, 9_000],
  ])('asked to wait: %s', async (_, token, readings, slept) => {
    const fabric = new FakeFabric(alone.changes);
    const write = fabric.write.bind(fabric);
    let read = 0;
    const writer: FabricWriter = {
      read: async (change) => {
        if (fabric.done.length === 0) read += 1;
        return { ...(await fabric.read(change)), ...(token === undefined ? {} : { token }) };
      },
      write: async (...given) => {
        const answer = await write(...given);
        return answer === 'done' ? answer : { ...answer, waitMs: 9_000 };
      },
    };
    fabric.script = ['busy', 'ok'];
    const result = await run(writer, alone);
    expect([kindsOf(result.outcomes), read, result.slept]).toEqual([['applied'], readings, slept]);
  });

  test('somebody else does the same between reading and writing: already', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.script = ['conflict'];
    fabric.onSend = (phase) => {
      if (phase === 'before') fabric.states.set(targetKey(first.target), first.after);
    };
    expect(kindsOf((await run(fabric, alone)).outcomes)).toEqual(['already']);
  });

  test('somebody else does something else between reading and writing, and the API sees it: stale', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.script = ['conflict'];
    fabric.onSend = () => fabric.states.set(targetKey(first.target), other);
    const { outcomes } = await run(fabric, alone);
    expect(outcomes).toEqual([
      expect.objectContaining({
        kind: 'stale',
        reason: expect.stringMatching(/^it is not there now, and was forwarding off/),
      }),
    ]);
    expect(fabric.done).toEqual([]);
  });

  test('somebody changes it right after: that is said, and not hidden', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.onSend = (phase) => {
      if (phase === 'after') fabric.states.set(targetKey(first.target), other);
    };
    const { outcomes } = await run(fabric, alone);
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'failed', reason: expect.stringMatching(/somebody has changed it since/) }),
    ]);
  });

  test('accepted, and never seen: given up after a minute', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.onSend = (phase) => {
      if (phase === 'after') fabric.states.set(targetKey(first.target), first.before);
    };
    const { outcomes, slept } = await run(fabric, alone);
    expect(kindsOf(outcomes)).toEqual(['failed']);
    expect(slept).toBeGreaterThanOrEqual(60_000);
    expect(slept).toBeLessThan(120_000);
  });

  test.each([
    ['it is different now', { state: other }],
    ['its surroundings are different now', { drift: 'the interface is gone' }],
  ])('%s: stale, and nothing is sent', async (_, { state, drift }: { state?: typeof other; drift?: string }) => {
    const fabric = new FakeFabric(alone.changes);
    if (state !== undefined) fabric.states.set(targetKey(first.target), state);
    fabric.drift = drift;
    expect(kindsOf((await run(fabric, alone)).outcomes)).toEqual(['stale']);
    expect(fabric.sent).toEqual([]);
  });

  test('it cannot be read: tried again while that may pass, else told with the permission', async () => {
    const passing = new FakeFabric(alone.changes);
    passing.readings = [
      { trouble: 'busy', reason: 'busy', waitMs: 30_000 },
      { trouble: 'unclear', reason: 'x' },
    ];
    const { outcomes, slept } = await run(passing, alone);
    expect([kindsOf(outcomes), slept]).toEqual([['applied'], 32_000]);
    const denied = new FakeFabric(alone.changes);
    denied.readings = [{ trouble: 'denied', reason: 'may not', permission: 'read' }];
    expect((await run(denied, alone)).outcomes).toEqual([
      { id: first.id, kind: 'denied', reason: 'may not', permission: 'read' },
    ]);
    expect(denied.sent).toEqual([]);
  });
});

describe('what ends a run', () => {
  test.each<Answer>(['denied', 'refused'])('%s ends its cloud', async (answer) => {
    const fabric = new FakeFabric(plan.changes);
    fabric.script = ['ok', answer];
    const { outcomes } = await run(fabric);
    const [one, two, ...rest] = kindsOf(outcomes);
    expect([one, two]).toEqual(['applied', answer === 'denied' ? 'denied' : 'failed']);
    expect(new Set(rest)).toEqual(new Set(['not-run']));
    expect(fabric.sent.length).toBe(2);
  });

  test('another cloud goes on, and so does what is only stale', async () => {
    const elsewhere = plan.changes.map((change, index): PlannedChange =>
      index === 0 ? change : { ...change, place: { cloud: 'gcp', project: 'p' } },
    );
    const fabric = new FakeFabric(elsewhere);
    fabric.script = ['denied'];
    const { outcomes } = await run(
      fabric,
      { ...plan, changes: elsewhere },
      {
        drift: ({ id }) => (id === elsewhere[1]!.id ? 'the node is gone' : undefined),
      },
    );
    const [one, two, ...rest] = kindsOf(outcomes);
    expect([one, two, ...new Set(rest)]).toEqual(['denied', 'stale', 'applied']);
  });

  test('a signal: the request under way is finished and seen, the rest is not begun', async () => {
    const fabric = new FakeFabric(plan.changes);
    const controller = new AbortController();
    fabric.onSend = (phase) => {
      if (phase === 'after' && fabric.sent.length === 2) controller.abort();
    };
    const { outcomes } = await run(fabric, plan, { interrupted: controller.signal });
    const [one, two, ...rest] = kindsOf(outcomes);
    expect([one, two, ...new Set(rest)]).toEqual(['applied', 'applied', 'not-run']);
    expect(fabric.sent.length).toBe(2);
  });

  test('a signal while an answer is awaited: nothing is claimed that is not known', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.script = ['broken'];
    const controller = new AbortController();
    fabric.onSend = () => controller.abort();
    const { outcomes } = await run(fabric, alone, { interrupted: controller.signal });
    expect(outcomes).toEqual([
      expect.objectContaining({
        kind: 'failed',
        reason: expect.stringMatching(/whether the last request was carried out is not known/),
      }),
    ]);
  });

  test('a signal while it waits: the waiting is over at once', async () => {
    const fabric = new FakeFabric(alone.changes);
    fabric.script = ['busy', 'busy'];
    const controller = new AbortController();
    const sleeping: Clock = { now: () => 0, sleep: () => new Promise(() => setImmediate(() => controller.abort())) };
    const { outcomes } = await run(fabric, alone, { interrupted: controller.signal, clock: sleeping });
    expect(kindsOf(outcomes)).toEqual(['not-run']);
    expect(fabric.sent.length).toBe(2);
  });

  test('the end of its time', async () => {
    const { outcomes } = await run(new FakeFabric(plan.changes), plan, { deadline: 0 });
    expect(new Set(outcomes.map(({ kind, reason }) => `${kind}: ${reason ?? ''}`))).toEqual(
      new Set(["not-run: the run's time was over (input timeout)"]),
    );
  });

  test('a journal that cannot be written: nothing is sent', async () => {
    const fabric = new FakeFabric(alone.changes);
    const { outcomes } = await run(fabric, alone, { append: () => Promise.reject(new Error('disk full')) });
    expect(outcomes).toEqual([{ id: first.id, kind: 'failed', reason: 'it was given up: disk full' }]);
    expect(fabric.sent).toEqual([]);
  });
});

describe('killed at every request', () => {
  const moments = plan.changes.flatMap(({ id }) => (['before', 'after'] as const).map((phase) => [phase, id] as const));

  test.each(moments)(
    '%s %s: the next run is right, nothing is done twice, and the journal told the truth',
    async (phase, id) => {
      const fabric = new FakeFabric(plan.changes);
      const lines: string[] = [];
      fabric.onSend = (now, change) => {
        if (now === phase && change === id) throw new Killed();
      };
      // A process that is gone writes nothing any more, neither journal nor report.
      let isDead = false;
      const append = (path: string, text: string): Promise<string> => {
        if (isDead) return new Promise(() => undefined);
        lines.push(text);
        return Promise.resolve(path);
      };
      const dying = run(fabric, plan, { append });
      const death = new Promise<void>((resolve) => {
        const { onSend } = fabric;
        fabric.onSend = (now, change) => {
          try {
            onSend(now, change);
          } catch (error) {
            isDead = true;
            resolve();
            throw error;
          }
        };
      });
      await Promise.race([dying, death]);
      const sending = lines
        .map((line) => JSON.parse(line) as Record<string, string>)
        .filter(({ event }) => event === 'sending');
      expect(sending.at(-1)?.['change']).toBe(id);
      expect(sending.length).toBeGreaterThanOrEqual(fabric.done.length);
      fabric.onSend = () => undefined;
      const done = [...fabric.done];
      const next = await run(fabric);
      expect(kindsOf(next.outcomes)).toEqual(
        plan.changes.map((change) => (done.includes(change.id) ? 'already' : 'applied')),
      );
      expect(fabric.done).toEqual(plan.changes.map((change) => change.id));
    },
  );
});

test('two runs side by side: each change is made once, and both know it', async () => {
  const fabric = new FakeFabric(plan.changes);
  const [one, two] = await Promise.all([run(fabric), run(fabric)]);
  for (const [index] of plan.changes.entries()) {
    const pair = [one.outcomes[index]!.kind, two.outcomes[index]!.kind];
    expect(['applied', 'already']).toEqual(expect.arrayContaining(pair));
  }
  for (const { target, after } of plan.changes) {
    expect(isSameState(fabric.states.get(targetKey(target))!, after)).toBe(true);
  }
});

test('whatever the answers are, an outcome says what is there', async () => {
  const answers = fc.constantFrom<Answer>('ok', 'lost', 'broken', 'busy', 'conflict', 'denied', 'refused', 'lag');
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { maxLength: 12 }), async (script) => {
      const fabric = new FakeFabric(plan.changes);
      fabric.script = script;
      const { outcomes } = await run(fabric);
      expect(new Set(fabric.done).size).toBe(fabric.done.length);
      for (const [index, { kind }] of outcomes.entries()) {
        const { target, before, after } = plan.changes[index]!;
        const state = fabric.states.get(targetKey(target))!;
        if (kind === 'applied' || kind === 'already') expect(isSameState(state, after)).toBe(true);
        else expect(isSameState(state, before)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
