/** What others do between a reading and the write that it is for. */
import { describe, expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { azureCluster, userRoute } from '../../../lab/world/azure-cluster.ts';
import { azureAt, azureNodeTables } from '../../../lab/world/azure-look.ts';
import type { AzureRouteTableWorld, AzureWorld } from '../../../lab/world/azure.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azureFaults from '../../../lab/world/faults/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import { labPerTest } from '../../support/lab-per-test.ts';
import { applyAgainst, planNow } from './changing.ts';
import { azureOf, leave, serveAzure } from './expected.ts';

const serve = labPerTest(serveAzure, leave);

const PREFIX = '10.244.2.0/24';
type Meddle = (azure: AzureWorld, world: World) => void;

interface Raced {
  readonly lab: Lab;
  /** Kind and reason of each outcome, in the order of the plan. */
  readonly texts: readonly string[];
}

/** Changes the world when the request with that name arrives for the first time after the plan was made. */
async function raced(fault: faults.Fault, operation: string, meddle: Meddle, options: LabOptions = {}): Promise<Raced> {
  const world = faults.inject(azureCluster({ name: 'race', mode: 'host-gw', nodes: 4 }), fault).world;
  let armed = false;
  const lab = await serve(world, {
    writable: true,
    ...options,
    onRequest: (request, now) => {
      if (!armed || !request.operation.startsWith(operation)) return;
      armed = false;
      meddle(azureOf(now), now);
    },
  });
  const { plan } = await planNow(lab);
  expect(plan.changes.length).toBe(1);
  armed = true;
  const { outcomes } = await applyAgainst(plan, lab);
  return { lab, texts: outcomes.map(({ kind, reason = '' }) => `${kind} ${reason}`.trim()) };
}

function tableOf(azure: AzureWorld): AzureRouteTableWorld {
  return azure.routeTables[0]!;
}

function hopOf(world: World, node: number): string {
  return azureAt(world, node).nic.ipConfigurations[0]!.ip;
}

const missing = azureFaults.azureRouteMissing(2);
const wrong = azureFaults.azureWrongTarget(2, { node: 3 });

describe('an interface', () => {
  test('somebody tags it: the write is refused, read again and sent with the tag', async () => {
    const { lab, texts } = await raced(
      azureFaults.azureForwardingOff(1),
      'NetworkInterfaces_CreateOrUpdate',
      (azure) => {
        azure.nics[1]!.tags = { seen: 'today' };
      },
    );
    expect(texts).toEqual(['applied']);
    expect(azureOf(lab.world).nics[1]).toMatchObject({ enableIPForwarding: true, tags: { seen: 'today' } });
    expect(
      lab
        .requests()
        .filter(({ write }) => write)
        .map(({ status }) => status),
    ).toEqual([412, 200]);
  });

  test.each<[string, Meddle, RegExp]>([
    ['somebody else switches it on', (azure) => void (azure.nics[1]!.enableIPForwarding = true), /^already$/],
    ['it is gone', (azure) => void azure.nics.splice(1, 1), /^stale it is not there now, and was forwarding off when/],
    ['its machine is', (azure) => void (azure.vms[1]!.nics = []), /^stale \S+ is attached to nothing now, not to \S+$/],
  ])('%s', async (_, meddle, text) => {
    const { texts } = await raced(azureFaults.azureForwardingOff(1), 'NetworkInterfaces_CreateOrUpdate', meddle);
    expect(texts).toEqual([expect.stringMatching(text)]);
  });
});

describe('a route', () => {
  const put = (name: string, prefix: string, hop: (world: World) => string): Meddle => {
    return (azure, world) => void tableOf(azure).routes.push(userRoute(name, prefix, hop(world), false));
  };

  test.each<[string, Meddle, RegExp]>([
    ['a controller makes the same', put('worker-03', PREFIX, (world) => hopOf(world, 2)), /^already$/],
    ['somebody makes it under another name', put('by-hand', PREFIX, (world) => hopOf(world, 2)), /^already$/],
    [
      'somebody makes another one for the range',
      put('by-hand', PREFIX, (world) => hopOf(world, 0)),
      /^stale it is -> 10\.\S+ now, and was no route when the plan was made$/,
    ],
    [
      'its name is taken',
      put('worker-03', '10.99.0.0/24', (world) => hopOf(world, 0)),
      /^stale worker-03 is the name of the route for 10\.99\.0\.0\/24 now$/,
    ],
    ['somebody adds one for another range', put('other', '10.99.0.0/24', (world) => hopOf(world, 0)), /^applied$/],
    ['the table is gone', (azure) => void azure.routeTables.splice(0, 1), /^stale \S+ does not exist any more$/],
  ])('%s before it is made', async (_, meddle, text) => {
    const { lab, texts } = await raced(missing, 'Routes_CreateOrUpdate', meddle);
    expect(texts).toEqual([expect.stringMatching(text)]);
    const routes = azureOf(lab.world).routeTables[0]?.routes ?? [];
    expect(routes.filter(({ prefix }) => prefix === PREFIX).length).toBeLessThanOrEqual(1);
  });

  test.each<[string, Meddle, RegExp]>([
    [
      'another next hop',
      (azure) => void (tableOf(azure).routes.find(({ prefix }) => prefix === PREFIX)!.nextHopIp = '10.224.0.99'),
      /^stale it is -> 10\.224\.0\.99 now/,
    ],
    [
      'gone',
      (azure) => void (tableOf(azure).routes = tableOf(azure).routes.filter(({ prefix }) => prefix !== PREFIX)),
      /^stale it is no route now/,
    ],
    ['another route has changed', (azure) => void (tableOf(azure).routes[0]!.nextHopIp = '10.224.0.98'), /^applied$/],
  ])('%s before it is replaced', async (_, meddle, text) => {
    const { lab, texts } = await raced(wrong, 'Routes_CreateOrUpdate', meddle);
    expect(texts).toEqual([expect.stringMatching(text)]);
    // Nothing of what others did is undone.
    const shown = structuredClone(azureOf(lab.world));
    meddle(shown, lab.world);
    expect(shown).toEqual(azureOf(lab.world));
  });

  test('the node’s address has moved to another interface: stale', async () => {
    const { texts } = await raced(missing, 'NetworkInterfaces_Get', (_, world) => {
      azureAt(world, 2).nic.ipConfigurations[0]!.ip = '10.224.0.77';
    });
    expect(texts).toEqual([expect.stringMatching(/^stale \S+ does not have the address 10\.\S+ any more$/)]);
  });

  test('another change of the table is under way: waited for', async () => {
    const { lab, texts } = await raced(missing, 'Routes_CreateOrUpdate', (azure) => {
      tableOf(azure).provisioningState = 'Updating';
      const route = tableOf(azure).routes[0]!;
      route.provisioningState = 'Updating';
      setTimeout(() => {
        tableOf(azure).provisioningState = 'Succeeded';
        route.provisioningState = 'Succeeded';
      }, 5);
    });
    expect(texts).toEqual(['applied']);
    expect(
      lab
        .requests()
        .filter(({ write }) => write)
        .map(({ status }) => status),
    ).toContain(429);
  });

  test('where Azure looks at no etag of a route, a change within one round trip is overwritten', async () => {
    const { lab, texts } = await raced(
      wrong,
      'Routes_CreateOrUpdate',
      (azure) => void (tableOf(azure).routes.find(({ prefix }) => prefix === PREFIX)!.nextHopIp = '10.224.0.99'),
      { azurePartEtags: false },
    );
    // docs/apply.md tells of it.
    expect(texts).toEqual(['applied']);
    const [table] = azureNodeTables(lab.world);
    expect(table?.routes.find(({ prefix }) => prefix === PREFIX)?.nextHopIp).toBe(hopOf(lab.world, 2));
  });
});
