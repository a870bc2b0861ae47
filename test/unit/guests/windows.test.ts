import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PowerShellManner } from '../../../lab/guests/powershell.ts';
import { l2BridgeMachine } from '../../../lab/guests/windows-l2bridge.ts';
import type { WindowsMachine } from '../../../lab/guests/windows-node.ts';
import { windowsBundle } from '../../../lab/guests/windows-node.ts';
import { parseBundle } from '../../../src/guests/bundle.ts';
import { decodeText } from '../../../src/guests/text.ts';
import type { GuestFacts } from '../../../src/model/snapshot.ts';

const AT = new Date('2026-11-25T12:00:00Z');

function machine(change: Partial<WindowsMachine> = {}): WindowsMachine {
  const peer = { name: 'a', ip: '192.168.10.11', podCidr: '10.244.1.0/24', mac: '02:00:00:00:00:0a' };
  const built = l2BridgeMachine({
    name: 'win-1',
    ip: '192.168.10.13',
    podCidr: '10.244.3.0/24',
    mac: '00:15:5d:00:00:0d',
    peers: [peer],
    nodeNetwork: '192.168.10.0/24',
    router: { ip: '192.168.10.1', mac: '02:00:00:00:00:01' },
    podRange: '10.244.0.0/16',
    serviceRange: '10.96.0.0/12',
  });
  return { ...built, ...change };
}

function factsOf(text: string): GuestFacts {
  const [only, ...others] = parseBundle(text, 'file x');
  if (only === undefined || 'trouble' in only || others.length > 0) throw new Error(JSON.stringify([only, ...others]));
  return only;
}

const read = (change: Partial<WindowsMachine> = {}, manner: PowerShellManner = {}): GuestFacts =>
  factsOf(windowsBundle(machine(change), AT, manner));

test('a whole one', () => {
  const facts = read();
  expect(facts).toMatchObject({ node: 'win-1', os: 'windows', readAt: '2026-11-25T12:00:00Z', unread: [] });
  expect(facts.links).toEqual([
    expect.objectContaining({ name: 'Loopback Pseudo-Interface 1', kind: 'loopback', forwarding4: false }),
    {
      name: 'vEthernet (Ethernet)',
      up: true,
      carrier: true,
      mac: '00:15:5d:00:00:0d',
      addresses: [{ address: '192.168.10.13', length: 24 }],
      forwarding4: true,
    },
    expect.objectContaining({ name: 'vEthernet (cbr0_ep)', kind: 'hns-endpoint', forwarding4: true }),
  ]);
  const device = 'vEthernet (Ethernet)';
  expect(facts.routes).toContainEqual({
    table: 'main',
    prefix: '10.244.1.0/24',
    type: 'unicast',
    metric: 281,
    hops: [{ gateway: '192.168.10.11', device }],
    protocol: 'NetMgmt',
    stored: true,
  });
  expect(facts.routes).toContainEqual(expect.objectContaining({ prefix: '192.168.10.13/32', type: 'local' }));
  expect(facts.neighbours).toContainEqual({
    address: '192.168.10.11',
    device,
    mac: '02:00:00:00:00:0a',
    state: 'confirmed',
  });
  expect(facts.hns?.networks[0]).toEqual({
    name: 'cbr0',
    type: 'l2bridge',
    managementIP: '192.168.10.13',
    subnets: [{ prefix: '10.244.3.0/24', gateway: '10.244.3.1' }],
  });
  expect(facts.hns?.endpoints.map(({ address }) => address)).toEqual(['10.244.3.2', '10.244.3.3', '10.244.3.4']);
  expect(facts.hns?.endpoints[1]).toEqual({
    network: 'cbr0',
    address: '10.244.3.3',
    gateway: '10.244.3.2',
    natExceptions: ['10.244.0.0/16', '10.96.0.0/12', '192.168.10.0/24'],
    policyRoutes: ['10.96.0.0/12', '192.168.10.13/32'],
  });
});

const MANNERS: readonly (readonly [string, PowerShellManner])[] = [
  ['numbers for enumerations, and one object where a list has one entry', { enums: 'numbers' }],
  ['messages of the shell among the output', { noise: true }],
  ['both', { enums: 'numbers', noise: true }],
];

test.each(MANNERS)('%s: the same facts', (_, manner) => {
  expect(read({}, manner)).toEqual(read());
  const one = { routes: machine().routes.slice(1, 2), endpoints: machine().endpoints.slice(0, 1) };
  expect(read(one, manner)).toEqual(read(one));
});

const ENCODINGS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-16, as a redirect of 5.1 writes it', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without a mark', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 the other way round', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['UTF-8 with a mark', (text) => Buffer.from(`\uFEFF${text}`)],
];

test.each(ENCODINGS)('%s', (_, encode) => {
  expect(factsOf(decodeText(encode(windowsBundle(machine(), AT))))).toEqual(read());
});

test('interfaces are known by number: their names are in any language', () => {
  const alias = 'vEthernet (Сеть – Ünïcode)';
  const rename = <T extends { alias: string }>(list: T[]): T[] =>
    list.map((one) => (one.alias === 'vEthernet (Ethernet)' ? { ...one, alias } : one));
  const { interfaces, routes, neighbours } = machine();
  const facts = read({ interfaces: rename(interfaces), routes: rename(routes), neighbours: rename(neighbours) });
  expect(facts.unread).toEqual([]);
  expect(facts.routes.filter(({ hops }) => hops[0]?.device === alias)).toHaveLength(4);
});

test('prefixes may have host bits', () => {
  const [first, ...rest] = machine().routes;
  expect(
    read({ routes: [{ ...first!, prefix: '10.244.9.7/24' }, ...rest] }).routes.map(({ prefix }) => prefix),
  ).toContain('10.244.9.0/24');
});

test('a route that is only in the active store says so, and one whose store was not read says nothing', () => {
  const routes = machine().routes.map((one) => ({ ...one, stored: one.prefix !== '10.244.1.0/24' }));
  const storedIn = (facts: GuestFacts): unknown =>
    facts.routes.find(({ prefix }) => prefix === '10.244.1.0/24')?.stored;
  expect(storedIn(read({ routes }))).toBe(false);
  const text = windowsBundle(machine({ routes }), AT).replace('#prc end stored-routes4 0', '#prc end stored-routes4 1');
  expect(storedIn(factsOf(text))).toBeUndefined();
  expect(factsOf(text).unread).toEqual([{ part: 'stored-routes', reason: 'the command ended with 1' }]);
});

const UNREAD: readonly (readonly [string, string, { part: string; reason: RegExp }])[] = [
  [
    'who is no administrator',
    windowsBundle(machine(), AT, { plainUser: true }),
    { part: 'hns', reason: /ended with 1/ },
  ],
  [
    'networks cut off by -Depth',
    windowsBundle(machine(), AT, { depth: 1 }),
    { part: 'hns', reason: /subnet .* of HNS network cbr0/ },
  ],
  [
    'an unknown value of an enumeration',
    windowsBundle(machine(), AT).replaceAll('"Forwarding":"Enabled"', '"Forwarding":"Activé"'),
    { part: 'links', reason: /Forwarding "Activé" of vEthernet/ },
  ],
  [
    'a route that is none',
    windowsBundle(machine(), AT).replaceAll('"DestinationPrefix":"10.244.1.0/24"', '"DestinationPrefix":"10.244.1/24"'),
    { part: 'routes4', reason: /a route to "10\.244\.1\/24"/ },
  ],
  [
    'a neighbour in a state that nobody knows',
    windowsBundle(machine(), AT).replace('"State":"Reachable"', '"State":9'),
    { part: 'neighbours', reason: /192\.168\.10\.1"/ },
  ],
  [
    'no routes',
    windowsBundle(machine(), AT).replace(/(begin routes4\r\n).*/, '$1[]'),
    { part: 'routes4', reason: /never is/ },
  ],
];

test.each(UNREAD)('%s is a gap of that part', (_, text, { part, reason }) => {
  const { unread } = factsOf(text);
  expect(unread.find((one) => one.part === part)?.reason).toMatch(reason);
});

const POLICIES: readonly (readonly [string, unknown, object])[] = [
  [
    'the newer form',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.0.0.0/8'] } }],
    { natExceptions: ['10.0.0.0/8'] },
  ],
  ['no exception at all', [{ Type: 'OutBoundNAT' }], { natExceptions: [] }],
  ['one alone, not in a list', { Type: 'OutBoundNAT', ExceptionList: '10.0.0.0/8' }, { natExceptions: ['10.0.0.0/8'] }],
  [
    'a list as 5.1 may write it',
    { value: [{ Type: 'OutBoundNAT', ExceptionList: { value: ['10.0.0.0/8', '11.0.0.0/8'], Count: 2 } }], Count: 1 },
    { natExceptions: ['10.0.0.0/8', '11.0.0.0/8'] },
  ],
  ['beyond -Depth', ['@{Type=OutBoundNAT}'], { opaque: 'policies that the collector cut off' }],
  [
    'exceptions beyond -Depth',
    [{ Type: 'OutBoundNAT', ExceptionList: '10.0.0.0/8 11.0.0.0/8' }],
    { opaque: 'policy OutBoundNAT' },
  ],
  [
    'for some destinations only',
    [{ Type: 'OutBoundNAT', Destinations: ['1.0.0.0/8'] }],
    { opaque: 'policy OutBoundNAT' },
  ],
  [
    'twice',
    [{ Type: 'OutBoundNAT' }, { Type: 'OutBoundNAT' }],
    { natExceptions: [], opaque: 'several policies OutBoundNAT' },
  ],
  ['a filter', [{ Type: 'ACL', Action: 'Block' }], { opaque: 'policy ACL' }],
  ['harmless', [{ Type: 'L2Driver' }, { Type: 'NAT' }], {}],
];

test.each(POLICIES)('policies: %s', (_, policies, expected) => {
  const [, pod] = machine().endpoints;
  const facts = read({ endpoints: [{ ...pod!, policies: policies as never }] });
  const { natExceptions, policyRoutes, opaque } = facts.hns!.endpoints[0]!;
  expect({
    ...(natExceptions === undefined ? {} : { natExceptions }),
    ...(policyRoutes === undefined ? {} : { policyRoutes }),
    ...(opaque === undefined ? {} : { opaque }),
  }).toEqual(expected);
});

test('wherever it is cut off, nothing is whole that is not', () => {
  const text = windowsBundle(machine(), AT);
  const end = text.indexOf('#prc end hns-endpoints 0') + '#prc end hns-endpoints 0'.length;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: end - 1 }), (length) => {
      const [one] = parseBundle(text.slice(0, length), 'x');
      expect(one === undefined || 'trouble' in one || one.unread.length > 0).toBe(true);
    }),
  );
});

test('any text in any part is read or refused, not thrown', () => {
  const whole = windowsBundle(machine(), AT);
  const names = [...whole.matchAll(/#prc begin (\S+)/g)].map(([, name = '']) => name);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.oneof(fc.string(), fc.json()), (name, text) => {
      const broken = whole.replace(new RegExp(`(begin ${name}\r\n).*`), (_, start: string) => start + text);
      expect(parseBundle(broken, 'x').length).toBeGreaterThan(0);
    }),
  );
});

test('any value in any field is read or told', () => {
  const whole = windowsBundle(machine(), AT);
  const fields = [...new Set([...whole.matchAll(/"(\w+)":/g)].map(([, name = '']) => name))];
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
      const broken = whole.replace(
        new RegExp(`("${field}":)("[^"]*"|\\d+)`),
        (_, key: string) => key + JSON.stringify(value),
      );
      const [one] = parseBundle(broken, 'x');
      expect(one).toBeDefined();
    }),
  );
});

test('a node with very many routes', () => {
  const routes = Array.from({ length: 30_000 }, (_, index) => ({
    alias: 'vEthernet (Ethernet)',
    prefix: `10.${String(index >> 8)}.${String(index & 255)}.0/24`,
    nextHop: '192.168.10.11',
    metric: 256,
  }));
  const facts = read({ routes });
  expect(facts.unread).toEqual([]);
  expect(facts.routes).toHaveLength(30_004);
});
