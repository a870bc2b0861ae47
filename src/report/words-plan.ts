/** What several outputs say about plans and changes, as plain text: each escapes and decorates it itself. */
import { targetText as routeTargetText } from '../model/route-target.ts';
import type { Outcome, PlannedChange, PlanReport, TargetState } from '../model/planned.ts';
import { OUTCOMES } from '../model/planned.ts';
import { shortId } from '../model/ids.ts';
import { number, plural } from './words.ts';

/** One change, in the words of a table's row. Foreign text. */
export interface ChangeRow {
  readonly kind: string;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly disruption: string;
  /** Absent: nothing was tried. */
  readonly outcome?: Outcome;
  readonly why: string;
}

export function planRows({ plan, outcomes = [] }: PlanReport): ChangeRow[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return plan.changes.map((change) => {
    const outcome = byId.get(change.id);
    return {
      kind: change.kind,
      what: targetText(change),
      before: stateText(change.before),
      after: stateText(change.after),
      disruption: change.disruption,
      ...(outcome === undefined ? {} : { outcome }),
      why: change.because.map(({ title }) => title).join('; '),
    };
  });
}

/** The first line about it: how much, and with which digest. Contains no foreign text but paths. */
export function planSummary(report: PlanReport): string {
  const { plan, outcomes, refused } = report;
  const { changes, withheld, digest, purpose } = plan;
  const what = purpose === 'undo' ? 'undo' : 'plan';
  const more = withheld.length === 0 ? '' : `, ${number(withheld.length)} withheld`;
  if (refused !== undefined) return `Nothing was changed: ${refused}.`;
  if (changes.length === 0) return `The ${what} holds no change${more}.`;
  const which = `${plural(changes.length, 'change')}${more}, digest ${digest}`;
  if (outcomes === undefined) return `The ${what} holds ${which}.`;
  const counts = OUTCOMES.map((kind) => [kind, outcomes.filter((one) => one.kind === kind).length] as const);
  const list = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${number(count)} ${kind}`);
  return `Of the ${what}'s ${which}: ${list.join(', ')}.`;
}

/** What the second judgement says, what became worse first. Foreign text. */
export function planComparison({ comparison, interrupted, outcomes }: PlanReport): string[] {
  if (interrupted === true)
    return ['The run was asked to end, so nothing was judged again: this is how it was before.'];
  if (comparison === undefined) {
    return outcomes?.some(({ kind }) => kind !== 'not-run') === true ? ['Nothing was judged again.'] : [];
  }
  const { worse, mended, nodesWorse, brokenBefore, brokenAfter, unknownBefore, unknownAfter } = comparison;
  return [
    ...worse.map(({ title, key }) => `Worse than before: ${title} (${key})`),
    ...(nodesWorse.length === 0 ? [] : [`Nodes at fault now that were not: ${nodesWorse.join(', ')}`]),
    `Broken pod paths: ${number(brokenBefore)} before, ${number(brokenAfter)} after.`,
    ...(unknownBefore === unknownAfter
      ? []
      : [`Paths that could not be judged: ${number(unknownBefore)} before, ${number(unknownAfter)} after.`]),
    ...mended.map(({ title, key }) => `Mended: ${title} (${key})`),
  ];
}

/** Where the files are. Foreign text. */
export function planFiles({ planFile, undoFile, undoDigest, journalFile }: PlanReport): string[] {
  return [
    ...(planFile === undefined ? [] : [`Plan: ${planFile}`]),
    ...(undoFile === undefined ? [] : [`The way back: ${undoFile} (digest ${undoDigest ?? ''})`]),
    ...(journalFile === undefined ? [] : [`Journal: ${journalFile}`]),
  ];
}

function targetText({ target }: PlannedChange): string {
  switch (target.kind) {
    case 'interface':
      return shortId(target.interface);
    case 'template':
      return shortId(target.template);
    case 'subnet':
      return shortId(target.subnet);
    case 'route':
      return `${target.prefix} in ${shortId(target.table)}${target.name === undefined ? '' : ` (${target.name})`}`;
  }
}

function stateText(state: TargetState): string {
  switch (state.kind) {
    case 'forwarding':
      return `forwarding ${state.forwarding}`;
    case 'association':
      return shortId(state.table);
    case 'absent':
      return 'none';
    case 'route':
      return routeTargetText(state.to, shortId);
  }
}
