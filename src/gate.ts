/** Whether the step passes, and why. The report's verdict is the judgement's; this is what the workflow makes of it. */
import type { Config } from './model/config.ts';
import type { Finding, Judgement } from './model/judgement.ts';
import type { PlanReport } from './model/planned.ts';
import { OUTCOMES } from './model/planned.ts';
import type { Excuses } from './model/triage.ts';
import { EVIDENCE_LEVELS } from './model/judgement.ts';

export type GateConfig = Pick<Config, 'failOn' | 'onUnknown' | 'requireEvidence'>;

export interface Gate {
  readonly result: 'pass' | 'fail';
  /** Whole sentences, the decisive ones first; never empty. */
  readonly reasons: readonly string[];
}

interface Reason {
  readonly fails: boolean;
  readonly text: string;
}

const NO_EXCUSES: Excuses = { keys: new Set(), pairs: 0 };

/** Pure. A failing verdict fails from `fail-on: error` on, whatever severity the user gave the rule behind it. */
export function decideGate(judgement: Judgement, config: GateConfig, excuses: Excuses = NO_EXCUSES): Gate {
  const reasons = [
    ...crashes(judgement),
    ...failures(judgement, config.failOn, excuses),
    ...warnings(judgement, config.failOn, excuses),
    ...excused(judgement, config.failOn, excuses),
    ...unknowns(judgement, config),
  ];
  if (reasons.length === 0) reasons.push({ fails: false, text: quietReason(judgement) });
  const decisive = reasons.filter((reason) => reason.fails);
  const others = reasons.filter((reason) => !reason.fails);
  return {
    result: decisive.length > 0 ? 'fail' : 'pass',
    reasons: [...decisive, ...others].map((reason) => reason.text),
  };
}

/** Whoever asked for changes is told when not all of them are there, whatever is judged. */
export function countOutcomes(gate: Gate, changes: PlanReport | undefined): Gate {
  const missing = missingChanges(changes);
  return missing === undefined ? gate : { result: 'fail', reasons: [missing, ...gate.reasons] };
}

function missingChanges(changes: PlanReport | undefined): string | undefined {
  if (changes?.refused !== undefined) return `Nothing was changed: ${sentence(changes.refused)}`;
  const { outcomes = [] } = changes ?? {};
  const counts = OUTCOMES.map((kind) => [kind, outcomes.filter((one) => one.kind === kind).length] as const);
  const missing = counts.filter(([kind, count]) => count > 0 && kind !== 'applied' && kind !== 'already');
  if (missing.length === 0) return undefined;
  const list = missing.map(([kind, count]) => `${String(count)} ${kind}`).join(', ');
  return `Not all of ${plural(outcomes.length, 'change')} could be made: ${list}.`;
}

/** A crash is our own defect, so no threshold of the user's lets it pass. */
function crashes(judgement: Judgement): Reason[] {
  const crashed = judgement.findings.filter((finding) => finding.rule === 'rule-crashed');
  return crashed.map((finding) => ({ fails: true, text: `A rule crashed: ${sentence(finding.what)}` }));
}

function failures(judgement: Judgement, failOn: Config['failOn'], excuses: Excuses): Reason[] {
  if (judgement.verdict !== 'fail') return [];
  const { fail, partial, total } = judgement.pairs;
  const broken = fail + partial;
  const counted = broken - excuses.pairs;
  const isCounted = (finding: Finding): boolean => !excuses.keys.has(finding.key);
  const failing = judgement.findings.filter((finding) => fails(finding, 'error'));
  const errors = failing.filter(isCounted).length;
  const fatal = failOn !== 'never';
  const close = fatal ? '.' : '; fail-on is never, so this does not fail the step.';
  const reasons: Reason[] = [];
  if (counted > 0) {
    const parts = partial > 0 ? ` (${String(partial)} of them for some addresses only)` : '';
    reasons.push({
      fails: fatal,
      text: `${String(counted)} of ${plural(total, 'pod path')} between nodes ${isAre(counted)} broken${parts}${close}`,
    });
  }
  if (errors > 0 || (broken === 0 && failing.length === 0)) {
    reasons.push({ fails: fatal, text: `${plural(errors, 'finding')} of severity error ${failVerb(errors)}${close}` });
  }
  return reasons;
}

function warnings(judgement: Judgement, failOn: Config['failOn'], excuses: Excuses): Reason[] {
  const failing = judgement.findings.filter((finding) => fails(finding, 'warning'));
  const count = failing.filter(({ key }) => !excuses.keys.has(key)).length;
  if (count === 0 || failOn === 'never') return [];
  const fatal = failOn === 'warning';
  const close = fatal ? ', and fail-on is warning.' : `; fail-on is ${failOn}, so this does not fail the step.`;
  return [{ fails: fatal, text: `${plural(count, 'finding')} of severity warning ${failVerb(count)}${close}` }];
}

/** What would fail the step, and does not, because somebody accepts it or because it is not new. */
function excused(judgement: Judgement, failOn: Config['failOn'], { keys, pairs }: Excuses): Reason[] {
  const count = judgement.findings.filter(({ key, verdict }) => verdict === 'fail' && keys.has(key)).length;
  if (count === 0 || failOn === 'never') return [];
  const why = failOn === 'new' ? 'accepted or already in the baseline' : 'accepted';
  const paths = pairs === 0 ? '' : `, with ${plural(pairs, 'broken pod path')}`;
  return [{ fails: false, text: `${plural(count, 'failing finding')} ${isAre(count)} ${why}${paths}.` }];
}

function unknowns(judgement: Judgement, config: GateConfig): Reason[] {
  if (config.onUnknown === 'ignore') return [];
  const { nodes, pairs, verdict, findings, evidenceLevel } = judgement;
  const texts: string[] = [];
  if (nodes.length === 0) texts.push('No node was judged');
  else if (pairs.unknown > 0) {
    texts.push(
      `${String(pairs.unknown)} of ${plural(pairs.total, 'pod path')} between nodes ${isAre(pairs.unknown)} unknown`,
    );
  }
  // A notice that no pair hangs on is a gap that no verdict needed.
  const open = findings.filter(
    (finding) =>
      finding.verdict === 'unknown' &&
      finding.rule !== 'rule-crashed' &&
      (finding.severity !== 'notice' || finding.pairsBroken > 0),
  ).length;
  if (open > 0) texts.push(`${plural(open, 'finding')} could not be decided`);
  if (verdict === 'unknown' && texts.length === 0) texts.push('The verdict is unknown');
  // Where nothing is applicable nothing was claimed, so there is nothing that evidence would have to prove.
  if (verdict !== 'not-applicable' && nodes.length > 0 && rank(evidenceLevel) < rank(config.requireEvidence)) {
    texts.push(`The evidence is ${evidenceLevel}, and require-evidence asks for ${config.requireEvidence}`);
  }
  const fatal = config.onUnknown === 'fail';
  const close = fatal ? ', and on-unknown is fail.' : '; on-unknown is warn, so this does not fail the step.';
  return texts.map((text) => ({ fails: fatal, text: `${text}${close}` }));
}

function quietReason(judgement: Judgement): string {
  const { verdict, pairs } = judgement;
  if (verdict === 'pass')
    return `All ${plural(pairs.total - pairs.notApplicable, 'judged pod path')} between nodes pass.`;
  if (verdict === 'not-applicable') return 'No pod path between nodes had to be judged.';
  return `The verdict is ${verdict}, and on-unknown is ignore.`;
}

function fails(finding: Finding, severity: Finding['severity']): boolean {
  return finding.verdict === 'fail' && finding.severity === severity && finding.rule !== 'rule-crashed';
}

function rank(level: Judgement['evidenceLevel']): number {
  return EVIDENCE_LEVELS.indexOf(level);
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function failVerb(count: number): string {
  return count === 1 ? 'fails' : 'fail';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
