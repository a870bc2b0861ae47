/** Who is whose neighbour, where somebody says it and where nodes have seen otherwise. */
import { expect, test } from '@jest/globals';
import type { Change } from '../../../support/guest-cluster.ts';
import { addressOf, findingsOf, guestCluster, judgeGuests } from '../../../support/guest-cluster.ts';

const told = { nodeSubnets: ['192.168.1.0/24'] };
const GATEWAY = '192.168.1.254';

/** All that it has heard of lately. */
const heard =
  (...entries: readonly (readonly [string, string])[]): Change =>
  (guest) => ({
    ...guest,
    neighbours: entries.map(([address, mac]) => ({ address, device: 'eth0', mac, state: 'confirmed' as const })),
  });

test('what somebody says counts where nobody has seen anything', () => {
  const snapshot = guestCluster({ a: heard(), b: heard(), c: heard() });
  expect(judgeGuests(snapshot).pairs).toMatchObject({ unknown: 6 });
  expect(judgeGuests(snapshot, told).pairs).toMatchObject({ pass: 6 });
});

test.each([
  ['the same router at one hardware address', '02:00:00:00:00:fe', { pass: 6 }],
  ['the same router at two: two racks with the same numbers', '02:00:00:00:00:ff', { unknown: 6 }],
])('%s', (_, mac, pairs) => {
  const [a, b] = [heard([GATEWAY, '02:00:00:00:00:fe']), heard([GATEWAY, mac])];
  const judgement = judgeGuests(guestCluster({ a, b, c: heard() }), told);
  expect(judgement.pairs).toMatchObject(pairs);
  const says = findingsOf(judgement, 'evidence-incomplete').map(({ what }) => what);
  if ('unknown' in pairs)
    expect(says[0]).toMatch(
      /192\.168\.1\.0\/24 is not one segment, as input node-subnets says: b sees 192\.168\.1\.254/,
    );
});

test('a node’s own address at somebody else’s hardware address', () => {
  const a = heard([addressOf('b'), '02:00:00:00:00:77']);
  expect(judgeGuests(guestCluster({ a, b: heard(), c: heard() }), told).pairs).toMatchObject({ pass: 0, fail: 0 });
});
