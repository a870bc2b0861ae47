import { expect, test } from '@jest/globals';
import type { GuestFacts } from '../../../src/model/guest.ts';
import { findingsOf, guestCluster, judgeGuests } from '../../support/guest-cluster.ts';

const chain = (id: string): Partial<GuestFacts> => ({ firewall: [{ id, rules: [] }] });
const FLANNEL = chain('iptables-nft nat FLANNEL-POSTRTG');

const CASES: readonly (readonly [string, Partial<GuestFacts>, number])[] = [
  ['flannel in iptables, and no module', FLANNEL, 1],
  ['flannel in iptables of the older kind', chain('iptables-legacy filter FLANNEL-FWD'), 1],
  ['the module is there', { ...FLANNEL, bridgeCallsIptables: true }, 0],
  ['the module is there, and switched off', { ...FLANNEL, bridgeCallsIptables: false }, 0],
  ['flannel in nftables', chain('nft ip flannel-ipv4 postrtg'), 0],
  ['no flannel', {}, 0],
  ['switches that were not read', { ...FLANNEL, unread: [{ part: 'settings', reason: 'cut off' }] }, 0],
];

test.each(CASES)('%s', (_, change, many) => {
  const judgement = judgeGuests(guestCluster({ a: (facts) => ({ ...facts, ...change }) }));
  const found = findingsOf(judgement, 'bridge-netfilter-missing');
  expect(found).toHaveLength(many);
  for (const finding of found) {
    expect(finding).toMatchObject({ key: 'bridge-netfilter-missing/cluster/a', severity: 'notice', pairsBroken: 0 });
    expect(finding.next).toContain('modprobe br_netfilter');
  }
});
