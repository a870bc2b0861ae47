import { expect, test } from '@jest/globals';

import { explain, truth, type TruthOptions } from '../../../lab/truth/truth.ts';
import { ec2Cluster, type ClusterOptions } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';

/** `1>2 fail` lines, node numbers from 1, for every pair that does not pass. */
function troubles(world: World, way: 'oneWay' | 'roundTrip' = 'oneWay', options: TruthOptions = {}): string[] {
  const names = world.cluster.nodes.map((node) => node.name);
  const { pairs } = truth(world, options);
  return names.flatMap((from, a) =>
    names.flatMap((to, b) => {
      const verdict = pairs.get(from)?.get(to)?.[way];
      return verdict === undefined || verdict === 'pass' ? [] : [`${a + 1}>${b + 1} ${verdict}`];
    }),
  );
}

function three(mode: ClusterOptions['mode'], more: Partial<ClusterOptions> = {}): World {
  return ec2Cluster({ name: 'three', mode, nodes: 3, ...more });
}

function broken(world: World, ...list: faults.Fault[]): World {
  return faults.inject(world, ...list).world;
}

const oneSubnet = three('host-gw', {
  vpcCidr: '172.31.0.0/16',
  subnetCidrs: ['172.31.16.0/20'],
  nodeIps: ['172.31.17.99', '172.31.18.80', '172.31.24.121'],
  podCidr: '192.168.0.0/16',
});

const twoZones = (podRoutes: boolean): World =>
  three('host-gw', {
    subnetCidrs: ['10.40.2.0/26', '10.40.2.64/26'],
    nodeIps: ['10.40.2.28', '10.40.2.85', '10.40.2.111'],
    placement: [0, 1, 1],
    podRoutes,
  });

test('one subnet: a check left on at node 2 breaks the four pairs that touch it', () => {
  const world = broken(oneSubnet, faults.checkOn(1));
  expect(troubles(oneSubnet)).toEqual([]);
  expect(troubles(world)).toEqual(['1>2 fail', '2>1 fail', '2>3 fail', '3>2 fail']);
  expect(truth(world).oneWay).toEqual({ total: 6, pass: 2, fail: 4, partial: 0, unknown: 0, notApplicable: 0 });
});

test('two zones: next hops in the other subnet are no neighbours, and without routes nothing helps', () => {
  expect(troubles(twoZones(false))).toEqual(['1>2 fail', '1>3 fail', '2>1 fail', '3>1 fail']);
});

test('two zones: routes in both tables carry what the kernels do not', () => {
  expect(troubles(twoZones(true))).toEqual([]);
});

test('one route of three: four pairs fail one way, and no reply comes back to anybody', () => {
  const world = broken(three('fabric'), faults.routeMissing(1), faults.routeMissing(2));
  expect(troubles(world)).toEqual(['1>2 fail', '1>3 fail', '2>3 fail', '3>2 fail']);
  expect(troubles(world, 'roundTrip')).toHaveLength(6);
});

test('routes of forty-eight dead nodes harm nobody', () => {
  const dead = Array.from({ length: 48 }, (_, i) => faults.staleRoute(`10.244.${i + 2}.0/24`));
  expect(troubles(broken(ec2Cluster({ name: 'two', mode: 'fabric', nodes: 2 }), ...dead))).toEqual([]);
});

test('a dead target fails, also while the server still calls the route active', () => {
  for (const lagging of [false, true]) {
    const world = broken(three('fabric'), faults.deadRoute(1, 'all', lagging));
    expect(troubles(world)).toEqual(['1>2 fail', '3>2 fail']);
  }
});

test('a longer route takes half of a podCIDR', () => {
  const world = broken(three('fabric'), faults.shadow(1, { node: 2 }));
  expect(troubles(world)).toEqual(['1>2 partial', '3>2 partial']);
  expect(troubles(world, 'roundTrip')).toEqual(['1>2 partial', '2>1 partial', '2>3 partial', '3>2 partial']);
  expect(explain(world, 'worker-01', 'worker-02').map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'worker-01 ->',
    '10.244.1.0 pass',
    '10.244.1.63 pass',
    '10.244.1.127 pass',
    '10.244.1.128 fail',
    '10.244.1.191 fail',
    '10.244.1.255 fail',
  ]);
});

test('neighbours in host-gw do not care for the tables', () => {
  const world = broken(three('host-gw', { podRoutes: true }), faults.wrongTarget(1, { node: 2 }));
  expect(troubles(world)).toEqual([]);
});

test('where a route leads decides between lost and unknown', () => {
  const verdict = (where: faults.Elsewhere): string[] =>
    troubles(broken(three('fabric'), faults.wrongTarget(1, where)));
  const both = (word: string): string[] => [`1>2 ${word}`, `3>2 ${word}`];
  expect(verdict({ appliance: 'not-forwarding' })).toEqual(both('fail'));
  expect(verdict({ appliance: 'forwarding' })).toEqual(both('unknown'));
  expect(verdict({ kind: 'transit' })).toEqual(both('unknown'));
  expect(verdict({ kind: 'peering' })).toEqual(both('fail'));
  expect(verdict({ kind: 'nat' })).toEqual(both('fail'));
  expect(verdict({ gateway: 'igw' })).toEqual(both('fail'));
  expect(verdict({ gateway: 'vgw' })).toEqual(both('unknown'));
  expect(verdict({ gateway: 'vpce' })).toEqual(both('unknown'));
  expect(troubles(broken(three('fabric'), faults.filteredRoute(1)))).toEqual(both('unknown'));
});

test('a sender that is dropped fails whatever nobody knows about the rest of the way', () => {
  const world = broken(three('fabric'), faults.wrongTarget(1, { kind: 'transit' }), faults.checkOn(0));
  expect(troubles(world)).toContain('1>2 fail');
  expect(troubles(world)).toContain('3>2 unknown');
});

test('a podCIDR twice: neighbours cannot be told apart; a table knows one of them', () => {
  const own = ['1>2 fail', '2>1 fail'];
  const direct = broken(three('host-gw'), faults.duplicatePodCidr(0, 1));
  expect(troubles(direct)).toEqual([...own, '3>1 unknown', '3>2 unknown']);
  const routed = broken(three('fabric'), faults.duplicatePodCidr(0, 1));
  expect(troubles(routed)).toEqual([...own, '3>2 fail']);
});

test('a podCIDR inside another: the inner owner keeps it, the outer one loses half', () => {
  // Node 1's kernel has a route for the inner half, and it is longer than its own podCIDR.
  const world = broken(three('host-gw'), faults.overlappingPodCidr(0, 1));
  expect(troubles(world)).toEqual(['2>1 partial', '3>1 partial']);
  const routed = broken(three('fabric'), faults.overlappingPodCidr(0, 1, true));
  expect(troubles(routed)).toEqual(['1>2 fail', '2>1 partial', '3>1 partial']);
});

test('a podCIDR inside the range of the network: no route can help, delegated addresses do', () => {
  const inside = faults.podCidrInsideVpc(1, '10.40.6.0/28');
  expect(troubles(broken(three('fabric'), inside))).toEqual(['1>2 fail', '3>2 fail']);
  const delegated = faults.delegatedPrefix(1, ['10.40.6.0/28']);
  expect(troubles(broken(three('fabric'), inside, delegated, faults.checkOn(1)))).toEqual([]);
});

test('propagated routes lose against equal static ones and inside the range of the network', () => {
  expect(troubles(broken(three('fabric'), faults.propagatedRoute('10.244.1.0/24')))).toEqual([]);
  expect(troubles(broken(three('fabric'), faults.propagatedRoute('10.40.0.0/24')))).toEqual([]);
  const longer = broken(three('fabric'), faults.propagatedRoute('10.244.1.64/26'));
  expect(troubles(longer)).toEqual(['1>2 unknown', '3>2 unknown']);
});

test('prefix lists route like their entries, and hide everything when nobody can read them', () => {
  const world = broken(three('fabric'), faults.prefixListRoute(1, 'owner'));
  expect(troubles(world)).toEqual([]);
  expect(troubles(world, 'oneWay', { prefixListsUnread: true })).toHaveLength(6);
  expect(troubles(broken(three('fabric'), faults.prefixListRoute(1, { node: 2 })))).toEqual([
    '1>2 partial',
    '3>2 partial',
  ]);
});

test('IPv6 is a world of its own', () => {
  const world = broken(three('host-gw', { subnets: 3, ipv6: true }), faults.routeMissing(1, [0], 6));
  expect(troubles(world)).toEqual(['1>2 partial']);
});

test('Windows: an off-link next hop is uncertain, and so is IPv6', () => {
  expect(troubles(three('host-gw', { subnets: 3, windows: 1 }))).toEqual(['3>1 unknown', '3>2 unknown']);
  expect(troubles(three('host-gw', { ipv6: true, windows: 1 }))).toEqual([
    '1>3 unknown',
    '2>3 unknown',
    '3>1 unknown',
    '3>2 unknown',
  ]);
  expect(troubles(three('fabric', { ipv6: true, windows: 1 }))).toEqual([]);
});
