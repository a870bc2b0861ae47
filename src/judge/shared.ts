/** What two nodes have in common, and what keeps them apart. */
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { DetectedMode } from '../model/judgement.ts';
import type { Family } from '../model/prefix.ts';
import { PLAIN_MODES } from './sender.ts';
import type { SurveyedNode } from './survey.ts';

export function shareMode(from: SurveyedNode, to: SurveyedNode, mode: DetectedMode): boolean {
  return from.mode.mode === mode && to.mode.mode === mode;
}

export function sharedFamilies(from: SurveyedNode, to: SurveyedNode): Family[] {
  return from.families.filter((family) => to.podCIDRs.some((prefix) => prefix.family === family));
}

/** Why packets between them are not followed, though both are sound. */
export function estrangement(from: SurveyedNode, to: SurveyedNode): Fault[] {
  if (from.fabric !== to.fabric && !shareMode(from, to, 'cross-subnet')) {
    const subject = 'what connects the clouds, accounts or regions of the nodes';
    const reason = 'pairs that leave one of them for another are not followed';
    return [gapFault({ facet: 'networks', subject, reason })];
  }
  // What is no node has no agent that could expect another form.
  const agents = [from, to].filter((end) => end.standsFor !== 'an extra sender').map(({ mode }) => mode.mode);
  const isMixed = new Set(agents).size > 1 && agents.some((mode) => !PLAIN_MODES.has(mode));
  if (!isMixed) return [];
  const reason = 'they do not put pod packets on the wire in the same form';
  return [gapFault({ facet: 'cni', subject: 'pairs of nodes in different network modes', reason })];
}
