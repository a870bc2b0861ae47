import { expect, test } from '@jest/globals';
import type { Change } from '../../support/guest-cluster.ts';
import {
  both,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  route,
  withRoute,
  without,
} from '../../support/guest-cluster.ts';

interface Case {
  readonly name: string;
  readonly change: Change;
  readonly verdict: 'fail' | 'unknown';
  readonly says: RegExp;
  readonly advises: RegExp;
  readonly key: string;
}

const toRouter = withRoute(route('0.0.0.0/0', '192.168.1.254'));

const CASES: readonly Case[] = [
  {
    name: 'no route at all',
    change: without(podsOf('b')),
    verdict: 'fail',
    says: /no route to 10\.244\.2\.0\/24, the pods of b, and no default route/,
    advises: /ip route replace 10\.244\.2\.0\/24 via 192\.168\.1\.2 dev eth0/,
    key: 'node-route-missing/cluster/a/10.244.2.0/24',
  },
  {
    name: 'only a default route, to a router that nobody has read',
    change: both(without(podsOf('b')), toRouter),
    verdict: 'unknown',
    says: /default route takes them to 192\.168\.1\.254/,
    advises: /Destination=10\.244\.2\.0\/24 Gateway=192\.168\.1\.2/,
    key: 'node-route-missing/cluster/a/10.244.2.0/24',
  },
  {
    name: 'no route to its own pods',
    change: without(podsOf('a')),
    verdict: 'fail',
    says: /no route to its own pods in 10\.244\.1\.0\/24|no route to its own pods in .* of 10\.244\.1\.0\/24/,
    advises: /ip route show 10\.244\.1\.0\/24/,
    key: 'node-route-missing/cluster/a/10.244.1.0/24',
  },
];

test.each(CASES.map((item) => [item.name, item] as const))('%s', (_, { change, verdict, says, advises, key }) => {
  const [finding, ...others] = findingsOf(judgeGuests(guestCluster({ a: change })), 'node-route-missing');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ key, verdict, severity: 'error', subjects: { nodes: ['a'] } });
  expect(finding?.what).toMatch(says);
  expect(finding?.next).toMatch(advises);
});

test('a node without pods needs no route to them', () => {
  const { cluster, ...rest } = guestCluster({ a: without(podsOf('a')) });
  const samples = cluster.cni.samples?.filter(({ node }) => node !== 'a') ?? [];
  const judgement = judgeGuests({ ...rest, cluster: { ...cluster, cni: { ...cluster.cni, samples } } });
  expect(judgement).toMatchObject({ verdict: 'pass', findings: [], evidenceLevel: 'guest' });
});

test('whether it has pods has to be known', () => {
  const { cluster, ...rest } = guestCluster({ a: without(podsOf('a')) });
  const { samples: _, ...cni } = cluster.cni;
  expect(judgeGuests({ ...rest, cluster: { ...cluster, cni } }).pairs).toMatchObject({ fail: 0, unknown: 2 });
});
