import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBundle } from '../../../src/guests/bundle.ts';
import type { GuestFacts } from '../../../src/model/snapshot.ts';

const PARTS: Readonly<Record<string, string>> = {
  links: '[{"ifname":"lo","flags":["UP","LOWER_UP"],"link_type":"loopback","addr_info":[]}]',
  routes4: '[{"type":"local","dst":"127.0.0.1","dev":"lo","table":"local","flags":[]}]',
  routes6: '[]',
  rules4: '[{"priority":0,"src":"all","table":"local"}]',
  rules6: '',
  neighbours4: '[]',
  neighbours6: '[]',
  legacy4: '',
  legacy6: '',
  xtables4: '',
  xtables6: '',
  nft: '{"nftables":[{"metainfo":{"json_schema_version":1}}]}',
  settings: 'ipv4 forwarding 1 all\nipv4 forwarding 1 lo\nipv4 rp_filter 2 default',
};

function bundle(node: string, parts = PARTS, status = '0'): string {
  const sections = Object.entries(parts).map(
    ([name, text]) => `#prc begin ${name}\n${text}\n\n#prc end ${name} ${status}\n`,
  );
  return `#prc guest 1\n#prc node ${node}\n#prc os linux\n#prc at 2026-11-25T12:00:00Z\n${sections.join('')}#prc done\n`;
}

function factsOf(text: string): GuestFacts {
  const [only] = parseBundle(text, 'file x');
  if (only === undefined || 'trouble' in only) throw new Error(JSON.stringify(only));
  return only;
}

test('a whole one', () => {
  expect(factsOf(bundle('a'))).toMatchObject({
    node: 'a',
    source: 'file x',
    links: [{ name: 'lo', forwarding4: true }],
    all: { forwarding4: true },
    fresh: { rpFilter: 2 },
    unread: [],
  });
});

test('several nodes in one file, as Windows stores it', () => {
  const text = `\uFEFF${bundle('a')}${bundle('b')}`.replaceAll('\n', '\r\n');
  expect(parseBundle(text, 'x').map((one) => one.node)).toEqual(['a', 'b']);
});

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['nothing', '\n', 'it is empty'],
  ['something else', 'kind: Config', 'it is no output of collect.sh or collect.ps1'],
  ['a newer form', '#prc guest 2\n', 'it was written by a newer collector'],
  ['no name', bundle(''), 'it names no node'],
  ['no time', bundle('a').replace(/#prc at .*/, '#prc at now'), 'it does not say when it was written'],
  ['another system', bundle('a').replace('os linux', 'os plan9'), 'its operating system is "plan9"'],
];

test.each(REFUSED)('%s is refused', (_, text, trouble) => {
  expect(parseBundle(text, 'x')).toMatchObject([{ trouble }]);
});

const UNREAD: readonly (readonly [string, string, object])[] = [
  [
    'a failed command',
    bundle('a').replace('end routes4 0', 'end routes4 127'),
    { part: 'routes4', reason: 'the program for it is not there' },
  ],
  [
    'no section',
    bundle('a').replace(/#prc begin rules4[^]*end rules4 0\n/, ''),
    { part: 'rules4', reason: 'it is not in the file' },
  ],
  [
    'no routes at all',
    bundle('a', { ...PARTS, routes4: '[]' }),
    { part: 'routes4', reason: 'it is empty, which it never is' },
  ],
  [
    'one line that is odd',
    bundle('a', { ...PARTS, settings: `${PARTS['settings'] ?? ''}\nwhat` }),
    { part: 'settings', reason: 'not understood: a line "what"' },
  ],
  [
    'a firewall that only root may see',
    bundle('a').replace('end legacy4 0', 'end legacy4 1'),
    {
      part: 'firewall4',
      reason: 'the command ended with 1; run the collector as root, with nft (Debian package nftables) installed',
    },
  ],
];

test.each(UNREAD)('%s is a gap of that part', (_, text, gap) => {
  expect(factsOf(text).unread).toEqual([gap]);
});

test('wherever it is cut off, nothing is whole that is not', () => {
  const text = bundle('a');
  const end = text.indexOf('#prc end settings 0') + '#prc end settings 0'.length;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: end - 1 }), (length) => {
      const [one] = parseBundle(text.slice(0, length), 'x');
      expect(one === undefined || 'trouble' in one || one.unread.length > 0).toBe(true);
    }),
  );
});

test('any text at all is read or refused, not thrown', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PARTS)), fc.oneof(fc.string(), fc.json()), (name, text) => {
      expect(parseBundle(bundle('a', { ...PARTS, [name]: text }), 'x').length).toBeGreaterThan(0);
    }),
  );
});

test('ten megabytes take seconds at most', () => {
  const routes = Array.from(
    { length: 100_000 },
    (_, index) =>
      `{"dst":"10.${String(index >> 16)}.${String((index >> 8) & 255)}.${String(index & 255)}","gateway":"10.0.0.1","dev":"eth0","flags":[]}`,
  );
  const before = performance.now();
  expect(factsOf(bundle('a', { ...PARTS, routes4: `[${routes.join()}]` })).routes).toHaveLength(100_000);
  expect(parseBundle('#prc end x\n'.repeat(1_000_000), 'x')).toHaveLength(1);
  expect(performance.now() - before).toBeLessThan(10_000);
});
