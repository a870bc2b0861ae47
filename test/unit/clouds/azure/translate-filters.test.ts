import { describe, expect, test } from '@jest/globals';
import { translateFilter } from '../../../../src/clouds/azure/translate-filters.ts';
import { translateInterface } from '../../../../src/clouds/azure/translate.ts';
import type { FilterFacts, FilterRule } from '../../../../src/model/snapshot.ts';

const NETWORK = '/subscriptions/s/resourceGroups/G/providers/Microsoft.Network';
const GROUP = `${NETWORK}/networkSecurityGroups/nsg`;
const WEB = `${NETWORK}/applicationSecurityGroups/Web`;
const ANYONE = { prefixes: ['0.0.0.0/0', '::/0'] };
const RULE = {
  protocol: '*',
  priority: 200,
  direction: 'Inbound',
  access: 'Allow',
  sourceAddressPrefix: '*',
  destinationAddressPrefix: '*',
  sourcePortRange: '*',
  destinationPortRange: '*',
};

function filterOf(properties: object): FilterFacts | undefined {
  return translateFilter({ id: GROUP, name: 'nsg', properties: { defaultSecurityRules: [], ...properties } });
}

function rulesOf(...changes: object[]): readonly FilterRule[] {
  const securityRules = changes.map((change) => ({ name: 'r', properties: { ...RULE, ...change } }));
  return filterOf({ securityRules })?.rules ?? [];
}

describe('what a rule says of itself', () => {
  test.each([
    ['Inbound', 'Allow', 'in', 'allow'],
    ['Inbound', 'Deny', 'in', 'deny'],
    ['Outbound', 'Allow', 'out', 'allow'],
    ['Outbound', 'Deny', 'out', 'deny'],
  ])('%s %s', (direction, access, way, action) => {
    expect(rulesOf({ direction, access, priority: 4096 })).toEqual([
      { direction: way, action, rank: 4096, name: 'r', peers: ANYONE },
    ]);
  });

  test.each([[{ direction: 'Sideways' }], [{ access: 'Ask' }], [{ priority: undefined }], [{ direction: undefined }]])(
    'what it does is not known, and so nothing after it is: %p',
    (change) => {
      const filter = filterOf({ securityRules: [{ name: 'odd', properties: { ...RULE, ...change } }] });
      expect(filter?.rules).toEqual([]);
      expect(filter?.unread).toEqual(['rule odd, of which priority, direction or access is not known']);
    },
  );

  test('rules come by direction and priority, whatever the order of the answer', () => {
    const rules = rulesOf({ priority: 300 }, { direction: 'Outbound', priority: 100 }, { priority: 150 });
    expect(rules.map(({ direction, rank }) => [direction, rank])).toEqual([
      ['in', 150],
      ['in', 300],
      ['out', 100],
    ]);
  });
});

describe('protocols and ports', () => {
  test.each([
    ['*', undefined],
    ['Any', undefined],
    ['Tcp', 'tcp'],
    ['UDP', 'udp'],
    ['Icmp', 'icmp'],
    ['Esp', '50'],
    ['Ah', '51'],
  ])('protocol %s', (word, protocol) => {
    const [rule] = rulesOf({ protocol: word });
    expect([rule?.protocol, rule?.ports, rule?.own]).toEqual([protocol, undefined, undefined]);
  });

  test.each<[object, unknown]>([
    [{ destinationPortRange: '0-65535' }, undefined],
    [{ destinationPortRange: 'ANY' }, undefined],
    [{ destinationPortRange: undefined, destinationPortRanges: ['*'] }, undefined],
    [{ destinationPortRange: undefined, destinationPortRanges: ['0-99', '100-65535'] }, undefined],
    [{ destinationPortRange: '80' }, [{ from: 80, to: 80 }]],
    [{ destinationPortRange: '1-65535' }, [{ from: 1, to: 65_535 }]],
    [
      { destinationPortRange: '443,80' },
      [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
      ],
    ],
    [
      { destinationPortRange: '', destinationPortRanges: ['8000-8999', '22', '23'] },
      [
        { from: 22, to: 23 },
        { from: 8000, to: 8999 },
      ],
    ],
  ])('ports of TCP: %p', (change, ports) => {
    const rules = rulesOf({ protocol: 'Tcp', ...change });
    expect(rules.map((rule) => [rule.protocol, rule.ports, rule.own])).toEqual([['tcp', ports, undefined]]);
  });

  test('some ports of any protocol are those of TCP and of UDP', () => {
    const rules = rulesOf({ destinationPortRange: '53', access: 'Deny' });
    const ports = [{ from: 53, to: 53 }];
    expect(rules).toEqual(
      ['tcp', 'udp'].map((protocol) => ({
        ...{ direction: 'in', action: 'deny', rank: 200, name: 'r', peers: ANYONE },
        protocol,
        ports,
      })),
    );
  });
});

describe('what holds only in part, or perhaps', () => {
  test.each<[object, string]>([
    [{ sourcePortRange: '1024-65535' }, 'source ports 1024-65535'],
    [{ sourcePortRange: undefined, sourcePortRanges: ['53', '123'] }, 'source ports 53, 123'],
    [{ protocol: 'Gre' }, 'protocol Gre'],
    [{ protocol: undefined }, 'protocol not given'],
    [{ destinationPortRange: 'http' }, 'ports http'],
    [{ destinationPortRange: undefined }, 'ports not given'],
    [{ destinationPortRange: '99-1' }, 'ports 99-1'],
    [{ destinationPortRange: '65536' }, 'ports 65536'],
    [{ protocol: 'Icmp', destinationPortRange: '8' }, 'ports 8'],
    [{ provisioningState: 'Updating' }, 'a rule in state Updating'],
  ])('%p never reads as everything, nor as nothing', (change, doubt) => {
    const [rule, ...others] = rulesOf(change);
    expect(others).toEqual([]);
    expect([rule?.peers, rule?.own]).toEqual([ANYONE, { prefixes: [], unread: [doubt] }]);
  });

  test('the doubt is put where any address is meant, so that the other end still counts', () => {
    const doubtful = { prefixes: [], unread: ['source ports 53'] };
    const [inbound] = rulesOf({ sourcePortRange: '53', sourceAddressPrefix: '10.9.0.0/16' });
    expect([inbound?.peers, inbound?.own]).toEqual([{ prefixes: ['10.9.0.0/16'] }, doubtful]);
    const [at] = rulesOf({ sourcePortRange: '53', destinationAddressPrefix: '10.9.0.0/16' });
    expect([at?.peers, at?.own]).toEqual([doubtful, { prefixes: ['10.9.0.0/16'] }]);
  });

  test('where both ends are named, the own one gives way: prefixes beside a doubt would be certain', () => {
    const ends = { sourceAddressPrefix: '10.8.0.0/16', destinationAddressPrefix: '10.9.0.0/16' };
    const [rule] = rulesOf({ ...ends, sourcePortRange: '53' });
    expect([rule?.peers, rule?.own]).toEqual([
      { prefixes: ['10.8.0.0/16'] },
      { prefixes: [], unread: ['source ports 53'] },
    ]);
  });

  test('a group that is being changed is not known as a whole', () => {
    expect(filterOf({ provisioningState: 'Updating' })?.unread).toEqual(['nsg, which is in state Updating']);
    expect(filterOf({ provisioningState: 'Succeeded' })?.unread).toBeUndefined();
    expect(translateFilter({ id: GROUP })?.unread).toEqual([`the rules of ${GROUP}`]);
  });
});

describe('ends', () => {
  test.each<[object, unknown]>([
    [{ sourceAddressPrefix: 'Any' }, ANYONE],
    [{ sourceAddressPrefix: '0.0.0.0/0' }, { prefixes: ['0.0.0.0/0'] }],
    [{ sourceAddressPrefix: '10.1.2.3/16' }, { prefixes: ['10.1.0.0/16'] }],
    [{ sourceAddressPrefix: '10.1.2.3' }, { prefixes: ['10.1.2.3/32'] }],
    [{ sourceAddressPrefix: 'FD00:0::1' }, { prefixes: ['fd00::1/128'] }],
    [
      { sourceAddressPrefix: undefined, sourceAddressPrefixes: ['10.2.0.0/16', '10.1.0.0/16', '10.2.0.0/16'] },
      { prefixes: ['10.1.0.0/16', '10.2.0.0/16'] },
    ],
    [{ sourceAddressPrefix: 'VirtualNetwork' }, { prefixes: [], network: true }],
    [{ sourceAddressPrefix: 'VIRTUAL_NETWORK' }, { prefixes: [], network: true }],
    [{ sourceAddressPrefix: 'AzureLoadBalancer' }, { prefixes: ['168.63.129.16/32'] }],
    [{ sourceAddressPrefix: 'INTERNET' }, { prefixes: [], internet: true }],
    [
      { sourceAddressPrefix: undefined, sourceAddressPrefixes: ['Internet', 'Storage'] },
      { prefixes: [], internet: true, unread: ['Storage'] },
    ],
    [{ sourceAddressPrefix: 'Storage.WestEurope' }, { prefixes: [], unread: ['Storage.WestEurope'] }],
    [{ sourceAddressPrefix: '10.0.0.1-10.0.0.9' }, { prefixes: [], unread: ['10.0.0.1-10.0.0.9'] }],
    [
      { sourceAddressPrefix: undefined, sourceAddressPrefixes: [] },
      { prefixes: [], unread: ['addresses that are not given'] },
    ],
    [
      { sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: WEB }] },
      { prefixes: [], groups: [WEB.toLowerCase()] },
    ],
  ])('%p', (change, peers) => {
    expect(rulesOf(change)[0]?.peers).toEqual(peers);
  });

  test('inbound rules are about sources, outbound ones about destinations', () => {
    const ends = { sourceAddressPrefix: '10.8.0.0/16', destinationAddressPrefix: '10.9.0.0/16' };
    const [[inbound], [outbound]] = [rulesOf(ends), rulesOf({ ...ends, direction: 'Outbound' })];
    expect([inbound?.peers.prefixes, inbound?.own?.prefixes]).toEqual([['10.8.0.0/16'], ['10.9.0.0/16']]);
    expect([outbound?.peers.prefixes, outbound?.own?.prefixes]).toEqual([['10.9.0.0/16'], ['10.8.0.0/16']]);
  });

  test('an interface is in the groups of all its configurations, spelt as rules name them', () => {
    const configuration = (id: string): object => ({ properties: { applicationSecurityGroups: [{ id }] } });
    const ipConfigurations = [configuration(WEB), configuration(WEB.toUpperCase()), { properties: {} }];
    const properties = { ipConfigurations, networkSecurityGroup: { id: GROUP } };
    expect(translateInterface({ id: 'nic', properties })).toMatchObject({ filter: GROUP, groups: [WEB.toLowerCase()] });
  });
});

describe('default rules', () => {
  const [filter] = [translateFilter({ id: GROUP, properties: { securityRules: [] } })];

  test('are there where the answer leaves them out', () => {
    expect(filter?.rules).toEqual([
      {
        ...{ direction: 'in', action: 'allow', rank: 65_000, name: 'AllowVnetInBound' },
        ...{ peers: { prefixes: [], network: true }, own: { prefixes: [], network: true } },
      },
      {
        ...{ direction: 'in', action: 'allow', rank: 65_001, name: 'AllowAzureLoadBalancerInBound' },
        peers: { prefixes: ['168.63.129.16/32'] },
      },
      { direction: 'in', action: 'deny', rank: 65_500, name: 'DenyAllInBound', peers: ANYONE },
      {
        ...{ direction: 'out', action: 'allow', rank: 65_000, name: 'AllowVnetOutBound' },
        ...{ peers: { prefixes: [], network: true }, own: { prefixes: [], network: true } },
      },
      {
        ...{ direction: 'out', action: 'allow', rank: 65_001, name: 'AllowInternetOutBound' },
        peers: { prefixes: [], internet: true },
      },
      { direction: 'out', action: 'deny', rank: 65_500, name: 'DenyAllOutBound', peers: ANYONE },
    ]);
  });

  test('are taken as they come, if they come', () => {
    const defaultSecurityRules = [{ name: 'only', properties: { ...RULE, priority: 65_000 } }];
    expect(filterOf({ defaultSecurityRules })?.rules.map(({ name }) => name)).toEqual(['only']);
  });
});
