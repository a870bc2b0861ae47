import { expect, test } from '@jest/globals';
import { policiesInTheWay, spacesOf, translatePolicy } from '../../../../src/clouds/gcp/policies.ts';
import { parsePrefix } from '../../../../src/model/prefix.ts';

type IPolicy = Parameters<typeof translatePolicy>[0];
type IRule = NonNullable<IPolicy['rules']>[number];

const PODS = 'net-host/pods';
const URL = 'https://www.googleapis.com/compute/v1/projects/net-host/global/networks';
const spaces = ['10.244.0.0/24', '10.132.0.2/32', 'fd00:10:244::/64'].map((text) => parsePrefix(text)!);
const deny: IRule = { priority: 5, action: 'deny', direction: 'INGRESS', match: { srcIpRanges: ['0.0.0.0/0'] } };

function inTheWay(rule: IRule, policy: IPolicy = {}): string[] {
  const whole = { type: 'HIERARCHY', name: '4711', displayName: 'base', ...policy, rules: [{ ...deny, ...rule }] };
  return policiesInTheWay(PODS, [translatePolicy(whole, PODS)], spaces);
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
  ['is about other addresses', { match: { srcIpRanges: ['192.0.2.0/24', '2001:db8::/32'] } }, false],
  ['is about a node', { match: { srcIpRanges: ['10.132.0.2'] } }, true],
  ['is about IPv6 pods', { match: { destIpRanges: ['fd00:10:244::/64'] } }, true],
  ['is about what is no range', { match: { srcIpRanges: ['pods'] } }, true],
  ['names no end at all', { match: null }, true],
  ['lists strangers, and a fqdn', { match: { srcIpRanges: ['192.0.2.0/24'], srcFqdns: ['a.example'] } }, true],
  ['lists strangers, and regions', { match: { destIpRanges: ['192.0.2.0/24'], destRegionCodes: ['DE'] } }, true],
  ['lists an address group only', { match: { srcAddressGroups: ['g'] } }, true],
  ['goes to strangers', { match: { srcIpRanges: ['10.244.0.0/24'], destIpRanges: ['192.0.2.0/24'] } }, false],
])('a rule that %s', (_, rule, matters) => {
  expect(inTheWay(rule).length).toBe(matters ? 1 : 0);
});

test.each([
  [{ type: 'HIERARCHY' }, 'hierarchical firewall policy base (rule 5: deny)'],
  [{ type: 'NETWORK', displayName: '' }, 'network firewall policy 4711 (rule 5: deny)'],
  [{ type: 'NETWORK_REGIONAL' }, 'regional network firewall policy base (rule 5: deny)'],
  [{ type: 'SYSTEM_REGIONAL' }, 'regional system firewall policy base (rule 5: deny)'],
  [{ type: 'NEWER' }, 'firewall policy base (rule 5: deny)'],
])('%p is called %s', (policy, name) => {
  expect(inTheWay({}, policy)).toEqual([name]);
});

test('of several rules the first is named; another network has nothing to do with it', () => {
  const rules = [deny, { ...deny, priority: 3, action: 'allow' }, { ...deny, priority: 1, action: 'goto_next' }];
  const draft = translatePolicy({ type: 'NETWORK', displayName: 'p', rules }, PODS);
  expect(policiesInTheWay(PODS, [draft], spaces)).toEqual(['network firewall policy p (rule 3: allow and 1 more)']);
  expect(policiesInTheWay('net-host/other', [draft], spaces)).toEqual([]);
});

test('packets carry podCIDRs and addresses of nodes', () => {
  const node = { podCIDRs: ['10.244.1.0/24'], internalIPs: ['10.132.0.3', 'odd', 'fd20::3'] };
  expect(spacesOf([node as unknown as Parameters<typeof spacesOf>[0][number]]).map(({ text }) => text)).toEqual([
    '10.244.1.0/24',
    '10.132.0.3/32',
    'fd20::3/128',
  ]);
});
