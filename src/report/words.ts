/** The sentences that several outputs share, as plain text: each output escapes and decorates them itself. */
import { shortId } from '../model/ids.ts';
import type { JudgedNode, PathCounts, Verdict } from '../model/judgement.ts';
import { compareText, type FindingView, type View } from './view.ts';

/** The first line: what is wrong. Contains no foreign text. */
export interface Headline {
  readonly verdict: string;
  readonly rest: string;
}

/** The second line: how to mend it. Foreign text. */
export interface Mend {
  /** `Mend first`, `Look first`... */
  readonly label: string;
  readonly text: string;
  readonly command?: string;
  /** As code blocks are labelled; absent: a shell's. */
  readonly commandLanguage?: FindingView['commandLanguage'];
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  partial: 'Partial',
  unknown: 'Unknown',
  'not-applicable': 'Not applicable',
};

export function verdictWord(verdict: Verdict): string {
  return VERDICT_WORDS[verdict];
}

export function planHeadline(view: View): Headline {
  return { verdict: verdictWord(view.verdict), rest: [claim(view), ...reservations(view)].join('; ') };
}

function claim(view: View): string {
  const { pairs, broken, counts } = view;
  const plan = view.planned === undefined ? '' : `, ${number(view.planned)} of them only planned,`;
  const paths = `${plural(pairs.total, 'pod path')} between ${plan === '' ? '' : `${number(view.nodes.length)} `}nodes${plan}`;
  if (view.nodes.length === 0) return 'no node was judged';
  if (view.nodes.length === 1) return 'one node has no pod path to another node';
  if (broken > 0) return `${number(broken)} of ${paths} ${isAre(broken)} broken`;
  const others = planOtherPaths(view).reduce((sum, row) => sum + row.broken, 0);
  if (view.verdict === 'fail' && others > 0) {
    return `${plural(others, 'other path')} to or from pods ${isAre(others)} broken, although none between pods is`;
  }
  if (view.verdict === 'fail') return `${plural(counts.errors, 'error')} found, although no pod path is broken now`;
  if (pairs.unknown > 0) return `${number(pairs.unknown)} of ${paths} could not be judged`;
  if (view.verdict === 'unknown') return 'not everything that a verdict needs could be read';
  if (view.verdict === 'not-applicable') return `none of ${paths} depends on what this check looks at`;
  const judged = pairs.total - pairs.notApplicable;
  if (judged === pairs.total) return pairs.total === 1 ? `${paths} gets through` : `all ${paths} get through`;
  return `all ${plural(judged, 'judged pod path')} between nodes get through`;
}

function reservations(view: View): string[] {
  if (view.verdict === 'not-applicable' || view.nodes.length === 0) return [];
  const texts: string[] = [];
  const { unknown, notApplicable, partial } = view.pairs;
  if (partial > 0) texts.push(`${number(partial)} of them for some addresses only`);
  if (view.broken > 0 && unknown > 0) texts.push(`${number(unknown)} more could not be judged`);
  if (notApplicable > 0) texts.push(`${number(notApplicable)} not applicable`);
  texts.push(`evidence: ${view.evidenceLevel}`);
  if (view.filtersUnread) texts.push('routing only, filters not read');
  return texts;
}

export interface OtherPathsRow {
  /** What goes where; foreign text. */
  readonly what: string;
  readonly total: number;
  readonly broken: number;
  readonly unknown: number;
}

/** There and back. Paths of nodes are worth a word only where they are in trouble; senders were asked for. */
export function planOtherPaths({ otherPaths }: View): OtherPathsRow[] {
  const row = (what: string, { roundTrip }: PathCounts): OtherPathsRow => ({
    what,
    total: roundTrip.total - roundTrip.notApplicable,
    broken: roundTrip.fail + roundTrip.partial,
    unknown: roundTrip.unknown,
  });
  const nodes = [
    row('from nodes to pods of other nodes', otherPaths.nodeToPod),
    row('from pods to other nodes', otherPaths.podToNode),
  ].filter(({ broken, unknown }) => broken + unknown > 0);
  const senders = otherPaths.senders.map((one) =>
    row(`from ${one.sender}${one.where === undefined ? '' : ` in ${shortId(one.where)}`} to pods of every node`, one),
  );
  return [...nodes, ...senders];
}

/** One line about a cause, or about all causes of a rule where there are many. Foreign text. */
export interface CauseRow {
  /** How much it explains. */
  readonly share: string;
  readonly title: string;
  readonly rule: string;
  readonly nodes: readonly string[];
}

/** More are told by their rules. */
const SINGLE_CAUSES = 25;

export function planCauses(view: View): CauseRow[] {
  const { causes, broken } = view;
  const of = `of ${plural(broken, 'broken path')}`;
  if (causes.length <= SINGLE_CAUSES) {
    return causes.map(({ finding: { title, rule, subjects }, pairsExplained }) => {
      return { share: `${number(pairsExplained)} ${of}`, title, rule, nodes: subjects.nodes };
    });
  }
  // What several of them explain overlaps, so it cannot be added up.
  return [...Map.groupBy(causes, ({ finding }) => finding.rule)].map(([rule, same]) => {
    const nodes = [...new Set(same.flatMap(({ finding }) => finding.subjects.nodes))];
    const title = `${number(same.length)} × ${same[0]?.finding.title ?? ''}`;
    return { share: `up to ${number(same[0]?.pairsExplained ?? 0)} ${of} each`, title, rule, nodes };
  });
}

/** Undefined: there is nothing to do. */
export function planMend(view: View): Mend | undefined {
  const cause =
    view.causes.find(({ finding }) => finding.verdict === 'fail' && finding.accepted === undefined) ??
    view.causes.find(({ finding }) => finding.verdict === 'fail');
  const failing = cause?.finding ?? view.findings.find((finding) => finding.verdict === 'fail');
  if (failing !== undefined && (view.verdict === 'fail' || view.verdict === 'pass')) {
    if (view.verdict === 'fail') return mendFinding('Mend first', failing);
    // Nothing is broken, so there is no haste: a deletion's command is for those who have read its finding.
    const { label, text, ...command } = mendFinding('Worth mending', failing);
    return takesAway(failing) ? { label, text } : { label, text, ...command };
  }
  if (view.verdict === 'not-applicable') return explainNotApplicable(view);
  const [gap] = view.gaps;
  if (view.verdict !== 'pass' && gap !== undefined) {
    const help = gap.permission === undefined ? '' : ` This would help: ${gap.permission}.`;
    return { label: 'Not seen', text: `${sentence(`${gap.subject}: ${gap.reason}`)}${help}` };
  }
  const [open] = view.findings;
  if (open !== undefined) return mendFinding('Look first', open);
  if (view.nodes.length === 0) {
    return { label: 'Look first', text: 'Does the cluster have nodes, and does node-selector select any of them?' };
  }
  return undefined;
}

function takesAway({ changes, hostChanges = [] }: FindingView): boolean {
  return [...changes, ...hostChanges].some(({ kind }) => kind === 'delete-route' || kind === 'delete-host-route');
}

/** The reason that holds for most nodes. */
function explainNotApplicable(view: View): Mend | undefined {
  const counts = new Map<string, number>();
  for (const node of view.nodes) {
    const reason = notJudgedReason(node);
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return most === undefined ? undefined : { label: 'Why', text: sentence(`${most[0]} (${plural(most[1], 'node')})`) };
}

/** Why a node's pairs are not applicable; undefined: they are judged. */
export function notJudgedReason(node: JudgedNode): string | undefined {
  return node.skipped ?? (node.verdict === 'not-applicable' ? node.modeReason : undefined);
}

function mendFinding(label: string, finding: FindingView): Mend {
  const text = `${sentence(finding.what)} ${sentence(finding.next)}`.trim();
  const { command, commandLanguage = 'sh' } = finding;
  return command === undefined ? { label, text } : { label, text, command, commandLanguage };
}

/** The gate's sentences, where they say more than the headline. */
export function planGate(view: View): string | undefined {
  const { result, reasons } = view.gate;
  const asVerdict = view.verdict === 'fail' ? 'fail' : 'pass';
  if (view.verdict !== 'unknown' && result === asVerdict && reasons.length <= 1) return undefined;
  return `The step ${result === 'fail' ? 'fails' : 'passes'}: ${reasons.join(' ')}`;
}

/** Where a finding hurts; undefined: on no path. */
export function planImpact(finding: FindingView): string | undefined {
  const { pairsBroken, otherPathsBroken = 0, verdict } = finding;
  if (pairsBroken + otherPathsBroken === 0) return undefined;
  const paths = pairsBroken > 0 ? plural(pairsBroken, 'path') : plural(otherPathsBroken, 'other path');
  return `${verdict === 'fail' ? 'breaks' : 'leaves open'} ${paths}`;
}

/** `error`, `warning`, `notice`, or `unknown` where it could not be decided. */
export function planGrade(finding: FindingView): string {
  return finding.verdict === 'unknown' ? 'unknown' : finding.severity;
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** With commas between thousands, in every locale. */
export function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** `a, b and 36 more`: at most `limit` names, and never "and 1 more" where the name itself would fit. */
export function listNames(names: readonly string[], limit: number): string {
  if (names.length <= limit + 1) return names.join(', ');
  return `${names.slice(0, limit).join(', ')} and ${number(names.length - limit)} more`;
}
