import { expect, test } from '@jest/globals';

import type { TruthOptions } from '../../../lab/truth/truth.ts';
import { azureCluster, type AzureOptions } from '../../../lab/world/azure-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azure from '../../../lab/world/faults/azure.ts';
import { verdictRow } from './rows.ts';

/** Routing alone: what network security groups add is in a test of its own. Verdicts in the order 1>2 1>3 2>1 2>3 3>1 3>2, one letter each: p f P(artial) u n. */
function row(
  mode: AzureOptions['mode'],
  list: faults.Fault[],
  more: Partial<AzureOptions> = {},
  told: TruthOptions = {},
) {
  return verdictRow(azureCluster({ name: 'three', mode, nodes: 3, securityGroups: 'none', ...more }), list, told);
}

const toTwo = 'fppppf';
const wrong = (where: azure.AzureElsewhere): faults.Fault[] => [azure.azureWrongTarget(1, where)];

const CASES: [string, faults.Fault[], string][] = [
  ['no fault', [], 'pppppp'],
  ['IP forwarding off at node 2', [azure.azureForwardingOff(1)], 'fpffpf'],
  ['no route to node 2', [azure.azureRouteMissing(1)], toTwo],
  ['the route to node 2 leads to node 3', wrong({ node: 2 }), toTwo],
  ['... to a machine that does not forward', wrong({ appliance: 'not-forwarding' }), toTwo],
  ['... to one that does', wrong({ appliance: 'forwarding' }), 'uppppu'],
  ['... to the internet', wrong({ kind: 'internet' }), toTwo],
  ['... to None', wrong({ kind: 'none' }), toTwo],
  ['... to a gateway', wrong({ kind: 'gateway' }), 'uppppu'],
  ['... to an address of another network', wrong({ kind: 'hub' }), 'uppppu'],
  ['... into the network, where nobody has the addresses', wrong({ kind: 'vnet' }), toTwo],
  ['... to an address that nobody has', [azure.azureDeadRoute(1)], toTwo],
  ['... to a deallocated machine', [azure.azureDeadRoute(1, 'all', 'deallocated')], toTwo],
  ['the node has moved, nobody has its old address', [azure.azureIpChanged(1)], toTwo],
  ['... another node has it', [azure.azureIpChanged(1, 2)], toTwo],
  ['half of the range leads elsewhere', [azure.azureShadow(1, { node: 2 })], 'PppppP'],
  ['a stale route', [azure.azureStaleRoute('10.244.200.0/24')], 'pppppp'],
  ['a broader route to the owner', [azure.azureBroaderRoute(1, 23)], 'pppppp'],
  ['a route that failed', [azure.azureRouteState(1, 'Failed')], 'uppppu'],
  ['a table that is being updated', [azure.azureTableState('Updating')], 'uuuuuu'],
  ['a table that no subnet uses', [azure.azureUnrelatedTable(true)], 'pppppp'],
  ['a table without pod routes', [azure.azureForeignTable(0)], 'ffffff'],
  ['no table', [azure.azureNoTable(0)], 'ffffff'],
  ['a podCIDR inside the network, with a route', [azure.azureInsideVnet(1, '10.224.200.0/24', true)], 'pppppp'],
  ['... without', [azure.azureInsideVnet(1, '10.224.200.0/24', false)], toTwo],
  ['a peering', [azure.azurePeering()], 'pppppp'],
  ['a deallocated node', [azure.azureStopped(1)], 'fpffpf'],
  ['a node that is starting', [azure.azureStarting(1)], 'pppppp'],
  ['a deleted node', [azure.azureDeleted(1)], 'upuupu'],
  ['a second interface', [azure.azureSecondNic(1)], 'pppppp'],
  ['a route to the second interface, which does not forward', [azure.azureRouteToSecondNic(1, false)], toTwo],
  ['... which does', [azure.azureRouteToSecondNic(1, true)], 'pppppp'],
  ['a route to a second address', [azure.azureSecondAddress(1)], 'pppppp'],
  ['the default route may leave by either of two', [azure.azureNodeIpOnSecond(1, false)], 'fpuupf'],
];

test.each(CASES)('%s, in mode host-gw and without an agent alike', (_, list, expected) => {
  for (const machines of ['vms', 'scale-set-uniform', 'scale-set-flexible'] as const) {
    expect([machines, row('host-gw', list, { machines })]).toEqual([machines, expected]);
    expect([machines, row('fabric', list, { machines })]).toEqual([machines, expected]);
  }
});

test('host-gw needs routes inside one subnet too, because there is no layer 2', () => {
  expect(row('host-gw', [], { podRoutes: false })).toBe('ffffff');
  expect(row('host-gw', [], { tables: 'none' })).toBe('ffffff');
});

test('a subnet decides for its own senders', () => {
  expect(row('host-gw', [azure.azureNoTable(0)], { subnets: 3 })).toBe('ffpppp');
  expect(row('host-gw', [azure.azureForeignTable(1)], { subnets: 3 })).toBe('ppffpp');
  expect(row('host-gw', [azure.azureRouteMissing(1, [0])], { subnets: 3, tables: 'per-subnet' })).toBe('fppppp');
});

test('the model of a scale set is not what its instances have', () => {
  const uniform = { machines: 'scale-set-uniform' } as const;
  expect(row('fabric', [azure.azureModelWithout()], uniform)).toBe('pppppp');
  expect(row('fabric', [azure.azureOldModel(1)], uniform)).toBe('fpffpf');
});

test('Windows in mode host-gw: a neighbour’s route is made and the fabric carries it, others nobody knows', () => {
  expect(row('host-gw', [], { windows: 1 })).toBe('pppppp');
  expect(row('host-gw', [], { windows: 1, subnets: 3 })).toBe('ppppuu');
  expect(row('host-gw', [], { windows: 1, ipv6: true })).toBe('pupuuu');
});

test('IPv6 is a world of its own', () => {
  expect(row('fabric', [], { ipv6: true })).toBe('pppppp');
  expect(row('fabric', [azure.azureRouteMissing(1, 'all', 6)], { ipv6: true })).toBe('PppppP');
});

test('ids are compared without case, and an address in two networks is never guessed', () => {
  const shout: faults.Fault = {
    says: 'somebody wrote the provider id in capitals',
    into: (world) => {
      const node = world.cluster.nodes[1]!;
      node.providerID = `azure://${node.providerID!.slice('azure://'.length).toUpperCase()}`;
      return [];
    },
  };
  expect(row('fabric', [shout])).toBe('pppppp');
  expect(row('fabric', [faults.noProviderId(1), azure.azureTwinVnet(1)])).toBe('pppppp');
  expect(row('fabric', [azure.azureTwinVnet(1)], { providerIds: false })).toBe('upuupu');
});

test('without agents, user routes to machines show the mode, wherever such a table is', () => {
  const unmarked = { routeCreated: false };
  expect(row('fabric', [], unmarked)).toBe('pppppp');
  expect(row('fabric', [azure.azureNoTable(0)], unmarked)).toBe('ffffff');
  expect(row('fabric', [azure.azureNoPodRoutes()], unmarked)).toBe('uuuuuu');
});
