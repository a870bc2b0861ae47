import { describe, expect, test } from '@jest/globals';
import { finishFilter, translateFirewall } from '../../../../src/clouds/gcp/translate-firewalls.ts';
import type { FilterRule } from '../../../../src/model/snapshot.ts';

const network = 'https://www.googleapis.com/compute/v1/projects/net-host/global/networks/pods';

type IFirewall = Parameters<typeof translateFirewall>[0];

const plain: IFirewall = {
  name: 'r',
  network,
  direction: 'INGRESS',
  priority: 700,
  sourceRanges: ['10.244.0.0/16'],
  allowed: [{ IPProtocol: 'all' }],
};

function rulesOf(change: IFirewall): readonly FilterRule[] {
  return translateFirewall({ ...plain, ...change }, 'net-host')?.rules ?? [];
}

function ruleOf(change: IFirewall): FilterRule | undefined {
  return rulesOf(change)[0];
}

test('a plain rule, whole', () => {
  expect(translateFirewall(plain, 'net-host')).toEqual({
    network: 'net-host/pods',
    rules: [{ direction: 'in', action: 'allow', rank: 700, name: 'r', peers: { prefixes: ['10.244.0.0/16'] } }],
  });
});

describe('who is at the other end', () => {
  const none = { sourceRanges: [] };
  const out = { ...none, direction: 'EGRESS' };
  test.each<[string, IFirewall, FilterRule['peers'] | undefined, FilterRule['own'] | undefined]>([
    [
      'ranges, canonical and once',
      { sourceRanges: ['10.1.2.3/16', '10.1.0.0/16'] },
      { prefixes: ['10.1.0.0/16'] },
      undefined,
    ],
    ['a single address', { sourceRanges: ['10.1.2.3'] }, { prefixes: ['10.1.2.3/32'] }, undefined],
    ['IPv6', { sourceRanges: ['FD20:0::/32'] }, { prefixes: ['fd20::/32'] }, undefined],
    ['nobody named: all of IPv4', none, { prefixes: ['0.0.0.0/0'] }, undefined],
    ['tags only', { ...none, sourceTags: ['b', 'a'] }, { prefixes: [], groups: ['a', 'b'] }, undefined],
    ['ranges or tags', { sourceTags: ['a'] }, { prefixes: ['10.244.0.0/16'], groups: ['a'] }, undefined],
    ['a service account', { ...none, sourceServiceAccounts: ['x@y'] }, { prefixes: [], groups: ['x@y'] }, undefined],
    ['what is no range', { sourceRanges: ['pods'] }, { prefixes: [], unread: ['pods'] }, undefined],
    [
      'both ends, inwards',
      { destinationRanges: ['10.9.0.0/16'] },
      { prefixes: ['10.244.0.0/16'] },
      { prefixes: ['10.9.0.0/16'] },
    ],
    ['outwards to anywhere', out, { prefixes: ['0.0.0.0/0'] }, undefined],
    [
      'both ends, outwards',
      { ...out, sourceRanges: ['10.9.0.0/16'], destinationRanges: ['10.8.0.0/16'] },
      { prefixes: ['10.8.0.0/16'] },
      { prefixes: ['10.9.0.0/16'] },
    ],
  ])('%s', (_, change, peers, own) => {
    const rule = ruleOf(change);
    expect([rule?.peers, rule?.own]).toEqual([peers, own]);
    expect(rule?.direction).toBe(change.direction === 'EGRESS' ? 'out' : 'in');
  });
});

describe('what traffic', () => {
  test.each<[string, Pick<FilterRule, 'protocol'>]>([
    ['all', {}],
    ['tcp', { protocol: 'tcp' }],
    ['6', { protocol: 'tcp' }],
    ['TCP', { protocol: 'tcp' }],
    ['17', { protocol: 'udp' }],
    ['1', { protocol: 'icmp' }],
    ['58', { protocol: 'icmpv6' }],
    ['ipv6-icmp', { protocol: 'icmpv6' }],
    ['ipip', { protocol: '4' }],
    ['4', { protocol: '4' }],
    ['esp', { protocol: '50' }],
    ['ah', { protocol: '51' }],
    ['sctp', { protocol: '132' }],
    ['47', { protocol: '47' }],
  ])('protocol %s', (IPProtocol, expected) => {
    const { protocol, ports } = ruleOf({ allowed: [{ IPProtocol }] }) ?? {};
    expect({ ...(protocol === undefined ? {} : { protocol }), ports }).toEqual({ ...expected, ports: undefined });
  });

  test('one rule per protocol, ports as ranges', () => {
    const allowed = [{ IPProtocol: 'tcp', ports: ['22', '8000-8999'] }, { IPProtocol: 'icmp' }];
    expect(rulesOf({ allowed }).map(({ action, protocol, ports }) => [action, protocol, ports])).toEqual([
      [
        'allow',
        'tcp',
        [
          { from: 22, to: 22 },
          { from: 8000, to: 8999 },
        ],
      ],
      ['allow', 'icmp', undefined],
    ]);
  });

  test('denied is denied', () => {
    expect(ruleOf({ allowed: null, denied: [{ IPProtocol: 'udp' }] })).toMatchObject({ action: 'deny' });
  });

  test('ports that are none leave the rule unread, and say so', () => {
    const draft = translateFirewall({ ...plain, allowed: [{ IPProtocol: 'tcp', ports: ['http'] }] }, 'net-host');
    expect(draft?.rules).toEqual([]);
    expect(finishFilter('net-host/pods', [draft!], []).unread).toEqual([
      'firewall rule r, whose ports are not understood',
    ]);
  });
});

test('targets by tag or by account; without any the rule is for all', () => {
  expect(ruleOf({ targetTags: ['b', 'a'] })?.targets).toEqual(['a', 'b']);
  expect(ruleOf({ targetServiceAccounts: ['x@y'] })?.targets).toEqual(['x@y']);
  expect(ruleOf({})?.targets).toBeUndefined();
});

test('a rule that is off is none; without priority it has 1000', () => {
  expect(translateFirewall({ ...plain, disabled: true }, 'net-host')).toBeUndefined();
  expect(ruleOf({ priority: null })?.rank).toBe(1000);
  expect(ruleOf({ priority: 0 })?.rank).toBe(0);
});

describe('the filter of a network', () => {
  const draft = (change: IFirewall): NonNullable<ReturnType<typeof translateFirewall>> =>
    translateFirewall({ ...plain, ...change }, 'net-host')!;

  test.each([{ network: 'pods' }, { network: null }, { network: network.replace('global', 'regions/r') }])(
    'a rule of a network that is not understood may be of any: %j',
    (change) => {
      for (const id of ['net-host/pods', 'net-host/other']) {
        const filter = finishFilter(id, [draft({ name: 'b', ...change }), draft({})], []);
        expect(filter.unread).toEqual(['firewall rule b, whose network is not understood']);
      }
      expect(translateFirewall({ ...plain, ...change, disabled: true }, 'net-host')).toBeUndefined();
    },
  );

  test('its own rules by rank, and the implied ones of both families behind them', () => {
    const other = draft({ name: 'x', network: network.replace('pods', 'other') });
    const filter = finishFilter('net-host/pods', [draft({ name: 'b' }), other, draft({ name: 'a', priority: 7 })], []);
    expect(filter).toMatchObject({ id: 'net-host/pods', kind: 'vpc-firewall', name: 'pods', network: 'net-host/pods' });
    expect(filter.unread).toBeUndefined();
    expect(filter.rules.map(({ name, rank }) => [name, rank])).toEqual([
      ['a', 7],
      ['b', 700],
      ['implied deny ingress', 65_536],
      ['implied allow egress', 65_536],
    ]);
    expect(filter.rules.slice(2).map(({ direction, action, peers }) => [direction, action, peers.prefixes])).toEqual([
      ['in', 'deny', ['0.0.0.0/0', '::/0']],
      ['out', 'allow', ['0.0.0.0/0', '::/0']],
    ]);
  });

  test('the same whatever the order of the list', () => {
    const drafts = [draft({ name: 'b' }), draft({ name: 'a' }), draft({ name: 'c', allowed: null, denied: [{}] })];
    const [x, y] = [{ name: 'x' }, { name: 'y', from: { prefixes: ['10.0.0.0/8'] } }];
    expect(finishFilter('net-host/pods', [...drafts].reverse(), [y, x])).toEqual(
      finishFilter('net-host/pods', drafts, [x, y, { ...x }]),
    );
  });
});
