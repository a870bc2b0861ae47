import { expect, test } from '@jest/globals';
import { addressOf, findingsOf, judgeGuests, podsOf } from '../../support/guest-cluster.ts';
import { torCluster, torText } from '../../support/tor-cluster.ts';

const [a, b] = [podsOf('a'), podsOf('b')];
const toUpstream = { '0.0.0.0/0': '[1/0] via 192.168.1.253, Vlan1, weight 1, 00:01:00' };

test('names the router, the podCIDR and the route that lacks', () => {
  const [finding, ...others] = findingsOf(judgeGuests(torCluster(torText({ [b]: undefined }))), 'tor-route-missing');
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'tor-route-missing/cluster/tor-1/10.244.2.0/24',
    verdict: 'fail',
    severity: 'error',
    pairsBroken: 2,
    subjects: { nodes: ['b'], prefixes: [b], routeTables: ['tor-1'] },
    what: 'Router tor-1 has no route to 10.244.2.0/24, the pods of b: nothing matches, not even a default route.',
  });
  expect(finding?.next).toBe('In configuration mode on tor-1: ip route 10.244.2.0/24 192.168.1.2 (then write memory).');
});

test('a default route to somebody unknown proves nothing, and says what would', () => {
  const text = torText({ [b]: undefined, ...toUpstream });
  const [finding] = findingsOf(judgeGuests(torCluster(text)), 'tor-route-missing');
  expect(finding).toMatchObject({ verdict: 'unknown' });
  expect(finding?.what).toMatch(
    /only 0\.0\.0\.0\/0 via 192\.168\.1\.253 \(static\) matches, and 192\.168\.1\.253 is no node/,
  );
  expect(finding?.next).toMatch(/ip route 10\.244\.2\.0\/24 192\.168\.1\.2 .*#prc outside 192\.168\.1\.253/);
});

test('the same default route, of which somebody says where it leads', () => {
  const text = `#prc outside 192.168.1.253\n${torText({ [b]: undefined, ...toUpstream })}`;
  const [finding] = findingsOf(judgeGuests(torCluster(text)), 'tor-route-missing');
  expect(finding).toMatchObject({ verdict: 'fail' });
  expect(finding?.what).toMatch(/which leads out of the site\.$/);
});

test('one finding per podCIDR', () => {
  const judgement = judgeGuests(torCluster(torText({ [a]: undefined, [b]: undefined })));
  expect(findingsOf(judgement, 'tor-route-missing').map(({ key }) => key)).toEqual([
    `tor-route-missing/cluster/tor-1/${a}`,
    `tor-route-missing/cluster/tor-1/${b}`,
  ]);
});

test('a router that has all of them, by one route each or by one for some', () => {
  const all = { [b]: undefined, '10.244.2.0/23': `[20/0] via ${addressOf('b')}, Vlan1, weight 1, 00:01:00` };
  expect(judgeGuests(torCluster(torText(all))).findings).toEqual([]);
});
