/** Every change that the writer asks for, and what the lab answers, has the form that Azure's API description says. */
import { expect } from '@jest/globals';
import type { LabOptions } from '../../../lab/servers/index.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azureFaults from '../../../lab/world/faults/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import { undoPlan } from '../../../src/plan/undo.ts';
import { testExchanges } from '../aws/validate-exchanges.ts';
import { applyAgainst, planNow } from './changing.ts';
import { azureOf, leave, serveAzure } from './expected.ts';

const RUNS: readonly LabOptions[] = [
  {},
  { azureDeny: ['Microsoft.Network/networkInterfaces/write'] },
  { azureDeny: ['Microsoft.Network/virtualNetworks/subnets/join/action'] },
  { throttleEvery: 2 },
  { fail: ({ operation, count }) => (operation.startsWith('Routes_') && count === 1 ? 'after' : undefined) },
  { failOperation: ({ count }) => (count === 1 ? 'InternalServerError' : undefined) },
];

function routesBroken(): World {
  const world = azureCluster({ name: 'changes', mode: 'host-gw', nodes: 5, subnets: 2, ipv6: true });
  return faults.inject(
    world,
    azureFaults.azureForwardingOff(1),
    azureFaults.azureRouteMissing(2, 'all', 6),
    azureFaults.azureWrongTarget(3, { kind: 'internet' }),
    azureFaults.azureStaleRoute('10.244.77.0/24', [0], 4),
  ).world;
}

function modelsBroken(): World {
  const world = azureCluster({ name: 'changes', mode: 'host-gw', nodes: 3, subnets: 2, machines: 'scale-set-uniform' });
  delete azureOf(world).vnets[0]!.subnets[1]!.routeTable;
  for (const set of azureOf(world).scaleSets) {
    set.modelForwarding = false;
    for (const nic of set.instances.flatMap(({ nics }) => nics)) nic.enableIPForwarding = false;
  }
  return world;
}

testExchanges('all exchanges of the writer conform to the API description', async (record) => {
  for (const options of RUNS) {
    for (const world of [routesBroken(), modelsBroken()]) {
      const lab = await serveAzure(world, { writable: true, ...options, record });
      try {
        const { plan } = await planNow(lab, { disruption: 'restart' });
        expect(plan.changes.length).toBeGreaterThan(3);
        await applyAgainst(plan, lab);
        await applyAgainst(undoPlan(plan), lab);
      } finally {
        leave();
        await lab.stop();
      }
    }
  }
});
