import { describe, expect, test } from '@jest/globals';
import { cleanLine, codeBlock, codeHtml, codeSpan, escapeText } from '../../../src/report/escape.ts';

test.each([
  ['plain ids stay readable', 'eni-0a1 (worker-03), 10.244.3.0/24.', 'eni-0a1 (worker-03), 10.244.3.0/24.'],
  ['table cells', 'a|b', 'a&#124;b'],
  ['HTML', '<script>&amp;', '&#60;script&#62;&#38;amp;'],
  ['emphasis and strikes', '*a* _b_ ~~c~~', '&#42;a&#42; &#95;b&#95; &#126;&#126;c&#126;&#126;'],
  ['links and images', '![x](y)', '!&#91;x&#93;(y)'],
  ['code', 'a `b`', 'a &#96;b&#96;'],
  ['backslashes', '\\*', '&#92;&#42;'],
  ['formulas', '$a$', '&#36;a&#36;'],
  ['mentions', '@org/team', '@&#8203;org/team'],
  ['links by themselves', 'https://a.example www.b.example', 'https&#58;//a.example www&#46;b.example'],
  ['issues', 'a/b#1 GH-2 a#b', 'a/b#<span></span>1 GH-<span></span>2 a#b'],
  ['emoji', ':boom: :100: 12:30:00', ':<span></span>boom: :<span></span>100: 12:30:00'],
  ['IPv6, which would hold emoji', 'for fd00:a:b::/64, ::1', 'for <code>fd00:a:b::/64</code>, <code>::1</code>'],
  ['IPv6 only where it is one', '::error::x', '::<span></span>error::x'],
  ['newlines', 'a\r\nb\nc\rd\u2028e', 'a b c d e'],
  ['control characters', 'a\u0000\u001B[1mb', 'a\uFFFD\uFFFD&#91;1mb'],
  ['bidi marks and invisible characters', '\u202Egnp\u2066\u200B\u{E0041}', '\uFFFDgnp\uFFFD\uFFFD\uFFFD'],
  ['half characters', 'a\uD800b', 'a\uFFFDb'],
  ['a list at the start', '- a', '&#45; a'],
  ['a heading at the start', '# a', '&#35; a'],
  ['a numbered list at the start', '1. a', '1&#46; a'],
  ['an address at the start', '10.1.0.1', '10.1.0.1'],
  ['other scripts', 'узел-1 节点 🙂', 'узел-1 节点 🙂'],
])('text: %s', (_name, text, expected) => {
  expect(escapeText(text)).toBe(expected);
});

test.each([
  ['plain', 'eni-1', '`eni-1`'],
  ['specials that code does not read', '<b>*@x*', '`<b>*@x*`'],
  ['backticks', 'a`b', '<code>a&#96;b</code>'],
  ['pipes, which end a cell even in code', 'a|b', '<code>a&#124;b</code>'],
  ['HTML together with backticks', '`</code>', '<code>&#96;&#60;/code&#62;</code>'],
  ['newlines', 'a\nb', '`a b`'],
  ['nothing', '', '<code></code>'],
])('code span: %s', (_name, text, expected) => {
  expect(codeSpan(text)).toBe(expected);
});

test('code in HTML is HTML', () => {
  expect(codeHtml('<b>')).toBe('<code>&#60;b&#62;</code>');
});

describe('code block', () => {
  test('is fenced longer than any fence within', () => {
    expect(codeBlock(['a', '````', 'b'], 'sh')).toBe('`````sh\na\n````\nb\n`````');
  });

  test('keeps one line per command', () => {
    expect(codeBlock(['a\n```\n# x'], 'sh').split('\n')).toHaveLength(3);
  });
});

test('a clean line is one line', () => {
  expect(cleanLine('a\tb\nc\u0085d')).toBe('a b c\uFFFDd');
});
