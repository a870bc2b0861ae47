/**
 * The one place where text that came from a cluster or a cloud is made harmless for Markdown and HTML.
 * Entities are used throughout: in CommonMark an entity never has the meaning of the character that it stands for, and
 * they hold in HTML blocks (`<summary>`), where Markdown is not read, and in table cells alike.
 */
import { isIPv6 } from 'node:net';

// Control, format (bidi marks, zero-width), lone surrogates, line and paragraph separators.
const TREACHEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SPECIAL = /[&<>`*_[\]|\\~$]/g;
const MAYBE_IPV6 = /(?<![\w:])([0-9a-f]{0,4}:[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d{1,3})?)(?!\w)/gi;
// The names of GitHub's emoji hold a letter, but for these.
const EMOJI_COLON = /:(?=(?:100|1234|[+-]1|[\w+-]*[a-z_][\w+-]*):)/gi;
// Of issues, as `#1` and `GH-1`; not of the entities that are there already.
const REFERENCE = /(?<!&)#(?=\d)|\bgh-(?=\d)/gi;

/** One line without characters that are invisible or not what they look like. For the log, and under all others. */
export function cleanLine(text: string): string {
  return text.replaceAll(/\r\n|[\n\r\t\u2028\u2029]/g, ' ').replaceAll(TREACHEROUS, '\uFFFD');
}

/**
 * Inline text, for any place in Markdown or HTML. IPv6 addresses become code, because GitHub reads `:a:` and `:100:`
 * in them as emoji.
 */
export function escapeText(text: string): string {
  return cleanLine(text)
    .trim()
    .split(MAYBE_IPV6)
    .map((part, index) => (index % 2 === 1 && isIPv6Text(part) ? codeHtml(part) : escapeProse(part)))
    .join('')
    .replace(/^[-+=#]/, entity)
    .replace(/^(\d+)([.)])(?=\s|$)/, (_match, digits: string, mark: string) => `${digits}${entity(mark)}`);
}

function isIPv6Text(text: string): boolean {
  return isIPv6(text.replace(/\/\d+$/, ''));
}

function escapeProse(text: string): string {
  return (
    escapeWords(text)
      // A zero-width space keeps @name from notifying anybody, and a mail address from becoming a link.
      .replaceAll('@', '@&#8203;')
      // References and emoji are looked for in the finished text, where an entity hides nothing, but piece by piece.
      .replaceAll(EMOJI_COLON, ':<span></span>')
      .replaceAll(REFERENCE, '$&<span></span>')
  );
}

/** Holds in `<code>` too, where GitHub looks for no names, references and emoji. */
function escapeWords(text: string): string {
  return text
    .replaceAll(SPECIAL, entity)
    .replaceAll('://', '&#58;//')
    .replaceAll(/\bwww\./gi, (match) => `${match.slice(0, 3)}&#46;`);
}

/** An id or command within a line of Markdown, table cells included. Not for HTML blocks. */
export function codeSpan(text: string): string {
  const line = cleanLine(text);
  // Backticks and pipes mean something even in code spans (the latter in tables), and spaces at the ends are lost.
  if (line === '' || /[`|]|^\s|\s$/.test(line)) return codeHtml(line);
  return `\`${line}\``;
}

/** The same, where HTML is read and Markdown may not be. */
export function codeHtml(text: string): string {
  return `<code>${escapeWords(cleanLine(text))}</code>`;
}

/** Text of an HTML element or a quoted attribute, where no Markdown is read. */
export function escapeHtml(text: string): string {
  return cleanLine(text).replaceAll(/[&<>"']/g, entity);
}

/** Lines to copy. What cannot be seen is replaced, so a command has to spell such characters out by itself. */
export function codeBlock(lines: readonly string[], language: string): string {
  const clean = lines.map(cleanLine);
  const longest = Math.max(2, ...clean.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...clean, fence].join('\n');
}

/** A row of a table; the cells are Markdown already. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function tableHead(cells: readonly string[]): string {
  return `${tableRow(cells)}\n|${' --- |'.repeat(cells.length)}`;
}

function entity(character: string): string {
  return `&#${String(character.codePointAt(0) ?? 0)};`;
}
