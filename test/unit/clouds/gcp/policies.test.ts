import { expect, test } from '@jest/globals';
import { doubtsOf, translatePolicy } from '../../../../src/clouds/gcp/policies.ts';
import type { FilterDoubt } from '../../../../src/model/filter.ts';

type IPolicy = Parameters<typeof translatePolicy>[0];
type IRule = NonNullable<IPolicy['rules']>[number];

const PODS = 'net-host/pods';
const URL = 'https://www.googleapis.com/compute/v1/projects/net-host/global/networks';
const deny: IRule = { priority: 5, action: 'deny', direction: 'INGRESS', match: { srcIpRanges: ['0.0.0.0/0'] } };

function doubtsAbout(rule: IRule, policy: IPolicy = {}): FilterDoubt[] {
  const whole = { type: 'HIERARCHY', name: '4711', displayName: 'base', ...policy, rules: [{ ...deny, ...rule }] };
  return doubtsOf(PODS, [translatePolicy(whole, PODS)]);
}

test.each<[string, IRule, boolean]>([
  ['denies', {}, true],
  ['allows', { action: 'allow' }, true],
  ['does what nobody knows yet', { action: 'mirror_and_go' }, true],
  ['hands on', { action: 'goto_next' }, false],
  ['is off', { disabled: true }, false],
  ['is for load balancers', { targetType: 'INTERNAL_MANAGED_LB' }, false],
  ['is for forwarding rules', { targetForwardingRules: ['f'] }, false],
  ['is for instances', { targetType: 'INSTANCES' }, true],
  ['is for this network', { targetResources: [`${URL}/pods`] }, true],
  ['is for another network', { targetResources: [`${URL}/other`] }, false],
  ['is for a network of the same name elsewhere', { targetResources: [`${URL}/pods`.replace('net-host', 'x')] }, false],
  ['is about the internet', { match: { srcNetworkContext: 'INTERNET' } }, false],
  ['is about the internet, in the older words', { match: { destNetworkType: 'INTERNET' } }, false],
  ['is about this network', { match: { srcNetworkContext: 'INTRA_VPC' } }, true],
])('a rule that %s', (_, rule, matters) => {
  expect(doubtsAbout(rule).length).toBe(matters ? 1 : 0);
});

/** What a doubt is about: its sources and destinations; absent is any. */
test.each<[string, NonNullable<IRule['match']> | null, Omit<FilterDoubt, 'name'>]>([
  [
    'ranges',
    { srcIpRanges: ['192.0.2.0/24', '2001:db8::/32'] },
    { from: { prefixes: ['192.0.2.0/24', '2001:db8::/32'] } },
  ],
  ['one address', { srcIpRanges: ['10.132.0.2'] }, { from: { prefixes: ['10.132.0.2/32'] } }],
  ['destinations', { destIpRanges: ['fd00:10:244::/64'] }, { to: { prefixes: ['fd00:10:244::/64'] } }],
  ['what is no range', { srcIpRanges: ['pods'] }, { from: { prefixes: [], unread: ['pods'] } }],
  ['no end at all', null, {}],
  ['a fqdn beside ranges', { srcIpRanges: ['192.0.2.0/24'], srcFqdns: ['a.example'] }, {}],
  ['regions beside ranges', { destIpRanges: ['192.0.2.0/24'], destRegionCodes: ['DE'] }, {}],
  ['an address group', { srcAddressGroups: ['g'] }, {}],
  [
    'both ends',
    { srcIpRanges: ['10.244.0.0/24'], destIpRanges: ['192.0.2.0/24'] },
    { from: { prefixes: ['10.244.0.0/24'] }, to: { prefixes: ['192.0.2.0/24'] } },
  ],
])('a rule that names %s', (_, match, ends) => {
  expect(doubtsAbout({ match })).toEqual([{ name: 'hierarchical firewall policy base (rule 5: deny)', ...ends }]);
});

test.each([
  [{ type: 'HIERARCHY' }, 'hierarchical firewall policy base (rule 5: deny)'],
  [{ type: 'NETWORK', displayName: '' }, 'network firewall policy 4711 (rule 5: deny)'],
  [{ type: 'NETWORK_REGIONAL' }, 'regional network firewall policy base (rule 5: deny)'],
  [{ type: 'SYSTEM_REGIONAL' }, 'regional system firewall policy base (rule 5: deny)'],
  [{ type: 'NEWER' }, 'firewall policy base (rule 5: deny)'],
])('%p is called %s', (policy, name) => {
  expect(doubtsAbout({}, policy).map((doubt) => doubt.name)).toEqual([name]);
});

test('every rule is a doubt of its own; another network has nothing to do with it', () => {
  const rules = [deny, { ...deny, priority: 3, action: 'allow' }, { ...deny, priority: 1, action: 'goto_next' }];
  const draft = translatePolicy({ type: 'NETWORK', displayName: 'p', rules }, PODS);
  expect(doubtsOf(PODS, [draft]).map(({ name }) => name)).toEqual([
    'network firewall policy p (rule 3: allow)',
    'network firewall policy p (rule 5: deny)',
  ]);
  expect(doubtsOf('net-host/other', [draft])).toEqual([]);
});
