/** The writer of Compute Engine against the lab: what is changed, with which rights, and what troubles come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import * as gceFaults from '../../../lab/world/faults/gce.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { kindsOf } from '../../support/applying.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { applyAgainst, brokenWorld, planAgainst, prepare, settled, smallWorld, withPlan } from './changing.ts';
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

function writes(lab: Lab): { operation: string; status: number }[] {
  return lab.requests().filter(({ write }) => write);
}

describe('plan, apply, undo', () => {
  test.each<[string, World]>([
    ['by instances', brokenWorld()],
    ['by addresses', brokenWorld({ nextHop: 'ip' })],
    ['in a Shared VPC', brokenWorld({ hostProject: 'net-host' })],
  ])('%s: exactly the planned fields change, and the undo restores the whole world', async (_, world) => {
    const { lab, plan, before } = await prepare(serve, { gceRole: ROLE }, world);
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

test('again, and by two at a time: everything once', async () => {
  const { lab, plan, before } = await prepare(serve, {}, smallWorld());
  const [one, two] = await Promise.all([applyAgainst(plan, lab), applyAgainst(plan, lab)]);
  for (const { kind, reason } of [...one.outcomes, ...two.outcomes]) {
    expect(`${kind} ${reason ?? ''}`).toMatch(/^(?:applied|already) /);
  }
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
  const sent = writes(lab).length;
  expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['already']));
  expect(writes(lab).length).toBe(sent);
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
      const { lab, plan } = await prepare(serve, { gceRole: ROLE, gceDeny: [permission] }, smallWorld());
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
    const { lab, plan, before } = await prepare(serve, { gceRole: ROLE, gceDeny: [permission] }, smallWorld());
    expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('who may insert and not delete is told what stands in now, and packets arrive', async () => {
    const world = faults.inject(
      gceCluster({ name: 'writer', mode: 'host-gw', nodes: 3 }),
      gceFaults.gceWrongTarget(1, { node: 0 }),
    ).world;
    const { lab, plan } = await prepare(serve, { gceDeny: ['compute.routes.delete'] }, world);
    const { outcomes } = await applyAgainst(plan, lab);
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'denied', permission: 'compute.routes.delete' })]);
    expect(outcomes[0]?.reason).toMatch(/; manual-\d+-moving stands in for manual-\d+ meanwhile$/);
    expect((await planAgainst(lab)).changes.map(({ kind }) => kind)).not.toContain('replace-route');
  });

  test('with the role of check nothing can be changed', async () => {
    const { lab, plan, before } = await prepare(serve, { gceRole: CHECK }, smallWorld());
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
      {
        fail: ({ operation, count }) =>
          operation.includes('Operations.get') && count % 3 === 1 ? 'before' : undefined,
      },
    ],
  ])('%s: everything is made, once, and only what was planned', async (_, options) => {
    const { lab, plan, before } = await prepare(serve, options);
    const { outcomes } = await applyAgainst(plan, lab);
    expect(
      new Set(outcomes.map(({ kind, reason }) => (kind === 'applied' ? kind : `${kind}: ${reason ?? ''}`))),
    ).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('nobody at the endpoint: nothing is claimed', async () => {
    const { lab, plan } = await prepare(serve, {}, smallWorld());
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
    const { lab, plan } = await prepare(serve, {}, world);
    const { outcomes } = await applyAgainst(plan, lab);
    const created = outcomes[plan.changes.findIndex(({ kind }) => kind === 'create-route')];
    expect(created?.kind).toBe('failed');
    expect(created?.reason).toContain("Quota 'STATIC_ROUTES_PER_NETWORK' exceeded");
  });
});
