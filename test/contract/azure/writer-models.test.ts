/** Scale sets, whose interfaces are changed by way of their model, and route tables of subnets. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { AzureOptions } from '../../../lab/world/azure-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azureFaults from '../../../lab/world/faults/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Plan } from '../../../src/model/planned.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { kindsOf } from '../../support/applying.ts';
import { applyAgainst, planNow, settled, withPlan } from './changing.ts';
import { azureOf, leave, serveAzure } from './expected.ts';

const serve = labPerTest(serveAzure, leave);

const ROLE = JSON.parse(
  readFileSync(new URL('../../../docs/permissions/azure-apply.json', import.meta.url), 'utf8'),
) as object;

interface Prepared {
  readonly lab: Lab;
  readonly plan: Plan;
  readonly before: World;
}

async function prepared(
  machines: AzureOptions['machines'],
  change: (world: World) => World,
  options: LabOptions = {},
): Promise<Prepared> {
  const world = change(azureCluster({ name: 'models', mode: 'host-gw', nodes: 3, machines: machines ?? 'vms' }));
  for (const set of azureOf(world).scaleSets) set.settings = { somethingNew: { of: 'next year' } };
  const lab = await serve(world, { writable: true, azureRole: ROLE, ...options });
  const { plan } = await planNow(lab, { disruption: 'restart' });
  return { lab, plan, before: structuredClone(lab.world) };
}

function writes(lab: Lab): string[] {
  return lab.requests().flatMap(({ write, operation }) => (write ? [operation.split(' ')[0] ?? ''] : []));
}

/** Neither the model nor any instance forwards. */
function allOff(world: World): World {
  for (const set of azureOf(world).scaleSets) {
    set.modelForwarding = false;
    for (const nic of set.instances.flatMap(({ nics }) => nics)) nic.enableIPForwarding = false;
  }
  return world;
}

const oldModel = (world: World): World => faults.inject(world, azureFaults.azureOldModel(1)).world;

const [PUT, UPGRADE] = ['VirtualMachineScaleSets_CreateOrUpdate', 'VirtualMachineScaleSets_UpdateInstances'];

describe('instances of a Uniform scale set', () => {
  test('withheld unless restarts are allowed', async () => {
    const { lab } = await prepared('scale-set-uniform', allOff);
    const { plan } = await planNow(lab);
    expect(plan.changes).toEqual([]);
    expect(plan.withheld.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['disruption'],
      ['disruption'],
      ['disruption'],
    ]);
  });

  test('the model once, then instance by instance; the undo restores the whole world', async () => {
    const { lab, plan, before } = await prepared('scale-set-uniform', allOff);
    expect(kindsOf(await applyAgainst(plan, lab))).toEqual(['applied', 'applied', 'applied']);
    expect(writes(lab)).toEqual([PUT, UPGRADE, UPGRADE, UPGRADE]);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    expect((await planNow(lab)).plan.changes).toEqual([]);
    expect(kindsOf(await applyAgainst(undoPlan(plan), lab))).toEqual(['applied', 'applied', 'applied']);
    expect(settled(lab.world)).toEqual(settled(before));
  });

  test('killed at every line of the journal: the next run does the rest', async () => {
    const { lab, plan, before } = await prepared('scale-set-uniform', allOff);
    const whole = withPlan(before, plan);
    // Two requests of the first change, one of each other, and the outcomes.
    for (let most = 0; most < 11; most += 1) {
      lab.world.azure = structuredClone(before.azure!);
      await applyAgainst(plan, lab, most);
      for (const kind of kindsOf(await applyAgainst(plan, lab))) expect(['applied', 'already']).toContain(kind);
      expect(settled(lab.world)).toEqual(whole);
    }
  }, 60_000);

  test('an instance that is older than its model is upgraded alone, which cannot be taken back', async () => {
    const { lab, plan, before } = await prepared('scale-set-uniform', oldModel);
    expect(plan.changes.map(({ undo }) => undo.possible)).toEqual([false]);
    expect(undoPlan(plan).changes).toEqual([]);
    expect(kindsOf(await applyAgainst(plan, lab))).toEqual(['applied']);
    expect(writes(lab)).toEqual([UPGRADE]);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
  });

  test.each<[string, (world: World) => void, RegExp]>([
    [
      'a set that upgrades by itself is let be',
      (world) => void (azureOf(world).scaleSets[0]!.upgradeMode = 'Rolling'),
      /upgrades its instances by itself when its model is changed \(upgrade policy Rolling\)$/,
    ],
    [
      'an instance that waits for other changes of the model is let be',
      (world) => void (azureOf(world).scaleSets[0]!.instances[0]!.latestModelApplied = false),
      /^instance 0 of \S+ has not got other changes of the model yet, which an upgrade would bring, too$/,
    ],
    [
      'an instance that is gone',
      (world) => void azureOf(world).scaleSets[0]!.instances.shift(),
      /^it is not there now, and was forwarding off when the plan was made$/,
    ],
  ])('%s', async (_, change, text) => {
    const { lab, plan } = await prepared('scale-set-uniform', allOff);
    change(lab.world);
    const { outcomes } = await applyAgainst({ ...plan, changes: plan.changes.slice(0, 1) }, lab);
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'stale', reason: expect.stringMatching(text) })]);
    expect(writes(lab)).toEqual([]);
  });

  test.each([
    'Microsoft.Compute/virtualMachineScaleSets/write',
    'Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action',
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read',
  ])('without %s: denied with its name', async (action) => {
    const { lab, plan } = await prepared('scale-set-uniform', allOff, { azureDeny: [action] });
    const { outcomes } = await applyAgainst(plan, lab);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['denied', 'not-run', 'not-run']);
    expect(outcomes[0]).toMatchObject({
      permission: action,
      reason: expect.stringContaining('docs/permissions/azure-apply.json'),
    });
  });

  test.each<[string, LabOptions]>([
    ['throttled on every second call', { throttleEvery: 2 }],
    ['operations that take long', { azurePolls: 9 }],
    [
      'an internal error after what was done',
      {
        fail: ({ operation, count }) =>
          /_(?:CreateOrUpdate|UpdateInstances)/.test(operation) && count === 1 ? 'after' : undefined,
      },
    ],
    [
      'an upgrade that comes to nothing the first time',
      {
        failOperation: ({ operation, count }) =>
          operation === UPGRADE && count === 1 ? 'InternalExecutionError' : undefined,
      },
    ],
  ])(
    '%s: everything is made',
    async (_, options) => {
      const { lab, plan, before } = await prepared('scale-set-uniform', allOff, options);
      expect(kindsOf(await applyAgainst(plan, lab))).toEqual(['applied', 'applied', 'applied']);
      for (const set of azureOf(lab.world).scaleSets) delete set.provisioningState;
      expect(settled(lab.world)).toEqual(withPlan(before, plan));
    },
    60_000,
  );
});

describe('models', () => {
  test.each(['scale-set-uniform', 'scale-set-flexible'] as const)(
    '%s: the next instance will forward, and the undo restores the whole world',
    async (machines) => {
      const { lab, plan, before } = await prepared(
        machines,
        (world) => faults.inject(world, azureFaults.azureModelWithout()).world,
      );
      expect(plan.changes.map(({ kind }) => kind)).toEqual(['set-template-forwarding']);
      expect(kindsOf(await applyAgainst(plan, lab))).toEqual(['applied']);
      expect(writes(lab)).toEqual([PUT]);
      const [set] = azureOf(lab.world).scaleSets;
      expect(set?.modelForwarding).toBe(true);
      expect(kindsOf(await applyAgainst(undoPlan(plan), lab))).toEqual(['applied']);
      // An instance does not get its old model back by the set getting it.
      for (const instance of set?.instances ?? []) instance.latestModelApplied = true;
      expect(settled(lab.world)).toEqual(settled(before));
    },
  );
});

describe('the route table of a subnet', () => {
  test('only if it is asked for by name; the undo takes it away again', async () => {
    const world = azureCluster({ name: 'tables', mode: 'host-gw', nodes: 4, subnets: 2 });
    const [, second] = azureOf(world).vnets[0]!.subnets;
    delete second!.routeTable;
    const lab = await serve(world, { writable: true, azureRole: ROLE });
    const kinds = ['set-forwarding', 'create-route', 'replace-route'] as const;
    const { plan: usual } = await planNow(lab, { kinds, disruption: 'interrupt' });
    expect(usual.changes).toEqual([]);
    expect(usual.withheld.map(({ kind, reasons }) => [kind, reasons.map(({ code }) => code)])).toEqual([
      ['associate-table', ['kind']],
    ]);
    const { plan } = await planNow(lab, { disruption: 'interrupt' });
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['associate-table']);
    const before = structuredClone(lab.world);
    expect(kindsOf(await applyAgainst(plan, lab))).toEqual(['applied']);
    expect(settled(lab.world)).toEqual(withPlan(before, plan));
    expect((await planNow(lab)).judgement.pairs.fail).toBe(0);
    expect(kindsOf(await applyAgainst(undoPlan(plan), lab))).toEqual(['applied']);
    expect(settled(lab.world)).toEqual(settled(before));
  });
});
