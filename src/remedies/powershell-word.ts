/** Words for PowerShell, 5.1 and later: what foreign text contains must stay text. */
import { TREACHEROUS } from './shell.ts';

// PowerShell takes typographic quotes for plain ones.
const QUOTES = /['\u2018\u2019\u201A\u201B]/g;
const WILDCARDS = /[`*?[\]]/g;
const RUNS = new RegExp(`(${TREACHEROUS.source}+)`, 'u');

/** In single quotes, where nothing but a quote means anything; what cannot be seen is spelt out as `[char]0x202e`. */
export function powershellWord(text: string): string {
  const [first = '', ...rest] = text.split(RUNS).map((part, index) => (index % 2 === 0 ? quoted(part) : spelt(part)));
  return rest.length === 0 ? first : `(${[first, ...rest].join(' + ')})`;
}

/** For parameters that take patterns: stands for the text itself, whatever is in it. */
export function powershellLiteral(text: string): string {
  return powershellWord(text.replaceAll(WILDCARDS, '`$&'));
}

function quoted(text: string): string {
  return `'${text.replaceAll(QUOTES, '$&$&')}'`;
}

function spelt(text: string): string {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  return codes
    .map((code) => (code < 0x10000 ? `[char]${hex(code)}` : `[char]::ConvertFromUtf32(${hex(code)})`))
    .join(' + ');
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`;
}
