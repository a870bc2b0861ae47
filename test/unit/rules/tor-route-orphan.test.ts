import { expect, test } from '@jest/globals';
import { addressOf, findingsOf, judgeGuests } from '../../support/guest-cluster.ts';
import { torCluster, torText } from '../../support/tor-cluster.ts';

const via = (address: string): string => `[1/0] via ${address}, Vlan1, weight 1, 00:01:00`;
const podCIDRs = ['10.244.0.0/16'];

test('a route of a node that is gone is told, and breaks nothing', () => {
  const judgement = judgeGuests(torCluster(torText({ '10.244.9.0/24': via('192.168.1.9') })), { podCIDRs });
  const [finding, ...others] = findingsOf(judgement, 'tor-route-orphan');
  expect(others).toEqual([]);
  expect(judgement.verdict).toBe('pass');
  expect(finding).toMatchObject({
    key: 'tor-route-orphan/cluster/tor-1/10.244.9.0/24',
    severity: 'notice',
    subjects: { prefixes: ['10.244.9.0/24'], routeTables: ['tor-1'], nodes: [] },
  });
  expect(finding?.next).toMatch(/no ip route 10\.244\.9\.0\/24 192\.168\.1\.9$/);
});

test.each([
  ['an aggregate over nodes’ ranges', { '10.244.0.0/20': via(addressOf('a')) }],
  ['a part of a node’s range', { '10.244.2.0/25': via(addressOf('b')) }],
  ['a discard route', { '10.244.9.0/24': '[1/0] unreachable (blackhole), weight 1, 00:01:00' }],
  ['a network of the router’s own', { '10.244.9.0/24': 'is directly connected, Vlan9, 00:01:00' }],
  ['a route to something else', { '10.99.0.0/16': via('192.168.1.9') }],
])('%s is none', (_, changes) => {
  expect(findingsOf(judgeGuests(torCluster(torText(changes)), { podCIDRs }), 'tor-route-orphan')).toEqual([]);
});

test('a guessed pod range is no proof', () => {
  const judgement = judgeGuests(torCluster(torText({ '10.244.0.0/24': via('192.168.1.9') })));
  expect(findingsOf(judgement, 'tor-route-orphan')).toEqual([]);
});
