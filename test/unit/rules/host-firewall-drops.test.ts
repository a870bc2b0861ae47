import { describe, expect, test } from '@jest/globals';
import type { GuestChain, GuestFirewallRule } from '../../../src/model/guest.ts';
import type { Change } from '../../support/guest-cluster.ts';
import { findingsOf, guestCluster, judgeGuests, podsOf } from '../../support/guest-cluster.ts';

const forward = (policy: 'accept' | 'drop', ...rules: readonly GuestFirewallRule[]): GuestChain => ({
  id: 'iptables-nft filter FORWARD',
  family: 'ipv4',
  base: { hook: 'forward', type: 'filter', priority: 0, policy },
  rules,
});

const withFirewall =
  (...firewall: readonly GuestChain[]): Change =>
  (facts) => ({ ...facts, firewall });

const from = (prefix: string, kind: 'accept' | 'drop'): GuestFirewallRule => ({
  matches: [{ kind: 'address', side: 'source', prefixes: [prefix] }],
  actions: [{ kind }],
  text: `-A FORWARD -s ${prefix} -j ${kind === 'drop' ? 'DROP' : 'ACCEPT'}`,
});

const established: GuestFirewallRule = {
  matches: [{ kind: 'state', states: ['established', 'related'] }],
  actions: [{ kind: 'accept' }],
  text: '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
};

const judgeB = (change: Change): ReturnType<typeof judgeGuests> => judgeGuests(guestCluster({ b: change }));

test('a policy that drops is one finding, with what it breaks and the way to mend it', () => {
  const judgement = judgeB(withFirewall(forward('drop')));
  const [finding, ...others] = findingsOf(judgement, 'host-firewall-drops');
  expect(others).toEqual([]);
  expect(judgement.pairs).toMatchObject({ fail: 4, pass: 2 });
  expect(finding).toMatchObject({
    key: 'host-firewall-drops/cluster/b/ipv4/iptables-nft filter FORWARD',
    severity: 'error',
    verdict: 'fail',
    pairsBroken: 4,
    evidence: [{ source: 'file b.txt', text: 'iptables-nft filter FORWARD: policy drop' }],
  });
  expect(finding?.what).toContain('The firewall of b drops forwarded packets');
  expect(finding?.next).toContain('iptables-nft -t filter -I FORWARD -s 10.244.0.0/');
});

test('a rule is named, with the command that removes it', () => {
  const judgement = judgeB(withFirewall(forward('accept', from(podsOf('a'), 'drop'))));
  const [finding] = findingsOf(judgement, 'host-firewall-drops');
  expect(finding).toMatchObject({ pairsBroken: 1, subjects: { nodes: ['b'], prefixes: [podsOf('b')] } });
  expect(finding?.next).toContain(`iptables-nft -t filter -D FORWARD -s ${podsOf('a')} -j DROP`);
});

test('of nftables the rule is named by its handle', () => {
  const rule = { ...from(podsOf('a'), 'drop'), text: 'nft inet filter forward rule 7' };
  const chain = { ...forward('accept', rule), id: 'nft inet filter forward' };
  const [finding] = findingsOf(judgeB(withFirewall(chain)), 'host-firewall-drops');
  expect(finding?.next).toContain('nft delete rule inet filter forward handle 7');
});

test('answers to what was let out come back in', () => {
  const { pairs, roundTrip } = judgeB(withFirewall(forward('drop', established, from(podsOf('b'), 'accept'))));
  // Pods of b may ask, and nobody may ask them.
  expect(pairs).toMatchObject({ pass: 4, fail: 2 });
  expect(roundTrip).toMatchObject({ pass: 4, fail: 2 });
});

describe('what is not known', () => {
  test('a firewall that was not read makes the pairs unknown, and says how to read it', () => {
    const judgement = judgeB(({ firewall: _, ...facts }) => facts);
    expect(judgement).toMatchObject({ verdict: 'unknown', pairs: { pass: 2, unknown: 4 } });
    const [finding] = findingsOf(judgement, 'evidence-incomplete');
    expect(JSON.stringify(finding)).toContain('run the collector as root');
  });

  test('what is lost for certain stays lost without it', () => {
    const judgement = judgeB(({ firewall: _, ...facts }) => ({
      ...facts,
      routes: facts.routes.filter(({ prefix }) => prefix !== podsOf('a')),
    }));
    expect(findingsOf(judgement, 'node-route-missing')).toMatchObject([{ verdict: 'fail', pairsBroken: 1 }]);
  });

  test.each([
    ['drop', 'accept', 'unknown'],
    ['accept', 'accept', 'pass'],
    ['drop', 'drop', 'fail'],
  ] as const)(
    'a rule that nobody understands, which would %s, before a policy that would %s',
    (kind, policy, verdict) => {
      const strange: GuestFirewallRule = {
        matches: [{ kind: 'other', text: '-m set' }],
        actions: [{ kind }],
        text: '-A FORWARD -m set --match-set x src -j X',
      };
      const { pairs } = judgeB(withFirewall(forward(policy, strange)));
      expect(pairs).toMatchObject({ [verdict]: verdict === 'pass' ? 6 : 4 });
    },
  );
});

test('nothing is found where all is accepted', () => {
  expect(judgeGuests(guestCluster()).findings).toEqual([]);
  expect(judgeB(withFirewall(forward('drop', from('10.244.0.0/16', 'accept')))).findings).toEqual([]);
});
