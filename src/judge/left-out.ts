/** Nodes whose pairs are not applicable, and why. */
import { parseProviderId } from '../model/provider-id.ts';
import type { NodeFacts } from '../model/snapshot.ts';

/** Younger nodes are still being wired up: their agents and routes may be seconds away. */
const GRACE_MS = 3 * 60 * 1000;

/** @param takenAt in milliseconds since 1970 */
export function skipReason(node: NodeFacts, takenAt: number): string | undefined {
  const virtual =
    node.virtual ?? (node.providerID === undefined ? undefined : parseProviderId(node.providerID).virtual);
  if (virtual !== undefined) return `${virtual} node: it has no machine and no pod range of its own`;
  if (node.deletingSince !== undefined) return `being deleted since ${node.deletingSince}`;
  if (node.createdAt !== undefined && takenAt - Date.parse(node.createdAt) < GRACE_MS) {
    return `created at ${node.createdAt}, less than three minutes before the check`;
  }
  return undefined;
}
