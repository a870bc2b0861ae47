/** Whatever is in a file, it ends in facts that can be judged and saved, in a clear gap, or in a refusal. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { Firewall } from '../../../src/judge/guests/firewall.ts';
import { NO_MARK } from '../../../src/judge/guests/mark.ts';
import { parsePrefixes } from '../../../src/model/prefix.ts';
import type { GuestFacts } from '../../../src/model/snapshot.ts';
import { decodeSnapshot } from '../../../src/snapshot/decode.ts';
import { encodeSnapshot } from '../../../src/snapshot/encode.ts';
import { guestCluster, judgeGuests } from '../../support/guest-cluster.ts';

const LINK = '"flags":["UP","LOWER_UP"],"link_type":"ether","address":"02:00:00:00:00:01"';

const PARTS: Readonly<Record<string, string>> = {
  links: `[{"ifname":"eth0",${LINK},"addr_info":[{"local":"192.168.1.1","prefixlen":24}]},{"ifname":"cni0",${LINK},"linkinfo":{"info_kind":"bridge"},"addr_info":[]}]`,
  routes4:
    '[{"dst":"10.244.2.0/24","gateway":"192.168.1.2","dev":"eth0","flags":[]},{"type":"blackhole","dst":"10.244.0.0/16","flags":[]}]',
  routes6: '[]',
  rules4: '[{"priority":0,"src":"all","table":"local"},{"priority":5,"src":"10.0.0.0","srclen":8,"table":"main"}]',
  rules6: '',
  neighbours4: '[{"dst":"192.168.1.2","dev":"eth0","lladdr":"02:00:00:00:00:02","state":["REACHABLE"]}]',
  neighbours6: '[]',
  settings: 'ipv4 forwarding 1 all\nipv4 rp_filter 2 eth0\nbridge call_iptables 1 all',
  legacy4:
    '*filter\n:FORWARD DROP [0:0]\n:SUB - [0:0]\n-A FORWARD -s 10.0.0.0/8 -m comment --comment "a \\"b\\"" -j SUB\n-A SUB ! -i eth0 -m mark --mark 0x1/0x1 -j ACCEPT\nCOMMIT',
  legacy6: '',
  xtables4: '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ! -d 10.244.0.0/16 -j MASQUERADE\nCOMMIT',
  xtables6: '',
  nft: '{"nftables":[{"metainfo":{"json_schema_version":1}},{"chain":{"family":"inet","table":"t","name":"c","type":"filter","hook":"forward","prio":0,"policy":"drop"}},{"rule":{"family":"inet","table":"t","chain":"c","handle":1,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":{"set":["10.0.0.1",{"range":["10.0.0.3","10.0.0.9"]}]}}},{"drop":null}]}}]}',
};

function bundle(parts = PARTS): string {
  const sections = Object.entries(parts).map(([name, text]) => `#prc begin ${name}\n${text}\n#prc end ${name} 0\n`);
  return `#prc guest 1\n#prc node a\n#prc os linux\n#prc at 2026-11-25T12:00:00Z\n${sections.join('')}#prc done\n`;
}

/** Facts that are none would crash here. */
function use(text: string): readonly { readonly unread: GuestFacts['unread'] }[] {
  return parseBundle(text, 'file x').flatMap((one) => {
    if ('trouble' in one) {
      expect(one.trouble).not.toBe('');
      return [];
    }
    const snapshot = guestCluster({ a: () => ({ ...one, node: 'a' }) });
    expect(judgeGuests(snapshot).pairs.total).toBe(6);
    expect(decodeSnapshot(encodeSnapshot(snapshot), 'x')).toEqual(snapshot);
    return [one];
  });
}

test('the whole of it is understood', () => {
  expect(use(bundle())).toMatchObject([{ unread: [] }]);
});

test('cut off anywhere, something is missing', () => {
  const text = bundle();
  const end = text.lastIndexOf('#prc end nft 0') + '#prc end nft 0'.length;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: end - 1 }), (length) => {
      for (const { unread } of use(text.slice(0, length))) expect(unread).not.toEqual([]);
    }),
  );
});

test('bytes that are wrong, missing or too many', () => {
  const bytes = Buffer.from(bundle());
  const edit = fc.record({
    at: fc.nat(bytes.length - 1),
    gone: fc.nat(3),
    more: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(...['"', '[', '{', '\n', '-', '!', '0', ' '].map((one) => Buffer.from(one))),
    ),
  });
  const encodings = fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le');
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), encodings, (edits, encoding) => {
      let now = bytes;
      for (const { at, gone, more } of edits) now = Buffer.concat([now.subarray(0, at), more, now.subarray(at + gone)]);
      use(now.toString(encoding));
    }),
    { numRuns: 150 },
  );
});

test('any JSON, and any text, in any part', () => {
  const words = fc.constantFrom(
    '10.0.0.0/8',
    'eth0',
    '__proto__',
    'constructor',
    'FORWARD',
    '-A',
    '-j',
    '!',
    '*filter',
    'COMMIT',
    '"',
  );
  const line = fc.array(words, { maxLength: 8 }).map((all) => all.join(' '));
  const lines = fc.array(line, { maxLength: 5 }).map((all) => all.join('\n'));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PARTS)), fc.oneof(fc.json(), fc.string(), lines), (name, text) => {
      use(bundle({ ...PARTS, [name]: text }));
    }),
    { numRuns: 100 },
  );
});

describe('much of it', () => {
  const deep = '['.repeat(5_000_000);
  const HUGE: readonly (readonly [string, keyof typeof PARTS, string])[] = [
    ['lists in lists', 'routes4', `${deep}${']'.repeat(5_000_000)}`],
    ['lists in lists without end', 'nft', deep],
    ['objects in objects as a value', 'routes4', `[{"dst":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}]`],
    ['one long name', 'links', `[{"ifname":"${'x'.repeat(10_000_000)}","flags":[],"addr_info":[]}]`],
    [
      'one long comment',
      'legacy4',
      `*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m comment --comment "${'\\"'.repeat(4_000_000)}" -j DROP\nCOMMIT`,
    ],
    [
      'quotes that do not end',
      'legacy4',
      `*filter\n:FORWARD DROP [0:0]\n-A FORWARD ${'"a '.repeat(3_000_000)}\nCOMMIT`,
    ],
    ['lines of nothing', 'settings', '\n'.repeat(10_000_000)],
  ];

  test.each(HUGE)('%s ends in facts or in a gap', (_, name, text) => {
    const [one] = parseBundle(bundle({ ...PARTS, [name]: text }), 'x');
    expect(one).toBeDefined();
  });

  test('versions mixed in one file are told apart', () => {
    const text = `${bundle()}${bundle().replace('#prc guest 1', '#prc guest 2')}${bundle().replace('#prc node a', '#prc node b')}`;
    expect(parseBundle(text, 'x')).toMatchObject([
      { node: 'a' },
      { trouble: 'it was written by a newer collector' },
      { node: 'b' },
    ]);
  });
});

test('chains that double with every step are not followed for ever', () => {
  const depth = 40;
  const rules = Array.from({ length: depth }, (_, at) => `-A C${String(at)} -j C${String(at + 1)}\n`.repeat(2)).join(
    '',
  );
  const names = Array.from({ length: depth + 1 }, (_, at) => `:C${String(at)} - [0:0]\n`).join('');
  const text = `*filter\n:FORWARD ACCEPT [0:0]\n${names}-A FORWARD -j C0\n${rules}-A C${String(depth)} -j C0\nCOMMIT`;
  const [facts] = parseBundle(bundle({ ...PARTS, legacy4: text }), 'x');
  if (facts === undefined || 'trouble' in facts) throw new Error('no facts');
  const [source, destination] = parsePrefixes(['10.244.1.0/24', '10.244.2.0/24']);
  if (source === undefined || destination === undefined) throw new Error('no prefixes');
  const firewall = new Firewall(facts.firewall ?? [], facts.links);
  const [ruling] = firewall.ask('forward', { source, destination, state: 'new' }, NO_MARK);
  expect(ruling?.fate.kind).not.toBe('passes');
});
