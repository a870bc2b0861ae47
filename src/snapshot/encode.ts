/** A snapshot as text: sorted keys, two spaces, a newline at the end, so that equal snapshots are equal files. */
import type { Snapshot } from '../model/snapshot.ts';

export function encodeSnapshot(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, sortKeys, 2)}\n`;
}

/** Keys by code unit, without locale. Lists keep their order: for podCIDRs it has a meaning. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
