/** What the Azure reader says about worlds of every shape. */
import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import { azureTableId, nicId, scaleSetId, vmId, vnetId } from '../../../lab/world/azure-ids.ts';
import type { World } from '../../../lab/world/world.ts';
import type { FabricFacts, NodeFacts } from '../../../src/model/snapshot.ts';
import { azureOf, expectedOf, leave, nodesOf, openReader, plainOf, serveAzure } from './expected.ts';
import { busyWorld, nicAt, usualWorld } from './worlds.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

const serve = labPerTest(serveAzure, leave);

async function readAll(world: World, nodes = nodesOf(world)): Promise<FabricFacts[]> {
  const { facts, gaps } = await openReader(await serve(world)).read(nodes);
  expect(gaps).toEqual([]);
  return facts.map(plainOf);
}

function anonymous(nodes: readonly NodeFacts[]): NodeFacts[] {
  return nodes.map(({ providerID: _, ...rest }) => rest);
}

describe('one reading', () => {
  test.each(['vms', 'scale-set-uniform', 'scale-set-flexible'] as const)('%s', async (machines) => {
    const world = usualWorld(machines);
    expect(await readAll(world)).toEqual(expectedOf(world));
  });

  test('everything at once', async () => {
    const world = busyWorld();
    const [fabric] = await readAll(world);
    expect([fabric]).toEqual(expectedOf(world));
    expect(fabric?.tables.map(({ name, network }) => [name, network === ''])).toEqual([
      ['moving', false],
      ['suite-routes', false],
      ['unused', true],
      [undefined, false],
    ]);
    expect(fabric?.machines.map(({ state }) => state).sort()).toEqual([
      ...Array<string>(5).fill('running'),
      'stopped',
      'stopped',
    ]);
  });

  test('one subnet in many, one address per request: pages are read to their end', async () => {
    const world = busyWorld();
    const { facts, gaps } = await openReader(await serve(world, { pageSize: { azure: 1 } })).read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(facts.map(plainOf)).toEqual(expectedOf(world));
  });

  test('the same twice, to the byte, in whatever order the nodes come', async () => {
    const world = busyWorld();
    const reader = openReader(await serve(world));
    const nodes = nodesOf(world);
    const [first, second] = [await reader.read(nodes), await reader.read([...nodes].reverse())];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  test('every id that one object names is spelt as the other object spells its own', async () => {
    for (const machines of ['vms', 'scale-set-uniform', 'scale-set-flexible'] as const) {
      const world = usualWorld(machines);
      const running = await serve(world);
      const [fabric] = (await openReader(running).read(nodesOf(world))).facts;
      const ids = (items: readonly { readonly id: string }[] = []): Set<string> => new Set(items.map(({ id }) => id));
      const [machineIds, networks, subnets, tables] = [
        ids(fabric?.machines),
        ids(fabric?.networks),
        ids(fabric?.subnets),
        ids(fabric?.tables),
      ];
      for (const face of fabric?.interfaces ?? []) {
        expect([machineIds.has(face.machine ?? ''), networks.has(face.network), subnets.has(face.subnet)]).toEqual([
          true,
          true,
          true,
        ]);
      }
      for (const subnet of fabric?.subnets ?? []) expect(tables.has(subnet.table ?? '')).toBe(true);
      expect(fabric?.interfaces.length).toBe(5);
      // The compute provider shouts the resource group; references to it do not.
      expect([...machineIds].every((id) => id.includes('/SHOP-PROD/') || machines === 'scale-set-uniform')).toBe(true);
    }
  });

  test('a table that serves two networks is one table in each', async () => {
    const world = usualWorld();
    const azure = azureOf(world);
    const table = azure.routeTables[0]!.name;
    azure.vnets.push({
      name: 'x-second',
      prefixes: ['10.91.0.0/16'],
      subnets: [{ name: 'nodes', prefixes: ['10.91.0.0/24'], routeTable: table }],
      peerings: [],
    });
    nicAt(azure, 4).ipConfigurations = [{ name: 'one', ip: '10.91.0.4', vnet: 'x-second', subnet: 'nodes' }];
    const [fabric] = await readAll(world);
    expect([fabric]).toEqual(expectedOf(world));
    const id = azureTableId(azure, table).toLowerCase();
    expect(fabric?.tables.map((one) => one.id)).toEqual([id, `${id}#x-second`]);
  });

  test('what is peered is reached through the peering, unless its far end shuts out what others forwarded', async () => {
    for (const allowForwardedTraffic of [true, false]) {
      const world = usualWorld();
      const azure = azureOf(world);
      const own = azure.vnets[0]!;
      own.peerings.push({ name: 'to-hub', remote: 'hub', allowForwardedTraffic: false });
      const back = { name: 'to-spoke', remote: own.name, allowForwardedTraffic };
      azure.vnets.push({ name: 'hub', prefixes: ['10.92.0.0/16'], subnets: [], peerings: [back] });
      const running = await serve(world);
      const { facts } = await openReader(running).read(nodesOf(world));
      const routes = facts[0]?.tables[0]?.routes.filter(({ prefix }) => prefix === '10.92.0.0/16');
      expect(routes).toMatchObject([
        {
          target: { kind: 'gateway', gateway: 'peering', id: vnetId(azure, 'hub') },
          state: allowForwardedTraffic ? 'active' : 'dead',
          origin: 'system',
        },
      ]);
    }
  });
});

describe('where to look', () => {
  test('nodes without provider id are found by their addresses, among machines and in Uniform scale sets', async () => {
    for (const machines of ['vms', 'scale-set-uniform'] as const) {
      const world = usualWorld(machines);
      const running = await serve(world);
      const { facts, gaps } = await openReader(running).read(anonymous(nodesOf(world)));
      expect(gaps).toEqual([]);
      expect(facts.map(plainOf)).toEqual(expectedOf(world));
    }
  });

  test('a stranger elsewhere that has the address of one of them hides no scale set', async () => {
    const world = usualWorld('scale-set-uniform');
    const azure = azureOf(world);
    const [instance] = azure.scaleSets[0]!.instances;
    const subnet = { name: 'staging', prefixes: ['10.224.0.0/16'] };
    azure.vnets.push({ name: 'staging', prefixes: ['10.224.0.0/16'], subnets: [subnet], peerings: [] });
    const ipConfigurations = instance!.nics[0]!.ipConfigurations.map((one) => ({
      ...one,
      vnet: 'staging',
      subnet: 'staging',
    }));
    azure.nics.push({ name: 'staging-nic', primary: true, enableIPForwarding: false, ipConfigurations });
    const { facts, gaps } = await openReader(await serve(world)).read(anonymous(nodesOf(world)));
    expect([gaps, facts[0]?.machines.length, facts[0]?.interfaces.length]).toEqual([[], 5, 6]);
  });

  test('a subscription of nobody is read where the input names it, and says who was not found', async () => {
    const world = usualWorld();
    const strangers = nodesOf(world).map((node) => ({
      ...node,
      providerID: node.providerID!.replace(
        /subscriptions\/[^/]+/,
        'subscriptions/00000000-1111-4222-8333-444444444444',
      ),
    }));
    const { subscription } = azureOf(world);
    const reader = openReader(await serve(world), { config: { azureSubscriptions: [subscription] } });
    const { facts, gaps } = await reader.read(strangers);
    expect(gaps).toEqual([]);
    expect(facts.map(({ id, machines }) => [id, machines.length])).toEqual([[`azure/${subscription}`, 0]]);
  });

  test('a subscription that the login does not see is one gap', async () => {
    const world = usualWorld();
    const strangers = nodesOf(world).map((node) => ({
      ...node,
      providerID: node.providerID!.replace(
        /subscriptions\/[^/]+/,
        'subscriptions/00000000-1111-4222-8333-444444444444',
      ),
    }));
    const { gaps } = await openReader(await serve(world)).read(strangers);
    expect(gaps.map(({ facet, scope }) => [facet, scope])).toEqual([
      ['machines', 'azure/00000000-1111-4222-8333-444444444444'],
    ]);
    expect(gaps[0]?.reason).toMatch(/SubscriptionNotFound.*Check azure-subscriptions/);
  });

  test('every subscription that a node names is read', async () => {
    const world = usualWorld();
    const second = azureCluster({ name: 'west', mode: 'fabric', nodes: 2 });
    world.azure!.push(...second.azure!);
    world.cluster.nodes.push(...second.cluster.nodes);
    expect(await readAll(world)).toEqual(expectedOf(world));
  });

  test('nothing is asked where no node is on Azure', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const elsewhere = nodesOf(world).map((node) => ({
      ...node,
      providerID: 'aws:///eu-central-1a/i-0123456789abcdef0',
    }));
    expect(await openReader(running).read(elsewhere)).toEqual({ facts: [], gaps: [] });
    expect(running.requests()).toEqual([]);
  });
});

describe('the second reading', () => {
  test('brings what it is asked for, as it is by then, in few requests', async () => {
    const world = usualWorld();
    const azure = azureOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    nicAt(azure, 0).enableIPForwarding = false;
    azure.vms[1]!.power = 'deallocated';
    azure.routeTables[0]!.routes.pop();
    const idOf = (kind: 'interfaces' | 'machines', name: string): string =>
      first?.[kind].find(({ id }) => id.endsWith(`/${name}`))?.id ?? '';
    const gone = vmId(azure, 'gone');
    const { facts, gaps } = await reader.reread({
      nodes: [],
      machines: [idOf('machines', azure.vms[1]!.name), gone],
      interfaces: [idOf('interfaces', nicAt(azure, 0).name)],
      tables: [first!.tables[0]!.id],
      filters: [],
    });
    expect(gaps).toEqual([]);
    expect(facts[0]?.id).toBe(first?.id);
    expect(facts[0]?.machines.map(({ id, state }) => [id, state])).toEqual([
      [idOf('machines', azure.vms[1]!.name), 'stopped'],
    ]);
    expect(facts[0]?.interfaces.map(({ forwarding }) => forwarding)).toEqual(['off']);
    expect(facts[0]?.tables[0]?.routes.length).toBe(first!.tables[0]!.routes.length - 1);
    expect([facts[0]?.networks, facts[0]?.subnets]).toEqual([[], []]);
    const asked = running.requests().slice(before);
    expect(asked.map(({ operation }) => operation.split(' ')[0]).sort()).toEqual([
      'NetworkInterfaces_Get',
      'RouteTables_Get',
      'VirtualMachines_Get',
      'VirtualMachines_Get',
      'VirtualNetworks_Get',
    ]);
  });

  test('asks a scale set once for all its instances', async () => {
    const world = usualWorld('scale-set-uniform');
    const azure = azureOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    azure.scaleSets[0]!.instances.pop();
    const ids = (items: readonly { readonly id: string }[] = []): string[] => items.map(({ id }) => id);
    const suspects = {
      nodes: [],
      machines: ids(first?.machines),
      interfaces: ids(first?.interfaces),
      tables: [],
      filters: [],
    };
    const { facts, gaps } = await reader.reread(suspects);
    expect(gaps).toEqual([]);
    expect([facts[0]?.machines.length, facts[0]?.interfaces.length]).toEqual([4, 4]);
    expect(facts[0]?.machines[0]?.template?.id.toLowerCase()).toBe(scaleSetId(azure, 'suite-nodes').toLowerCase());
    expect(running.requests().slice(before).length).toBe(3);
  });

  test('lists, where many are asked for', async () => {
    const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: 30 });
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    const interfaces = first!.interfaces.map(({ id }) => id);
    const { facts } = await reader.reread({ nodes: [], machines: [], interfaces, tables: [], filters: [] });
    expect(facts[0]?.interfaces).toEqual(first?.interfaces);
    expect(running.requests().slice(before).length).toBe(2);
  });

  test('sees an association that was made meanwhile, with its table', async () => {
    const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: 3, tables: 'none' });
    const azure = azureOf(world);
    const reader = openReader(await serve(world));
    const [first] = (await reader.read(nodesOf(world))).facts;
    expect(first?.subnets.map(({ tableBy }) => tableBy)).toEqual(['none']);
    azure.routeTables.push({
      name: 'late',
      disableBgpRoutePropagation: false,
      provisioningState: 'Succeeded',
      tags: {},
      routes: [],
    });
    azure.vnets[0]!.subnets[0]!.routeTable = 'late';
    const tables = first!.tables.map(({ id }) => id);
    const { facts } = await reader.reread({ nodes: [], machines: [], interfaces: [], tables, filters: [] });
    expect(facts[0]?.subnets.map(({ table, tableBy }) => [table, tableBy])).toEqual([
      [azureTableId(azure, 'late'), 'association'],
    ]);
    expect(facts[0]?.tables.map(({ id }) => id)).toEqual([azureTableId(azure, 'late')]);
  });

  test('leaves out an interface that has gone', async () => {
    const world = usualWorld();
    const reader = openReader(await serve(world));
    await reader.read(nodesOf(world));
    const gone = nicId(azureOf(world), 'gone');
    const { facts, gaps } = await reader.reread({
      nodes: [],
      machines: [],
      interfaces: [gone],
      tables: [],
      filters: [],
    });
    expect([facts[0]?.interfaces, gaps]).toEqual([[], []]);
  });
});
