/** The reader and the network security groups of a lab's Azure. */
import { describe, expect, test } from '@jest/globals';
import { securityGroupId } from '../../../lab/world/azure-ids.ts';
import { putSecurityRule, securityGroup } from '../../../lab/world/azure-rules.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { FabricFacts, FilterFacts, Suspects } from '../../../src/model/snapshot.ts';
import { azureOf, expectedOf, leave, nodesOf, openReader, plainOf, serveAzure } from './expected.ts';
import { busyWorld, nicAt, usualWorld } from './worlds.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { AUTO } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

const serve = labPerTest(serveAzure, leave);

function filtersOf(fabric: FabricFacts | undefined): readonly FilterFacts[] {
  if (fabric === undefined || fabric.filters === 'unread') throw new Error('nothing was read');
  return fabric.filters;
}

function namesOf(fabric: FabricFacts | undefined): (string | undefined)[] {
  return filtersOf(fabric).map(({ name }) => name);
}

function about(change: Partial<Suspects>): Suspects {
  return { nodes: [], machines: [], interfaces: [], tables: [], filters: [], ...change };
}

describe('one reading', () => {
  test('brings those at subnets and interfaces of the nodes’ networks, scale sets included, and no others', async () => {
    const world = busyWorld();
    const { facts, gaps } = await openReader(await serve(world)).read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(namesOf(facts[0])).toEqual(['batch', 'moving-group', 'strict', 'suite-nodes-a', 'suite-nodes-b']);
    expect(facts.map(plainOf)).toEqual(expectedOf(world));
  });

  test('knows each by the id that its holders have, whatever the case in which they write it', async () => {
    for (const machines of ['vms', 'scale-set-uniform', 'scale-set-flexible'] as const) {
      const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: 3, machines, securityGroups: 'interfaces' });
      const running = await serve(world);
      const [fabric] = (await openReader(running).read(nodesOf(world))).facts;
      const ids = filtersOf(fabric).map(({ id }) => id);
      expect(fabric?.interfaces.flatMap(({ filters = [] }) => filters).sort()).toEqual([...ids].sort());
      expect(ids.length).toBe(3);
    }
  });

  test('asks for none where nobody wants them, and says so', async () => {
    const world = busyWorld();
    const running = await serve(world, { azureDeny: ['Microsoft.Network/networkSecurityGroups/read'] });
    const facets = { filters: false, limits: false };
    const { facts, gaps } = await openReader(running).read(nodesOf(world), facets);
    expect([facts[0]?.filters, gaps]).toEqual(['unread', []]);
    expect(running.requests().filter(({ operation }) => operation.startsWith('NetworkSecurityGroups'))).toEqual([]);
  });

  test('without the right, who has one is known, and one gap names the right', async () => {
    const world = usualWorld();
    const { subscription } = azureOf(world);
    const action = 'Microsoft.Network/networkSecurityGroups/read';
    const { facts, gaps } = await openReader(await serve(world, { azureDeny: [action] })).read(nodesOf(world));
    expect(gaps).toMatchObject([
      {
        facet: 'filters',
        subject: `network security groups of subscription ${subscription}`,
        scope: `azure/${subscription}`,
        permission: action,
      },
    ]);
    expect(filtersOf(facts[0])).toEqual([]);
    expect(facts[0]?.subnets.map(({ filters }) => filters?.length)).toEqual([1, 1]);
  });
});

test('without the right, pairs of nodes that have no group at all are judged, and no others', async () => {
  const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: 4, securityGroups: 'none' });
  const azure = azureOf(world);
  azure.securityGroups.push(securityGroup('late'));
  nicAt(azure, 0).securityGroup = 'late';
  const running = await serve(world, { azureDeny: ['Microsoft.Network/networkSecurityGroups/read'] });
  const { facts, gaps } = await openReader(running).read(nodesOf(world));
  expect(gaps).toHaveLength(1);
  const { pairs } = judgeSnapshot({ ...snapshotOfWorld(world), fabrics: facts, gaps }, AUTO);
  expect(pairs).toMatchObject({ total: 12, pass: 6, unknown: 6 });
});

describe('the second reading', () => {
  test('brings the groups that it is asked for as they are by then; what has gone is left out', async () => {
    const world = usualWorld();
    const azure = azureOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    putSecurityRule(azure.securityGroups[0]!, { name: 'late', direction: 'Inbound', access: 'Deny' });
    const gone = securityGroupId(azure, 'gone');
    const { facts, gaps } = await reader.reread(about({ filters: [filtersOf(first)[0]!.id, gone] }));
    expect(gaps).toEqual([]);
    expect(namesOf(facts[0])).toEqual([azure.securityGroups[0]!.name]);
    expect(filtersOf(facts[0])[0]?.rules.length).toBe(filtersOf(first)[0]!.rules.length + 1);
    const asked = running.requests().slice(before);
    expect(asked.map(({ operation }) => operation.split(' ')[0]).sort()).toEqual([
      'NetworkSecurityGroups_Get',
      'NetworkSecurityGroups_Get',
      'VirtualNetworks_Get',
    ]);
  });

  test('sees that a subnet and an interface were given another one meanwhile, with what is in it', async () => {
    const world = usualWorld();
    const azure = azureOf(world);
    const reader = openReader(await serve(world));
    const [first] = (await reader.read(nodesOf(world))).facts;
    azure.securityGroups.push(securityGroup('late'), securityGroup('later'));
    azure.vnets[0]!.subnets[0]!.securityGroup = 'late';
    nicAt(azure, 0).securityGroup = 'later';
    const [face] = first!.interfaces.filter(({ id }) => id.endsWith(`/${nicAt(azure, 0).name}`));
    const { facts, gaps } = await reader.reread(about({ interfaces: [face!.id] }));
    expect(gaps).toEqual([]);
    expect(facts[0]?.subnets.map(({ filters }) => filters)).toEqual([[securityGroupId(azure, 'late')]]);
    expect(facts[0]?.interfaces.map(({ filters }) => filters)).toEqual([[securityGroupId(azure, 'later')]]);
    expect(namesOf(facts[0])).toEqual(['late', 'later']);
  });

  test('lists, where many are asked for', async () => {
    const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: 30, securityGroups: 'interfaces' });
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    const { facts } = await reader.reread(about({ filters: filtersOf(first).map(({ id }) => id) }));
    expect(facts[0]?.filters).toEqual(first?.filters);
    expect(running.requests().slice(before).length).toBe(2);
  });

  test.each([
    { own: 30, lists: 1, singles: 1 },
    { own: 10, lists: 0, singles: 11 },
  ])('asks for that of another subscription by its id, beside $own of its own', async ({ own, lists, singles }) => {
    const world = azureCluster({ name: 'suite', mode: 'fabric', nodes: own, securityGroups: 'interfaces' });
    const { azure = [] } = azureCluster({ name: 'hub', mode: 'fabric', nodes: 1 });
    world.azure!.push(...azure);
    const running = await serve(world);
    const reader = openReader(running);
    const [first] = (await reader.read(nodesOf(world))).facts;
    const before = running.requests().length;
    const foreign = securityGroupId(azure[0]!, 'hub-nodes-a');
    const { gaps } = await reader.reread(about({ filters: [...filtersOf(first).map(({ id }) => id), foreign] }));
    expect(gaps).toEqual([]);
    const asked = running
      .requests()
      .slice(before)
      .map(({ operation }) => operation);
    const gets = asked.filter((one) => one.startsWith('NetworkSecurityGroups_Get '));
    expect(gets).toContain('NetworkSecurityGroups_Get hub-nodes-a');
    expect([asked.filter((one) => one === 'NetworkSecurityGroups_ListAll').length, gets.length]).toEqual([
      lists,
      singles,
    ]);
  });

  test('asks for none where the first one did not', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const reader = openReader(running);
    await reader.read(nodesOf(world), { filters: false, limits: false });
    const { facts } = await reader.reread(about({ filters: [securityGroupId(azureOf(world), 'suite-nodes-a')] }));
    expect(facts[0]?.filters).toBe('unread');
    expect(running.requests().filter(({ operation }) => operation.startsWith('NetworkSecurityGroups'))).toEqual([]);
  });
});
