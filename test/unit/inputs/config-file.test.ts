import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseConfigFile } from '../../../src/inputs/files/config-file.ts';

function problemsOf(text: string): string[] {
  const parsed = parseConfigFile(text, 'c.yml');
  if (!('problems' in parsed)) throw new Error('there is no problem');
  return parsed.problems.map(({ where, what, hint }) => `${where}: ${what} ${hint}`);
}

test('entries are read as they are written, prefixes canonical', () => {
  const text = `
ignore:
  - rule: orphan-route
    prefix: 10.244.9.7/24
    reason: kept for the old cluster # until spring
    expires: 2026-12-31
  - { node: "worker-*", reason: x }
  - { route: rtb-1/10.0.0.0/8, prefix: "fd00::1", reason: y, expires: "2026-02-28" }
`;
  expect(parseConfigFile(text, 'c.yml')).toEqual({
    ignore: [
      { rule: 'orphan-route', prefix: '10.244.9.0/24', reason: 'kept for the old cluster', expires: '2026-12-31' },
      { node: 'worker-*', reason: 'x' },
      { route: 'rtb-1/10.0.0.0/8', prefix: 'fd00::1/128', reason: 'y', expires: '2026-02-28' },
    ],
  });
});

test.each(['', '# nothing\n', 'ignore:\n', 'ignore: []'])('%j accepts nothing', (text) => {
  expect(parseConfigFile(text, 'c.yml')).toEqual({ ignore: [] });
});

test.each([
  ['- a', /^config, c.yml line 1: it holds no keys\./],
  ['ignores: []', /^config, c.yml line 1: "ignores" is not known here. Did you mean ignore\?/],
  ['ignore: yes', /ignore is no list/],
  ['ignore: [a]', /an entry of ignore is no mapping/],
  ['ignore:\n  - rule: orphan-route', /line 2: an entry has no reason/],
  ['ignore:\n  - reason: x', /line 2: an entry fits everything. Add at least one of rule, node, prefix, route/],
  ['ignore: [{ rule: orphan-rout, reason: x }]', /there is no rule "orphan-rout". Did you mean orphan-route\?/],
  ['ignore: [{ rule: rule-crashed, reason: x }]', /rule-crashed cannot be accepted/],
  ['ignore: [{ prefix: pods, reason: x }]', /prefix "pods" is none/],
  ['ignore: [{ node: n, reason: x, expires: 2026-02-30 }]', /expires "2026-02-30" is no day/],
  ['ignore: [{ node: n, reason: x, expires: tomorrow }]', /expires "tomorrow" is no day/],
  ['ignore: [{ node: 7, reason: x }]', /node is no text. Put it in quotes/],
  ['ignore: [', /it is no YAML/],
])('%j is refused', (text, message) => {
  expect(problemsOf(text)[0]).toMatch(message);
});

test('all problems are told at once', () => {
  expect(problemsOf('ignore: [{ rule: x }, { prefix: y, reason: z }]')).toHaveLength(3);
});

test('the published schema takes what the parser takes', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../docs/schema/config-v1.schema.json', import.meta.url), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
  for (const [text, good] of [
    ['ignore:\n  - { rule: orphan-route, prefix: 10.0.0.0/8, reason: x, expires: 2026-12-31 }', true],
    ['ignore:', true],
    ['ignore: [{ node: a, reason: x }]', true],
    ['ignore: [{ reason: x }]', false],
    ['ignore: [{ node: a }]', false],
    ['ignores: []', false],
    ['ignore: [{ node: a, reason: x, expires: tomorrow }]', false],
  ] as const) {
    expect([text, validate(parse(text))]).toEqual([text, good]);
    expect([text, !('problems' in parseConfigFile(text, 'c.yml'))]).toEqual([text, good]);
  }
});
