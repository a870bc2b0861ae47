/** Static routes: the range of all pods on the link, and for each node a route to its own pod gateway. */
import { expect, test } from '@jest/globals';
import type { GuestFacts } from '../../../../src/model/guest.ts';
import type { Change, Name } from '../../../support/guest-cluster.ts';
import {
  both,
  failing,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  route,
  withRoute,
  without,
} from '../../../support/guest-cluster.ts';
import { torCluster } from '../../../support/tor-cluster.ts';

const NAMES: readonly Name[] = ['a', 'b', 'c'];
const gatewayOf = (name: Name): string => podsOf(name).replace('.0/24', '.1');
const supernet: Change = withRoute({ ...route('10.244.0.0/16', ''), hops: [{ device: 'eth0' }] });

const byGateway: Change = (guest: GuestFacts) => {
  const peers = NAMES.filter((name) => name !== guest.node);
  const changes = peers.flatMap((name) => [without(podsOf(name)), withRoute(route(podsOf(name), gatewayOf(name)))]);
  return both(supernet, ...changes)(guest);
};

function staticCluster(change: Change = (guest) => guest): ReturnType<typeof guestCluster> {
  return guestCluster({ a: both(byGateway, change), b: byGateway, c: byGateway });
}

test('is seen by itself, and works', () => {
  const judgement = judgeGuests(staticCluster());
  expect(judgement).toMatchObject({ verdict: 'pass', findings: [], evidenceLevel: 'guest' });
  expect(judgement.nodes.map(({ mode }) => mode)).toEqual(['static', 'static', 'static']);
});

test('a route that lacks leaves the supernet, and there nobody answers for pods', () => {
  const judgement = judgeGuests(staticCluster(without(podsOf('b'))));
  expect(judgement.pairs).toMatchObject({ pass: 5, fail: 1 });
  const [finding] = findingsOf(judgement, 'node-route-stale-or-wrong');
  expect(finding?.what).toMatch(
    /On a, packets to 10\.244\.2\.0\/24, pods of b, are lost by 10\.244\.0\.0\/16 dev eth0: nobody answers/,
  );
  // Others' next hops are behind it.
  expect(finding?.next).not.toMatch(/ip route del/);
});

test('a next hop that is gone', () => {
  const stale = both(without(podsOf('b')), withRoute(route(podsOf('b'), '10.244.2.9')), failing('10.244.2.9'));
  const judgement = judgeGuests(staticCluster(stale));
  expect(judgement.pairs).toMatchObject({ pass: 5, fail: 1 });
  expect(findingsOf(judgement, 'node-route-stale-or-wrong')).toHaveLength(1);
});

test('stated, and no kernel was read: unknown, and what to collect', () => {
  const { guests: _, ...snapshot } = staticCluster();
  const judgement = judgeGuests(snapshot, { networkModes: ['static'] });
  expect(judgement.pairs).toMatchObject({ unknown: 6 });
  const [finding] = findingsOf(judgement, 'evidence-incomplete');
  expect(finding?.what).toMatch(/Kernel of node a: static routes stand in its own kernel, and it was not read/);
  expect(finding?.next).toMatch(
    /^Give the output of docs\/collect\/collect\.sh on a \(inputs guests: files and guest-files\)\.$/,
  );
});

test('routers without kernels: unknown as well', () => {
  const { guests: _, ...snapshot } = torCluster();
  const judgement = judgeGuests(snapshot, { networkModes: ['fabric'] });
  expect(judgement.pairs).toMatchObject({ unknown: 6 });
  expect(findingsOf(judgement, 'evidence-incomplete')[0]?.what).toMatch(
    /what goes to a router is up to its own kernel/,
  );
});

test.each([
  ['by way of the nodes themselves', guestCluster(), 0],
  ['by way of pod gateways', staticCluster(), 0],
  ['a default route alone', torCluster(), 1],
])('stated, and the kernels have routes %s', (_, snapshot, doubts) => {
  const judgement = judgeGuests(snapshot, { networkModes: ['static'] });
  expect(findingsOf(judgement, 'network-mode-implausible')).toHaveLength(doubts);
  expect(judgement.pairs).toMatchObject({ pass: 6 });
});
