/** Lists of JSON objects that commands print, of which whatever is not understood is told. */

/** What could be understood, and why the rest could not. */
export interface Parsed<T> {
  readonly items: readonly T[];
  readonly troubles: readonly string[];
}

export type Entry = Readonly<Record<string, unknown>>;

/** A list of objects; `read` gives an item, or says what it does not understand. */
export function parseEntries<T extends object>(text: string, read: (entry: Entry) => T | string): Parsed<T> {
  if (text.trim() === '') return { items: [], troubles: [] };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { items: [], troubles: ['what is no JSON, as of an older iproute2 or of busybox, or cut off'] };
  }
  if (!Array.isArray(list)) return { items: [], troubles: ['JSON that is no list'] };
  const items: T[] = [];
  const troubles: string[] = [];
  for (const entry of list as readonly unknown[]) {
    // iproute2 leaves empty objects for what its own filter drops.
    if (isEntry(entry) && Object.keys(entry).length === 0) continue;
    const item = isEntry(entry) ? read(entry) : `an entry ${quote(entry)}`;
    if (typeof item === 'string') troubles.push(item);
    else items.push(item);
  }
  return { items, troubles };
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function entries(value: unknown): Entry[] {
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

/** Tables have names or numbers. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
