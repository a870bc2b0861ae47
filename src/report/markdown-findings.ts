/** Findings with the exact commands, each folded under its title. */
import type { Change } from '../model/plan.ts';
import { remediesFor } from '../remedies/index.ts';
import { codeBlock, codeSpan, escapeText } from './escape.ts';
import type { Block } from './fit.ts';
import type { FindingView, View } from './view.ts';
import { planAuthors, planStanding } from './words-drift.ts';
import { listNames, number, planGrade, planImpact, plural } from './words.ts';

const MARKS: Readonly<Record<string, string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️', unknown: '❔' };
/** Findings that stand open when the page loads. */
const OPEN_FINDINGS = 1;
const SHOWN_SUBJECTS = 20;
/** A cause can be as wide as the cluster; then its commands would leave no room for anything else. */
const SHOWN_COMMANDS = 60;
/** Forwarding before routes, so that no route leads into a closed door. */
const BATCH: readonly Change['kind'][] = ['set-forwarding', 'create-route', 'replace-route'];

export function findingBlocks(view: View): Block[] {
  if (view.findings.length === 0) return [];
  const { errors, warnings, notices, unknown } = view.counts;
  const parts = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
    ...(notices > 0 ? [plural(notices, 'notice')] : []),
    ...(unknown > 0 ? [`${number(unknown)} undecided`] : []),
  ];
  return [
    {
      kind: 'rows',
      style: 'paragraphs',
      head: `### Findings: ${parts.join(', ')}`,
      rows: view.findings.map((finding, index) =>
        renderFinding(finding, planStanding(finding, view), index < OPEN_FINDINGS),
      ),
      more: (left) => `and ${plural(left, 'more finding')}; report.json has them all`,
    },
  ];
}

/**
 * The commands of failing findings in one place, in an order that is safe to run. Deletions and associations are never
 * among them: each of those takes something away, and wants to be thought over by itself.
 */
export function commandBlocks(view: View): Block[] {
  const failing = view.findings.filter(({ verdict, accepted }) => verdict === 'fail' && accepted === undefined);
  const inOrder = BATCH.flatMap((kind) => {
    return failing.flatMap((finding) => finding.changes.filter((change) => change.kind === kind));
  });
  const lines = remediesFor(inOrder).aws;
  if (lines.length < 2) return [];
  const [opening = '', ...rest] = codeBlock(lines, 'sh').split('\n');
  return [
    {
      kind: 'rows',
      style: 'code',
      head: `<details><summary>All ${number(lines.length)} commands that switch forwarding on or set a route</summary>\n\n${opening}`,
      rows: rest.slice(0, -1),
      tail: `${rest.at(-1) ?? ''}\n\n</details>`,
      more: (left) => `# and ${plural(left, 'more command')}`,
    },
  ];
}

function renderFinding(finding: FindingView, standing: string | undefined, isOpen: boolean): string {
  const grade = planGrade(finding);
  const impact = planImpact(finding);
  const mark = MARKS[grade] ?? '';
  const title = `${mark} <b>${escapeText(finding.title)}</b> · ${grade}${impact === undefined ? '' : ` · ${impact}`}${standing === undefined ? '' : ` · ${escapeText(standing)}`}`;
  const parts = [
    `<details${isOpen ? ' open' : ''}><summary>${title}</summary>`,
    escapeText(finding.what),
    `**Why it matters:** ${escapeText(finding.why)}`,
    `**What to do:** ${escapeText(finding.next)}`,
    ...renderCommands(finding),
    ...renderAuthors(finding),
    ...renderSubjects(finding),
    ...(finding.evidence.length === 0 ? [] : [renderEvidence(finding)]),
    `Rule ${codeSpan(finding.rule)}, key ${codeSpan(finding.key)}`,
    '</details>',
  ];
  return parts.join('\n\n');
}

function renderAuthors(finding: FindingView): string[] {
  const authors = planAuthors(finding);
  return authors === undefined ? [] : [`**Who could have changed it:** ${escapeText(authors)}`];
}

function renderCommands(finding: FindingView): string[] {
  const lines = [...finding.remedies.aws, ...finding.remedies.gcloud, ...finding.remedies.az];
  if (lines.length <= SHOWN_COMMANDS) return lines.length === 0 ? [] : [codeBlock(lines, 'sh')];
  const left = `# and ${plural(lines.length - SHOWN_COMMANDS, 'more line')}; report.json has them all`;
  return [codeBlock([...lines.slice(0, SHOWN_COMMANDS), left], 'sh')];
}

function renderSubjects(finding: FindingView): string[] {
  const { nodes, prefixes, interfaces, routeTables, subnets, filters } = finding.subjects;
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['node', nodes],
    ['pod range', prefixes],
    ['interface', interfaces],
    ['route table', routeTables],
    ['subnet', subnets],
    ['filter', filters],
  ];
  const parts = kinds
    .filter(([, ids]) => ids.length > 0)
    .map(([noun, ids]) => `${noun}${ids.length === 1 ? '' : 's'} ${listNames(ids.map(codeSpan), SHOWN_SUBJECTS)}`);
  return parts.length === 0 ? [] : [`**At fault:** ${parts.join('; ')}`];
}

function renderEvidence(finding: FindingView): string {
  const lines = finding.evidence.map((item) => `- ${escapeText(item.text)} (${escapeText(item.source)})`);
  return `**Seen:**\n\n${lines.join('\n')}`;
}
