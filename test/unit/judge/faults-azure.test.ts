import { expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import * as nodes from '../../../lab/world/faults.ts';
import * as faults from '../../../lab/world/faults/azure.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { azureAt } from '../../../lab/world/azure-look.ts';
import { putSecurityRule } from '../../../lab/world/azure-rules.ts';
import type { World } from '../../../lab/world/world.ts';
import { expectExactly, judgeWith } from '../../support/judging.ts';

const pods = { podCIDRs: ['10.244.0.0/16'] };
/** Routes and forwarding alone: a podCIDR without a route also leaves the tag VirtualNetwork. */
const cluster = (mode: 'host-gw' | 'fabric', securityGroups: 'none' | 'subnets' = 'subnets'): World =>
  azureCluster({ name: 'unit', mode, nodes: 9, subnets: 3, securityGroups });

const FAULTS: readonly (readonly [string, readonly Fault[]])[] = [
  ['nothing', []],
  ['IP forwarding off', [faults.azureForwardingOff(3)]],
  ['a missing route', [faults.azureRouteMissing(2)]],
  ['a route missing in one table', [faults.azureRouteMissing(2, [0])]],
  ['no pod routes at all', [faults.azureNoPodRoutes()]],
  ['a route to another node', [faults.azureWrongTarget(2, { node: 5 })]],
  ['a next hop that nobody has', [faults.azureDeadRoute(2)]],
  ['a machine that came back with another address', [faults.azureIpChanged(2)]],
  ['the same, and another node has the old address now', [faults.azureIpChanged(2, 5)]],
  ['a stale route', [faults.azureStaleRoute('10.244.250.0/24')]],
  ['a /25 that leads elsewhere', [faults.azureShadow(2, { node: 5 })]],
  ['a subnet without a table', [faults.azureNoTable(1)]],
  ['a subnet on a foreign table', [faults.azureForeignTable(1)]],
  ['a table of something else', [faults.azureUnrelatedTable()]],
  ['a broader route to the owner', [faults.azureBroaderRoute(2, 23)]],
  ['a second NIC that no pod packet uses', [faults.azureSecondNic(2)]],
  ['a deallocated machine', [faults.azureStopped(2)]],
  ['a machine that still starts', [faults.azureStarting(2)]],
  ['a machine that nobody finds', [faults.azureDeleted(2)]],
  ['a node without provider id', [nodes.noProviderId(1)]],
];

test.each(FAULTS)('host-gw: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('host-gw'), list, pods);
  expectExactly(judgement.findings, expected);
});

test.each(FAULTS)('fabric: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('fabric'), list, pods);
  expectExactly(judgement.findings, expected);
});

const FILTERED: readonly (readonly [string, readonly Fault[]])[] = [
  ['nothing', []],
  ['all inbound denied at a subnet', [faults.azureDeniesInbound({ subnet: 1 })]],
  ['... at one interface', [faults.azureDeniesInbound({ nic: 4 })]],
  ['the pod range denied at a subnet', [faults.azureDeniesPods({ subnet: 1 }, '10.244.0.0/16')]],
  ['a part of it', [faults.azureDeniesPods({ subnet: 1 }, '10.244.0.0/22')]],
  ['half of a podCIDR denied', [faults.azureDeniesHalf({ subnet: 2 }, 3)]],
  ['only TCP admitted', [faults.azureOnlyTcp({ subnet: 0 })]],
  ['IP forwarding off beside it', [faults.azureDeniesInbound({ subnet: 1 }), faults.azureForwardingOff(0)]],
];

test.each(FILTERED)('network security groups: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('fabric', 'subnets'), list, pods);
  expectExactly(judgement.findings, expected);
});

/** Subnet 1 admits all but what comes from the internet. */
const deniesInternet: Fault = {
  says: 'subnet 1 denies the tag Internet',
  into: (world) => {
    const group = azureAt(world, 1).azure.securityGroups[1];
    const inbound = { direction: 'Inbound' } as const;
    const source = { prefixes: ['Internet'] };
    putSecurityRule(group!, { ...inbound, name: 'no-internet', priority: 100, access: 'Deny', source });
    putSecurityRule(group!, { ...inbound, name: 'all', priority: 200, access: 'Allow' });
    return [];
  },
};

test.each([
  ['10.244.0.0/16', [], { pass: 2, fail: 0, unknown: 0 }],
  // What user routes name is the network's own space.
  ['25.4.0.0/16', [], { pass: 2, fail: 0, unknown: 0 }],
  // The table of subnet 1 does not know the pods of node 0, so the group there may take them for the internet.
  ['10.244.0.0/16', [faults.azureRouteMissing(0, [1])], { pass: 1, fail: 1, unknown: 0 }],
  ['25.4.0.0/16', [faults.azureRouteMissing(0, [1])], { pass: 0, fail: 1, unknown: 1 }],
])('the tag Internet: pods in %s', (podCidr, list, counts) => {
  const shape = { name: 'tag', mode: 'fabric', nodes: 2, subnets: 2, tables: 'per-subnet', podCidr } as const;
  const { judgement } = judgeWith(azureCluster(shape), [deniesInternet, ...list]);
  expect(judgement.pairs).toMatchObject(counts);
});

test.each(['scale-set-uniform', 'scale-set-flexible'] as const)(
  '%s: forwarding off is found at the NIC',
  (machines) => {
    const world = azureCluster({ name: 'sets', mode: 'fabric', machines, nodes: 4, subnets: 2 });
    expect(judgeWith(world, [], pods).judgement.findings).toEqual([]);
    const { judgement, expected } = judgeWith(world, [faults.azureForwardingOff(1)], pods);
    expectExactly(judgement.findings, expected);
  },
);

test('a route that Azure has not finished is unknown', () => {
  const { judgement } = judgeWith(cluster('fabric'), [faults.azureRouteState(2, 'Updating')], pods);
  expect({ fail: judgement.pairs.fail, rules: [...new Set(judgement.findings.map(({ rule }) => rule))] }).toEqual({
    fail: 0,
    rules: ['evidence-incomplete'],
  });
});
