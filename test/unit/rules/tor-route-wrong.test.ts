import { expect, test } from '@jest/globals';
import { addressOf, failing, findingsOf, judgeGuests, podsOf } from '../../support/guest-cluster.ts';
import { torCluster, torText } from '../../support/tor-cluster.ts';

const b = podsOf('b');
const via = (address: string): string => `[1/0] via ${address}, Vlan1, weight 1, 00:01:00`;

test('another node: the wrong next hop and the right one', () => {
  const judgement = judgeGuests(torCluster(torText({ [b]: via(addressOf('c')) })));
  const [finding, ...others] = findingsOf(judgement, 'tor-route-wrong');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'tor-route-wrong/cluster/tor-1/10.244.2.0/24',
    verdict: 'fail',
    severity: 'error',
    subjects: { nodes: ['b'], routeTables: ['tor-1'], routes: ['tor-1/10.244.2.0/24'] },
  });
  expect(finding?.what).toMatch(/192\.168\.1\.3 is c, which does not bring them to b \(b has 192\.168\.1\.2\)/);
  expect(finding?.next).toBe(
    'In configuration mode on tor-1: no ip route 10.244.2.0/24 192.168.1.3 ; ip route 10.244.2.0/24 192.168.1.2 (then write memory).',
  );
});

test('an address that nobody has any more', () => {
  const stale = torText({ [b]: via('192.168.1.77') });
  const [unsure] = findingsOf(judgeGuests(torCluster(stale)), 'tor-route-wrong');
  expect(unsure).toMatchObject({ verdict: 'unknown' });
  const [sure] = findingsOf(judgeGuests(torCluster(stale, { c: failing('192.168.1.77') })), 'tor-route-wrong');
  expect(sure).toMatchObject({ verdict: 'fail' });
  expect(sure?.what).toMatch(/nobody answers for 192\.168\.1\.77 on Vlan1/);
});

test('the addresses concerned, where they are not all', () => {
  const judgement = judgeGuests(torCluster(torText({ '10.244.2.128/25': via(addressOf('a')) })));
  const [finding] = findingsOf(judgement, 'tor-route-wrong');
  expect(finding?.what).toMatch(/packets to 10\.244\.2\.128\/25 of 10\.244\.2\.0\/24/);
  expect(finding?.next).toMatch(
    /no ip route 10\.244\.2\.128\/25 192\.168\.1\.1 ; ip route 10\.244\.2\.0\/24 192\.168\.1\.2/,
  );
});

test('what was learned is mended where it comes from', () => {
  const text = torText().replace(`S>* ${b} [1/0] via ${addressOf('b')}`, `B>* ${b} [20/0] via ${addressOf('c')}`);
  const [finding] = findingsOf(judgeGuests(torCluster(text)), 'tor-route-wrong');
  expect(finding?.next).toMatch(/It was learned \(bgp\)/);
  expect(finding?.next).not.toMatch(/no ip route/);
});

test('right routes are no finding', () => {
  expect(judgeGuests(torCluster()).findings).toEqual([]);
});
