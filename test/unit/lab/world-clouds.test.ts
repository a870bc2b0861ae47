import { expect, test } from '@jest/globals';

import { randomWorld } from '../../../lab/random/random-world.ts';
import { truth } from '../../../lab/truth/truth.ts';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import { nicId, vmId } from '../../../lab/world/azure-ids.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as azure from '../../../lab/world/faults/azure.ts';
import * as gce from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { mixedCluster } from '../../../lab/world/mixed-cluster.ts';
import type { World } from '../../../lab/world/world.ts';

const providerIds = (world: World) => world.cluster.nodes.map((node) => node.providerID);

test('a cluster as it is built has no trouble, on either cloud and in every mode', () => {
  for (const subnets of [1, 3]) {
    for (const ipv6 of [false, true]) {
      const shape = { name: 'healthy', nodes: 7, subnets, ipv6 };
      const worlds = [
        ...(['host-gw', 'fabric', 'vxlan', 'alias'] as const).flatMap((mode) => [
          gceCluster({ ...shape, mode }),
          gceCluster({ ...shape, mode, hostProject: 'net-host' }),
        ]),
        ...(['host-gw', 'fabric', 'vxlan'] as const).flatMap((mode) =>
          (['vms', 'scale-set-uniform', 'scale-set-flexible'] as const).map((machines) =>
            azureCluster({ ...shape, mode, machines, tables: subnets === 1 ? 'shared' : 'per-subnet' }),
          ),
        ),
      ];
      for (const world of worlds) {
        const { oneWay } = truth(world);
        expect(oneWay.pass + oneWay.notApplicable).toBe(42);
      }
    }
  }
});

test('provider ids have the forms of the cloud controllers', () => {
  expect(providerIds(gceCluster({ name: 'g', mode: 'fabric', nodes: 2, subnets: 2 }))).toEqual([
    'gce://shop-prod/europe-west3-a/worker-01',
    'gce://shop-prod/europe-west3-b/worker-02',
  ]);
  const prefix = 'azure:///subscriptions/1234/resourceGroups/shop-prod/providers/Microsoft.Compute';
  const ids = (machines: 'vms' | 'scale-set-uniform' | 'scale-set-flexible') =>
    providerIds(azureCluster({ name: 'a', mode: 'fabric', nodes: 2, machines, subscription: '1234' }));
  expect(ids('vms')[1]).toBe(`${prefix}/virtualMachines/worker-02`);
  expect(ids('scale-set-uniform')[1]).toBe(`${prefix}/virtualMachineScaleSets/a-nodes/virtualMachines/1`);
  expect(ids('scale-set-flexible')[1]).toMatch(new RegExp(`^${prefix}/virtualMachines/a-nodes_[0-9a-f]{8}$`));
});

test('only the provider id has the resource group in lower case', () => {
  const world = azureCluster({ name: 'a', mode: 'fabric', nodes: 1, subscription: '1234' });
  const [one] = world.azure!;
  expect(vmId(one!, 'worker-01')).toBe(
    '/subscriptions/1234/resourceGroups/Shop-Prod/providers/Microsoft.Compute/virtualMachines/worker-01',
  );
  expect(nicId(one!, 'x')).toContain('/resourceGroups/Shop-Prod/');
});

test('VPC-native: alias ranges of the subnetwork, no routes, canIpForward off', () => {
  const [one] = gceCluster({ name: 'n', mode: 'alias', nodes: 4, subnets: 2 }).gce!;
  const instances = one!.projects[0]!.instances;
  expect(instances.map((instance) => instance.canIpForward)).toEqual([false, false, false, false]);
  expect(instances.map((instance) => instance.nics[0]!.aliasRanges[0]?.cidr)).toEqual([
    '10.244.0.0/24',
    '10.244.128.0/24',
    '10.244.1.0/24',
    '10.244.129.0/24',
  ]);
  expect(one!.routes.map((route) => route.destRange)).toEqual(['0.0.0.0/0']);
});

/** One of each kind that may break something. */
const GCE = [
  gce.gceForwardingOff(1),
  gce.gceRouteMissing(1),
  gce.gceWrongTarget(1, { node: 2 }),
  gce.gceWrongTarget(1, { appliance: 'forwarding' }),
  gce.gceDeadRoute(1, 'alias'),
  gce.gceShadow(1, { kind: 'internet' }),
  gce.gceTagged(1),
  gce.gceTagged(1, [2]),
  gce.gceEcmp(1, 'gone'),
  gce.gceWorseDuplicate(1, { node: 2 }),
  gce.gcePriority(1, 0),
  gce.gceOtherNextHop(1),
  gce.gceAliasRange(1),
  gce.gceInsideSecondary(1),
  gce.gceInsideSubnet(1, '10.132.5.0/24'),
  gce.gceSecondNic(1),
  gce.gceStopped(1),
  gce.gceNoPodRoutes(),
  faults.duplicatePodCidr(1, 2),
  faults.overlappingPodCidr(1, 2, true),
  faults.newNode(1),
];

const AZURE = [
  azure.azureForwardingOff(1),
  azure.azureRouteMissing(1),
  azure.azureWrongTarget(1, { kind: 'none' }),
  azure.azureWrongTarget(1, { kind: 'hub' }),
  azure.azureDeadRoute(1),
  azure.azureIpChanged(1),
  azure.azureShadow(1, { node: 2 }),
  azure.azureNoTable(0),
  azure.azureForeignTable(0),
  azure.azureUnrelatedTable(true),
  azure.azureRouteState(1, 'Failed'),
  azure.azureInsideVnet(1, '10.224.200.0/24', true),
  azure.azureInsideVnet(1, '10.224.200.0/24', false),
  azure.azureSecondNic(1),
  azure.azureRouteToSecondNic(1, false),
  azure.azureStopped(1),
  azure.azureNoPodRoutes(),
  faults.duplicatePodCidr(1, 2),
  faults.overlappingPodCidr(1, 2, true),
  faults.newNode(1),
];

test.each([
  ['gce, host-gw', gceCluster({ name: 'one', mode: 'host-gw', nodes: 5, subnets: 2 }), GCE],
  ['gce, fabric', gceCluster({ name: 'one', mode: 'fabric', nodes: 5, subnets: 2, nextHop: 'ip' }), GCE],
  ['azure, host-gw', azureCluster({ name: 'one', mode: 'host-gw', nodes: 5, subnets: 2 }), AZURE],
  ['azure, fabric', azureCluster({ name: 'one', mode: 'fabric', nodes: 5, machines: 'scale-set-uniform' }), AZURE],
] as const)('%s: a fault changes a copy, and expects a finding exactly where it breaks a pair', (_, world, list) => {
  for (const fault of list) {
    const before = structuredClone(world);
    const { world: after, expected } = faults.inject(world, fault);
    expect(world).toEqual(before);
    const { fail, partial } = truth(after).oneWay;
    expect([fault.says, expected.length > 0]).toEqual([fault.says, fail + partial > 0]);
  }
});

test('what a fault names is what is at fault', () => {
  const world = gceCluster({ name: 'named', mode: 'host-gw', nodes: 3 });
  expect(faults.inject(world, gce.gceForwardingOff(1), gce.gceRouteMissing(0)).expected).toEqual([
    {
      rule: 'cloud-forwarding-off',
      verdict: 'fail',
      subjects: { nodes: ['worker-02'], interfaces: ['shop-prod/europe-west3-a/worker-02/nic0'] },
    },
    {
      rule: 'fabric-route-missing',
      verdict: 'fail',
      subjects: { nodes: ['worker-01'], prefixes: ['10.244.0.0/24'], routeTables: ['shop-prod/named-net'] },
    },
  ]);
  const onAzure = azureCluster({ name: 'named', mode: 'host-gw', nodes: 3, subscription: '1234' });
  const network = '/subscriptions/1234/resourceGroups/Shop-Prod/providers/Microsoft.Network';
  expect(faults.inject(onAzure, azure.azureNoTable(0)).expected).toEqual([
    {
      rule: 'route-table-not-associated',
      verdict: 'fail',
      subjects: { subnets: [`${network}/virtualNetworks/named-vnet/subnets/nodes-a`] },
    },
  ]);
});

test.each(['gcp', 'azure'] as const)(
  'random worlds on %s come again for the same seed, none is like another, and every verdict occurs',
  (cloud) => {
    const seen = { pass: 0, fail: 0, partial: 0, unknown: 0, notApplicable: 0 };
    const worlds = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const one = randomWorld(seed, cloud);
      const { name } = one.world;
      worlds.add(JSON.stringify({ ...one.world, title: '' }).replaceAll(name, 'x'));
      if (seed < 30) expect(randomWorld(seed, cloud)).toEqual(one);
      const counts = truth(one.world, one.options).oneWay;
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += counts[key];
    }
    expect(worlds.size).toBe(300);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  },
);

test('from one cloud to another nobody knows, unless tunnels join both ends', () => {
  const build = (mode: 'host-gw' | 'vxlan') =>
    mixedCluster({
      name: 'mixed',
      mode,
      parts: [
        ec2Cluster({ name: 'mixed', mode, nodes: 2, nodePrefix: 'ec2-', podCidr: '10.244.0.0/18' }),
        gceCluster({ name: 'mixed', mode, nodes: 2, nodePrefix: 'gce-', podCidr: '10.244.64.0/18' }),
        azureCluster({ name: 'mixed', mode, nodes: 2, nodePrefix: 'azure-', podCidr: '10.244.128.0/18' }),
      ],
      onPremises: [{ name: 'cellar', ip: '192.168.50.10', podCidr: '10.244.192.0/24' }],
    });
  expect(truth(build('host-gw')).oneWay).toEqual({
    total: 42,
    pass: 6,
    fail: 0,
    partial: 0,
    unknown: 36,
    notApplicable: 0,
  });
  expect(truth(build('vxlan')).oneWay.notApplicable).toBe(42);
  expect(() => mixedCluster({ name: 'm', mode: 'vxlan', parts: [build('vxlan'), build('vxlan')] })).toThrow(
    'same name',
  );
});
