/** What network security groups do, beside the rules of Azure as people read them. */
import { describe, expect, test } from '@jest/globals';

import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { AzureOptions } from '../../../lab/world/azure-cluster.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import * as azure from '../../../lab/world/faults/azure.ts';
import { verdictRow } from './rows.ts';

/** Three nodes, each in a subnet of its own. Verdicts in the order 1>2 1>3 2>1 2>3 3>1 3>2: p f P(artial) u n. */
function row(list: Fault[], more: Partial<AzureOptions> = {}): string {
  return verdictRow(azureCluster({ name: 'three', mode: 'fabric', nodes: 3, subnets: 3, ...more }), list);
}

const at = (subnet: number): azure.GroupPlace => ({ subnet });
const end = (...prefixes: string[]): { prefixes: string[] } => ({ prefixes });
const inbound = (access: 'Allow' | 'Deny', more: object = {}): Parameters<typeof azure.azureRule>[1] => ({
  ...{ name: `${access}-${JSON.stringify(more).length.toString()}`, direction: 'Inbound', access },
  ...more,
});
const rules = (...list: Parameters<typeof azure.azureRule>[1][]): Fault[] =>
  list.map((rule, index) => azure.azureRule(at(1), { ...rule, name: `rule-${String(index)}` }));
const denyRest = inbound('Deny', { priority: 4096 });

describe('with the default rules alone', () => {
  test.each<[string, Fault[], string]>([
    ['pods are in the tag VirtualNetwork by their user routes', [], 'pppppp'],
    ['pods without a route anywhere are not, and reach nobody', [azure.azureRouteMissing(1)], 'fpffpf'],
    [
      'the route of a default table counts in its own subnet; elsewhere nobody knows',
      [azure.azureNoTable(0)],
      'ffupup',
    ],
    ['a podCIDR inside the network needs none for it', [azure.azureInsideVnet(1, '10.224.200.0/24', false)], 'fppppf'],
  ])('%s', (_, list, expected) => {
    expect(row(list)).toBe(expected);
    expect(row(list, { securityGroups: 'interfaces' })).toBe(expected);
  });

  test('a table of another subnet leaves it open', () => {
    const list = [azure.azureRouteMissing(1, [0])];
    expect(row(list, { tables: 'per-subnet', securityGroups: 'none' })).toBe('fppppp');
    // Node 2 sends to node 1, whose subnet's table does not name node 2's pods.
    expect(row(list, { tables: 'per-subnet' })).toBe('fpuppp');
  });

  test('a default route of the user names nobody', () => {
    const world = azureCluster({ name: 'three', mode: 'fabric', nodes: 3, subnets: 3, routeCreated: true });
    const [table] = world.azure![0]!.routeTables;
    table!.routes = [{ ...table!.routes[0]!, prefix: '0.0.0.0/0' }];
    expect(verdictRow(world, [])).toBe('ffffff');
  });
});

describe('custom rules at the subnet of node 2', () => {
  test.each<[string, Fault[], string]>([
    ['all inbound denied', [azure.azureDeniesInbound(at(1))], 'fppppf'],
    ['the pod range denied', [azure.azureDeniesPods(at(1), '10.244.0.0/16')], 'fppppf'],
    ['half of node 1’s pods denied', [azure.azureDeniesHalf(at(1), 0)], 'Pppppp'],
    ['only TCP', [azure.azureOnlyTcp(at(1))], 'uppppu'],
    ['a denial after an allowance of the same', rules(inbound('Allow', { priority: 100 }), denyRest), 'pppppp'],
    [
      'the same the other way round',
      rules(inbound('Deny', { priority: 100 }), inbound('Allow', { priority: 200 })),
      'fppppf',
    ],
    ['one port denied', rules(inbound('Deny', { protocol: 'Tcp', destinationPorts: ['22'] })), 'uppppu'],
    ['some source ports denied', rules(inbound('Deny', { sourcePorts: ['53'] })), 'uppppu'],
    ['only some source ports allowed', rules(inbound('Allow', { sourcePorts: ['53'] }), denyRest), 'uppppu'],
    ['the tag VirtualNetwork allowed', rules(inbound('Allow', { source: end('VirtualNetwork') }), denyRest), 'pppppp'],
    [
      'addresses of nodes allowed, not of pods',
      rules(inbound('Allow', { source: end('10.224.0.0/16') }), denyRest),
      'fppppf',
    ],
    ['the load balancer allowed', rules(inbound('Allow', { source: end('AzureLoadBalancer') }), denyRest), 'fppppf'],
    ['the internet denied, which pods are no part of', rules(inbound('Deny', { source: end('Internet') })), 'pppppp'],
    ['a tag of a service denied', rules(inbound('Deny', { source: end('Storage') })), 'uppppu'],
    ['a denial that is not for these pods', rules(inbound('Deny', { destination: end('10.244.2.0/24') })), 'pppppp'],
    ['a denial that is', rules(inbound('Deny', { destination: end('10.244.1.0/24') })), 'fppppf'],
    ['all outbound denied', rules({ ...inbound('Deny'), direction: 'Outbound' }), 'ppffpp'],
    [
      'outbound to node 3 denied',
      rules({ ...inbound('Deny'), direction: 'Outbound', destination: end('10.244.2.0/24') }),
      'pppfpp',
    ],
    ['a group that is being written', [azure.azureGroupState(at(1), 'Updating')], 'upuupu'],
    ['a rule that is being written', rules(inbound('Deny', { provisioningState: 'Updating' })), 'uppppu'],
  ])('%s', (_, list, expected) => {
    expect(row(list)).toBe(expected);
  });

  test('replies pass, because groups remember what they let in', () => {
    expect(row([azure.azureDeniesInbound(at(1))]).charAt(2)).toBe('p');
  });

  test('subnet and interface must both admit, also inside one subnet', () => {
    const one = { subnets: 1 } as const;
    expect(row([azure.azureDeniesInbound(at(0))], one)).toBe('ffffff');
    expect(row([azure.azureDeniesInbound({ nic: 1 })], one)).toBe('fppppf');
    expect(row([azure.azureDeniesInbound({ nic: 1 })], { ...one, securityGroups: 'none' })).toBe('fppppf');
  });

  test('an application security group holds addresses of interfaces; whether it holds pods behind one, nobody knows', () => {
    const member = azure.azureApplicationGroup('workers', [0]);
    expect(row([member, azure.azureOnlyGroup(at(1), 'workers')])).toBe('uppppf');
    const source = { applicationGroups: ['workers'] };
    expect(row([member, ...rules(inbound('Deny', { source }))])).toBe('uppppp');
  });
});
