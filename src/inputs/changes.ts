/** What may be changed, from the inputs about it, and what contradicts itself there. */
import type { Config } from '../model/config.ts';
import type { ChangePolicy } from '../model/planned.ts';
import { quote } from './problem.ts';
import { CHANGE_INPUTS } from './spec-change.ts';
import type { InputName } from './spec.ts';
import { parseChoice, parseChoices, parseList, type Notes } from './values.ts';

export function parsePolicy(text: (name: InputName) => string, notes: Notes): ChangePolicy {
  const kinds = parseChoices('allow-changes', text('allow-changes'), {}, notes);
  return {
    kinds: kinds === 'auto' ? [] : kinds,
    disruption: parseChoice('allow-disruption', text('allow-disruption'), notes),
    most: parseMost(text('max-changes'), notes),
    excludedNodes: parseList(text('exclude-nodes')),
    owners: parseOwners(text('allow-owners')),
  };
}

const MOST = 1000;

function parseMost(text: string, notes: Notes): number {
  const most = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (most > 0 && most <= MOST) return most;
  const hint = `Write a number from 1 to ${String(MOST)}.`;
  notes.problems.push({ where: 'max-changes', what: `${quote(text)} is no such number.`, hint });
  return 1;
}

/** Names of owners hold blanks; text after # is a remark. */
function parseOwners(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** `isSet`: to something other than its default. */
export function noteChangeTrouble(config: Config, isSet: (name: InputName) => boolean, notes: Notes): void {
  const { mode, planFile, planDigest, snapshot, whatIf } = config;
  const note = (where: string, what: string, hint: string): void => void notes.problems.push({ where, what, hint });
  if (mode === 'check') {
    const idle = CHANGE_INPUTS.map(({ name }) => name).filter((name) => isSet(name));
    if (idle.length > 0) notes.warnings.push(`mode is check, so these inputs have no effect: ${idle.join(', ')}.`);
    return;
  }
  if (whatIf !== undefined) {
    note('what-if', `nodes that do not exist cannot be changed (mode is ${mode}).`, 'Use mode: check with it.');
  }
  if (mode === 'plan') {
    if (planDigest !== undefined) notes.warnings.push('mode is plan, so plan-digest has no effect.');
    return;
  }
  if (snapshot !== undefined) {
    note('snapshot', 'what was once there cannot be changed (mode is apply).', 'Remove it, or use mode: plan.');
  }
  if (planFile !== undefined && planDigest === undefined) {
    const hint = 'Set it to the output plan-digest of the run that made the plan, as it was approved.';
    note('plan-digest', 'a plan from a file is applied only with the digest that was approved.', hint);
  }
  if (planDigest !== undefined && !/^[0-9a-f]{64}$/.test(planDigest)) {
    note('plan-digest', `${quote(planDigest)} is no digest.`, 'Write the 64 hexadecimal digits of output plan-digest.');
  }
}
