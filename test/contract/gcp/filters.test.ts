/** The VPC firewall as the reader finds it: rules, the policies around them, what is denied, what is read again. */
import { describe, expect, jest, test } from '@jest/globals';
import type { GcePolicyRuleWorld, GcePolicyWorld, GceWorld } from '../../../lab/world/gce.ts';
import { firewall } from '../../../lab/world/gce-firewalls.ts';
import type { FabricFacts, FilterFacts, Suspects } from '../../../src/model/snapshot.ts';
import { expectedOf, gceOf, leave, nodesOf, openReader, plainOf, serveGce } from './expected.ts';
import { firewallWorld, instanceAt, NETWORK, sharedWorld, usualWorld } from './worlds.ts';
import { labPerTest } from '../../support/lab-per-test.ts';

// The descriptions that the clients load are 12 MB of JSON, which a busy machine takes its time over.
jest.setTimeout(60_000);

const serve = labPerTest(serveGce, leave);

function filtersOf(facts: readonly FabricFacts[]): readonly FilterFacts[] {
  return facts.flatMap(({ filters }) => (filters === 'unread' ? [] : filters));
}

const rule: GcePolicyRuleWorld = {
  priority: 100,
  direction: 'INGRESS',
  action: 'deny',
  srcIpRanges: ['10.0.0.0/8'],
  traffic: [{ protocol: 'all' }],
};

function policy(change: Partial<GcePolicyWorld> = {}): GcePolicyWorld {
  return { kind: 'HIERARCHY', name: '4711', displayName: 'baseline', networks: [NETWORK], rules: [rule], ...change };
}

async function doubtsOf(change: (gce: GceWorld) => void): Promise<readonly string[]> {
  const world = usualWorld();
  change(gceOf(world));
  const running = await serve(world);
  const { facts, gaps } = await openReader(running).read(nodesOf(world));
  expect(gaps).toEqual([]);
  expect(plainOf(facts)).toEqual(expectedOf(world));
  const [filter] = filtersOf(facts);
  await running.stop();
  expect(filter?.unread).toBeUndefined();
  return (filter?.doubts ?? []).map(({ name }) => name);
}

describe('rules', () => {
  test.each([undefined, 1])('of every form, in pages of %s', async (size) => {
    const world = firewallWorld();
    const running = await serve(world, size === undefined ? {} : { pageSize: { gce: size } });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(gaps).toEqual([]);
    expect(plainOf(facts)).toEqual(expectedOf(world));
    expect(filtersOf(facts).map(({ id, rules }) => [id, rules.length])).toEqual([[`shop-prod/${NETWORK}`, 13]]);
  });

  test('each network has a filter of its own, and only networks with nodes have one', async () => {
    const world = usualWorld();
    const gce = gceOf(world);
    gce.networks.push({ name: 'disks' }, { name: 'nobody' });
    gce.firewalls.push(firewall('disks', 'disks'), firewall('nobody', 'nobody'));
    gce.subnetworks.push({ ...gce.subnetworks[0]!, name: 'disks', network: 'disks', cidr: '172.20.0.0/24' });
    instanceAt(gce, 0).nics.push({
      name: 'nic1',
      network: 'disks',
      subnetwork: 'disks',
      ip: '172.20.0.9',
      aliasRanges: [],
    });
    const running = await serve(world);
    const { facts } = await openReader(running).read(nodesOf(world));
    expect(filtersOf(facts).map(({ id }) => id)).toEqual(['shop-prod/disks', `shop-prod/${NETWORK}`]);
    expect(facts[0]?.networks.map(({ id, filters }) => [id, filters])).toEqual([
      ['shop-prod/disks', ['shop-prod/disks']],
      [`shop-prod/${NETWORK}`, [`shop-prod/${NETWORK}`]],
    ]);
  });

  test('a Shared VPC is asked in its host project, for every region with nodes once', async () => {
    const world = sharedWorld();
    const gce = gceOf(world);
    const [first] = gce.subnetworks;
    gce.subnetworks.push({ ...first!, name: 'far', region: 'us-east4', cidr: '10.133.0.0/20' });
    Object.assign(instanceAt(gce, 3), { zone: 'us-east4-b' });
    Object.assign(instanceAt(gce, 3).nics[0]!, { subnetwork: 'far', ip: '10.133.0.10' });
    const nodes = nodesOf(world).map((node) => ({
      ...node,
      ...(node.name === instanceAt(gce, 3).name ? { providerID: `gce://shop-prod/us-east4-b/${node.name}` } : {}),
    }));
    const running = await serve(world);
    const { facts, gaps } = await openReader(running).read(nodes);
    expect(gaps).toEqual([]);
    expect(filtersOf(facts).map(({ id }) => id)).toEqual([`net-host/${NETWORK}`]);
    const asked = running.requests().map(({ operation }) => operation);
    expect(asked.filter((operation) => operation.includes('irewall')).sort()).toEqual([
      'firewalls.list net-host',
      'regionNetworkFirewallPolicies.getEffectiveFirewalls net-host',
      'regionNetworkFirewallPolicies.getEffectiveFirewalls net-host',
    ]);
  });

  test('a node without provider id counts as well: the policies of its region are read', async () => {
    const world = usualWorld();
    const gce = gceOf(world);
    const far = instanceAt(gce, 4);
    gce.subnetworks.push({ ...gce.subnetworks[0]!, name: 'far', region: 'us-east4', cidr: '10.133.0.0/20' });
    gce.policies.push(policy({ kind: 'NETWORK_REGIONAL', name: 'far', displayName: 'far', region: 'us-east4' }));
    far.zone = 'us-east4-b';
    Object.assign(far.nics[0]!, { subnetwork: 'far', ip: '10.133.0.10' });
    const nodes = nodesOf(world).map((node) => {
      const { providerID: _, ...rest } = node;
      return node.name === far.name ? { ...rest, internalIPs: ['10.133.0.10'] } : node;
    });
    const running = await serve(world);
    const { facts } = await openReader(running).read(nodes);
    expect(filtersOf(facts)[0]?.doubts).toEqual([
      { name: 'regional network firewall policy far (rule 100: deny)', from: { prefixes: ['10.0.0.0/8'] } },
    ]);
  });

  test('who does not ask for filters sends no request for them, and the facts say so', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceDeny: ['compute.firewalls.*', 'compute.networks.*'] });
    const { facts, gaps } = await openReader(running).read(nodesOf(world), { filters: false, limits: false });
    expect(gaps).toEqual([]);
    expect(facts.map(({ filters }) => filters)).toEqual(['unread']);
    expect(facts[0]?.networks[0]?.filters).toBeUndefined();
    expect(running.requests().filter(({ operation }) => operation.includes('irewall'))).toEqual([]);
  });
});

describe('policies', () => {
  test.each([
    ['of the organization', policy(), ['hierarchical firewall policy baseline (rule 100: deny)']],
    [
      'of the network',
      policy({ kind: 'NETWORK', name: 'net', displayName: 'net', rules: [rule, { ...rule, priority: 7 }] }),
      ['network firewall policy net (rule 100: deny)', 'network firewall policy net (rule 7: deny)'],
    ],
    [
      'of the region',
      policy({ kind: 'NETWORK_REGIONAL', name: 'near', displayName: 'near', region: 'europe-west3' }),
      ['regional network firewall policy near (rule 100: deny)'],
    ],
    ['of another region', policy({ kind: 'NETWORK_REGIONAL', name: 'far', region: 'us-west8' }), []],
    ['of another network', policy({ networks: ['other'] }), []],
    ['without rules of its own', policy({ rules: [] }), []],
  ])('%s', async (_, one, expected) => {
    expect(await doubtsOf((gce) => gce.policies.push(one))).toEqual(expected);
  });

  test.each<[string, Partial<GcePolicyRuleWorld>, boolean]>([
    ['hands on', { action: 'goto_next' }, false],
    ['is off', { disabled: true }, false],
    ['is about strangers or a secure tag', { srcIpRanges: ['192.0.2.0/24'], srcSecureTags: ['tagValues/1'] }, true],
    ['is about two ends', { srcIpRanges: ['10.48.0.0/16'], destIpRanges: ['fd00:10:244::/48'] }, true],
    ['is about the internet', { srcNetworkContext: 'INTERNET' }, false],
    ['is about all that is not the internet', { srcNetworkContext: 'NON_INTERNET' }, true],
    ['is for another network', { targetNetworks: ['other'] }, false],
    ['is for this network', { targetNetworks: ['other', NETWORK] }, true],
    ['inspects', { action: 'apply_security_profile_group' }, true],
  ])('with a rule that %s: %p leaves doubt: %s', async (_, change, doubts) => {
    const found = await doubtsOf((gce) => {
      gce.networks.push({ name: 'other' });
      gce.policies.push(policy({ rules: [{ ...rule, ...change }] }));
    });
    expect(found.length > 0).toBe(doubts);
  });
});

describe('what is denied', () => {
  test('the list: no filter is claimed, and the gap names the permission', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceDeny: ['compute.firewalls.list'] });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect([filtersOf(facts), facts[0]?.networks[0]?.filters]).toEqual([[], undefined]);
    expect(gaps.map(({ facet, scope, subject, permission }) => [facet, scope, subject, permission])).toEqual([
      ['filters', 'gcp/shop-prod', 'firewall rules of project shop-prod', 'compute.firewalls.list'],
    ]);
  });

  test('the policies: the rules stand, and the gap names network, region and permission', async () => {
    const world = usualWorld();
    const running = await serve(world, { gceDeny: ['compute.networks.getRegionEffectiveFirewalls'] });
    const { facts, gaps } = await openReader(running).read(nodesOf(world));
    expect(plainOf(facts)).toEqual(expectedOf(world));
    expect(gaps.map(({ facet, subject, permission }) => [facet, subject, permission])).toEqual([
      [
        'filters',
        `firewall policies of network ${NETWORK} in europe-west3 of project shop-prod`,
        'compute.networks.getRegionEffectiveFirewalls',
      ],
    ]);
  });
});

describe('reading again', () => {
  const suspects = (filters: string[]): Suspects => ({ nodes: [], machines: [], interfaces: [], tables: [], filters });

  test('a filter as it is by then, with its policies, and nothing else', async () => {
    const world = usualWorld();
    const gce = gceOf(world);
    const running = await serve(world);
    const reader = openReader(running);
    await reader.read(nodesOf(world));
    gce.firewalls = gce.firewalls.slice(1);
    gce.policies.push(policy());
    const before = running.requests().length;
    const { facts, gaps } = await reader.reread(suspects([`shop-prod/${NETWORK}`]));
    expect(gaps).toEqual([]);
    expect(plainOf(facts)[0]?.filters).toEqual(expectedOf(world)[0]?.filters);
    expect([facts[0]?.machines, facts[0]?.tables, facts[0]?.networks]).toEqual([[], [], []]);
    const asked = running.requests().slice(before);
    expect(asked.map(({ operation }) => operation).sort()).toEqual([
      'firewalls.list shop-prod',
      'regionNetworkFirewallPolicies.getEffectiveFirewalls shop-prod',
    ]);
  });

  test('what does not answer by then is a gap, not a filter that has gone', async () => {
    const world = usualWorld();
    const running = await serve(world);
    const reader = openReader(running);
    await reader.read(nodesOf(world));
    await running.stop();
    const { facts, gaps } = await reader.reread(suspects([`shop-prod/${NETWORK}`]));
    expect(filtersOf(facts)).toEqual([]);
    expect(new Set(gaps.map(({ facet }) => facet))).toEqual(new Set(['filters']));
  });
});
