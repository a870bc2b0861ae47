/** Styled text for a terminal: runs of characters with a style, their width in columns, and wrapping. */

export type Style = 'plain' | 'bold' | 'dim' | 'code' | 'red' | 'green' | 'yellow' | 'heading';

export interface Run {
  text: string;
  style: Style;
}

const codes: Record<Style, string> = {
  plain: '',
  bold: '\u001b[1m',
  dim: '\u001b[2m',
  code: '\u001b[36m',
  red: '\u001b[31m',
  green: '\u001b[32m',
  yellow: '\u001b[33m',
  heading: '\u001b[1;4m',
};

export type Paint = (runs: readonly Run[]) => string;

/** Adjacent runs of one style become one, so that a line is not littered with codes. */
function merged(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last?.style === run.style) last.text += run.text;
    else result.push({ ...run });
  }
  return result;
}

/** Turns runs into what the terminal gets: with colours, or as they are for files and `NO_COLOR`. */
export function painter(colours: boolean): Paint {
  if (!colours) return (runs) => runs.map((run) => run.text).join('');
  const one = ({ text, style }: Run): string =>
    style === 'plain' || text === '' ? text : `${codes[style]}${text}\u001b[0m`;
  return (runs) => merged(runs).map(one).join('');
}

/** Columns that the text takes: combining marks none, emoji and East Asian wide characters two. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    const point = segment.codePointAt(0) ?? 0;
    const emoji = /\p{Emoji_Presentation}|\ufe0f/u.test(segment);
    const wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xff60 && point !== 0x303f);
    columns += emoji || wide || point >= 0x1f300 ? 2 : 1;
  }
  return columns;
}

export function widthOf(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + width(run.text), 0);
}

/** Cuts a word that is longer than a line, where nothing better can be done. */
function chop(run: Run, columns: number): Run[] {
  const pieces: Run[] = [];
  let piece = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(run.text)) {
    if (piece !== '' && width(piece + segment) > columns) {
      pieces.push({ text: piece, style: run.style });
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, { text: piece, style: run.style }];
}

/** Words (runs without a gap between them stay together) and the gaps between, as one list of tokens. */
function tokens(runs: readonly Run[]): Run[][] {
  const words: Run[][] = [];
  let glued = false;
  for (const run of runs) {
    for (const part of run.text.split(/( +|\n)/)) {
      if (part === '') continue;
      if (/^[ \n]/.test(part)) {
        words.push([{ text: part, style: run.style }]);
        glued = false;
      } else {
        const last = words.at(-1);
        if (glued && last !== undefined) last.push({ text: part, style: run.style });
        else words.push([{ text: part, style: run.style }]);
        glued = true;
      }
    }
  }
  return words;
}

/** Breaks runs into lines of at most so many columns; `\n` breaks always. */
export function wrap(runs: readonly Run[], columns: number): Run[][] {
  const room = Math.max(1, columns);
  const lines: Run[][] = [[]];
  const line = (): Run[] => lines.at(-1) ?? [];
  for (const word of tokens(runs)) {
    const first = word[0]?.text ?? '';
    if (first === '\n') {
      lines.push([]);
    } else if (first.startsWith(' ')) {
      if (widthOf(line()) > 0 && widthOf(line()) + first.length < room) line().push(...word);
    } else {
      if (widthOf(line()) > 0 && widthOf(line()) + widthOf(word) > room) lines.push([]);
      for (const piece of word.flatMap((run) => chop(run, room))) {
        if (widthOf(line()) > 0 && widthOf(line()) + width(piece.text) > room) lines.push([]);
        line().push(piece);
      }
    }
  }
  return lines.map(trimEnd);
}

function trimEnd(runs: Run[]): Run[] {
  const kept = [...runs];
  while (kept.at(-1)?.text.trim() === '') kept.pop();
  return kept;
}

/** Fills up to so many columns. */
export function pad(runs: readonly Run[], columns: number, align: 'left' | 'right' | 'center'): Run[] {
  const missing = Math.max(0, columns - widthOf(runs));
  const left = align === 'left' ? 0 : align === 'right' ? missing : Math.floor(missing / 2);
  const gap = (count: number): Run => ({ text: ' '.repeat(count), style: 'plain' });
  return [gap(left), ...runs, gap(missing - left)];
}
