/** Each system's words for one small table, and the lines that people have seen besides. */
import { expect, test } from '@jest/globals';
import { parseExport } from '../../../../src/clouds/segment/index.ts';
import { ConfigError } from '../../../../src/model/errors.ts';
import type { RouterFacts, RouterRoute } from '../../../../src/model/router.ts';

const IOS_CODES = `Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
`;
const FRR_CODES = `Codes: K - kernel route, C - connected, L - local, S - static,
       R - RIP, O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,
       > - selected route, * - FIB route, q - queued, r - rejected, b - backup
       t - trapped, o - offload failure

`;
const EOS_CODES = `VRF: default
Source Codes:
       C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       B - Other BGP Routes, B I - iBGP, B E - eBGP, R - RIP, I L1 - IS-IS level 1,
       O3 - OSPFv3, A B - BGP Aggregate, NG - Nexthop Group Static Route,
       G  - gRIBI, RC - Route Cache Route

`;
const NXOS_HEAD = `IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

`;

/** Prefix -> where it leads, in short. */
function short({ routes }: RouterFacts): Record<string, string> {
  const way = ({ hops, opaque }: RouterRoute): string =>
    opaque !== undefined
      ? '?'
      : hops.length === 0
        ? 'drop'
        : hops.map((hop) => [hop.gateway, hop.interface].filter((one) => one !== undefined).join(' ')).join(' + ');
  return Object.fromEntries(routes.map((route) => [route.prefix, way(route)]));
}

function only(text: string): RouterFacts {
  const [router, ...others] = parseExport(text, 'routers/tor-1.txt');
  if (router === undefined || others.length > 0) throw new Error('it is one router');
  return router;
}

/** What all of them say below. */
const SAME = {
  '0.0.0.0/0': '192.0.2.1 Uplink1',
  '192.0.2.0/30': 'Uplink1',
  '192.168.10.0/24': 'Vlan10',
  '10.244.1.0/24': '192.168.10.11 Vlan10',
  '10.244.2.0/24': '192.168.10.12 Vlan10 + 192.168.10.13 Vlan10',
  '10.244.3.0/24': '192.168.10.14',
  '10.244.0.0/16': 'drop',
};

const IOS = `tor-1#show ip route
${IOS_CODES}
Gateway of last resort is 192.0.2.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 192.0.2.1, 1w2d, Uplink1
      192.0.2.0/24 is variably subnetted, 2 subnets, 2 masks
C        192.0.2.0/30 is directly connected, Uplink1
L        192.0.2.2/32 is directly connected, Uplink1
      192.168.10.0/24 is variably subnetted, 2 subnets, 2 masks
C        192.168.10.0/24 is directly connected, Vlan10
L        192.168.10.254/32 is directly connected, Vlan10
      10.0.0.0/8 is variably subnetted, 4 subnets, 2 masks
B        10.244.1.0/24 [20/0] via 192.168.10.11, 00:12:01, Vlan10
O E2     10.244.2.0/24 [110/20] via 192.168.10.12, 00:12:01, Vlan10
                       [110/20] via 192.168.10.13, 00:12:01, Vlan10
S        10.244.3.0/24 [1/0] via 192.168.10.14
S        10.244.0.0/16 is directly connected, Null0
tor-1#
`;

const FRR = `tor-1# show ip route
${FRR_CODES}S>* 0.0.0.0/0 [1/0] via 192.0.2.1, Uplink1, weight 1, 1d02h03m
C>* 192.0.2.0/30 is directly connected, Uplink1, weight 1, 1d02h03m
L>* 192.0.2.2/32 is directly connected, Uplink1, weight 1, 1d02h03m
C>* 192.168.10.0/24 is directly connected, Vlan10, 02w1d03h
L>* 192.168.10.254/32 is directly connected, Vlan10, 02w1d03h
O   192.168.10.0/24 [110/1] is directly connected, Vlan10, weight 1, 00:14:29
B>* 10.244.1.0/24 [20/0] via 192.168.10.11, Vlan10, weight 1, 00:00:51
S   10.244.1.0/24 [250/0] via 192.168.10.99, Vlan10, weight 1, 00:00:51
B>* 10.244.2.0/24 [20/0] via 192.168.10.12, Vlan10, weight 1, 00:00:51
  *                      via 192.168.10.13, Vlan10, weight 1, 00:00:51
                         via 192.168.10.98, Vlan10 inactive, weight 1, 00:00:51
S>* 10.244.3.0/24 [1/0] via 192.168.10.14, weight 1, 00:00:51
S>* 10.244.0.0/16 [1/0] unreachable (blackhole), weight 1, 00:00:51
`;

const EOS = `tor-1#show ip route

${EOS_CODES}Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 192.0.2.1, Uplink1

 C        192.0.2.0/30 is directly connected, Uplink1
 C        192.168.10.0/24
           directly connected, Vlan10
 B E      10.244.1.0/24 [200/0] via 192.168.10.11, Vlan10
 O E2     10.244.2.0/24 [110/20] via 192.168.10.12, Vlan10
                                 via 192.168.10.13, Vlan10
 S        10.244.3.0/24 [1/0]
           via 192.168.10.14
 A B      10.244.0.0/16 is directly connected, Null0

tor-1#show ip interface brief
                                                                        Address
Interface        IP Address           Status     Protocol         MTU   Owner
---------------- -------------------- ---------- ------------ --------- -------
Uplink1          192.0.2.2/30         up         up              1500
Vlan10           192.168.10.254/24    up         up              1500
Vlan20           unassigned           up         up              1500
`;

const NXOS = `tor-1# show ip route
${NXOS_HEAD}0.0.0.0/0, ubest/mbest: 1/0
    *via 192.0.2.1, Uplink1, [1/0], 1w2d, static
192.0.2.0/30, ubest/mbest: 1/0, attached
    *via 192.0.2.2, Uplink1, [0/0], 1w2d, direct
192.0.2.2/32, ubest/mbest: 1/0, attached
    *via 192.0.2.2, Uplink1, [0/0], 1w2d, local
192.168.10.0/24, ubest/mbest: 1/0, attached
    *via 192.168.10.2, Vlan10, [0/0], 01:19:48, direct
192.168.10.2/32, ubest/mbest: 1/0, attached
    *via 192.168.10.2, Vlan10, [0/0], 01:19:48, local
192.168.10.254/32, ubest/mbest: 1/0, attached
    *via 192.168.10.254, Vlan10, [0/0], 01:19:48, hsrp
10.244.1.0/24, ubest/mbest: 1/0
    *via 192.168.10.11, Vlan10, [20/0], 00:00:09, bgp-65003, external, tag 65000
     via 192.168.10.99, Vlan10, [250/0], 00:00:09, static
10.244.2.0/24, ubest/mbest: 2/0
    *via 192.168.10.12, Vlan10, [110/41], 00:00:09, ospf-1, type-2
    *via 192.168.10.13, Vlan10, [110/41], 00:00:09, ospf-1, type-2
10.244.3.0/24, ubest/mbest: 1/0
    *via 192.168.10.14, [1/0], 00:00:09, static
10.244.0.0/16, ubest/mbest: 1/0
    *via Null0, [1/0], 18:47:42, static
`;

test.each([
  ['frr', FRR],
  ['ios', IOS],
  ['eos', EOS],
  ['nxos', NXOS],
] as const)('%s', (system, text) => {
  const router = only(text);
  expect(router).toMatchObject({ name: 'tor-1', system, families: [4], unread: [] });
  expect(short(router)).toEqual(system === 'nxos' ? { ...SAME, '10.244.3.0/24': '192.168.10.14' } : SAME);
  expect(router.interfaces.find(({ name }) => name === 'Vlan10')?.addresses).toContainEqual({
    address: '192.168.10.254',
    length: 24,
  });
});

const CONNECTED = `C        192.168.10.0/24 is directly connected, Vlan10
L        192.168.10.254/32 is directly connected, Vlan10
`;
const ios = (line: string): string => `${IOS_CODES}\n${CONNECTED}${line}\n`;
const frr = (line: string): string =>
  `${FRR_CODES}C>* 192.168.10.0/24 is directly connected, Vlan10, 1d02h03m\nL>* 192.168.10.254/32 is directly connected, Vlan10\n${line}\n`;
const nxos = (line: string): string =>
  `${NXOS_HEAD}192.168.10.0/24, ubest/mbest: 1/0, attached\n    *via 192.168.10.254, Vlan10, [0/0], 1w2d, direct\n${line}\n`;
const eos = (line: string): string =>
  `#prc address 192.168.10.254/24\n${EOS_CODES} C        192.168.10.0/24 is directly connected, Vlan10\n${line}\n`;

const LINES: readonly (readonly [string, string, Record<string, string>])[] = [
  [
    'IOS: the length stands in the header',
    ios(
      '      172.20.0.0/24 is subnetted, 1 subnets\nS       172.20.3.0 [1/0] via 192.168.10.11\n                   [1/0] via 192.168.10.12',
    ),
    { '172.20.3.0/24': '192.168.10.11 + 192.168.10.12' },
  ],
  [
    'IOS: a line that was too long for the screen',
    ios('O E2     10.244.1.0/24\n           [110/20] via 192.168.10.11, 00:02:00, Vlan10'),
    { '10.244.1.0/24': '192.168.10.11 Vlan10' },
  ],
  ['IOS: a summary', ios('D        10.244.0.0/16 is a summary, 00:00:10, Null0'), { '10.244.0.0/16': 'drop' }],
  [
    'IOS: BGP to Null0',
    ios('B        10.244.0.0/16 [200/0] via 0.0.0.0, 00:01:00, Null0'),
    { '10.244.0.0/16': 'drop' },
  ],
  [
    'IOS: a candidate default of OSPF',
    ios('O*E2  0.0.0.0/0 [110/1] via 192.168.10.1, 00:05:35, Vlan10'),
    { '0.0.0.0/0': '192.168.10.1 Vlan10' },
  ],
  [
    'IOS: a leaked route',
    ios('B   +    10.244.1.0/24 [20/0] via 192.168.10.11 (blue), 00:01:00'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'IOS: IS-IS of level 2',
    ios('i L2     10.244.1.0/24 [115/10] via 192.168.10.11, Vlan10'),
    { '10.244.1.0/24': '192.168.10.11 Vlan10' },
  ],
  [
    'FRR: recursive',
    frr(
      'B>  10.244.1.0/24 [200/0] via 10.9.9.9 (recursive), weight 1, 00:01:00\n  *                    via 192.168.10.11, Vlan10, weight 1, 00:01:00',
    ),
    { '10.244.1.0/24': '192.168.10.11 Vlan10' },
  ],
  [
    'FRR: not installed',
    frr('S>q 10.244.1.0/24 [1/0] via 192.168.10.11, Vlan10, weight 1, 00:01:00'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'FRR: rejected by the kernel',
    frr('S>r 10.244.1.0/24 [1/0] via 192.168.10.11, Vlan10, weight 1, 00:01:00'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'FRR: only a route that nobody uses',
    frr('S   10.244.1.0/24 [1/0] via 192.168.10.11 inactive, weight 1, 00:01:00'),
    {},
  ],
  [
    "FRR: the kernel's own",
    frr('K * 10.244.1.0/24 [0/8192] unreachable (ICMP unreachable), 00:01:00'),
    { '10.244.1.0/24': 'drop' },
  ],
  [
    'FRR: another VRF',
    frr('B>* 10.244.1.0/24 [200/0] via 192.168.10.11, br2000 (vrf blue), weight 1, 00:01:00'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'FRR: onlink',
    frr('S>* 10.244.1.0/24 [1/0] via 192.168.10.11, Vlan10 onlink, weight 1, 00:01:00'),
    { '10.244.1.0/24': '192.168.10.11 Vlan10' },
  ],
  [
    'FRR: a label',
    frr('B>* 10.244.1.0/24 [200/0] via 192.168.10.11, Vlan10, label 80, weight 1, 00:01:00'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'EOS: VXLAN',
    eos(' B E      10.244.1.0/24 [200/0] via VTEP 10.1.1.1 VNI 50 router-mac 00:11:22:33:44:55'),
    { '10.244.1.0/24': '?' },
  ],
  ['EOS: not in the kernel', eos(' S   %    10.244.1.0/24 [1/0] via 192.168.10.11, Vlan10'), { '10.244.1.0/24': '?' }],
  [
    'NX-OS: another VRF',
    nxos(
      '10.244.1.0/24, ubest/mbest: 1/0\n    *via 10.11.20.0%default, [20/0], 1d00h, bgp-65011, external, tag 65000, segid: 10100 tunnelid: 0xa0b1400 encap: VXLAN',
    ),
    { '10.244.1.0/24': '?' },
  ],
  [
    'NX-OS: no best way',
    nxos('10.244.1.0/24, ubest/mbest: 0/0\n     via 192.168.10.11, Vlan10, [250/0], 00:00:09, static'),
    { '10.244.1.0/24': '?' },
  ],
  [
    'NX-OS: a discard route of BGP',
    nxos('10.244.0.0/16, ubest/mbest: 1/0\n    *via Null0, [220/0], 5w0d, bgp-100, discard, tag 100'),
    { '10.244.0.0/16': 'drop' },
  ],
  [
    'NX-OS: an older form',
    nxos('10.244.1.0/24, 1 ucast next-hops, 0 mcast next-hops\n   *via 192.168.10.11, Vlan10, [1/0], 00:00:09, static'),
    { '10.244.1.0/24': '192.168.10.11 Vlan10' },
  ],
];

test.each(LINES)('%s', (_, text, expected) => {
  const { '192.168.10.0/24': connected, ...others } = short(only(text));
  expect([connected, others]).toEqual(['Vlan10', expected]);
});

test.each([
  ['IOS', ios('what is this')],
  ['IOS, a pager', ios(' --More-- ')],
  ['IOS, a prefix without length', ios('S        10.244.1.0 [1/0] via 192.168.10.11')],
  ['FRR', frr('S>* 10.244.1.0/33 [1/0] via 192.168.10.11')],
  ['EOS', eos('! IP routing not enabled')],
  ['NX-OS', nxos('10.244.1.0/24, something new')],
  ['a line of ours', `#prc adress 192.168.10.1\n${ios('')}`],
])('%s: a line that is not understood is told', (_, text) => {
  expect(only(text).unread).toHaveLength(1);
});

test('IPv6 of IOS, whose ways stand below', () => {
  const text = `IPv6 Routing Table - default - 5 entries
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, R - RIP, I1 - ISIS L1, I2 - ISIS L2
C   FD00:10::/64 [0/0]
     via Vlan10, directly connected
L   FD00:10::1/128 [0/0]
     via Vlan10, receive
S   FD00:244:1::/64 [1/0]
     via FD00:10::11
B   FD00:244:2::/64 [20/0]
     via FE80::2, Vlan10
L   FF00::/8 [0/0]
     via Null0, receive
`;
  const router = only(text);
  expect(router).toMatchObject({ families: [6], unread: [] });
  expect(router.interfaces).toEqual([{ name: 'Vlan10', addresses: [{ address: 'fd00:10::1', length: 64 }] }]);
  expect(short(router)).toMatchObject({
    'fd00:10::/64': 'Vlan10',
    'fd00:244:1::/64': 'fd00:10::11',
    'fd00:244:2::/64': 'fe80::2 Vlan10',
  });
});

test('a router per VRF', () => {
  const text = `${frr('')}VRF blue:\nC>* 192.168.20.0/24 is directly connected, Vlan20\nL>* 192.168.20.1/32 is directly connected, Vlan20\nS>* 10.244.1.0/24 [1/0] via 192.168.20.11, Vlan20\n`;
  expect(parseExport(text, 'a/tor-1.txt').map((router) => [router.name, router.routes.length])).toEqual([
    ['tor-1', 1],
    ['tor-1 vrf blue', 2],
  ]);
});

test('interfaces of FRR, whose older versions have no local routes', () => {
  const text = `tor-1# show ip route\n${FRR_CODES}C>* 192.168.10.0/24 is directly connected, eth0, 1d02h03m\ntor-1# show interface brief
Interface       Status  VRF             Addresses
---------       ------  ---             ---------
eth0            up      default         192.168.10.254/24
lo              up      default
`;
  expect(only(text).interfaces).toEqual([{ name: 'eth0', addresses: [{ address: '192.168.10.254', length: 24 }] }]);
});

test.each([
  ['nothing', '', /is empty/],
  ['something else', 'hello\nworld\n', /no output of show ip route/],
  ['a part of the table', `${FRR_CODES}S>* 10.244.1.0/24 [1/0] via 192.168.10.11, Vlan10\n`, /only a part/],
  [
    'no address of its own',
    `${EOS_CODES} C        192.168.10.0/24 is directly connected, Vlan10\n`,
    /which addresses the router has/,
  ],
  ['a legend alone', FRR_CODES, /holds no route/],
])('%s is for the author of the workflow to mend', (_, text, says) => {
  expect(() => parseExport(text, 'tor.txt')).toThrow(ConfigError);
  expect(() => parseExport(text, 'tor.txt')).toThrow(says);
});
