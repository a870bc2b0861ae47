import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGuestFiles } from '../../../src/guests/files.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import type { Gap, NodeFacts } from '../../../src/model/snapshot.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guests-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function node(name: string): NodeFacts {
  const state = { os: 'linux', ready: 'True', unschedulable: false, taints: [], labels: {} } as const;
  return { name, podCIDRs: [], internalIPs: [], ...state };
}

/** Nothing of it is whole but its head. */
const head = (name: string, at: string): string =>
  `#prc guest 1\n#prc node ${name}\n#prc os linux\n#prc at ${at}\n#prc done\n`;

async function read(
  nodes: readonly string[],
  pattern = folder,
): Promise<{ facts: string[]; gaps: readonly Gap[]; warnings: string[] }> {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const log = {
    debug: silent,
    info: silent,
    fold: silent,
    warning: (text: string) => void warnings.push(text),
    group: async <T>(_: string, work: () => Promise<T>) => work(),
  };
  const clock = { now: () => NOW, sleep: async () => undefined };
  const { facts, gaps } = await openGuestFiles(pattern, { clock, log }).read(nodes.map(node));
  // What the empty parts warn of is not what is tested here.
  const own = warnings.filter((text) => !text.includes('it is not in the file'));
  return { facts: facts.map((one) => `${one.node} ${one.readAt}`), gaps, warnings: own };
}

test('a folder: what is missing is a gap of its node, and nobody else is asked for', async () => {
  writeFileSync(join(folder, 'a.txt'), head('a', '2026-11-25T11:59:00Z'));
  writeFileSync(join(folder, 'x.txt'), head('x', '2026-11-25T11:59:00Z'));
  const { facts, gaps, warnings } = await read(['a', 'b']);
  expect(facts).toEqual(['a 2026-11-25T11:59:00Z']);
  expect(gaps).toMatchObject([{ facet: 'guests', scope: 'b', subject: 'kernel of node b' }]);
  expect(warnings).toEqual([expect.stringContaining('is about x, and the cluster has no such node')]);
});

test('of two about one node the newer counts', async () => {
  writeFileSync(join(folder, 'new.txt'), head('a', '2026-11-25T11:59:00Z'));
  writeFileSync(join(folder, 'old.txt'), head('a', '2026-11-25T11:30:00Z'));
  expect((await read(['a'])).facts).toEqual(['a 2026-11-25T11:59:00Z']);
});

const AGES: readonly (readonly [string, string, number, number])[] = [
  ['minutes', '2026-11-25T11:50:00Z', 0, 0],
  ['hours', '2026-11-25T06:00:00Z', 0, 1],
  ['days', '2026-11-23T06:00:00Z', 1, 0],
];

test.each(AGES)('%s old', async (_, at, gaps, warnings) => {
  writeFileSync(join(folder, 'a.txt'), head('a', at));
  const reading = await read(['a']);
  expect([reading.gaps.length, reading.warnings.length]).toEqual([gaps, warnings]);
});

test('a pattern, and the UTF-16 of a redirect on Windows', async () => {
  writeFileSync(join(folder, 'a.txt'), Buffer.from(`\uFEFF${head('a', '2026-11-25T11:59:00Z')}`, 'utf16le'));
  writeFileSync(join(folder, 'b.log'), head('b', '2026-11-25T11:59:00Z'));
  const { facts, gaps } = await read(['a', 'b'], join(folder, '*.txt'));
  expect([facts.length, gaps.map(({ scope }) => scope)]).toEqual([1, ['b']]);
});

test.each([
  ['an empty folder', ''],
  ['a path that is not there', 'nowhere'],
  ['a pattern that fits nothing', '*.json'],
])('%s is for the author of the workflow to mend', async (_, path) => {
  await expect(read(['a'], join(folder, path))).rejects.toThrow(ConfigError);
});
