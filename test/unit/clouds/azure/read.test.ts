/** What the lab has no world for: networks of other subscriptions, addresses of load balancers, odd answers. */
import { describe, expect, test } from '@jest/globals';
import { assembleFabric, assembleGaps } from '../../../../src/clouds/azure/assemble.ts';
import type { Calls, Question } from '../../../../src/clouds/azure/calls.ts';
import type { Trouble } from '../../../../src/clouds/azure/errors.ts';
import { foldId } from '../../../../src/clouds/azure/ids.ts';
import { readSubscription } from '../../../../src/clouds/azure/read.ts';
import type { FabricFacts, Gap } from '../../../../src/model/snapshot.ts';

const PROVIDERS = '/subscriptions/s/resourceGroups/g/providers';
const ELSEWHERE = '/subscriptions/hub/resourceGroups/Net/providers/Microsoft.Network';
const VM = `${PROVIDERS}/Microsoft.Compute/virtualMachines/v`;
const NIC = `${PROVIDERS}/Microsoft.Network/networkInterfaces/n`;

type Answers = Readonly<Record<string, readonly object[] | Trouble>>;

/** Lists by kind; single resources by id. */
function answering(lists: Answers, single: Answers = {}): Calls & { readonly asked: string[] } {
  const asked: string[] = [];
  const reply = (answer: readonly object[] | Trouble | undefined, take: (item: never) => void): Trouble | undefined => {
    if (answer !== undefined && 'reason' in answer) return answer;
    for (const item of answer ?? []) take(item as never);
    return undefined;
  };
  return {
    asked,
    count: () => asked.length,
    list: async ({ kind, path }: Question, take: (item: never) => void) => {
      asked.push(`${kind} ${path}`);
      return reply(lists[kind], take);
    },
    get: async ({ kind, path }: Question, take: (item: never) => void) => {
      asked.push(`get ${kind} ${path}`);
      const gone: Trouble = { kind: 'gone', reason: 'there is no such resource', isFinal: false };
      return reply(single[path] ?? gone, take);
    },
  };
}

function nic(subnet: string, change: object = {}): object {
  const ipConfigurations = [{ properties: { primary: true, privateIPAddress: '10.1.0.4', subnet: { id: subnet } } }];
  return { id: NIC, properties: { virtualMachine: { id: VM.toUpperCase() }, ipConfigurations, ...change } };
}

async function read(calls: Calls): Promise<{ fabric: FabricFacts; gaps: readonly Gap[] }> {
  const plan = { subscription: 's', machines: [foldId(VM)], addresses: [] };
  const draft = await readSubscription(calls, plan, { filters: true, limits: true });
  const fabric = assembleFabric(draft, plan);
  return { fabric, gaps: assembleGaps(draft, fabric) };
}

describe('a network that another subscription shares', () => {
  const subnet = `${ELSEWHERE}/virtualNetworks/Hub/subnets/nodes`;
  const network = {
    id: `${ELSEWHERE}/virtualNetworks/Hub`,
    properties: {
      addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
      subnets: [
        { id: subnet, properties: { addressPrefix: '10.1.0.0/24', routeTable: { id: `${ELSEWHERE}/routeTables/T` } } },
      ],
    },
  };
  const lists = { interfaces: [nic(subnet)], machines: [{ id: VM }] };
  const networkId = foldId(network.id);
  const tableId = foldId(`${ELSEWHERE}/routeTables/T`);

  test('is read by its id, and so is the table of its subnet', async () => {
    const table = { id: `${ELSEWHERE}/routeTables/T`, name: 'T', properties: { routes: [] } };
    const { fabric, gaps } = await read(answering(lists, { [networkId]: [network], [tableId]: [table] }));
    expect(gaps).toEqual([]);
    expect(fabric.interfaces[0]).toMatchObject({ machine: VM, network: network.id, subnet, primary: true });
    expect(fabric.subnets).toEqual([
      {
        id: subnet,
        network: network.id,
        prefixes: ['10.1.0.0/24'],
        table: table.id,
        tableBy: 'association',
        filters: [],
      },
    ]);
    expect(fabric.tables.map(({ id, network: of }) => [id, of])).toEqual([[table.id, network.id]]);
  });

  test('leaves its subnet without a table where that one may not be read, with a gap that says why', async () => {
    const denied: Trouble = {
      kind: 'denied',
      reason: 'Microsoft.Network/routeTables/read is denied',
      permission: 'Microsoft.Network/routeTables/read',
      isFinal: false,
    };
    const { fabric, gaps } = await read(answering(lists, { [networkId]: [network], [tableId]: denied }));
    expect(fabric.subnets[0]?.table).toBeUndefined();
    expect(gaps).toEqual([
      {
        facet: 'routes',
        subject: 'route table t of subscription s',
        scope: 'azure/s',
        reason: denied.reason,
        permission: 'Microsoft.Network/routeTables/read',
      },
    ]);
  });
});

describe('a network security group that another subscription owns', () => {
  const subnet = `${ELSEWHERE}/virtualNetworks/Hub/subnets/nodes`;
  const group = `${ELSEWHERE}/networkSecurityGroups/Nodes`;
  const network = {
    id: `${ELSEWHERE}/virtualNetworks/Hub`,
    properties: {
      addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
      subnets: [{ id: subnet, properties: { networkSecurityGroup: { id: group.toUpperCase() } } }],
    },
  };
  const lists = { interfaces: [nic(subnet)], machines: [{ id: VM }] };
  const networkId = foldId(network.id);

  test('is read by its id, and its subnet spells it likewise', async () => {
    const found = { id: group, name: 'Nodes', properties: { securityRules: [] } };
    const calls = answering(lists, { [networkId]: [network], [foldId(group)]: [found] });
    const { fabric, gaps } = await read(calls);
    expect(gaps).toEqual([]);
    expect(fabric.subnets[0]?.filters).toEqual([group]);
    expect(fabric.filters).toMatchObject([{ id: group, kind: 'network-security-group', name: 'Nodes' }]);
  });

  test('is a gap where it is nowhere: the subnet still has it', async () => {
    const { fabric, gaps } = await read(answering(lists, { [networkId]: [network] }));
    expect([fabric.subnets[0]?.filters, fabric.filters]).toEqual([[group.toUpperCase()], []]);
    expect(gaps).toEqual([
      {
        facet: 'filters',
        subject: 'network security group nodes of subscription s',
        scope: 'azure/s',
        reason: 'there is no such resource',
      },
    ]);
  });

  test('is not asked for one by one where the list was refused', async () => {
    const denied: Trouble = { kind: 'denied', reason: 'denied', isFinal: false };
    const calls = answering({ ...lists, filters: denied }, { [networkId]: [network] });
    const { gaps } = await read(calls);
    expect(gaps.map(({ facet, subject }) => [facet, subject])).toEqual([
      ['filters', 'network security groups of subscription s'],
    ]);
    expect(calls.asked.filter((one) => one.startsWith('get filters'))).toEqual([]);
  });
});

describe('a next hop that no interface has', () => {
  const network = (id: string, holders: readonly string[]): object => ({
    id,
    properties: {
      addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
      subnets: [
        {
          id: `${id}/subnets/nodes`,
          properties: {
            addressPrefix: '10.1.0.0/24',
            routeTable: { id: `${PROVIDERS}/Microsoft.Network/routeTables/t` },
            ipConfigurations: holders.map((one) => ({ id: one })),
          },
        },
      ],
    },
  });
  const table = {
    id: `${PROVIDERS}/Microsoft.Network/routeTables/t`,
    properties: {
      routes: ['10.1.0.4', '10.1.0.9', '10.9.0.9'].map((nextHopIpAddress, index) => ({
        properties: {
          addressPrefix: `10.244.${String(index)}.0/24`,
          nextHopType: 'VirtualAppliance',
          nextHopIpAddress,
        },
      })),
    },
  };
  const id = `${PROVIDERS}/Microsoft.Network/virtualNetworks/v`;
  const targets = async (holders: readonly string[]): Promise<unknown> => {
    const lists = {
      interfaces: [nic(`${id}/subnets/nodes`)],
      machines: [{ id: VM }],
      networks: [network(id, holders)],
      tables: [table],
    };
    const { fabric } = await read(answering(lists));
    return fabric.tables[0]?.routes.filter(({ rank }) => rank === 1).map(({ target }) => target.kind);
  };

  test('is open where a load balancer is in its subnet', async () => {
    const balancer = `${PROVIDERS}/Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/f`;
    expect(await targets([`${NIC}/ipConfigurations/1`, balancer])).toEqual(['address', 'unknown', 'address']);
  });

  test('is nobody’s where only interfaces are', async () => {
    const instance = `${PROVIDERS}/Microsoft.Compute/virtualMachineScaleSets/s/virtualMachines/0/networkInterfaces/n/ipConfigurations/1`;
    expect(await targets([`${NIC}/ipConfigurations/1`, instance])).toEqual(['address', 'address', 'address']);
  });
});

describe('members of a Flexible set', () => {
  const set = {
    id: `${PROVIDERS}/Microsoft.Compute/virtualMachineScaleSets/f`,
    properties: { orchestrationMode: 'Flexible' },
  };

  test('are asked for only where the list of machines does not say', async () => {
    const member = { id: VM, properties: { virtualMachineScaleSet: { id: set.id.toUpperCase() } } };
    const calls = answering({ interfaces: [nic('')], machines: [member], scaleSets: [set] });
    const { fabric } = await read(calls);
    expect(fabric.machines[0]?.template?.id).toBe(set.id);
    expect(calls.asked.filter((one) => one.startsWith('machines')).length).toBe(1);
  });

  test('and only of sets in the resource groups of nodes', async () => {
    const other = { ...set, id: set.id.replace('/g/', '/other/') };
    const calls = answering({ interfaces: [nic('')], machines: [{ id: VM }], scaleSets: [set, other] });
    await read(calls);
    expect(calls.asked.filter((one) => one.startsWith('machines')).length).toBe(2);
  });
});

describe('the limit of routes per table', () => {
  const used = {
    id: `${PROVIDERS}/Microsoft.Network/routeTables/t`,
    location: 'westeurope',
    properties: {
      subnets: [{ id: `${PROVIDERS}/Microsoft.Network/virtualNetworks/v/subnets/a` }],
      routes: [{ properties: { addressPrefix: '10.244.0.0/24', nextHopType: 'None' } }],
    },
  };
  const usage = (value: string, limit?: number): object => ({
    name: { value },
    ...(limit === undefined ? {} : { limit }),
  });

  test.each([
    ['has no such usage', [usage('RouteTables', 200)]],
    ['has it without a limit', [usage('RoutesPerRouteTable')]],
    ['has it with none that could be one', [usage('RoutesPerRouteTable', 0)]],
  ])('is a gap where the answer %s', async (_, usages) => {
    const { gaps } = await read(answering({ tables: [used], usages }));
    expect(gaps).toEqual([
      {
        facet: 'limits',
        subject: 'limit of routes per table in westeurope of subscription s',
        scope: 'azure/s',
        reason: 'the answer has no limit for RoutesPerRouteTable',
      },
    ]);
  });

  test('is no gap where the answer has it', async () => {
    expect((await read(answering({ tables: [used], usages: [usage('RoutesPerRouteTable', 400)] }))).gaps).toEqual([]);
  });
});

test('where no call got anywhere, one gap says it for all', async () => {
  const trouble: Trouble = { kind: 'expired-credentials', reason: 'the login has expired', isFinal: true };
  const kinds = ['interfaces', 'machines', 'scaleSets', 'networks', 'tables', 'filters'];
  const { gaps } = await read(answering(Object.fromEntries(kinds.map((kind) => [kind, trouble]))));
  expect(gaps).toEqual([
    {
      facet: 'machines',
      subject: 'virtual machines of subscription s',
      scope: 'azure/s',
      reason: 'the login has expired',
    },
  ]);
});

test('the only interface of a machine is its primary one, of several it is the one that says so', async () => {
  const subnet = `${PROVIDERS}/Microsoft.Network/virtualNetworks/v/subnets/a`;
  const primaries = async (faces: readonly object[]): Promise<unknown> => {
    const { fabric } = await read(answering({ interfaces: faces, machines: [{ id: VM }] }));
    return fabric.interfaces.map(({ primary }) => primary);
  };
  expect(await primaries([nic(subnet)])).toEqual([true]);
  expect(await primaries([nic(subnet), { ...nic(subnet, { primary: true }), id: `${NIC}2` }])).toEqual([false, true]);
});
