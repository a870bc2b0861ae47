/** What the reader makes of everything that can go wrong between it and Resource Manager. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Gap } from '../../../src/model/snapshot.ts';
import { azureOf, enter, expectedOf, leave, nodesOf, openReader, plainOf, serveAzure } from './expected.ts';
import { busyWorld, usualWorld } from './worlds.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

interface Role {
  readonly Actions: readonly string[];
}

const ROLE_FILE = new URL('../../../docs/permissions/azure-check.json', import.meta.url);
const ROLE = JSON.parse(readFileSync(ROLE_FILE, 'utf8')) as Role;

/** The action behind an operation of the API description. */
const ACTION_OF: Readonly<Record<string, string>> = {
  NetworkInterfaces_ListAll: 'Microsoft.Network/networkInterfaces/read',
  NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces:
    'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read',
  Usages_List: 'Microsoft.Network/locations/usages/read',
  NetworkSecurityGroups_ListAll: 'Microsoft.Network/networkSecurityGroups/read',
  RouteTables_ListAll: 'Microsoft.Network/routeTables/read',
  VirtualMachineScaleSetVMs_List: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read',
  VirtualMachineScaleSets_ListAll: 'Microsoft.Compute/virtualMachineScaleSets/read',
  VirtualMachines_ListAll: 'Microsoft.Compute/virtualMachines/read',
  VirtualNetworks_ListAll: 'Microsoft.Network/virtualNetworks/read',
};

const serve = labPerTest(serveAzure, leave);

async function expectAllRead(running: Lab, world: World): Promise<void> {
  const { facts, gaps } = await openReader(running).read(nodesOf(world));
  expect(gaps).toEqual([]);
  expect(facts.map(plainOf)).toEqual(expectedOf(world));
}

async function gapsOf(running: Lab, world: World): Promise<readonly Gap[]> {
  return (await openReader(running).read(nodesOf(world))).gaps;
}

describe('permissions', () => {
  test('exactly the published role is enough, all of it is used, and nothing that writes is tried', async () => {
    const world = busyWorld();
    const running = await serve(world, { azureRole: ROLE });
    await expectAllRead(running, world);
    const asked = running.requests().filter(({ service }) => service === 'arm');
    expect(asked.filter(({ write }) => write)).toEqual([]);
    const used = new Set(asked.map(({ operation }) => ACTION_OF[operation.split(' ')[0] ?? ''] ?? operation));
    expect([...used].sort()).toEqual([...ROLE.Actions].sort());
  });

  test.each(ROLE.Actions)('without %s the gap names it, and the rest is read', async (action) => {
    const world = busyWorld();
    const { subscription } = azureOf(world);
    const role = { ...ROLE, Actions: ROLE.Actions.filter((other) => other !== action) };
    const running = await serve(world, { azureRole: role });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps.map(({ permission, scope }) => [permission, scope])).toEqual([[action, `azure/${subscription}`]]);
    expect(gaps[0]?.reason).toContain('docs/permissions/azure-check.json');
    const [whole] = expectedOf(world);
    const [read] = facts.map(plainOf);
    const kinds = (['machines', 'interfaces', 'tables', 'subnets', 'filters'] as const).filter(
      (kind) => !isDeepStrictEqual(read?.[kind], whole?.[kind]),
    );
    const lost: Readonly<Record<string, readonly string[]>> = {
      'Microsoft.Compute/virtualMachines/read': ['machines'],
      // Without the list of sets nobody knows of those that hold no node.
      'Microsoft.Compute/virtualMachineScaleSets/read': ['machines', 'interfaces', 'filters'],
      'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read': ['machines', 'interfaces', 'filters'],
      'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read': ['machines'],
      'Microsoft.Network/locations/usages/read': [],
      'Microsoft.Network/networkInterfaces/read': ['machines', 'interfaces', 'tables', 'subnets', 'filters'],
      // Who has one is still known; what is in it is not.
      'Microsoft.Network/networkSecurityGroups/read': ['filters'],
      'Microsoft.Network/routeTables/read': ['tables', 'subnets'],
      'Microsoft.Network/virtualNetworks/read': ['tables', 'subnets', 'filters'],
    };
    expect(kinds).toEqual(lost[action]);
  });

  test('without route tables no subnet claims to know its table, but one without says so', async () => {
    const world = busyWorld();
    const running = await serve(world, { azureDeny: ['Microsoft.Network/routeTables/read'] });
    const { facts } = await openReader(running).read(nodesOf(world));
    expect(facts[0]?.subnets.map(({ name, tableBy }) => [name, tableBy])).toEqual([
      ['bare', 'none'],
      ['moving', undefined],
      ['nodes-a', undefined],
      ['nodes-b', undefined],
    ]);
  });

  test('without the list of sets, the sets that nodes are in are read all the same', async () => {
    const world = usualWorld('scale-set-uniform');
    const running = await serve(world, { azureDeny: ['Microsoft.Compute/virtualMachineScaleSets/read'] });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps.map(({ subject }) => subject)).toEqual([`scale sets of subscription ${azureOf(world).subscription}`]);
    expect(facts[0]?.interfaces.length).toBe(5);
    expect(facts[0]?.machines.map(({ template }) => template?.forwarding)).toEqual(Array(5).fill('unknown'));
  });

  test('a missing right on many scale sets is one gap', async () => {
    const world = usualWorld('scale-set-uniform');
    const set = azureOf(world).scaleSets[0]!;
    for (const name of ['more', 'most']) azureOf(world).scaleSets.push({ ...structuredClone(set), name });
    const action = 'Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read';
    const running = await serve(world, { azureDeny: [action] });
    const nodes = nodesOf(world).map((node, index) => ({
      ...node,
      providerID: node.providerID!.replace('suite-nodes', ['suite-nodes', 'more', 'most'][index % 3]!),
    }));
    const { gaps } = await openReader(running).read(nodes);
    expect(gaps.map(({ permission }) => permission)).toEqual([action]);
  });
});

describe('servers in trouble', () => {
  test('throttled requests wait as long as they are told, and get through', async () => {
    const world = busyWorld();
    const running = await serve(world, { throttleEvery: 3 });
    await expectAllRead(running, world);
    expect(running.requests().filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  test('throttled for good is a gap for each list, and no other trouble', async () => {
    const world = usualWorld();
    const options: LabOptions = {
      onRequest: ({ service }) => {
        if (service === 'arm') options.throttleEvery = 1;
      },
    };
    const running = await serve(world, options);
    const gaps = await gapsOf(running, world);
    expect(gaps.map(({ facet }) => facet).sort()).toEqual([
      ...['filters', 'interfaces', 'machines', 'machines', 'networks', 'routes'],
    ]);
    expect(gaps.filter(({ reason }) => !reason.startsWith('Azure kept throttling after all retries'))).toEqual([]);
  });

  test('answers that break off are asked for again', async () => {
    const world = busyWorld();
    const running = await serve(world, { breakOffEvery: 4 });
    await expectAllRead(running, world);
  }, 30_000);

  test('a run that is out of time says so', async () => {
    const world = usualWorld();
    const running = await serve(world, { slowMs: 300 });
    const { gaps } = await openReader(running, { config: { timeoutMs: 100 } }).read(nodesOf(world));
    expect(gaps.map(({ facet }) => facet)).toEqual(['machines']);
    expect(gaps[0]?.reason).toMatch(/^the run's time was over/);
  });

  test('a server that is not there is one gap', async () => {
    const world = usualWorld();
    const running = await serve(world);
    enter(running, { PATH: running.azCliPath });
    const { facts, gaps } = await openReader(running, {
      config: { azureEndpoint: 'https://127.0.0.1:1' },
      env: {},
    }).read(nodesOf(world));
    expect(facts.map(({ machines }) => machines)).toEqual([[]]);
    expect(gaps.map(({ facet }) => facet)).toEqual(['machines']);
    expect(gaps[0]?.reason).toMatch(/^Azure cannot be reached \(.*ECONNREFUSED.*\)\. Check the network of the runner/);
  });

  test('a certificate that nobody trusts is named', async () => {
    const world = usualWorld();
    const running = await serve(world);
    leave();
    process.env['PATH'] = running.azCliPath;
    const { gaps } = await openReader(running, { env: {} }).read(nodesOf(world));
    expect(gaps.length).toBe(1);
    expect(gaps[0]?.reason).toMatch(/certificate of .* is not trusted .* NODE_EXTRA_CA_CERTS$/);
  });

  test('a token that ends in the middle of a run is one final trouble', async () => {
    const world = busyWorld();
    const options: LabOptions = {
      onRequest: ({ operation }) => {
        if (operation.startsWith('VirtualNetworks_')) options.expiredToken = 'azure';
      },
    };
    const running = await serve(world, options);
    const gaps = await gapsOf(running, world);
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.filter(({ reason }) => !/^the Azure login has expired \(.*\)\. Log in again/.test(reason))).toEqual([]);
  });
});
