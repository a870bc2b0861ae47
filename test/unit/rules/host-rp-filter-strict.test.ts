import { expect, test } from '@jest/globals';
import {
  both,
  commandsOf,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  withLink,
  without,
} from '../../support/guest-cluster.ts';

const FILTERS = [
  [0, 'pass'],
  [1, 'fail'],
  [2, 'fail'],
] as const;

test.each(FILTERS)('without any route back, rp_filter %d lets packets %s', (rpFilter, verdict) => {
  const change = both(withLink('eth0', { rpFilter }), without(podsOf('a')));
  const judgement = judgeGuests(guestCluster({ b: change }), { networkModes: ['host-gw'] });
  const found = findingsOf(judgement, 'host-rp-filter-strict');
  expect(found.map(({ key, pairsBroken }) => ({ key, pairsBroken }))).toEqual(
    verdict === 'pass' ? [] : [{ key: 'host-rp-filter-strict/cluster/b/eth0', pairsBroken: 1 }],
  );
});

test('with another way back only the strict form drops, and the loose one mends it', () => {
  const elsewhere = (facts: Parameters<ReturnType<typeof without>>[0]): typeof facts => ({
    ...facts,
    routes: facts.routes.map((one) => (one.prefix === podsOf('a') ? { ...one, hops: [{ device: 'cni0' }] } : one)),
  });
  const found = ([0, 1, 2] as const).map((rpFilter) => {
    const change = both(withLink('eth0', { rpFilter }), elsewhere);
    return findingsOf(judgeGuests(guestCluster({ b: change })), 'host-rp-filter-strict');
  });
  expect(found.map(({ length }) => length)).toEqual([0, 1, 0]);
  const [finding] = found[1] ?? [];
  expect(finding?.next).toContain('Or take the loose form on eth0.');
  expect(finding === undefined ? '' : commandsOf(finding)).toContain('\nsysctl -w net.ipv4.conf.eth0.rp_filter=2\n');
});
