import { expect, test } from '@jest/globals';

import { randomWorld } from '../../../lab/random/random-world.ts';
import { truth } from '../../../lab/truth/truth.ts';
import { addressAt, canonical, rangeOf, subnetOf } from '../../../lab/world/addresses.ts';
import { ec2Cluster, type ClusterOptions } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { nodeTables } from '../../../lab/world/look.ts';
import { atMoment } from '../../../lab/world/moment.ts';
import type { World } from '../../../lab/world/world.ts';

const modes = ['host-gw', 'fabric', 'vxlan', 'vpc-cni'] as const;

test.each(modes)('a cluster as it is built in mode %s has no trouble', (mode) => {
  for (const tables of ['per-subnet', 'main', 'shared'] as const) {
    for (const subnets of [1, 3]) {
      for (const ipv6 of [false, true]) {
        const { oneWay } = truth(ec2Cluster({ name: 'healthy', mode, nodes: 7, tables, subnets, ipv6 }));
        expect(oneWay.pass + oneWay.notApplicable).toBe(42);
      }
    }
  }
});

test('tables govern as asked', () => {
  const tables = (choice: NonNullable<ClusterOptions['tables']>): number =>
    nodeTables(ec2Cluster({ name: 'tables', mode: 'fabric', nodes: 6, subnets: 3, tables: choice })).length;
  expect([tables('per-subnet'), tables('main'), tables('shared')]).toEqual([3, 1, 1]);
});

test('ids look like those of EC2, each is given once, and they are the same every time', () => {
  const build = (): World => ec2Cluster({ name: 'ids', mode: 'host-gw', nodes: 20, subnets: 3 });
  const region = build().aws[0]!;
  const ids = [region.vpcs, region.subnets, region.routeTables, region.instances, region.interfaces].flatMap((list) =>
    list.map((one) => one.id),
  );
  for (const id of ids) expect(id).toMatch(/^(vpc|subnet|rtb|i|eni)-0[0-9a-f]{16}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(build()).toEqual(build());
});

test('a flannel cluster shows its mode, a routed one shows its route controller', () => {
  const flannel = ec2Cluster({ name: 'f', mode: 'host-gw', nodes: 2 }).cluster;
  expect(flannel.nodes[0]?.annotations['flannel.alpha.coreos.com/public-ip']).toBe('10.40.0.10');
  expect(flannel.configMaps.map((map) => map.name)).toContain('kube-flannel-cfg');
  expect(flannel.daemonSets.map((set) => [set.name, set.desired, set.ready])).toContainEqual(['kube-flannel-ds', 2, 2]);
  const routed = ec2Cluster({ name: 'r', mode: 'fabric', nodes: 2 }).cluster;
  expect(routed.nodes[0]?.networkUnavailable).toEqual({ status: 'False', reason: 'RouteCreated' });
  expect(JSON.stringify(routed)).not.toContain('flannel');
});

test('a fault changes a copy, and expects a finding exactly where it breaks a pair', () => {
  const harmless = [
    faults.secondInterface(1),
    faults.noProviderId(1),
    faults.nonCanonicalPodCidr(1),
    faults.propagatedRoute('10.244.1.0/24'),
    faults.prefixListRoute(1, 'owner'),
    faults.broaderRoute(1, 20),
    faults.gatewayTable(),
    faults.newNode(1),
    faults.pending(1),
  ];
  const harmful = [
    faults.checkOn(1),
    faults.routeMissing(1),
    faults.wrongTarget(1, { node: 2 }),
    faults.wrongTarget(1, { appliance: 'not-forwarding' }),
    faults.deadRoute(1),
    faults.shadow(1, { node: 2 }),
    faults.prefixListRoute(1, { node: 2 }),
    faults.duplicatePodCidr(0, 1),
    faults.overlappingPodCidr(0, 1),
    faults.podCidrInsideVpc(1, '10.40.250.0/24'),
    faults.nodeIpOnSecond(1, true),
    faults.foreignTable(0),
    faults.noPodRoutes(),
    faults.terminated(1),
    faults.stopped(1),
  ];
  for (const mode of ['host-gw', 'fabric'] as const) {
    for (const subnets of [1, 3]) {
      const world = ec2Cluster({ name: 'one-fault', mode, nodes: 6, subnets, podRoutes: true });
      for (const fault of [...harmless, ...harmful]) {
        const before = structuredClone(world);
        const { world: after, expected } = faults.inject(world, fault);
        expect(world).toEqual(before);
        const { fail, partial } = truth(after).oneWay;
        // In one subnet host-gw asks no table, and then a fault of a table harms nobody.
        const relevant = harmful.includes(fault) && expected.some((one) => one.rule !== 'host-gw-off-link');
        if (harmless.includes(fault)) expect([fault.says, expected]).toEqual([fault.says, []]);
        if (relevant || harmless.includes(fault)) {
          expect([mode, subnets, fault.says, fail + partial > 0]).toEqual([
            mode,
            subnets,
            fault.says,
            expected.length > 0,
          ]);
        }
      }
    }
  }
});

test('what a fault names is what is at fault', () => {
  const world = ec2Cluster({ name: 'named', mode: 'host-gw', nodes: 6, subnets: 3 });
  const [a, b, c] = nodeTables(world).map((table) => table.id) as [string, string, string];
  const { expected } = faults.inject(world, faults.routeMissing(0), faults.shadow(4, { node: 0 }, [2]));
  // Node 1's own subnet reaches it directly, so the table there is not at fault.
  expect(expected).toEqual([
    {
      rule: 'fabric-route-missing',
      verdict: 'fail',
      subjects: { nodes: ['worker-01'], prefixes: ['10.244.0.0/24'], routeTables: [b, c].sort() },
    },
    {
      rule: 'route-shadowed',
      verdict: 'fail',
      subjects: { nodes: ['worker-05'], prefixes: ['10.244.4.0/24', '10.244.4.128/25'], routeTables: [c] },
    },
  ]);
  expect(a).not.toBe(c);
});

test('random worlds come again for the same seed, and every verdict occurs', () => {
  const seen = { pass: 0, fail: 0, partial: 0, unknown: 0, notApplicable: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const first = randomWorld(seed);
    expect(randomWorld(seed)).toEqual(first);
    const counts = truth(first.world, first.options).oneWay;
    for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += counts[key];
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

test('a story can be told at another time', () => {
  const world = faults.inject(ec2Cluster({ name: 'time', mode: 'host-gw' }), faults.newNode(1)).world;
  const moved = atMoment(world, new Date('2027-01-02T03:04:05.678Z'));
  expect(moved.now).toBe('2027-01-02T03:04:05Z');
  expect(moved.cluster.nodes[1]?.createdAt).toBe('2027-01-02T03:03:05Z');
  expect(truth(moved)).toEqual(truth(world));
});

test('address arithmetic', () => {
  expect(canonical('10.1.0.5/24')).toBe('10.1.0.0/24');
  expect(canonical('FD00:0:0:1::5/64')).toBe('fd00:0:0:1::/64');
  expect(canonical('::/0')).toBe('::/0');
  expect(canonical('1:0:0:2:0:0:0:3/128')).toBe('1:0:0:2::3/128');
  expect(subnetOf('10.244.0.0/16', 24, 255)).toBe('10.244.255.0/24');
  expect(addressAt('10.0.0.0/30', 3)).toBe('10.0.0.3');
  expect(() => subnetOf('10.244.0.0/16', 24, 256)).toThrow('no network number 256');
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '010.0.0.0/8', '10.0.0/8', '1::2::3/64', '12345::/16', '::/129']) {
    expect(() => rangeOf(bad)).toThrow();
  }
});
