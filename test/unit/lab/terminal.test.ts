import { expect, test } from '@jest/globals';

import { scenarios } from '../../../lab/scenarios/registry.ts';
import { readArguments } from '../../../lab/terminal/arguments.ts';
import { splitRow } from '../../../lab/terminal/blocks.ts';
import { parseInline } from '../../../lab/terminal/inline.ts';
import { logView } from '../../../lab/terminal/log.ts';
import { renderMarkdown } from '../../../lab/terminal/render.ts';
import { painter, width, wrap } from '../../../lab/terminal/text.ts';

const plain = painter(false);
const render = (markdown: string, columns = 60): string => renderMarkdown(markdown, columns, plain);
const inline = (text: string): string => plain(parseInline(text));

test('inline marks vanish, what they mark stays', () => {
  expect(inline('**a** `b|c` [d](https://x/y) e_f_g \\*h\\* &lt;i&gt; <sub>j</sub> <a href="k">l</a>')).toBe(
    'a b|c d e_f_g *h* <i> j l',
  );
  expect(parseInline('a **b** c')).toEqual([
    { text: 'a ', style: 'plain' },
    { text: 'b', style: 'bold' },
    { text: ' c', style: 'plain' },
  ]);
  expect(inline('unclosed ** and ` and [ and < and &')).toBe('unclosed ** and ` and [ and < and &');
});

test('tables line up, wrap into their columns, and keep escaped pipes', () => {
  expect(splitRow('| a \\| b | `c \\| d` | |')).toEqual(['a | b', '`c | d`', '']);
  const table = '| Rule | Pairs |\n|:--|--:|\n| check on | 22 |\n| a route that leads somewhere else | 4 |';
  expect(render(table, 24)).toBe(
    [
      'Rule               Pairs',
      '─────────────────  ─────',
      'check on              22',
      'a route that           4',
      'leads somewhere',
      'else',
    ].join('\n'),
  );
});

test('HTML tables, folds, lists, code and quotes', () => {
  const text = [
    '## Title',
    '<details><summary>More <b>here</b></summary>',
    '',
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><code>2</code></td></tr></table>',
    '</details>',
    '',
    '- one',
    '  - two',
    '1. three',
    '```sh',
    'ip route | grep <x>',
    '```',
    '> [!WARNING]',
    '> careful',
  ].join('\n');
  expect(render(text)).toBe(
    [
      'Title',
      '',
      '▾ More here',
      '',
      'A  B',
      '─  ─',
      '1  2',
      '',
      '• one',
      '  • two',
      '1. three',
      '',
      '    ip route | grep <x>',
      '',
      '│ warning',
      '│ careful',
    ].join('\n'),
  );
});

test('widths count columns, and long words are cut', () => {
  expect(['abc', '❌', '日本', 'e\u0301', '⚠️'].map(width)).toEqual([3, 2, 4, 1, 2]);
  expect(wrap([{ text: 'one two abcdefghij', style: 'plain' }], 7).map(plain)).toEqual(['one two', 'abcdefg', 'hij']);
});

test('the log shows annotations and groups, and hides what is masked', () => {
  const lines: string[] = [];
  const view = logView((line) => lines.push(line), plain);
  view.write('start\n::add-mask::s3cret\n::group::Rea');
  view.write('ding\ntoken s3cret\n::endgroup::\n::error title=Bad::one%0Atwo\nlast');
  view.end();
  expect(lines).toEqual(['  start', '  ▸ Reading', '    token ***', '  Error: Bad', '    one', '    two', '  last']);
});

test('the command line: names, numbers, and what helps after a slip', () => {
  expect(readArguments([])).toMatchObject({ kind: 'run', scenario: { name: 'ec2-host-gw' }, nodes: undefined });
  expect(readArguments(['two-az'])).toMatchObject({ kind: 'run', scenario: { name: 'two-az' } });
  expect(readArguments(['--node-count', '40'])).toMatchObject({ kind: 'run', nodes: 40 });
  expect(readArguments(['--list'])).toEqual({ kind: 'list' });
  const wrong = (...args: string[]): string => {
    const request = readArguments(args);
    return request.kind === 'wrong' ? request.because : request.kind;
  };
  expect(wrong('two-ax')).toContain('did you mean two-az?');
  expect(wrong('vxlan')).toContain('did you mean flannel-vxlan?');
  expect(wrong('--node-count', '3')).toContain('from 12 to 5000');
  expect(wrong('--node-count', 'many')).toContain('not many');
  expect(wrong('two-az', '--node-count', '5')).toContain('belongs to the story');
  expect(wrong('--nodes', '5')).toContain('--nodes');
  expect(wrong('a', 'b')).toContain('one scenario at a time');
  expect(new Set(scenarios.map((scenario) => scenario.name)).size).toBe(scenarios.length);
});
