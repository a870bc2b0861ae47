import { expect, test } from '@jest/globals';
import type { Change } from '../../support/guest-cluster.ts';
import {
  addressOf,
  both,
  commandsOf,
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

/** Name, change, words, advice, commands. */
const CASES: readonly (readonly [string, Change, RegExp, RegExp, readonly string[]])[] = [
  [
    'a blackhole in half of the range',
    withRoute({ table: 'main', prefix: half, type: 'blackhole', metric: 0, hops: [] }),
    /packets to 10\.244\.2\.128\/25 of 10\.244\.2\.0\/24, pods of b, are lost by blackhole .*: it drops them/,
    /^Take the route for 10\.244\.2\.128\/25 off a, and remove it from wherever it comes from\.$/,
    // The right route is there already.
    ['ip route del blackhole 10.244.2.128/25'],
  ],
  [
    'a next hop of the past',
    both(without(podsOf('b')), withRoute(route(podsOf('b'), nobody)), failing(nobody)),
    /via 192\.168\.1\.77 dev eth0: nobody answers for 192\.168\.1\.77/,
    /^Set the route on a, and write it down/,
    ['ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0'],
  ],
  [
    'pods of others on its own bridge',
    withRoute({ ...route(half, ''), hops: [{ device: 'cni0' }] }),
    /they end at a and not at b/,
    /^Take the route for 10\.244\.2\.128\/25 off a/,
    ['ip route del 10.244.2.128/25 dev cni0'],
  ],
  [
    'a route in a table that a rule prefers',
    (facts) => ({
      ...facts,
      rules4: [{ priority: 5, action: 'lookup', table: '100' }, ...facts.rules4],
      routes: [...facts.routes, { table: '100', prefix: podsOf('b'), type: 'blackhole', metric: 0, hops: [] }],
    }),
    /lost by blackhole 10\.244\.2\.0\/24 table 100/,
    /^Take the route for 10\.244\.2\.0\/24 off a/,
    ['ip route del blackhole 10.244.2.0/24 table 100'],
  ],
  [
    'a wider blackhole, and nothing beside it',
    both(
      without(podsOf('b')),
      withRoute({ table: 'main', prefix: '10.244.0.0/16', type: 'blackhole', metric: 0, hops: [] }),
    ),
    /by blackhole 10\.244\.0\.0\/16/,
    /^Set the route on a/,
    ['ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0'],
  ],
  [
    'a default route of a table that a rule prefers, to nobody',
    both(
      (facts) => ({
        ...facts,
        rules4: [{ priority: 5, action: 'lookup', table: '100' }, ...facts.rules4],
        routes: [...facts.routes, route('0.0.0.0/0', nobody, { table: '100' })],
      }),
      failing(nobody),
    ),
    /by 0\.0\.0\.0\/0 via 192\.168\.1\.77 dev eth0 table 100/,
    /^Set the route on a/,
    ['ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0 table 100'],
  ],
  [
    'a next hop of the past, with a metric',
    both(without(podsOf('b')), withRoute(route(podsOf('b'), nobody, { metric: 100 })), failing(nobody)),
    /metric 100/,
    /^Set the route on a/,
    ['ip route replace 10.244.2.0/24 via 192.168.1.2 dev eth0 metric 100'],
  ],
  ['a link that is down', withLink('eth0', { carrier: false }), /eth0 is down/, /^See on a why eth0 is down/, []],
  [
    'a policy rule that drops',
    (facts) => ({ ...facts, rules4: [{ priority: 5, to: podsOf('b'), action: 'blackhole' }, ...facts.rules4] }),
    /are lost by a policy rule: it drops them/,
    /^Look at the policy rules on a/,
    [],
  ],
  [
    'an address of its own among the pods of others',
    withRoute({ ...route('10.244.2.10/32', ''), table: 'local', type: 'local', hops: [{ device: 'eth0' }] }),
    /10\.244\.2\.10\/32 of 10\.244\.2\.0\/24, pods of b, are lost: they end at a and not at b/,
    /^Take the address in 10\.244\.2\.0\/24 off a/,
    [],
  ],
];

test.each(CASES)('%s', (_, change, says, advises, commands) => {
  const found = findingsOf(judgeGuests(guestCluster({ a: change })), 'node-route-stale-or-wrong');
  const finding = found.find(({ key }) => key === 'node-route-stale-or-wrong/cluster/a/10.244.2.0/24');
  expect(finding).toMatchObject({ verdict: 'fail', severity: 'error', subjects: { nodes: ['a'] } });
  expect(finding?.what).toMatch(says);
  expect(finding?.next).toMatch(advises);
  const lines = finding === undefined ? [] : commandsOf(finding).split('\n');
  expect(lines.filter((line) => line.startsWith('ip '))).toEqual(commands);
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
