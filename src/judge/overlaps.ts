/** Which nodes claim the same addresses. */
import type { Prefix } from '../model/prefix.ts';
import { comparePrefixes, overlaps } from '../model/prefix.ts';
import type { NodeFacts } from '../model/snapshot.ts';
import type { SurveyedNode } from './survey.ts';

/** Prefixes overlap only by containment, so the broadest one of a group names it. */
export function groupOverlaps(
  nodes: readonly NodeFacts[],
  prefixes: readonly (readonly Prefix[])[],
  skips: readonly (string | undefined)[],
): Map<string, Set<string>> {
  const owned = nodes.flatMap((node, index) =>
    skips[index] === undefined ? (prefixes[index] ?? []).map((prefix) => ({ prefix, name: node.name })) : [],
  );
  owned.sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  const groups = new Map<string, Set<string>>();
  let root = owned[0];
  let owners: string[] = [];
  const close = (): void => {
    if (root === undefined || owners.length < 2) return;
    const distinct = new Set(owners.sort());
    if (distinct.size > 1) groups.set(root.prefix.text, distinct);
  };
  for (const claim of owned) {
    if (root === undefined || !overlaps(root.prefix, claim.prefix)) {
      close();
      root = claim;
      owners = [];
    }
    owners.push(claim.name);
  }
  close();
  return groups;
}

/** The sender's podCIDRs, where they share addresses with the receiver's. */
export function ownRanges(from: SurveyedNode, to: SurveyedNode): Prefix[] {
  if (from.overlapRoots.length === 0) return [];
  if (!from.overlapRoots.some((root) => to.overlapRoots.includes(root))) return [];
  return from.podCIDRs.filter((own) => to.podCIDRs.some((other) => overlaps(own, other)));
}
