// Samples are what iproute2 6.1 printed, cut to what matters.
import { describe, expect, test } from '@jest/globals';
import { parseLinks, parseNeighbours, parseRoutes, parseRules, parseSettings } from '../../../src/guests/linux.ts';

type Sample = readonly [name: string, entry: string, expected: object];

const ROUTES: readonly Sample[] = [
  [
    'by a next hop',
    '{"dst":"10.244.2.0/24","gateway":"192.168.1.2","dev":"eth0","flags":[]}',
    {
      table: 'main',
      prefix: '10.244.2.0/24',
      type: 'unicast',
      metric: 0,
      hops: [{ gateway: '192.168.1.2', device: 'eth0' }],
    },
  ],
  [
    'that is the default, with a metric',
    '{"dst":"default","gateway":"192.0.2.1","dev":"eth0","protocol":"dhcp","metric":100,"flags":[]}',
    { prefix: '0.0.0.0/0', metric: 100, protocol: 'dhcp' },
  ],
  [
    'to one address',
    '{"type":"local","dst":"10.0.0.1","dev":"d0","table":"local","scope":"host","flags":[]}',
    { table: 'local', prefix: '10.0.0.1/32', type: 'local', hops: [] },
  ],
  ['with host bits set', '{"dst":"10.1.2.5/24","dev":"d0","flags":[]}', { prefix: '10.1.2.0/24' }],
  ['that drops', '{"type":"blackhole","dst":"10.1.0.0/16","flags":[]}', { type: 'blackhole', hops: [] }],
  [
    'in a table with a number',
    '{"type":"throw","dst":"10.3.0.0/16","table":"100","flags":[]}',
    { table: '100', type: 'throw' },
  ],
  [
    'with several next hops',
    '{"dst":"10.4.0.0/16","flags":[],"nexthops":[{"gateway":"10.0.0.2","dev":"d0","weight":1,"flags":[]},{"gateway":"10.0.0.3","dev":"d0","weight":3,"flags":["dead","linkdown"]}]}',
    {
      hops: [
        { gateway: '10.0.0.2', device: 'd0' },
        { gateway: '10.0.0.3', device: 'd0', dead: true },
      ],
    },
  ],
  [
    'that calls its next hop a neighbour',
    '{"dst":"10.5.0.0/16","gateway":"10.9.9.9","dev":"d0","flags":["onlink"]}',
    { hops: [{ gateway: '10.9.9.9', device: 'd0', onlink: true }] },
  ],
  [
    'for some service class',
    '{"dst":"10.6.0.0/16","tos":"0x10","dev":"d0","scope":"link","flags":[]}',
    { opaque: 'attribute tos' },
  ],
  [
    'with a next hop of the other family',
    '{"dst":"10.6.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"d0","flags":[]}',
    { hops: [], opaque: 'a next hop of the other family' },
  ],
  [
    'into a label',
    '{"dst":"10.6.0.0/16","encap":"mpls","gateway":"10.0.0.2","dev":"d0","flags":[]}',
    { opaque: 'attribute encap' },
  ],
  [
    'of a type of the future',
    '{"type":"teleport","dst":"10.6.0.0/16","dev":"d0","flags":[]}',
    { opaque: 'type "teleport"' },
  ],
];

const RULES: readonly Sample[] = [
  ['for all', '{"priority":0,"src":"all","table":"local"}', { priority: 0, action: 'lookup', table: 'local' }],
  [
    'by addresses and link',
    '{"priority":32765,"src":"10.0.0.0","srclen":8,"dst":"10.7.0.0","dstlen":16,"iif":"d0","table":"100"}',
    { from: '10.0.0.0/8', to: '10.7.0.0/16', device: 'd0' },
  ],
  [
    'by one address, that drops',
    '{"priority":32762,"src":"1.1.1.1","action":"blackhole"}',
    { from: '1.1.1.1/32', action: 'blackhole' },
  ],
  [
    'turned round, for long prefixes',
    '{"priority":7,"not":null,"src":"10.0.0.0","srclen":8,"table":"100","suppress_prefixlen":0}',
    { inverted: true, suppress: 0 },
  ],
  [
    'by mark',
    '{"priority":7,"src":"all","fwmark":"0x1","fwmask":"0xff","table":"100"}',
    { opaque: 'selector fwmark, selector fwmask' },
  ],
  [
    'that goes on elsewhere',
    '{"priority":7,"src":"all","action":"goto","goto":100}',
    { opaque: 'selector goto, action "goto"' },
  ],
];

const NEIGHBOURS: readonly Sample[] = [
  [
    'just heard of',
    '{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:FC:00:00:00:05","used":1,"confirmed":1,"updated":1,"state":["REACHABLE"]}',
    { mac: '02:fc:00:00:00:05', state: 'confirmed' },
  ],
  [
    'heard of minutes ago',
    '{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:fc:00:00:00:05","confirmed":481,"state":["STALE"]}',
    { state: 'confirmed' },
  ],
  [
    'heard of yesterday',
    '{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:fc:00:00:00:05","confirmed":86400,"state":["STALE"]}',
    { state: 'old' },
  ],
  [
    'of which nobody says when',
    '{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:fc:00:00:00:05","state":["STALE"]}',
    { state: 'old' },
  ],
  ['that did not answer', '{"dst":"10.0.0.2","dev":"eth0","updated":30,"state":["FAILED"]}', { state: 'failed' }],
  [
    'that did not answer yesterday',
    '{"dst":"10.0.0.2","dev":"eth0","updated":86400,"state":["FAILED"]}',
    { state: 'old' },
  ],
  ['that was just asked', '{"dst":"10.0.0.2","dev":"eth0","state":["INCOMPLETE"]}', { state: 'resolving' }],
  [
    'written down',
    '{"dst":"10.0.0.2","dev":"eth0","lladdr":"02:fc:00:00:00:05","state":["PERMANENT"]}',
    { state: 'static' },
  ],
];

const KINDS = [
  ['a route', ROUTES, (text: string) => parseRoutes(text, 4)],
  ['a rule', RULES, (text: string) => parseRules(text, 4)],
  ['a neighbour', NEIGHBOURS, parseNeighbours],
] as const;

describe.each(KINDS)('%s', (_, samples, parse) => {
  test.each(samples)('%s', (_name, entry, expected) => {
    const { items, troubles } = parse(`[{},${entry}]`);
    expect(troubles).toEqual([]);
    expect(items).toMatchObject([expected]);
    // What is understood is not in doubt.
    const isOpaque = 'opaque' in expected;
    expect(items.map((item) => 'opaque' in item)).toEqual([isOpaque]);
  });

  test.each([
    ['text', 'default via 192.0.2.1 dev eth0'],
    ['JSON that is cut off', '[{"dst":"10.0.0.0/8"'],
    ['no list', '{"dst":"10.0.0.0/8"}'],
    ['a number', '[5]'],
    ['a nameless entry', '[{"state":[]}]'],
  ])('%s is told', (_name, text) => {
    expect(parse(text).troubles).toHaveLength(1);
  });
});

test('addresses of the other family are told', () => {
  expect(parseRoutes('[{"dst":"fd00::/64","dev":"d0","flags":[]}]', 4).troubles).toEqual(['a route to "fd00::/64"']);
});

test('links: state, hardware address, kind, addresses', () => {
  const text = `[{"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"link_type":"loopback","address":"00:00:00:00:00:00","addr_info":[{"local":"127.0.0.1","prefixlen":8}]},
    {"ifname":"cni0","flags":["BROADCAST","UP"],"link_type":"ether","address":"86:83:72:7E:25:AA","linkinfo":{"info_kind":"bridge"},
     "addr_info":[{"local":"10.244.1.1","prefixlen":24},{"local":"fd00::1","prefixlen":64,"dadfailed":true}]}]`;
  expect(parseLinks(text)).toEqual({
    items: [
      { name: 'lo', up: true, carrier: true, addresses: [{ address: '127.0.0.1', length: 8 }] },
      {
        name: 'cni0',
        up: true,
        carrier: false,
        mac: '86:83:72:7e:25:aa',
        kind: 'bridge',
        addresses: [{ address: '10.244.1.1', length: 24 }],
      },
    ],
    troubles: [],
  });
});

test('settings, also of links with dots in their names', () => {
  const text = 'ipv4 forwarding 1 all\nipv6 forwarding 0 eth0.100\n\nipv4 rp_filter x eth0\n';
  expect(parseSettings(text)).toEqual({
    items: [
      { family: 'ipv4', name: 'forwarding', value: 1, link: 'all' },
      { family: 'ipv6', name: 'forwarding', value: 0, link: 'eth0.100' },
    ],
    troubles: ['a line "ipv4 rp_filter x eth0"'],
  });
});
