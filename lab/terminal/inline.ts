/** Markdown and HTML inside a line, as styled runs. */

import type { Run, Style } from './text.ts';

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', vert: '|' };

export function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return named[name ?? ''] ?? whole;
    },
  );
}

const styleOfTag: Record<string, Style> = {
  b: 'bold',
  strong: 'bold',
  em: 'plain',
  i: 'plain',
  code: 'code',
  kbd: 'code',
  samp: 'code',
  sub: 'dim',
  sup: 'dim',
  summary: 'bold',
};

type Piece = { run: Run } | { open: Style } | { close: true };

/** One construct at the start of the text: what it means and how long it is. */
function next(text: string): { piece: Piece | undefined; length: number; marker?: string } {
  const escape = /^\\([!-/:-@[-`{-~])/.exec(text);
  if (escape !== null) return { piece: { run: { text: escape[1] ?? '', style: 'plain' } }, length: 2 };
  const code = /^(`+)([^]*?[^`])\1(?!`)/.exec(text);
  if (code !== null) {
    const body = (code[2] ?? '').replace(/^ (.*[^ ].*) $/, '$1');
    return { piece: { run: { text: body, style: 'code' } }, length: code[0].length };
  }
  const image = /^!\[([^\]]*)\]\(([^)]*)\)/.exec(text);
  if (image !== null) return { piece: { run: { text: image[1] ?? '', style: 'dim' } }, length: image[0].length };
  const tag = /^<(\/?)([a-z][a-z0-9]*)\b[^>]*>/i.exec(text);
  if (tag !== null) {
    const name = (tag[2] ?? '').toLowerCase();
    if (name === 'br') return { piece: { run: { text: '\n', style: 'plain' } }, length: tag[0].length };
    const style = styleOfTag[name];
    const piece = style === undefined ? undefined : tag[1] === '/' ? ({ close: true } as const) : { open: style };
    return { piece, length: tag[0].length };
  }
  const comment = /^<!--[^]*?-->/.exec(text);
  if (comment !== null) return { piece: undefined, length: comment[0].length };
  const entity = /^&(?:#\d+|#x[0-9a-f]+|[a-z]+);/i.exec(text);
  if (entity !== null) {
    return { piece: { run: { text: decodeEntities(entity[0]), style: 'plain' } }, length: entity[0].length };
  }
  const plain = /^[^\\`!<&*_[]+/.exec(text);
  const length = plain?.[0].length ?? 1;
  return { piece: { run: { text: text.slice(0, length), style: 'plain' } }, length };
}

/** Pairs of markers that enclose emphasised text, longest first. */
const emphasis: [RegExp, Style][] = [
  [/^(\*\*|__)(?=\S)([^]*?\S)\1/, 'bold'],
  [/^(\*)(?=\S)([^*]*?\S)\1(?!\*)/, 'plain'],
  [/^(_)(?=\S)([^_]*?\S)\1(?![_A-Za-z0-9])/, 'plain'],
];

function emphasized(text: string): { inner: string; as: Style; length: number } | undefined {
  for (const [pattern, as] of emphasis) {
    const match = pattern.exec(text);
    if (match !== null) return { inner: match[2] ?? '', as, length: match[0].length };
  }
  return undefined;
}

/** Adjacent runs of one style become one, so that words are not torn. */
function joined(runs: Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last?.style === run.style) last.text += run.text;
    else if (run.text !== '') result.push({ ...run });
  }
  return result;
}

/** Reads inline Markdown; unknown tags vanish, their content stays. */
export function parseInline(source: string, base: Style = 'plain'): Run[] {
  const runs: Run[] = [];
  const open: Style[] = [base];
  const style = (): Style => open.at(-1) ?? base;
  let rest = source;
  let previous = '';
  while (rest !== '') {
    const link = /^\[((?:[^[\]\\]|\\.)*)\]\(([^)\s]*)[^)]*\)/.exec(rest);
    const marked = /\w/.test(previous) ? undefined : emphasized(rest);
    if (link !== null) {
      runs.push(...parseInline(link[1] ?? '', style()));
      rest = rest.slice(link[0].length);
    } else if (marked !== undefined) {
      runs.push(...parseInline(marked.inner, marked.as === 'plain' ? style() : marked.as));
      rest = rest.slice(marked.length);
    } else {
      const { piece, length } = next(rest);
      if (piece !== undefined && 'run' in piece) {
        runs.push(piece.run.style === 'plain' ? { text: piece.run.text, style: style() } : piece.run);
      } else if (piece !== undefined && 'open' in piece) {
        open.push(piece.open === 'plain' ? style() : piece.open);
      } else if (piece !== undefined && open.length > 1) {
        open.pop();
      }
      previous = rest.charAt(length - 1);
      rest = rest.slice(length);
      continue;
    }
    previous = '';
  }
  return joined(runs);
}
