/** The writer of Compute Engine against the lab: what is changed, with which rights, and what troubles come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import * as gceFaults from '../../../lab/world/faults/gce.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { kindsOf } from '../../support/applying.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { applyAgainst, planAgainst, settled, withPlan } from './changing.ts';
import { gceOf, leave, serveGce } from './expected.ts';

jest.setTimeout(120_000);

const serve = labPerTest(serveGce, leave);

interface Role {
  readonly includedPermissions: readonly string[];
}

const ROLE = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/gcp-apply.json', import.meta.url), 'utf8'),
) as Role;
const CHECK = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/gcp-check.json', import.meta.url), 'utf8'),
) as Role;

/** Every kind of change, both families; nothing of it leads to what is gone. */
function brokenWorld(options: Partial<Parameters<typeof gceCluster>[0]> = {}): World {
  const world = gceCluster({ name: 'writer', mode: 'host-gw', nodes: 6, subnets: 2, ipv6: true, ...options });
  // What the published description of the API does not name has to come through all the same.
  for (const { instances } of gceOf(world).projects) {
    for (const one of instances) one.undescribed = { afterTomorrow: { kept: true, list: [1, 'two'] } };
  }
  return faults.inject(
    world,
    gceFaults.gceForwardingOff(1),
    gceFaults.gceRouteMissing(2),
    gceFaults.gceRouteMissing(3, 6),
    gceFaults.gceWrongTarget(4, { node: 5 }),
    gceFaults.gceWrongTarget(0, { kind: 'internet' }),
    gceFaults.gceStaleRoute('10.244.77.0/24', 5),
  ).world;
}

async function prepared(
  options: LabOptions = {},
  world = brokenWorld(),
): Promise<{ lab: Lab; plan: Plan; before: World }> {
  const lab = await serve(world, { writable: true, ...options });
  const plan = await planAgainst(lab);
  return { lab, plan, before: structuredClone(lab.world) };
}

function writes(lab: Lab): { operation: string; status: number }[] {
  return lab.requests().filter(({ write }) => write);
}

describe('plan, apply, undo', () => {
  test.each<[string, World]>([
    ['by instances', brokenWorld()],
    ['by addresses', brokenWorld({ nextHop: 'ip' })],
    ['in a Shared VPC', brokenWorld({ hostProject: 'net-host' })],
  ])('%s: exactly the planned fields change, and the undo restores the whole world', async (_, world) => {
    const { lab, plan, before } = await prepared({ gceRole: ROLE }, world);
    expect(plan.withheld).toEqual([]);
    expect(new Set(plan.changes.map(({ kind }) => kind))).toEqual(
      new Set(['set-forwarding', 'create-route', 'replace-route', 'delete-route']),
    );
    const done = await applyAgainst(plan, lab);
    expect(done.outcomes.filter(({ kind }) => kind !== 'applied')).toEqual([]);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    // Nothing is left that the next plan would change.
    expect((await planAgainst(lab)).changes).toEqual([]);
    const undone = await applyAgainst(undoPlan(plan), lab);
    expect(undone.outcomes.filter(({ kind }) => kind !== 'applied')).toEqual([]);
    expect(settled(lab.world)).toEqual(settled(before));
    expect((await planAgainst(lab)).digest).toBe(plan.digest);
  });
});

/** One change of each kind. */
function smallWorld(): World {
  return faults.inject(
    gceCluster({ name: 'writer', mode: 'host-gw', nodes: 4, subnets: 2 }),
    gceFaults.gceForwardingOff(1),
    gceFaults.gceRouteMissing(2),
    gceFaults.gceWrongTarget(3, { node: 0 }),
    gceFaults.gceStaleRoute('10.244.77.0/24', 0),
  ).world;
}

test('again, and by two at a time: everything once', async () => {
  const { lab, plan, before } = await prepared({}, smallWorld());
  const [one, two] = await Promise.all([applyAgainst(plan, lab), applyAgainst(plan, lab)]);
  for (const { kind, reason } of [...one.outcomes, ...two.outcomes]) {
    expect(`${kind} ${reason ?? ''}`).toMatch(/^(?:applied|already) /);
  }
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
  const sent = writes(lab).length;
  expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['already']));
  expect(writes(lab).length).toBe(sent);
});

describe('a route that leads elsewhere', () => {
  /** Where packets for the range go, by the world's own routes. */
  function winners(world: World, prefix: string): string[] {
    const routes = gceOf(world).routes.filter(({ destRange }) => destRange === prefix);
    const best = Math.min(...routes.map(({ priority }) => priority));
    return routes.filter(({ priority }) => priority === best).map(({ target }) => JSON.stringify(target));
  }

  test.each([1000, 700, 1, 0])(
    'priority %i: at no moment without a route, and never back to the wrong one',
    async (priority) => {
      const world = smallWorld();
      const wrong = gceOf(world).routes.find(({ destRange }) => destRange === '10.244.3.0/24')!;
      Object.assign(wrong, { priority, tags: [], description: 'by hand' });
      const seen: string[][] = [];
      const lab = await serve(world, {
        writable: true,
        onRequest: (_, now) => void seen.push(winners(now, '10.244.3.0/24')),
      });
      const plan = await planAgainst(lab);
      const before = structuredClone(lab.world);
      await applyAgainst(plan, lab);
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
      const [former, latter] = [winners(before, '10.244.3.0/24')[0]!, winners(lab.world, '10.244.3.0/24')[0]!];
      const stages = seen.map((targets) =>
        targets.map((one) => (one === former ? 'former' : one === latter ? 'new' : one)),
      );
      expect(stages.every(({ length }) => length > 0)).toBe(true);
      const first = stages.findIndex((targets) => targets.includes('new'));
      expect(first).toBeGreaterThan(0);
      const steps = [...new Set(stages.map((targets) => [...new Set(targets)].sort().join('+')))];
      expect(steps).toEqual(priority === 0 ? ['former', 'former+new', 'new'] : ['former', 'new']);
      expect(gceOf(lab.world).routes.find(({ destRange }) => destRange === '10.244.3.0/24')).toMatchObject({
        name: wrong.name,
        priority,
        description: 'by hand',
      });
    },
  );
});

describe('killed at a request', () => {
  class Killed extends Error {}

  /** Runs the plan until its nth change of anything, and dies before or after that is sent. */
  async function runUntil(plan: Plan, lab: Lab, nth: number, phase: 'before' | 'after'): Promise<boolean> {
    let count = 0;
    const { outcomes } = await applyAgainst(plan, lab, (writer) => ({
      read: (change) => writer.read(change),
      write: (change, live, step) =>
        writer.write(change, live, async (request, send) => {
          count += 1;
          if (count === nth && phase === 'before') throw new Killed(request);
          const answer = await step(request, send);
          if (count === nth) throw new Killed(request);
          return answer;
        }),
    }));
    return outcomes.some(({ kind }) => kind === 'failed');
  }

  const places = [1, 2, 3, 4, 5, 6, 7].flatMap((nth) =>
    (['before', 'after'] as const).map((phase) => [nth, phase] as const),
  );

  test.each(places)(
    'number %i, %s it: the same plan, run again, does the rest, and its undo leads back from there',
    async (nth, phase) => {
      const { lab, plan, before } = await prepared({}, smallWorld());
      expect(plan.changes.length).toBe(4);
      expect(await runUntil(plan, lab, nth, phase)).toBe(true);
      const half = structuredClone(gceOf(lab.world));
      const back = await applyAgainst(undoPlan(plan), lab);
      expect(back.outcomes.filter(({ kind }) => kind !== 'applied' && kind !== 'already')).toEqual([]);
      expect(settled(lab.world)).toEqual(settled(before));
      lab.world.gce![0] = half;
      const { outcomes } = await applyAgainst(plan, lab);
      expect(outcomes.filter(({ kind }) => kind !== 'applied' && kind !== 'already')).toEqual([]);
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
    },
  );

  test('there is no eighth', async () => {
    const { lab, plan } = await prepared({}, smallWorld());
    expect(await runUntil(plan, lab, 8, 'before')).toBe(false);
  });
});

describe('rights', () => {
  const extra = ROLE.includedPermissions.filter((one) => !CHECK.includedPermissions.includes(one));
  const polls = extra.filter((one) => one.endsWith('Operations.get'));

  test('the role of apply is that of check and what changes something', () => {
    expect(ROLE.includedPermissions).toEqual(expect.arrayContaining([...CHECK.includedPermissions]));
    expect(extra.length).toBe(6);
  });

  test.each(extra.filter((one) => !polls.includes(one)))(
    'without %s that change is denied with its name, and the rest is left alone',
    async (permission) => {
      const { lab, plan } = await prepared({ gceRole: ROLE, gceDeny: [permission] }, smallWorld());
      const { outcomes } = await applyAgainst(plan, lab);
      const at = outcomes.findIndex(({ kind }) => kind === 'denied');
      expect(outcomes[at]).toMatchObject({ permission });
      expect(outcomes[at]?.reason).toContain('docs/permissions/gcp-apply.json');
      expect(new Set(outcomes.slice(0, at).map(({ kind }) => kind))).toEqual(new Set(at === 0 ? [] : ['applied']));
      expect(new Set(outcomes.slice(at + 1).map(({ kind }) => kind))).toEqual(
        new Set(at === outcomes.length - 1 ? [] : ['not-run']),
      );
    },
  );

  test.each(polls)('without %s the end of a change is told by its target alone', async (permission) => {
    const { lab, plan, before } = await prepared({ gceRole: ROLE, gceDeny: [permission] }, smallWorld());
    expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('who may insert and not delete is told what stands in now, and packets arrive', async () => {
    const world = faults.inject(
      gceCluster({ name: 'writer', mode: 'host-gw', nodes: 3 }),
      gceFaults.gceWrongTarget(1, { node: 0 }),
    ).world;
    const { lab, plan } = await prepared({ gceDeny: ['compute.routes.delete'] }, world);
    const { outcomes } = await applyAgainst(plan, lab);
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'denied', permission: 'compute.routes.delete' })]);
    expect(outcomes[0]?.reason).toMatch(/; manual-\d+-moving stands in for manual-\d+ meanwhile$/);
    expect((await planAgainst(lab)).changes.map(({ kind }) => kind)).not.toContain('replace-route');
  });

  test('with the role of check nothing can be changed', async () => {
    const { lab, plan, before } = await prepared({ gceRole: CHECK }, smallWorld());
    expect(kindsOf(await applyAgainst(plan, lab))[0]).toBe('denied');
    expect(lab.world).toEqual(before);
  });
});

function isChange(operation: string): boolean {
  return /^(?:instances\.update|routes\.(?:insert|delete)) /.test(operation);
}

describe('troubles', () => {
  test.each<[string, LabOptions]>([
    ['throttled on every second call', { throttleEvery: 2 }],
    ['operations that take long', { gcePolls: 25 }],
    ['operations that end at once', { gcePolls: 0 }],
    [
      'an internal error instead of every first change',
      { fail: ({ operation, count }) => (isChange(operation) && count === 1 ? 'before' : undefined) },
    ],
    [
      'an internal error after a change that did happen',
      { fail: ({ operation, count }) => (isChange(operation) && count % 2 === 1 ? 'after' : undefined) },
    ],
    [
      'a connection that breaks off after the change',
      { fail: ({ operation, count }) => (isChange(operation) && count % 2 === 1 ? 'cut' : undefined) },
    ],
    [
      'operations whose state is not told at first',
      { fail: ({ operation, count }) => (/Operations\.get/.test(operation) && count % 3 === 1 ? 'before' : undefined) },
    ],
  ])('%s: everything is made, once, and only what was planned', async (_, options) => {
    const { lab, plan, before } = await prepared(options);
    const { outcomes } = await applyAgainst(plan, lab);
    expect(
      new Set(outcomes.map(({ kind, reason }) => (kind === 'applied' ? kind : `${kind}: ${reason ?? ''}`))),
    ).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('nobody at the endpoint: nothing is claimed', async () => {
    const { lab, plan } = await prepared({}, smallWorld());
    const nowhere = { ...lab, inputs: { 'gcp-endpoint': 'https://127.0.0.1:9' } };
    const { outcomes, journal } = await applyAgainst({ ...plan, changes: plan.changes.slice(0, 1) }, nowhere);
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'failed', reason: expect.stringMatching(/cannot be reached/) }),
    ]);
    expect(journal.filter(({ event }) => event === 'sending')).toEqual([]);
  });

  test('a network that is full of routes refuses one more: told, and the rest is left alone', async () => {
    const world = smallWorld();
    const [network] = gceOf(world).networks;
    network!.staticRoutes = gceOf(world).routes.length;
    const { lab, plan } = await prepared({}, world);
    const { outcomes } = await applyAgainst(plan, lab);
    const created = outcomes[plan.changes.findIndex(({ kind }) => kind === 'create-route')];
    expect(created?.kind).toBe('failed');
    expect(created?.reason).toContain("Quota 'STATIC_ROUTES_PER_NETWORK' exceeded");
  });
});
