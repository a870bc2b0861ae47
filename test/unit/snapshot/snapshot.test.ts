import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../../src/model/errors.ts';
import { parseAddress, parsePrefix } from '../../../src/model/prefix.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { decodeSnapshot } from '../../../src/snapshot/decode.ts';
import { encodeSnapshot } from '../../../src/snapshot/encode.ts';
import { renderSnapshotSchema } from '../../../src/snapshot/publish.ts';
import { FULL, MINIMAL } from './snapshots.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A copy of the full snapshot as JSON, with the value at a path set, or removed where it is undefined. */
function changed(path: readonly (string | number)[], value: Json | undefined): string {
  const root = JSON.parse(encodeSnapshot(FULL)) as Json;
  let place = root;
  for (const step of path.slice(0, -1)) place = (place as Record<string, Json>)[step] ?? null;
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(place as object, last);
  else (place as Record<string, Json>)[last] = value;
  return JSON.stringify(root);
}

function refusal(text: string): ConfigError {
  const result = decodeSnapshot(text, 'snap.json');
  if (!(result instanceof ConfigError)) throw new Error('was accepted');
  return result;
}

describe('round trip', () => {
  test.each<[string, Snapshot]>([
    ['minimal', MINIMAL],
    ['with every field', FULL],
  ])('%s', (_name, snapshot) => {
    const text = encodeSnapshot(snapshot);
    const decoded = decodeSnapshot(text, 'snap.json');
    expect(decoded).toEqual(snapshot);
    expect(encodeSnapshot(decoded as Snapshot)).toBe(text);
  });

  test('keys are sorted at every depth, lists keep their order, the file ends with a newline', () => {
    const text = encodeSnapshot(FULL);
    const reversed = JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).reverse());
    }) as Snapshot;
    expect(Object.keys(reversed)[0]).toBe('takenAt');
    expect(encodeSnapshot(reversed)).toBe(text);
    expect(text).toMatch(/"podCIDRs": \[\s+"10\.244\.1\.0\/24",\s+"fd00:1::\/64"\s+\]/);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('a byte order mark does no harm', () => {
    expect(decodeSnapshot(`\uFEFF${encodeSnapshot(MINIMAL)}`, 'snap.json')).toEqual(MINIMAL);
  });
});

describe('broken files', () => {
  test.each([
    ['nothing', ' \n', 'Snapshot snap.json is empty.'],
    ['YAML', 'apiVersion: v1\nsecret: hunter2\n', 'Snapshot snap.json is not JSON.'],
    ['a comma too many', '{\n "a": 1,\n}', 'Snapshot snap.json is not JSON: see line 3, column 1.'],
    ['half a file', encodeSnapshot(FULL).slice(0, 700), 'Snapshot snap.json is cut off: its JSON ends in the middle.'],
    ['another JSON', '{"kind":"Config"}', 'Snapshot snap.json is JSON, but not a snapshot: it has no schemaVersion.'],
    ['a list', '[1]', 'Snapshot snap.json is JSON, but not a snapshot: it has no schemaVersion.'],
    ['null', 'null', 'Snapshot snap.json is JSON, but not a snapshot: it has no schemaVersion.'],
    [
      'a newer version',
      '{"schemaVersion":2}',
      'Snapshot snap.json has schemaVersion 2; this version of the action reads 1.',
    ],
    [
      'an odd version',
      '{"schemaVersion":"1"}',
      'Snapshot snap.json has schemaVersion that is no number; this version of the action reads 1.',
    ],
  ])('%s', (_name, text, message) => {
    expect(refusal(text).message).toBe(message);
    expect(refusal(text).hint).not.toBe('');
  });

  test('the message quotes nothing of a file that is no snapshot', () => {
    const error = refusal('token: s3cr3t\nserver: x\n');
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('s3cr3t');
  });

  test('whatever is cut off is refused', () => {
    const text = encodeSnapshot(MINIMAL);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.trimEnd().length - 1 }), (length) => {
        expect(refusal(text.slice(0, length)).message).toMatch(/is (empty|cut off)/);
      }),
    );
  });

  test('anything at all is refused without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(decodeSnapshot(text, 'x')).toBeInstanceOf(ConfigError);
      }),
    );
  });
});

const NODE = ['cluster', 'nodes', 0] as const;
const FABRIC = ['fabrics', 0] as const;

const STRUCTURE: readonly (readonly [string, readonly (string | number)[], Json | undefined, string])[] = [
  ['a missing field', ['cluster', 'id'], undefined, '.cluster.id is missing'],
  ['a wrong type', ['takenAt'], 5, '.takenAt must be a string, found 5'],
  ['a time that is none', ['takenAt'], 'today', '.takenAt must be a time such as 2026-01-31T12:00:00Z, found "today"'],
  ['a time in local form', ['takenAt'], '2026-02-03T12:00:00', '.takenAt must be a time such as'],
  ['a day that does not exist', ['takenAt'], '2026-02-73T12:00:00Z', '.takenAt must be a time such as'],
  [
    'an unknown field',
    [...NODE, 'podCidr'],
    '10.0.0.0/8',
    '.cluster.nodes[0].podCidr is a field that this version does not know',
  ],
  [
    'a prefix that is none',
    [...NODE, 'podCIDRs', 0],
    '10.244.1.0',
    '.cluster.nodes[0].podCIDRs[0] must be a network such as',
  ],
  [
    'a prefix with host bits',
    [...NODE, 'podCIDRs', 0],
    '10.244.1.7/24',
    'must be written 10.244.1.0/24, found "10.244.1.7/24"',
  ],
  ['IPv6 in another form', [...NODE, 'podCIDRs', 1], 'FD00:1:0::/64', 'must be written fd00:1::/64'],
  [
    'an unknown word',
    [...NODE, 'os'],
    'plan9',
    '.cluster.nodes[0].os must be one of linux, windows, unknown, found "plan9"',
  ],
  ['an empty name', [...NODE, 'name'], '', '.cluster.nodes[0].name must not be empty'],
  [
    'the same name twice',
    ['cluster', 'nodes', 1, 'name'],
    'a',
    '.cluster.nodes[1].name is the same as in .cluster.nodes[0], found "a"',
  ],
  [
    'a label that is no text',
    [...NODE, 'labels', 'a/b'],
    true,
    '.cluster.nodes[0].labels["a/b"] must be a string, found true',
  ],
  ['null', ['fabrics'], null, '.fabrics must be a list, found null'],
  ['an object for a list', [...FABRIC, 'tables'], {}, '.fabrics[0].tables must be a list, found an object'],
  ['a list for an object', ['cluster', 'cni'], [], '.cluster.cni must be an object, found a list'],
  [
    'an address that is none',
    [...FABRIC, 'interfaces', 0, 'addresses', 0],
    '010.0.0.1',
    '.fabrics[0].interfaces[0].addresses[0] must be an IP address',
  ],
  [
    'a target of no known kind',
    [...FABRIC, 'tables', 0, 'routes', 0, 'target'],
    { kind: 'moon' },
    '.target.kind must be one of local, interface, machine, gateway, address, none, unknown, found "moon"',
  ],
  [
    'a target without its id',
    [...FABRIC, 'tables', 0, 'routes', 1, 'target', 'interface'],
    undefined,
    '.routes[1].target.interface is missing',
  ],
  [
    'the same table twice',
    [...FABRIC, 'tables', 1, 'id'],
    'rtb-1',
    '.fabrics[0].tables[1].id is the same as in .fabrics[0].tables[0]',
  ],
  [
    'a flag as text',
    [...FABRIC, 'tables', 0, 'main'],
    'yes',
    '.fabrics[0].tables[0].main must be a boolean, found "yes"',
  ],
  ['a rank as text', [...FABRIC, 'tables', 0, 'routes', 0, 'rank'], '0', '.rank must be a number, found "0"'],
  ['a broken second reading', ['recheck', 'asked', 'nodes'], 'a', '.recheck.asked.nodes must be a list, found "a"'],
];

describe('structure', () => {
  test.each(STRUCTURE)('%s', (_name, path, value, message) => {
    expect(refusal(changed(path, value)).message).toContain(message);
  });

  test('several problems come together, but not without end', () => {
    const nodes = Array.from({ length: 50 }, () => ({}));
    const { message } = refusal(changed(['cluster', 'nodes'], nodes));
    expect(message.split('\n')).toHaveLength(12);
    expect(message).toMatch(/\n {2}and more$/);
  });

  test('long values are clipped', () => {
    expect(refusal(changed(['takenAt'], 'x'.repeat(10_000))).message.length).toBeLessThan(300);
  });

  test('a field named like a part of every object is not known either', () => {
    const text = encodeSnapshot(MINIMAL).replace('{', '{"__proto__": {}, "toString": 1,');
    expect(refusal(text).message).toContain('.toString is a field that this version does not know');
    expect(refusal(text).message).toContain('.__proto__ is a field that this version does not know');
  });
});

describe('the published schema', () => {
  const path = fileURLToPath(new URL('../../../docs/schema/snapshot-v1.schema.json', import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, renderSnapshotSchema());
  const ajv = new Ajv2020({ strict: true });
  ajv.addKeyword('x-unique');
  ajv.addFormat('prefix', (text) => parsePrefix(text)?.text === text);
  ajv.addFormat('address', (text) => parseAddress(text) !== undefined);
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);

  test('is fresh', () => {
    expect(readFileSync(path, 'utf8')).toBe(renderSnapshotSchema());
  });

  test.each([MINIMAL, FULL])('admits what is written', (snapshot) => {
    validate(JSON.parse(encodeSnapshot(snapshot)));
    expect(validate.errors).toBeNull();
  });

  // Uniqueness by a field cannot be said in JSON Schema.
  test.each(STRUCTURE.filter(([name]) => !name.startsWith('the same')))('refuses %s as we do', (_name, at, value) => {
    expect(validate(JSON.parse(changed(at, value)))).toBe(false);
  });
});
