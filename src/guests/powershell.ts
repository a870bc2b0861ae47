/** What ConvertTo-Json of any PowerShell makes of a list of objects, with all that 5.1 does to it. */
import type { Entry, Parsed } from './json.ts';
import { isEntry, quote } from './json.ts';

/** A list of objects; `read` gives an item, nothing where the entry says nothing, or what it does not understand. */
export function parseObjects<T extends object>(
  text: string,
  read: (entry: Entry) => T | string | undefined,
): Parsed<T> {
  const json = withoutNoise(text);
  // A list of nothing comes out as no text at all where it went through a pipe.
  if (json.trim() === '') return { items: [], troubles: [] };
  let whole: unknown;
  try {
    whole = JSON.parse(json);
  } catch {
    return { items: [], troubles: ['what is no JSON, or cut off'] };
  }
  const items: T[] = [];
  const troubles: string[] = [];
  for (const entry of listOf(whole)) {
    const item = isEntry(entry) ? read(entry) : `an entry ${quote(entry)}`;
    if (typeof item === 'string') troubles.push(item);
    else if (item !== undefined) items.push(item);
  }
  return { items, troubles };
}

/**
 * The items of a list. One item alone is often written as itself, and 5.1 may write an array within an object as
 * `{"value": [...], "Count": 2}`.
 */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  if (isEntry(value) && Array.isArray(value['value']) && typeof value['Count'] === 'number') return value['value'];
  return [value];
}

/**
 * Whatever was deeper than -Depth comes as what the object is called: `@{Type=ACL}`, `System.Object[]`, or a text of
 * words where a list was.
 */
export function isCutOff(value: unknown): boolean {
  return typeof value === 'string' && /^@\{.*\}$|^System\.|^Microsoft\./.test(value);
}

/** PowerShell's own messages, as they come from another process; each is one line. */
export function withoutNoise(text: string): string {
  if (!text.includes('CLIXML')) return text;
  const isNoise = (line: string): boolean =>
    line.startsWith('#< CLIXML') || (line.startsWith('<Objs ') && line.trimEnd().endsWith('</Objs>'));
  return text
    .split('\n')
    .filter((line) => !isNoise(line))
    .join('\n');
}

/** An enumeration as a word or as its number; undefined: neither is known. */
export function wordOf<W extends string>(value: unknown, words: ReadonlyMap<number, W>): W | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (/^\d+$/.test(text)) return words.get(Number(text));
  return [...words.values()].find((word) => word.toLowerCase() === text.toLowerCase());
}

/** A whole number, also where it is written as text. */
export function wholeNumber(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
