/** The writer of Azure against the lab: what is changed, with which rights, and what troubles come to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azureFaults from '../../../lab/world/faults/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { decodePlan, encodePlan } from '../../../src/plan/file.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { kindsOf } from '../../support/applying.ts';
import { applyAgainst, planNow, settled, withPlan } from './changing.ts';
import { azureOf, leave, serveAzure } from './expected.ts';

const serve = labPerTest(serveAzure, leave);

const ROLE = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/azure-apply.json', import.meta.url), 'utf8'),
) as { readonly Actions: readonly string[] };

/** Every kind of change of routes and interfaces, both families, several tables; interfaces have more than we know. */
function brokenWorld(): World {
  const world = azureCluster({
    name: 'writer',
    mode: 'host-gw',
    nodes: 6,
    subnets: 2,
    ipv6: true,
    tables: 'per-subnet',
  });
  const pool = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/loadBalancers/lb/backendAddressPools/web';
  for (const nic of azureOf(world).nics) {
    nic.tags = { team: 'shop' };
    nic.settings = { enableAcceleratedNetworking: true, somethingNew: { of: ['next', 'year'] } };
    for (const one of nic.ipConfigurations) one.settings = { loadBalancerBackendAddressPools: [{ id: pool }] };
  }
  return faults.inject(
    world,
    azureFaults.azureForwardingOff(1),
    azureFaults.azureRouteMissing(2),
    azureFaults.azureRouteMissing(3, 'all', 6),
    azureFaults.azureWrongTarget(4, { node: 5 }),
    azureFaults.azureWrongTarget(0, { kind: 'internet' }, [1]),
    azureFaults.azureStaleRoute('10.244.77.0/24', [0], 5),
  ).world;
}

async function prepared(options: LabOptions = {}): Promise<{ lab: Lab; plan: Plan; before: World }> {
  const lab = await serve(brokenWorld(), { writable: true, ...options });
  const { plan } = await planNow(lab);
  return { lab, plan, before: structuredClone(lab.world) };
}

function writes(lab: Lab): { operation: string; status: number }[] {
  return lab.requests().filter(({ write }) => write);
}

describe('plan, apply, undo', () => {
  test('changes exactly the planned fields, and the undo restores the whole world', async () => {
    const { lab, plan, before } = await prepared({ azureRole: ROLE });
    expect(new Set(plan.changes.map(({ kind }) => kind))).toEqual(
      new Set(['set-forwarding', 'create-route', 'replace-route', 'delete-route']),
    );
    const approved = decodePlan(encodePlan(plan), 'plan.json', plan.digest) as Plan;
    const done = await applyAgainst(approved, lab);
    expect(new Set(kindsOf(done))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    expect(writes(lab).length).toBe(plan.changes.length);
    const again = await planNow(lab);
    expect(again.plan.changes).toEqual([]);
    expect(again.judgement.pairs.fail + again.judgement.pairs.partial).toBe(0);
    const undone = await applyAgainst(undoPlan(plan), lab);
    expect(new Set(kindsOf(undone))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(settled(before));
    expect((await planNow(lab)).plan.digest).toBe(plan.digest);
  });
});

test('again, and by two at a time: everything once', async () => {
  const { lab, plan, before } = await prepared();
  const [one, two] = await Promise.all([applyAgainst(plan, lab), applyAgainst(plan, lab)]);
  for (const kind of [...kindsOf(one), ...kindsOf(two)]) expect(['applied', 'already']).toContain(kind);
  expect(settled(lab.world)).toEqual(withPlan(before, plan));
  const sent = writes(lab).length;
  expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['already']));
  expect(writes(lab).length).toBe(sent);
});

describe('killed', () => {
  test('at every line of the journal: the next run does the rest, and nothing else', async () => {
    const { lab, plan, before } = await prepared();
    const whole = withPlan(before, plan);
    const lines = plan.changes.length * 3;
    for (let most = 0; most < lines; most += 1) {
      lab.world.azure = structuredClone(before.azure!);
      await applyAgainst(plan, lab, most);
      const kinds = new Set(kindsOf(await applyAgainst(plan, lab)));
      for (const kind of kinds) expect(['applied', 'already']).toContain(kind);
      expect(settled(lab.world)).toEqual(whole);
    }
  }, 120_000);
});

describe('rights', () => {
  test.each([
    'Microsoft.Network/networkInterfaces/write',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
    'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
    'Microsoft.Network/routeTables/routes/write',
    'Microsoft.Network/routeTables/routes/delete',
  ])('without %s that change is denied with its name, and the rest is left alone', async (action) => {
    const { lab, plan } = await prepared({ azureRole: ROLE, azureDeny: [action] });
    const { outcomes } = await applyAgainst(plan, lab);
    const at = outcomes.findIndex(({ kind }) => kind === 'denied');
    expect(outcomes[at]).toMatchObject({ permission: action });
    expect(outcomes[at]?.reason).toContain('docs/permissions/azure-apply.json');
    expect(new Set(outcomes.slice(0, at).map(({ kind }) => kind))).toEqual(new Set(at === 0 ? [] : ['applied']));
    for (const { kind } of outcomes.slice(at + 1)) expect(kind).toBe('not-run');
    expect(writes(lab).length).toBe(at + 1);
  });

  test('who may not ask about operations, sees how the resources fare', async () => {
    const deny = ['Microsoft.Network/locations/operations/read'];
    const { lab, plan, before } = await prepared({ azureRole: ROLE, azureDeny: deny, azurePolls: 3 });
    expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('with the role of check nothing can be changed', async () => {
    const role = new URL('../../../docs/permissions/azure-check.json', import.meta.url);
    const { lab, plan, before } = await prepared({ azureRole: JSON.parse(readFileSync(role, 'utf8')) as object });
    expect(kindsOf(await applyAgainst(plan, lab))[0]).toBe('denied');
    expect(lab.world).toEqual(before);
  });
});

function isWrite(operation: string): boolean {
  return /_(?:CreateOrUpdate|Delete|UpdateInstances)\b/.test(operation);
}

describe('troubles', () => {
  test.each<[string, LabOptions]>([
    ['throttled on every second call', { throttleEvery: 2 }],
    ['operations that take long', { azurePolls: 7 }],
    [
      'an internal error instead of every first change',
      { fail: ({ operation, count }) => (isWrite(operation) && count === 1 ? 'before' : undefined) },
    ],
    [
      'an internal error after a change that did happen',
      { fail: ({ operation, count }) => (isWrite(operation) && count % 2 === 1 ? 'after' : undefined) },
    ],
    [
      'a connection that breaks off after the change',
      { fail: ({ operation, count }) => (isWrite(operation) && count % 2 === 1 ? 'cut' : undefined) },
    ],
    [
      'accepted operations that come to nothing the first time',
      { failOperation: ({ count }) => (count % 2 === 1 ? 'InternalServerError' : undefined) },
    ],
  ])(
    '%s: everything is made, once, and only what was planned',
    async (_, options) => {
      const { lab, plan, before } = await prepared(options);
      const { outcomes } = await applyAgainst(plan, lab);
      expect(
        new Set(outcomes.map(({ kind, reason }) => (kind === 'applied' ? kind : `${kind}: ${reason ?? ''}`))),
      ).toEqual(new Set(['applied']));
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
    },
    120_000,
  );

  test('an accepted operation that fails for good: failed, with what Azure said; the next run repairs it', async () => {
    let code: string | undefined = 'NicInUseByAnother';
    const { lab, plan, before } = await prepared({ failOperation: () => code });
    const { outcomes } = await applyAgainst(plan, lab);
    expect(outcomes[0]).toMatchObject({ kind: 'failed', reason: expect.stringContaining('NicInUseByAnother') });
    for (const { kind } of outcomes.slice(1)) expect(kind).toBe('not-run');
    // What was asked for shows, and is not in force.
    expect(azureOf(lab.world).nics.find((nic) => nic.provisioningState === 'Failed')?.enableIPForwarding).toBe(true);
    code = undefined;
    expect(new Set(kindsOf(await applyAgainst(plan, lab)))).toEqual(new Set(['applied']));
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test('nobody is logged in: nothing is claimed', async () => {
    const { lab, plan } = await prepared();
    const one = { ...plan, changes: plan.changes.slice(0, 1) };
    const { outcomes, journal } = await applyAgainst(one, { ...lab, env: {} });
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'failed', reason: expect.stringMatching(/^no Azure login was found/) }),
    ]);
    expect(journal.filter(({ event }) => event === 'sending')).toEqual([]);
  });
});
