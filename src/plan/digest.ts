/** The digest of a plan: what has been approved, in 64 digits. Pure. */
import { createHash } from 'node:crypto';
import type { Plan } from '../model/planned.ts';

/**
 * JSON whose text depends on the value alone: keys by code unit, no blanks, fields that are undefined left out. Lists keep
 * their order.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Covers all that will be done, in its order, and where; neither when the plan was made nor what it leaves out. So the
 * same faults, found again, have the digest that was approved.
 */
export function digestOf({ schemaVersion, purpose, cluster, changes }: Omit<Plan, 'digest'>): string {
  return sha256(canonicalJson({ schemaVersion, purpose, cluster, changes }));
}
