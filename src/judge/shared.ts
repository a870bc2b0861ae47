/** What two nodes have in common. */
import type { DetectedMode } from '../model/judgement.ts';
import type { Family, Prefix } from '../model/prefix.ts';
import { overlaps } from '../model/prefix.ts';
import type { SurveyedNode } from './survey.ts';

export function shareMode(from: SurveyedNode, to: SurveyedNode, mode: DetectedMode): boolean {
  return from.mode.mode === mode && to.mode.mode === mode;
}

export function sharedFamilies(from: SurveyedNode, to: SurveyedNode): Family[] {
  return from.families.filter((family) => to.podCIDRs.some((prefix) => prefix.family === family));
}

/** The sender's podCIDRs, where they share addresses with the receiver's. */
export function ownRanges(from: SurveyedNode, to: SurveyedNode): Prefix[] {
  if (from.overlapRoots.length === 0) return [];
  if (!from.overlapRoots.some((root) => to.overlapRoots.includes(root))) return [];
  return from.podCIDRs.filter((own) => to.podCIDRs.some((other) => overlaps(own, other)));
}
