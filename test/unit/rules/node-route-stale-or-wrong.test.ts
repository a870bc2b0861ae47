import { expect, test } from '@jest/globals';
import type { Change } from '../../support/guest-cluster.ts';
import {
  addressOf,
  both,
  failing,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  route,
  withLink,
  withRoute,
  without,
} from '../../support/guest-cluster.ts';

const nobody = '192.168.1.77';
const half = '10.244.2.128/25';

const CASES: readonly (readonly [string, Change, RegExp, RegExp])[] = [
  [
    'a blackhole in half of the range',
    withRoute({ table: 'main', prefix: half, type: 'blackhole', metric: 0, hops: [] }),
    /packets to 10\.244\.2\.128\/25 of 10\.244\.2\.0\/24, pods of b, are lost by blackhole .*: it drops them/,
    /ip route del blackhole 10\.244\.2\.128\/25/,
  ],
  [
    'a next hop of the past',
    both(without(podsOf('b')), withRoute(route(podsOf('b'), nobody)), failing(nobody)),
    /via 192\.168\.1\.77 dev eth0: nobody answers for 192\.168\.1\.77/,
    /ip route replace 10\.244\.2\.0\/24 via 192\.168\.1\.2 dev eth0/,
  ],
  [
    'pods of others on its own bridge',
    withRoute({ ...route(half, ''), hops: [{ device: 'cni0' }] }),
    /they end at a and not at b/,
    /ip route del 10\.244\.2\.128\/25 dev cni0/,
  ],
  [
    'a route in a table that a rule prefers',
    (facts) => ({
      ...facts,
      rules4: [{ priority: 5, action: 'lookup', table: '100' }, ...facts.rules4],
      routes: [...facts.routes, { table: '100', prefix: podsOf('b'), type: 'blackhole', metric: 0, hops: [] }],
    }),
    /lost by blackhole 10\.244\.2\.0\/24 table 100/,
    /ip route del blackhole 10\.244\.2\.0\/24 table 100/,
  ],
  ['a link that is down', withLink('eth0', { carrier: false }), /eth0 is down/, /ip -d link show eth0/],
];

test.each(CASES)('%s', (_, change, says, advises) => {
  const found = findingsOf(judgeGuests(guestCluster({ a: change })), 'node-route-stale-or-wrong');
  const finding = found.find(({ key }) => key === 'node-route-stale-or-wrong/cluster/a/10.244.2.0/24');
  expect(finding).toMatchObject({ verdict: 'fail', severity: 'error', subjects: { nodes: ['a'] } });
  expect(finding?.what).toMatch(says);
  expect(finding?.next).toMatch(advises);
});

test('two nodes that send a range to each other are a loop', () => {
  const [toB, toA] = [route(podsOf('c'), addressOf('b')), route(podsOf('c'), addressOf('a'))];
  const changes = { a: both(without(podsOf('c')), withRoute(toB)), b: both(without(podsOf('c')), withRoute(toA)) };
  const judgement = judgeGuests(guestCluster(changes));
  expect(judgement.pairs).toMatchObject({ fail: 2, pass: 4 });
  expect(findingsOf(judgement, 'node-route-stale-or-wrong')[0]?.what).toContain('they come back');
});

test('a blackhole behind the own range is normal', () => {
  const own = { table: 'main', prefix: podsOf('a'), type: 'blackhole' as const, metric: 4000, hops: [] };
  expect(judgeGuests(guestCluster({ a: withRoute(own) }))).toMatchObject({ verdict: 'pass', findings: [] });
});

test('nobody known at the next hop, and nobody asked lately: unknown', () => {
  const change = both(without(podsOf('b')), withRoute(route(podsOf('b'), nobody)));
  expect(judgeGuests(guestCluster({ a: change })).pairs).toMatchObject({ fail: 0, unknown: 1, pass: 5 });
});

test('what nobody has seen of a segment has to be told', () => {
  const blind: Change = (facts) => ({ ...facts, neighbours: [] });
  const snapshot = guestCluster({ a: blind, b: blind, c: blind });
  expect(judgeGuests(snapshot).pairs).toMatchObject({ unknown: 6 });
  expect(judgeGuests(snapshot, { nodeSubnets: ['192.168.1.0/24'] }).pairs).toMatchObject({ pass: 6 });
});
