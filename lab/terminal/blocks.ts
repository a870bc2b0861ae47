/** The blocks of a job summary: GitHub's Markdown with the HTML that people write into it. */

import { decodeEntities } from './inline.ts';

export type Align = 'left' | 'right' | 'center';

export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'item'; depth: number; marker: string; text: string }
  | { kind: 'quote'; text: string }
  | { kind: 'code'; lines: string[] }
  | { kind: 'fold'; text: string }
  | { kind: 'table'; head: string[] | undefined; rows: string[][]; align: Align[] }
  | { kind: 'rule' };

/** Cells of a Markdown table row: split at pipes that are neither escaped nor inside code. */
export function splitRow(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let code = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '\\' && i + 1 < line.length) {
      // In a table an escaped pipe is a pipe even inside code.
      cell += line.charAt(i + 1) === '|' ? '|' : line.slice(i, i + 2);
      i++;
    } else if (char === '|' && !code) {
      cells.push(cell.trim());
      cell = '';
    } else {
      if (char === '`') code = !code;
      cell += char;
    }
  }
  cells.push(cell.trim());
  if (line.trimStart().startsWith('|')) cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells;
}

function alignOf(cell: string): Align {
  if (/^:-+:$/.test(cell)) return 'center';
  return /^-+:$/.test(cell) ? 'right' : 'left';
}

const delimiterRow = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function htmlTable(html: string): Block {
  const rows = [...html.matchAll(/<tr\b[^>]*>([^]*?)(?=<\/tr>|<tr\b|<\/table>)/gi)].map((row) =>
    [...(row[1] ?? '').matchAll(/<(t[hd])\b[^>]*>([^]*?)(?=<\/t[hd]>|<t[hd]\b|$)/gi)].map((cell) => ({
      head: cell[1]?.toLowerCase() === 'th',
      text: (cell[2] ?? '').replaceAll(/\s+/g, ' ').trim(),
    })),
  );
  const headed = rows[0]?.every((cell) => cell.head) === true;
  const texts = rows.map((row) => row.map((cell) => cell.text));
  return { kind: 'table', head: headed ? texts[0] : undefined, rows: headed ? texts.slice(1) : texts, align: [] };
}

interface Reader {
  lines: string[];
  at: number;
}

function take(reader: Reader, until: (line: string) => boolean): string[] {
  const taken: string[] = [];
  while (reader.at < reader.lines.length && !until(reader.lines[reader.at] ?? '')) {
    taken.push(reader.lines[reader.at] ?? '');
    reader.at++;
  }
  return taken;
}

const starts = /^\s*(#{1,6}\s|```|~~~|>|[-*+]\s|\d+[.)]\s|<\/?(details|summary|table|pre|h[1-6]|ul|ol|li|p|hr)\b)/i;

/** A block that begins with an HTML tag; undefined when the tag only groups others. */
function htmlBlock(reader: Reader, tag: string): Block | undefined {
  const upTo = (close: RegExp): string => {
    const before = take(reader, (line) => close.test(line));
    return [...before, reader.lines[reader.at++] ?? ''].join('\n');
  };
  if (tag === 'table') return htmlTable(upTo(/<\/table>/i));
  if (tag === 'pre') {
    const body = upTo(/<\/pre>/i)
      .replace(/^\s*<pre\b[^>]*>/i, '')
      .replace(/<\/pre>[^]*$/i, '');
    return { kind: 'code', lines: decodeEntities(body.replaceAll(/<[^>]*>/g, '')).split('\n') };
  }
  if (tag === 'summary')
    return { kind: 'fold', text: upTo(/<\/summary>/i).replaceAll(/<\/?(summary|details)[^>]*>/gi, '') };
  if (/^h[1-6]$/.test(tag)) {
    return {
      kind: 'heading',
      level: Number(tag.charAt(1)),
      text: upTo(/<\/h[1-6]>/i).replaceAll(/<\/?h[1-6][^>]*>/gi, ''),
    };
  }
  const line = reader.lines[reader.at++] ?? '';
  if (tag === 'hr') return { kind: 'rule' };
  const text = line.replaceAll(/<\/?(details|ul|ol|li|p)\b[^>]*>/gi, '').trim();
  if (text === '') return undefined;
  return tag === 'li' ? { kind: 'item', depth: 0, marker: '-', text } : { kind: 'paragraph', text };
}

function nextBlock(reader: Reader): Block | undefined {
  const line = reader.lines[reader.at] ?? '';
  const fence = /^\s*(```+|~~~+)/.exec(line)?.[1];
  if (fence !== undefined) {
    reader.at++;
    const lines = take(reader, (one) => one.trim().startsWith(fence));
    reader.at++;
    return { kind: 'code', lines };
  }
  // `<details><summary>` stand on one line as often as on two.
  const tag = /^\s*(?:<details\b[^>]*>\s*)?<\/?(details|summary|table|pre|h[1-6]|ul|ol|li|p|hr)\b/i.exec(line)?.[1];
  if (tag !== undefined) return htmlBlock(reader, tag.toLowerCase());
  const heading = /^\s*(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
  if (heading !== null) {
    reader.at++;
    return { kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' };
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
    reader.at++;
    return { kind: 'rule' };
  }
  if (line.includes('|') && delimiterRow.test(reader.lines[reader.at + 1] ?? '')) {
    const align = splitRow(reader.lines[reader.at + 1] ?? '').map(alignOf);
    reader.at += 2;
    const rows = take(reader, (one) => one.trim() === '' || !one.includes('|')).map(splitRow);
    return { kind: 'table', head: splitRow(line), rows, align };
  }
  if (/^\s*>/.test(line)) {
    const quoted = take(reader, (one) => !/^\s*>/.test(one)).map((one) => one.replace(/^\s*>\s?/, ''));
    return { kind: 'quote', text: quoted.join('\n') };
  }
  const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line);
  if (item !== null) {
    reader.at++;
    const more = take(reader, (one) => one.trim() === '' || starts.test(one)).map((one) => one.trim());
    const depth = Math.floor((item[1]?.length ?? 0) / 2);
    return { kind: 'item', depth, marker: item[2] ?? '-', text: [item[3] ?? '', ...more].join(' ') };
  }
  reader.at++;
  const more = take(reader, (one) => one.trim() === '' || starts.test(one) || one.includes('|'));
  return { kind: 'paragraph', text: [line, ...more].map((one) => one.replace(/ {2,}$|\\$/, '<br>').trim()).join(' ') };
}

/** Reads a whole job summary. */
export function parseBlocks(markdown: string): Block[] {
  const reader: Reader = { lines: markdown.replaceAll(/<!--[^]*?-->/g, '').split(/\r?\n/), at: 0 };
  const blocks: Block[] = [];
  while (reader.at < reader.lines.length) {
    if ((reader.lines[reader.at] ?? '').trim() === '') {
      reader.at++;
      continue;
    }
    const block = nextBlock(reader);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}
