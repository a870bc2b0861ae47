import { expect, test } from '@jest/globals';
import type { RouterSystem } from '../../../src/model/router.ts';
import type { NodeFacts } from '../../../src/model/snapshot.ts';
import { configOf, removalLines, routeLines } from '../../../src/rules/router-config.ts';

const route = { prefix: '10.244.1.0/24', gateway: '192.168.10.11' };
const route6 = { prefix: 'fd00:244:1::/64', gateway: 'fd00:10::11' };

const LINES: readonly (readonly [RouterSystem, string, readonly string[], readonly string[]])[] = [
  ['frr', 'tor', ['ip route 10.244.1.0/24 192.168.10.11'], ['ipv6 route fd00:244:1::/64 fd00:10::11']],
  [
    'frr',
    'tor vrf blue',
    ['ip route 10.244.1.0/24 192.168.10.11 vrf blue'],
    ['ipv6 route fd00:244:1::/64 fd00:10::11 vrf blue'],
  ],
  ['ios', 'tor', ['ip route 10.244.1.0 255.255.255.0 192.168.10.11'], ['ipv6 route FD00:244:1::/64 FD00:10::11']],
  [
    'ios',
    'tor vrf blue',
    ['ip route vrf blue 10.244.1.0 255.255.255.0 192.168.10.11'],
    ['ipv6 route vrf blue FD00:244:1::/64 FD00:10::11'],
  ],
  ['nxos', 'tor', ['ip route 10.244.1.0/24 192.168.10.11'], ['ipv6 route fd00:244:1::/64 fd00:10::11']],
  [
    'nxos',
    'tor vrf blue',
    ['vrf context blue', 'ip route 10.244.1.0/24 192.168.10.11'],
    ['vrf context blue', 'ipv6 route fd00:244:1::/64 fd00:10::11'],
  ],
  ['eos', 'tor', ['ip route 10.244.1.0/24 192.168.10.11'], ['ipv6 route fd00:244:1::/64 fd00:10::11']],
  [
    'eos',
    'tor vrf blue',
    ['ip route vrf blue 10.244.1.0/24 192.168.10.11'],
    ['ipv6 route vrf blue fd00:244:1::/64 fd00:10::11'],
  ],
];

test.each(LINES)('%s, %s', (system, router, v4, v6) => {
  expect(routeLines(system, router, route)).toEqual(v4);
  expect(routeLines(system, router, route6)).toEqual(v6);
});

test('a route is taken away in the same words', () => {
  expect(removalLines('ios', 'tor', route)).toEqual(['no ip route 10.244.1.0 255.255.255.0 192.168.10.11']);
  expect(removalLines('nxos', 'tor vrf blue', route)).toEqual([
    'vrf context blue',
    'no ip route 10.244.1.0/24 192.168.10.11',
  ]);
});

test.each([
  [0, '0.0.0.0'],
  [13, '255.248.0.0'],
  [25, '255.255.255.128'],
  [32, '255.255.255.255'],
])('the mask of a /%d', (length, mask) => {
  const [line] = routeLines('ios', 'tor', { prefix: `0.0.0.0/${String(length)}`, gateway: '192.0.2.1' });
  expect(line).toBe(`ip route 0.0.0.0 ${mask} 192.0.2.1`);
});

test('a whole configuration: each podCIDR by the address of its family, and none without one', () => {
  const state = { os: 'linux', ready: 'True', unschedulable: false, taints: [], labels: {} } as const;
  const nodes: NodeFacts[] = [
    { name: 'a', podCIDRs: [route.prefix, route6.prefix], internalIPs: [route6.gateway, route.gateway], ...state },
    { name: 'b', podCIDRs: ['10.244.2.0/24', 'fd00:244:2::/64'], internalIPs: ['192.168.10.12'], ...state },
  ];
  expect(configOf('eos', 'tor', nodes)).toEqual([
    'ip route 10.244.1.0/24 192.168.10.11',
    'ipv6 route fd00:244:1::/64 fd00:10::11',
    'ip route 10.244.2.0/24 192.168.10.12',
  ]);
});
