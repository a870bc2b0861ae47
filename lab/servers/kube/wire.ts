import { createHash } from 'node:crypto';

/**
 * The client's types as they look on the wire: its dates are strings there. A body typed so is checked by tsc against
 * the vendor's own model.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Name in keyof T]: Wire<T[Name]> }
      : T;

/** Times as an API server writes them: whole seconds. */
export function seconds(time: string | Date): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A stable UID for objects whose UID the world does not care about. */
export function uidOf(...parts: string[]): string {
  const hex = createHash('sha1').update(parts.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number between 1 and a million that follows from a text, for resource versions. */
export function numberOf(text: string): number {
  return (createHash('sha1').update(text).digest().readUInt32BE(0) % 1_000_000) + 1;
}
