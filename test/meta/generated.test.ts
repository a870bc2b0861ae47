import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fillIn, renderAction, renderInputTable, renderOutputTable, renderRuleTable } from '../../scripts/tables.ts';
import { ROOT, runNode } from '../../scripts/run.ts';
import { INPUTS } from '../../src/inputs/spec.ts';
import { OUTPUTS } from '../../src/report/outputs.ts';

interface Action {
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
}

test('every generated file is what its tables say', () => {
  const { status, output } = runNode('scripts/generate.ts', ['--check']);
  expect(output).toBe('');
  expect(status).toBe(0);
});

test('action.yml holds every input with its default as text, and every output', () => {
  const action = parse(renderAction(INPUTS, OUTPUTS, 'Says it: all of it.')) as Action;
  expect(Object.keys(action.inputs)).toEqual(INPUTS.map(({ name }) => name));
  for (const spec of INPUTS) {
    // The runner passes text only, and "false" written as a boolean would come as something else elsewhere.
    expect(action.inputs[spec.name]?.default).toBe(spec.default);
    expect(action.inputs[spec.name]?.description).toContain(spec.text);
  }
  expect(Object.keys(action.outputs)).toEqual(OUTPUTS.map(({ name }) => name));
  expect(action.description).toBe('Says it: all of it.');
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
});

test('the input table shows what can be used and names what is reserved', () => {
  const [table = '', reserved = ''] = renderInputTable(INPUTS).split('\n\n');
  for (const spec of INPUTS) {
    expect(table.includes(`| \`${spec.name}\` |`)).toBe(spec.available === 'now');
    if (spec.available === 'later') expect(reserved).toContain(`\`${spec.name}\``);
  }
});

test('table cells cannot break the table', () => {
  expect(
    renderOutputTable([{ name: 'a', text: 'one | two\nthree' }])
      .split('\n')
      .at(-1),
  ).toBe('| `a` | one \\| two three |');
  const rule = { id: 'a-b', title: 'It is', severity: 'error', needs: [] } as const;
  expect(renderRuleTable([rule]).split('\n').at(-1)).toBe('| [`a-b`](docs/rules/a-b.md) | It is | error |');
});

test('a text goes between its marks, again and again, and nowhere else', () => {
  const page = 'before\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nafter\n';
  const filled = fillIn(page, 'page.md', 'x', 'new');
  expect(filled).toBe('before\n<!-- generated:x -->\n\nnew\n\n<!-- /generated:x -->\nafter\n');
  expect(fillIn(filled, 'page.md', 'x', 'new')).toBe(filled);
  expect(() => fillIn(page, 'page.md', 'y', 'new')).toThrow('page.md needs the lines <!-- generated:y -->');
});

test('every docs anchor that a message names is a heading of docs/troubleshooting.md', () => {
  const headings = [...readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8').matchAll(/^#+ (.+)$/gm)];
  const anchors = headings.map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const named = sources.flatMap((name) => {
    const text = readFileSync(join(ROOT, 'src', name), 'utf8');
    return [...text.matchAll(/\b(?:docs: |DOCS = )'([^']+)'/g)].map(([, anchor = '']) => anchor);
  });
  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)].filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});
