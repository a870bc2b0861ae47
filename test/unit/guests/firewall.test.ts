// Samples are what iptables 1.8.9 and nft 1.0.6 printed, cut to what matters.
import { describe, expect, test } from '@jest/globals';
import { parseFirewall } from '../../../src/guests/firewall.ts';
import { parseSaved } from '../../../src/guests/iptables-rule.ts';
import { parseTables } from '../../../src/guests/iptables.ts';
import { parseRuleset } from '../../../src/guests/nftables.ts';

const other = (text: string): object => ({ kind: 'other', text });

const RULES: readonly (readonly [line: string, matches: readonly object[], actions: readonly object[]])[] = [
  ['-A FORWARD -m comment --comment "kube -j DROP \\"rules\\"" -j ACCEPT', [], [{ kind: 'accept' }]],
  ['-A FORWARD -m comment --comment "-j DROP" -j ACCEPT', [], [{ kind: 'accept' }]],
  [
    '[3:180] -A FORWARD -s 10.1.0.0/16 ! -d 10.2.0.1/32 -j DROP',
    [
      { kind: 'address', side: 'source', prefixes: ['10.1.0.0/16'] },
      { kind: 'address', side: 'destination', prefixes: ['10.2.0.1/32'], not: true },
    ],
    [{ kind: 'drop' }],
  ],
  [
    '-A FORWARD ! -i eth0 -o cni+ -j REJECT --reject-with icmp-port-unreachable',
    [
      { kind: 'link', side: 'in', links: ['eth0'], not: true },
      { kind: 'link', side: 'out', links: ['cni*'] },
    ],
    [{ kind: 'drop' }],
  ],
  [
    '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    [{ kind: 'state', states: ['related', 'established'] }],
    [{ kind: 'accept' }],
  ],
  [
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    [{ kind: 'mark', value: 0x4000, mask: 0x4000, not: true }],
    [{ kind: 'return' }],
  ],
  ['-A X -j MARK --set-xmark 0x4000/0x0', [], [{ kind: 'mark', value: 0x4000, mask: 0 }]],
  ['-A X -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff', [], [{ kind: 'mark' }]],
  ['-A POSTROUTING -j MASQUERADE --random-fully', [], [{ kind: 'source' }]],
  ['-A POSTROUTING -j SNAT --to-source 192.0.2.1', [], [{ kind: 'source', address: '192.0.2.1' }]],
  [
    '-A POSTROUTING -j SNAT --to-source 192.0.2.1-192.0.2.9',
    [],
    [{ kind: 'opaque', text: 'target SNAT 192.0.2.1-192.0.2.9' }],
  ],
  ['-A X -p tcp -m tcp --dport 80 -j DROP', [other('-p tcp'), other('--dport 80')], [{ kind: 'drop' }]],
  ['-A X -m set --match-set pods src -j DROP', [other('-m set'), other('--match-set pods src')], [{ kind: 'drop' }]],
  [
    '-A X -m addrtype ! --dst-type LOCAL -j DROP',
    [{ kind: 'own', side: 'destination', not: true }],
    [{ kind: 'drop' }],
  ],
  ['-A X -m addrtype --dst-type BROADCAST -j DROP', [other('--dst-type BROADCAST')], [{ kind: 'drop' }]],
  [
    '-A X -m iprange --src-range 10.0.0.1-10.0.0.2 -j DROP',
    [{ kind: 'address', side: 'source', prefixes: ['10.0.0.1/32', '10.0.0.2/32'] }],
    [{ kind: 'drop' }],
  ],
  ['-A X -j LOG --log-prefix "drop: "', [], []],
  ['-A X -j TELEPORT --to mars', [], [{ kind: 'opaque', text: 'target TELEPORT' }]],
  [
    '-A X -s ::ffff/96 -m frag --fragmore -j DROP',
    [{ kind: 'address', side: 'source', prefixes: ['::/96'] }, other('-m frag'), other('--fragmore')],
    [{ kind: 'drop' }],
  ],
];

test.each(RULES)('iptables: %s', (line, matches, actions) => {
  expect(parseSaved(line)).toMatchObject({ matches, actions });
});

test('what is no rule is told', () => {
  expect(parseSaved('-A FORWARD -m comment --comment "open -j DROP')).toBeUndefined();
  const { troubles } = parseTables('*filter\n:FORWARD ACCEPT [0:0]\n-I FORWARD -j DROP\nCOMMIT\n', 't', 'ipv4');
  expect(troubles).toEqual(['a line -I FORWARD -j DROP']);
  expect(parseTables('*filter\n:FORWARD ACCEPT [0:0]\n', 't', 'ipv4').troubles).toEqual([
    'table filter, which does not end',
  ]);
  expect(parseTables('*future\nCOMMIT', 't', 'ipv4').troubles).toEqual(['table future']);
});

const META = { metainfo: { version: '1.0.6', json_schema_version: 1 } };
const FORWARD = { family: 'inet', table: 'filter', chain: 'forward', handle: 7 };

function ruleset(...objects: readonly object[]): string {
  const chain = {
    family: 'inet',
    table: 'filter',
    name: 'forward',
    type: 'filter',
    hook: 'forward',
    prio: 0,
    policy: 'drop',
  };
  const table = { family: 'inet', name: 'filter' };
  return JSON.stringify({ nftables: [META, { table }, { chain }, ...objects] });
}

const field = (protocol: string, name: string): object => ({ payload: { protocol, field: name } });
const match = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
const ip4 = { kind: 'family', family: 'ipv4' };
const from = (...prefixes: readonly string[]): object => ({ kind: 'address', side: 'source', prefixes });
const DROP = { drop: null };

const EXPRESSIONS: readonly (readonly [string, readonly object[], readonly object[]])[] = [
  ['a prefix', [match(field('ip', 'saddr'), { prefix: { addr: '10.0.0.0', len: 8 } })], [ip4, from('10.0.0.0/8')]],
  [
    'what is not in a set',
    [match(field('ip', 'saddr'), { set: [{ prefix: { addr: '10.0.0.0', len: 8 } }, '192.0.2.1'] }, '!=')],
    [ip4, { ...from('10.0.0.0/8', '192.0.2.1/32'), not: true }],
  ],
  [
    'a range',
    [match(field('ip6', 'saddr'), { range: ['fd00::2', 'fd00::3'] })],
    [{ kind: 'family', family: 'ipv6' }, from('fd00::2/127')],
  ],
  ['a named set', [match(field('ip', 'saddr'), '@pods')], [ip4, from('10.244.0.0/16')]],
  ['a set that packets change', [match(field('ip', 'saddr'), '@seen')], [ip4, other('ip saddr')]],
  ['a set that is not there', [match(field('ip', 'saddr'), '@gone')], [ip4, other('ip saddr')]],
  [
    'links',
    [match({ meta: { key: 'oifname' } }, { set: ['eth0', 'cni*'] })],
    [{ kind: 'link', side: 'out', links: ['eth0', 'cni*'] }],
  ],
  [
    'bits of the mark',
    [match({ '&': [{ meta: { key: 'mark' } }, 16384] }, 0)],
    [{ kind: 'mark', value: 0, mask: 16384 }],
  ],
  [
    'states',
    [match({ ct: { key: 'state' } }, ['established', 'related'], 'in')],
    [{ kind: 'state', states: ['established', 'related'] }],
  ],
  [
    'its own addresses',
    [match({ fib: { result: 'type', flags: ['daddr'] } }, 'local')],
    [{ kind: 'own', side: 'destination' }],
  ],
  ['ports', [match(field('tcp', 'dport'), 80)], [other('tcp dport')]],
  ['rates', [{ limit: { rate: 1, per: 'second' } }], [other('limit')]],
  ['modules of iptables', [{ xt: { type: 'match', name: 'multiport' } }], [other('-m multiport')]],
  ['parts of addresses', [match({ '&': [field('ip', 'saddr'), '255.0.0.255'] }, '10.0.0.1')], [ip4, other('&')]],
];

test.each(EXPRESSIONS)('nft asks for %s', (_, expr, matches) => {
  const set = (name: string, flags: readonly string[], elem: readonly unknown[]): object => ({
    set: { family: 'inet', table: 'filter', name, type: 'ipv4_addr', flags, elem },
  });
  const sets = [
    set('pods', ['interval'], [{ elem: { val: { prefix: { addr: '10.244.0.0', len: 16 } }, comment: 'x' } }]),
    set('seen', ['timeout', 'dynamic'], []),
  ];
  const { items, troubles } = parseRuleset(
    ruleset(...sets, { rule: { ...FORWARD, expr: [...expr, DROP] } }),
    () => false,
  );
  expect(troubles).toEqual([]);
  expect(items).toMatchObject([
    { rules: [{ matches, actions: [{ kind: 'drop' }], text: 'nft inet filter forward rule 7' }] },
  ]);
});

const mark = (value: unknown): object => ({ mangle: { key: { meta: { key: 'mark' } }, value } });
const old = { meta: { key: 'mark' } };

const STATEMENTS: readonly (readonly [string, object, readonly object[]])[] = [
  ['masquerade', { masquerade: { flags: ['random'] } }, [{ kind: 'source' }]],
  ['snat', { snat: { addr: '192.0.2.1' } }, [{ kind: 'source', address: '192.0.2.1' }]],
  ['dnat', { dnat: { addr: '192.0.2.1' } }, [{ kind: 'opaque', text: 'dnat' }]],
  ['mark', mark(5), [{ kind: 'mark', value: 5, mask: 0xffffffff }]],
  ['mark or', mark({ '|': [old, 16384] }), [{ kind: 'mark', value: 16384, mask: 16384 }]],
  ['mark xor', mark({ '^': [old, 16384] }), [{ kind: 'mark', value: 16384, mask: 0 }]],
  ['mark of the connection', mark({ ct: { key: 'mark' } }), [{ kind: 'mark' }]],
  ['goto', { goto: { target: 'forward' } }, [{ kind: 'goto', chain: 'nft inet filter forward' }]],
  ['something new', { teleport: null }, [{ kind: 'opaque', text: 'teleport' }]],
];

test.each(STATEMENTS)('nft does %s', (_, statement, actions) => {
  const { items } = parseRuleset(ruleset({ rule: { ...FORWARD, expr: [{ counter: null }, statement] } }), () => false);
  expect(items).toMatchObject([{ rules: [{ matches: [], actions }] }]);
});

describe('nft leaves out what follows from something else', () => {
  test('a refusal by ICMP is for IPv4 only', () => {
    const text = ruleset({ rule: { ...FORWARD, expr: [{ reject: { type: 'icmp', expr: 'port-unreachable' } }] } });
    expect(parseRuleset(text, () => false).items[0]?.rules).toMatchObject([
      { matches: [ip4], actions: [{ kind: 'drop' }] },
    ]);
  });

  test('a verdict map is a rule for each element, and none for those that go on', () => {
    const data = {
      set: [
        ['invalid', DROP],
        ['new', { continue: null }],
        ['*', { accept: null }],
      ],
    };
    const text = ruleset({ rule: { ...FORWARD, expr: [{ vmap: { key: { ct: { key: 'state' } }, data } }] } });
    expect(parseRuleset(text, () => false).items[0]?.rules).toMatchObject([
      { matches: [{ kind: 'state', states: ['invalid'] }], actions: [{ kind: 'drop' }] },
      { matches: [other('all others')], actions: [{ kind: 'accept' }] },
    ]);
  });
});

test('filters of frames are told, empty ones are not', () => {
  const chain = {
    chain: { family: 'bridge', table: 'b', name: 'f', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' },
  };
  expect(parseRuleset(ruleset(chain), () => false).troubles).toEqual([]);
  const rule = { rule: { family: 'bridge', table: 'b', chain: 'f', handle: 1, expr: [DROP] } };
  expect(parseRuleset(ruleset(chain, rule), () => false).troubles).toEqual([
    'chain bridge b f, which looks at frames and not at packets',
  ]);
});

test('tables of iptables are taken from it where it could be asked, else from nft', () => {
  const saved =
    '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:SUB - [0:0]\n:LOST - [0:0]\n-A FORWARD -j SUB\n-A SUB -j ACCEPT\nCOMMIT\n';
  const chain = {
    family: 'ip',
    table: 'filter',
    name: 'FORWARD',
    type: 'filter',
    hook: 'forward',
    prio: 0,
    policy: 'drop',
  };
  const nft = JSON.stringify({ nftables: [META, { table: { family: 'ip', name: 'filter' } }, { chain }] });
  const idsOf = (xtables4: string): string[] => {
    const parts: Readonly<Record<string, string>> = { xtables4, nft };
    return parseFirewall((name, parse) => ({ items: parse(parts[name] ?? '').items })).chains.map(({ id }) => id);
  };
  expect(idsOf(saved)).toEqual(['iptables-nft filter FORWARD', 'iptables-nft filter SUB']);
  expect(idsOf('')).toEqual(['nft ip filter FORWARD']);
});
