import { expect, test } from '@jest/globals';
import type { GuestFirewallRule } from '../../../src/model/guest.ts';
import type { Change } from '../../support/guest-cluster.ts';
import {
  addressOf,
  both,
  findingsOf,
  guestCluster,
  judgeGuests,
  podsOf,
  withLink,
  without,
} from '../../support/guest-cluster.ts';

const masquerade =
  (...matches: GuestFirewallRule['matches']): Change =>
  (facts) => ({
    ...facts,
    firewall: [
      {
        id: 'iptables-nft nat POSTROUTING',
        family: 'ipv4',
        base: { hook: 'postrouting', type: 'nat', priority: 100, policy: 'accept' },
        rules: [{ matches, actions: [{ kind: 'source' }], text: '-A POSTROUTING -j MASQUERADE' }],
      },
    ],
  });

const out = { kind: 'link', side: 'out', links: ['eth0'] } as const;

test('masquerading between pods is a warning: they arrive, as somebody else', () => {
  const judgement = judgeGuests(guestCluster({ a: masquerade(out) }));
  expect(judgement).toMatchObject({ verdict: 'pass', pairs: { pass: 6 }, roundTrip: { pass: 6 } });
  const [finding, ...others] = judgement.findings;
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    key: 'pod-source-rewritten/cluster/a/iptables-nft nat POSTROUTING',
    severity: 'warning',
    subjects: { nodes: ['a'] },
    evidence: [{ source: 'file a.txt', text: 'iptables-nft nat POSTROUTING: -A POSTROUTING -j MASQUERADE' }],
  });
  expect(finding?.what).toContain(`2 ordered pairs of nodes the source ${addressOf('a')}`);
});

test('it hides that there is no way back to the pods', () => {
  const judgement = judgeGuests(guestCluster({ a: masquerade(out), b: without(podsOf('a')) }));
  // b asks a in vain; what a asks is answered, because it seems to come from a itself.
  expect(judgement.pairs).toMatchObject({ fail: 1, pass: 5 });
  expect(judgement.roundTrip).toMatchObject({ fail: 1, pass: 5 });
});

test('the reverse path filter looks at the address that the packet has then', () => {
  const strict = both(without(podsOf('a')), withLink('eth0', { rpFilter: 1 }));
  const plain = judgeGuests(guestCluster({ b: strict }));
  expect(findingsOf(plain, 'host-rp-filter-strict')).toMatchObject([{ pairsBroken: 1, roundTripsBroken: 2 }]);
  const rewritten = judgeGuests(guestCluster({ a: masquerade(out), b: strict }));
  // What is left are answers to b, which a sends as they are.
  expect(findingsOf(rewritten, 'host-rp-filter-strict')).toMatchObject([{ pairsBroken: 0, roundTripsBroken: 1 }]);
});

test('what is exempted keeps its source', () => {
  const exempt = { kind: 'address', side: 'destination', prefixes: ['10.244.0.0/16'], not: true } as const;
  expect(judgeGuests(guestCluster({ a: masquerade(out, exempt) })).findings).toEqual([]);
});
