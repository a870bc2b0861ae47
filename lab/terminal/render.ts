/** A job summary as lines for a terminal of a given width. */

import { parseBlocks } from './blocks.ts';
import type { Align, Block } from './blocks.ts';
import { parseInline } from './inline.ts';
import { pad, width, widthOf, wrap } from './text.ts';
import type { Paint, Run } from './text.ts';

const plain = (text: string): Run => ({ text, style: 'plain' });
const plainText = (runs: readonly Run[]): string => runs.map((run) => run.text).join('');
const dim = (text: string): Run => ({ text, style: 'dim' });

/** Takes columns where cells can be broken between words, and inside words only where that is not enough. */
function fitColumns(natural: number[], words: number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, 0) - room;
  while (excess > 0) {
    const slack = widths.map((one, i) => (one > (words[i] ?? 0) ? one : 0));
    const widest = Math.max(...slack) > 0 ? slack.indexOf(Math.max(...slack)) : widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 6) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}

function tableLines(block: Extract<Block, { kind: 'table' }>, columns: number): Run[][] {
  const head = block.head?.map((cell) => parseInline(cell, 'bold'));
  const rows = block.rows.map((row) => row.map((cell) => parseInline(cell)));
  const all = head === undefined ? rows : [head, ...rows];
  const count = Math.max(0, ...all.map((row) => row.length));
  const gap = '  ';
  const measure = (pattern: RegExp, i: number): number =>
    Math.max(
      1,
      ...all.flatMap((row) =>
        plainText(row[i] ?? [])
          .split(pattern)
          .map(width),
      ),
    );
  const indices = Array.from({ length: count }, (_, i) => i);
  const natural = indices.map((i) => measure(/\n/, i));
  const words = indices.map((i) => measure(/\s+/, i));
  const widths = fitColumns(natural, words, columns - gap.length * (count - 1));
  const alignAt = (i: number): Align => block.align[i] ?? 'left';
  const lines: Run[][] = [];
  const addRow = (row: Run[][]): void => {
    const cells = widths.map((room, i) => wrap(row[i] ?? [], room));
    const height = Math.max(1, ...cells.map((cell) => cell.length));
    for (let h = 0; h < height; h++) {
      const parts = cells.map((cell, i) => pad(cell[h] ?? [], widths[i] ?? 0, alignAt(i)));
      lines.push(parts.flatMap((part, i) => (i === 0 ? part : [plain(gap), ...part])));
    }
  };
  if (head !== undefined) {
    addRow(head);
    lines.push([dim(widths.map((room) => '─'.repeat(room)).join(gap))]);
  }
  for (const row of rows) addRow(row);
  return lines;
}

function indented(first: Run[], rest: Run[], text: Run[], columns: number): Run[][] {
  return wrap(text, columns - widthOf(first)).map((line, i) => [...(i === 0 ? first : rest), ...line]);
}

function quoteLines(text: string, columns: number): Run[][] {
  // GitHub's alerts name their kind in the first line.
  const alert = /^\s*\[!(\w+)\]\s*/.exec(text);
  const body = alert === null ? text : text.slice(alert[0].length);
  const bar = [dim('│ ')];
  const title = alert === null ? [] : [[...bar, { text: (alert[1] ?? '').toLowerCase(), style: 'bold' as const }]];
  return [...title, ...indented(bar, bar, parseInline(body.replaceAll('\n', ' ')), columns)];
}

function blockLines(block: Block, columns: number): Run[][] {
  switch (block.kind) {
    case 'heading': {
      const style = block.level <= 2 ? 'heading' : 'bold';
      return wrap(parseInline(block.text, style), columns);
    }
    case 'paragraph':
      return wrap(parseInline(block.text), columns);
    case 'item': {
      const lead = '  '.repeat(block.depth);
      const marker = /\d/.test(block.marker) ? block.marker : '•';
      const rest = [plain(`${lead}${' '.repeat(marker.length + 1)}`)];
      return indented([plain(`${lead}${marker} `)], rest, parseInline(block.text), columns);
    }
    case 'quote':
      return quoteLines(block.text, columns);
    case 'code':
      // Commands are there to be copied, so they are never wrapped.
      return block.lines.map((line) => [plain('    '), { text: line, style: 'code' }]);
    case 'fold':
      return indented([dim('▾ ')], [plain('  ')], parseInline(block.text, 'bold'), columns);
    case 'table':
      return tableLines(block, columns);
    case 'rule':
      return [[dim('─'.repeat(columns))]];
  }
}

/** Renders Markdown; lines carry no trailing blanks. `columns` is the width of the terminal. */
export function renderMarkdown(markdown: string, columns: number, paint: Paint): string {
  const parts: string[] = [];
  let previous: Block | undefined;
  for (const block of parseBlocks(markdown)) {
    const sameList = previous?.kind === 'item' && block.kind === 'item';
    if (previous !== undefined && !sameList) parts.push('');
    for (const line of blockLines(block, columns)) parts.push(paint(line).trimEnd());
    previous = block;
  }
  return parts.join('\n');
}
