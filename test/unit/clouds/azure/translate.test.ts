import { describe, expect, test } from '@jest/globals';
import { translateInterface, translateMachine, translateScaleSet } from '../../../../src/clouds/azure/translate.ts';
import { systemRoutes, translateNetwork, translateTable } from '../../../../src/clouds/azure/translate-routes.ts';

const GROUP = '/subscriptions/s/resourceGroups/g/providers';
const NET = `${GROUP}/Microsoft.Network/virtualNetworks/net`;
const NIC = `${GROUP}/Microsoft.Network/networkInterfaces/nic`;
const SET = `${GROUP}/Microsoft.Compute/virtualMachineScaleSets/set`;

describe('machines', () => {
  test.each([
    [['PowerState/running'], 'running', 'running'],
    [['ProvisioningState/succeeded', 'PowerState/starting'], 'running', 'starting'],
    [['powerstate/Deallocated'], 'stopped', 'deallocated'],
    [['PowerState/stopping'], 'stopped', 'stopping'],
    [['PowerState/unknown'], 'unknown', 'unknown'],
    [['ProvisioningState/deleting', 'PowerState/running'], 'terminated', 'deleting'],
    [[], 'unknown', 'not given'],
  ])('%p', (codes, state, stateText) => {
    const instanceView = { statuses: codes.map((code) => ({ code })) };
    expect(translateMachine({ id: 'vm', properties: { instanceView } })).toEqual({ id: 'vm', state, stateText });
  });

  test('an instance of a Uniform set is a part of it, a member of a Flexible one names it', () => {
    expect(translateMachine({ id: `${SET}/virtualMachines/3` })?.scaleSet).toBe(SET);
    const member = {
      id: `${GROUP}/Microsoft.Compute/virtualMachines/v`,
      properties: { virtualMachineScaleSet: { id: SET } },
    };
    expect(translateMachine(member)?.scaleSet).toBe(SET);
  });
});

describe('interfaces', () => {
  test('forwarding is off where nobody ever set it, and unknown only where nothing is said', () => {
    const forwardingOf = (properties?: object): unknown =>
      translateInterface({ id: NIC, ...(properties === undefined ? {} : { properties }) })?.forwarding;
    expect([{ enableIPForwarding: true }, { enableIPForwarding: false }, {}, undefined].map(forwardingOf)).toEqual([
      'on',
      'off',
      'off',
      'unknown',
    ]);
  });

  test('the primary configuration comes first, blocks are assigned prefixes, what is no address is left out', () => {
    const one = (privateIPAddress: string, more: object = {}): object => ({
      properties: { privateIPAddress, subnet: { id: `${NET}/subnets/a` }, ...more },
    });
    const ipConfigurations = [
      one('10.0.0.9'),
      one('FD00:0::4'),
      one('10.0.0.4', { primary: true }),
      one('10.0.1.16', { privateIPAddressPrefixLength: 28 }),
      one('10.0.2.0/28'),
      one('10.0.0.5', { privateIPAddressPrefixLength: 32 }),
      one('nothing'),
      { properties: {} },
    ];
    expect(translateInterface({ id: NIC, properties: { ipConfigurations } })).toMatchObject({
      subnet: `${NET}/subnets/a`,
      addresses: ['10.0.0.4', '10.0.0.9', 'fd00::4', '10.0.0.5'],
      assignedPrefixes: ['10.0.1.16/28', '10.0.2.0/28'],
    });
  });

  test('interfaces of the platform are no ordinary ones', () => {
    const typeOf = (properties: object): unknown => translateInterface({ id: NIC, properties })?.type;
    expect(typeOf({ privateEndpoint: { id: 'e' } })).toBe('private endpoint');
    expect(typeOf({ hostedWorkloads: ['w'] })).toBe('hosted workload');
    expect(typeOf({ hostedWorkloads: [] })).toBeUndefined();
  });
});

test('a scale set’s model is that of its primary interface; one without a word for it is Uniform', () => {
  const face = (primary: boolean, enableIPForwarding: boolean, subnet: string): object => ({
    properties: { primary, enableIPForwarding, ipConfigurations: [{ properties: { subnet: { id: subnet } } }] },
  });
  const networkProfile = { networkInterfaceConfigurations: [face(false, false, 'b'), face(true, true, 'a')] };
  expect(translateScaleSet({ id: SET, properties: { virtualMachineProfile: { networkProfile } } })).toEqual({
    id: SET,
    isUniform: true,
    forwarding: 'on',
    subnets: ['a', 'b'],
  });
  expect(translateScaleSet({ id: SET, properties: { orchestrationMode: 'Flexible' } })).toEqual({
    id: SET,
    isUniform: false,
    forwarding: 'unknown',
    subnets: [],
  });
});

describe('tables', () => {
  const routeOf = (properties: object, tableState?: string): unknown =>
    translateTable({
      id: 'rt',
      properties: {
        routes: [{ name: 'r', properties }],
        ...(tableState === undefined ? {} : { provisioningState: tableState }),
      },
    })?.routes[0];

  test.each([
    [
      { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' },
      { kind: 'address', address: '10.0.0.4' },
    ],
    [
      { nextHopType: 'VirtualAppliance', nextHopIpAddress: 'FD00:0::4' },
      { kind: 'address', address: 'fd00::4' },
    ],
    [{ nextHopType: 'VirtualAppliance' }, { kind: 'unknown', text: 'next hop not given' }],
    [{ nextHopType: 'VnetLocal' }, { kind: 'local' }],
    [{ nextHopType: 'None' }, { kind: 'none' }],
    [{ nextHopType: 'Internet' }, { kind: 'gateway', gateway: 'internet', id: 'Internet' }],
    [{ nextHopType: 'VirtualNetworkGateway' }, { kind: 'gateway', gateway: 'vpn', id: 'VirtualNetworkGateway' }],
    [{ nextHopType: 'Teleport' }, { kind: 'unknown', text: 'next hop type Teleport' }],
    [{}, { kind: 'unknown', text: 'next hop type not given' }],
  ])('%p', (properties, target) => {
    expect(routeOf({ addressPrefix: '10.244.1.5/24', ...properties })).toEqual({
      prefix: '10.244.1.0/24',
      target,
      state: 'active',
      rank: 1,
      origin: 'static',
      name: 'r',
    });
  });

  test('what is being written, or could not be, is unknown', () => {
    const route = { addressPrefix: '10.244.1.0/24', nextHopType: 'None' };
    expect(routeOf({ ...route, provisioningState: 'Failed' })).toMatchObject({ state: 'unknown', stateText: 'Failed' });
    expect(routeOf(route, 'Updating')).toMatchObject({ state: 'unknown', stateText: 'Updating' });
    expect(routeOf({ ...route, provisioningState: 'Succeeded' }, 'Succeeded')).toMatchObject({ state: 'active' });
  });

  test('service tags are set apart', () => {
    const routes = ['AzureCloud.WestEurope', '10.0.0.0/8'].map((addressPrefix) => ({ properties: { addressPrefix } }));
    const table = translateTable({ id: 'rt', properties: { routes } });
    expect([table?.tags, table?.routes.map(({ prefix }) => prefix)]).toEqual([
      ['AzureCloud.WestEurope'],
      ['10.0.0.0/8'],
    ]);
  });

  test.each([
    ['/subscriptions/s/resourceGroups/MC_g_c_westeurope/providers/Microsoft.Network/routeTables/t', {}, ['AKS']],
    [`${GROUP}/Microsoft.Network/routeTables/t`, { 'aks-managed-cluster-name': 'shop' }, ['AKS cluster shop']],
    [`${GROUP}/Microsoft.Network/routeTables/t`, { 'aks-managed-poolName': 'one' }, ['AKS']],
    [`${GROUP}/Microsoft.Network/routeTables/t`, { 'managed-by': 'terraform', env: 'prod' }, ['Terraform']],
    [`${GROUP}/Microsoft.Network/routeTables/t`, { terraform: 'false' }, []],
    [`${GROUP}/Microsoft.Network/routeTables/MC_t`, {}, []],
  ])('%s %p belongs to %p', (id, tags, owners) => {
    expect(translateTable({ id, tags })?.owners).toEqual(owners);
  });

  test.each([
    ['/subscriptions/s/resourceGroups/MC_g_c_westeurope/providers/Microsoft.Network/networkInterfaces/n', {}, 'AKS'],
    [`${GROUP}/Microsoft.Network/networkInterfaces/n`, { 'aks-managed-cluster-name': 'shop' }, 'AKS cluster shop'],
    [`${GROUP}/Microsoft.Network/networkInterfaces/n`, { 'managed-by': 'terraform' }, undefined],
  ])('interface %s %p is kept by %p', (id, tags, owner) => {
    expect(translateInterface({ id, tags, properties: {} })?.owner).toBe(owner);
  });
});

describe('system routes', () => {
  const routesOf = (addressPrefixes: string[], properties: object = {}): string[] => {
    const network = translateNetwork({ id: NET, properties: { addressSpace: { addressPrefixes }, ...properties } });
    return systemRoutes(network!, new Map()).map(({ prefix, target, origin, rank }) => {
      const kind = target.kind === 'gateway' ? target.gateway : target.kind;
      return `${prefix} ${kind} ${origin} ${String(rank)}`;
    });
  };

  test('the network’s own ranges are local, private ones are dropped, all else goes out', () => {
    expect(routesOf(['10.1.0.0/16', 'fd00:1::/48'])).toEqual([
      '10.1.0.0/16 local local 3',
      'fd00:1::/48 local local 3',
      '10.0.0.0/8 none system 3',
      '100.64.0.0/10 none system 3',
      '172.16.0.0/12 none system 3',
      '192.168.0.0/16 none system 3',
      '0.0.0.0/0 internet system 3',
      '::/0 internet system 3',
    ]);
  });

  test('a private range that is the network’s own, or part of it, is not dropped', () => {
    expect(routesOf(['10.0.0.0/8', '172.0.0.0/8']).filter((text) => text.includes('none'))).toEqual([
      '100.64.0.0/10 none system 3',
      '192.168.0.0/16 none system 3',
    ]);
  });

  test('only connected peerings count, by either name of the far range', () => {
    const peering = (name: string, change: object): object => ({
      name,
      properties: { peeringState: 'Connected', remoteVirtualNetwork: { id: `${NET}-${name}` }, ...change },
    });
    const virtualNetworkPeerings = [
      peering('a', { remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] } }),
      peering('b', { remoteVirtualNetworkAddressSpace: { addressPrefixes: ['10.3.0.0/16'] } }),
      peering('c', { remoteAddressSpace: { addressPrefixes: ['10.4.0.0/16'] }, peeringState: 'Initiated' }),
    ];
    expect(routesOf(['10.1.0.0/16'], { virtualNetworkPeerings }).filter((text) => text.includes('peering'))).toEqual([
      '10.2.0.0/16 peering system 3',
      '10.3.0.0/16 peering system 3',
    ]);
  });
});
