/** The report as plain text, for the step's log and for terminals. */
import { shortId } from '../model/ids.ts';
import { alignColumns } from './columns.ts';
import { cleanLine } from './escape.ts';
import { planText } from './log-plan.ts';
import { verdictRank, type FindingView, type View } from './view.ts';
import { planAuthors, planDrift, planFormer, planStanding } from './words-drift.ts';
import {
  notJudgedReason,
  number,
  planCauses,
  planGate,
  planGrade,
  planHeadline,
  planImpact,
  planMend,
  planOtherPaths,
  plural,
} from './words.ts';

export interface LogSection {
  /** Empty for the first one, which needs none. */
  readonly title: string;
  /** Without a newline at the end. */
  readonly text: string;
  /** Long material, to be folded where the destination can. */
  readonly folded: boolean;
}

/** Findings beyond this many are one line each. */
const FULL_FINDINGS = 20;
/** Nodes beyond this many are in report.json only; the worst come first. */
const SHOWN_NODES = 1000;

export function renderLog(view: View): LogSection[] {
  const sections: LogSection[] = [
    { title: '', text: headText(view), folded: false },
    { title: view.changes?.outcomes === undefined ? 'Plan' : 'Changes', text: planText(view.changes), folded: false },
    { title: 'Causes', text: causesText(view), folded: false },
    { title: 'Drift', text: driftText(view), folded: false },
    { title: 'Other paths, there and back', text: otherText(view), folded: false },
    { title: 'Findings', text: findingsText(view), folded: false },
    { title: 'Not seen', text: gapsText(view), folded: false },
    { title: `Nodes (${number(view.nodes.length)})`, text: nodesText(view), folded: true },
  ];
  return sections.filter((section) => section.text !== '');
}

/** All of it as one text, for a destination that cannot fold. */
export function joinLog(sections: readonly LogSection[]): string {
  return sections.map(({ title, text }) => (title === '' ? text : `${title}\n${text}`)).join('\n\n');
}

function headText(view: View): string {
  const { verdict, rest } = planHeadline(view);
  const mend = planMend(view);
  const gate = planGate(view);
  return [
    `${verdict}: ${rest}.`,
    ...(mend === undefined ? [] : [`${mend.label}: ${cleanLine(mend.text)}`]),
    ...(mend?.command === undefined ? [] : [`  ${cleanLine(mend.command)}`]),
    ...(gate === undefined ? [] : [cleanLine(gate)]),
  ].join('\n');
}

function causesText(view: View): string {
  const rows = planCauses(view).map(({ share, rule, title }) => [`  ${share}`, cleanLine(rule), cleanLine(title)]);
  return alignColumns(rows).join('\n');
}

function driftText(view: View): string {
  const summary = planDrift(view);
  if (summary === undefined) return '';
  const former = planFormer(view).flatMap(([heading, lines]) => [`${heading}:`, ...lines.map((line) => `  ${line}`)]);
  return [summary, ...former].map((line, index) => (index === 0 ? '' : '  ') + cleanLine(line)).join('\n');
}

function otherText(view: View): string {
  const rows = planOtherPaths(view).map(({ what, total, broken, unknown }) => [
    `  ${cleanLine(what)}`,
    plural(total, 'path'),
    `${number(broken)} broken`,
    `${number(unknown)} unknown`,
  ]);
  return alignColumns(rows).join('\n');
}

function findingsText(view: View): string {
  const full = view.findings.slice(0, FULL_FINDINGS).map((finding) => findingText(finding, view));
  const rest = view.findings.slice(FULL_FINDINGS).map((finding) => findingLine(finding, view));
  return [...full, ...rest].join('\n');
}

function findingLine(finding: FindingView, view: View): string {
  const notes = [planImpact(finding), planStanding(finding, view)].filter((note) => note !== undefined);
  const end = notes.length === 0 ? '' : ` (${notes.map(cleanLine).join('; ')})`;
  return `  ${planGrade(finding)} ${finding.rule}: ${cleanLine(finding.title)}${end}`;
}

function findingText(finding: FindingView, view: View): string {
  const authors = planAuthors(finding);
  return [
    findingLine(finding, view),
    `    ${cleanLine(finding.what)}`,
    `    ${cleanLine(finding.next)}`,
    ...(finding.command === undefined ? [] : [`      ${cleanLine(finding.command)}`]),
    ...(authors === undefined ? [] : [`    Who could have changed it: ${cleanLine(authors)}`]),
  ].join('\n');
}

function gapsText(view: View): string {
  const lines = view.gaps.map((gap) => {
    const help = gap.permission === undefined ? '' : ` (would help: ${cleanLine(gap.permission)})`;
    return `  ${cleanLine(gap.subject)}: ${cleanLine(gap.reason)}${help}`;
  });
  return lines.join('\n');
}

function nodesText(view: View): string {
  if (view.nodes.length === 0) return '';
  const head = [
    'nodeName',
    'nodeIP',
    'routeDestination',
    'machine',
    'interface',
    'forwarding',
    'routeTable',
    'verdict',
  ];
  const nodes = view.nodes.toSorted((a, b) => verdictRank(a.verdict) - verdictRank(b.verdict));
  const rows = nodes.slice(0, SHOWN_NODES).map((node) => {
    const reason = notJudgedReason(node);
    return [
      node.name,
      cell(node.internalIPs),
      cell(node.podCIDRs),
      node.machine === undefined ? '<not found>' : shortId(node.machine),
      cell(node.interfaces.map(shortId)),
      node.forwarding,
      cell(node.routeTables.map(shortId)),
      reason === undefined ? node.verdict : `${node.verdict} (${reason})`,
    ].map(cleanLine);
  });
  const left = nodes.length - rows.length;
  const lines = alignColumns([head, ...rows]);
  if (left > 0) lines.push(`and ${plural(left, 'more node')}; report.json has them all`);
  return lines.join('\n');
}

/** As kubectl prints an absent value. */
function cell(values: readonly string[]): string {
  return values.length === 0 ? '<none>' : values.join(',');
}
