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
import { kindsOf } from '../aws/changing.ts';
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
