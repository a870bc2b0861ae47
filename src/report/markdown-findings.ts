/** Findings with the exact commands, each folded under its title. */
import type { HostChange } from '../model/host-change.ts';
import type { Change } from '../model/plan.ts';
import { remediesFor } from '../remedies/index.ts';
import { commandScripts } from '../remedies/scripts.ts';
import { codeBlock, codeSpan, escapeText } from './escape.ts';
import type { Block } from './fit.ts';
import { cutCodeBlock, foldedCode } from './markdown-code.ts';
import type { FindingView, View } from './view.ts';
import { planAuthors, planStanding } from './words-drift.ts';
import { listNames, number, planGrade, planImpact, plural } from './words.ts';

const MARKS: Readonly<Record<string, string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️', unknown: '❔' };
/** Findings that stand open when the page loads. */
const OPEN_FINDINGS = 1;
const SHOWN_SUBJECTS = 20;
/** Forwarding before routes, so that no route leads into a closed door. */
const BATCH: readonly Change['kind'][] = ['set-forwarding', 'create-route', 'replace-route'];
const HOST_BATCH: readonly HostChange['kind'][] = ['restart-agent', 'set-host-forwarding', 'set-host-route'];

/** @param hasRoom for what says the same once more, in Terraform */
export function findingBlocks(view: View, hasRoom: boolean): Block[] {
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
        renderFinding(finding, planStanding(finding, view), { isOpen: index < OPEN_FINDINGS, hasRoom }),
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
  const onNodes = HOST_BATCH.flatMap((kind) => {
    return failing.flatMap(({ hostChanges = [] }) =>
      hostChanges.filter((change) => change.kind === kind && !isStandIn(change)),
    );
  });
  const { aws, kubectl, ip, powershell } = remediesFor(inOrder, onNodes);
  return [
    ...batchBlock(`All ${number(aws.length)} commands that switch forwarding on or set a route`, aws, 'sh'),
    ...batchBlock('All restarts of network agents', kubectl, 'sh'),
    ...batchBlock('All commands for Linux nodes that switch forwarding on or set a route', ip, 'sh'),
    ...batchBlock('All commands for Windows nodes that switch forwarding on or set a route', powershell, 'powershell'),
  ];
}

/** What an agent does when it starts need not be typed. */
function isStandIn(change: HostChange): boolean {
  return change.kind === 'set-host-route' && change.keeper !== undefined;
}

function batchBlock(title: string, lines: readonly string[], language: string): Block[] {
  if (lines.filter((line) => !line.startsWith('#')).length < 2) return [];
  const [opening = '', ...rest] = codeBlock(lines, language).split('\n');
  return [
    {
      kind: 'rows',
      style: 'code',
      head: `<details><summary>${title}</summary>\n\n${opening}`,
      rows: rest.slice(0, -1),
      tail: `${rest.at(-1) ?? ''}\n\n</details>`,
      more: (left) => `# and ${plural(left, 'more command')}`,
    },
  ];
}

interface Manner {
  readonly isOpen: boolean;
  readonly hasRoom: boolean;
}

function renderFinding(finding: FindingView, standing: string | undefined, { isOpen, hasRoom }: Manner): string {
  const grade = planGrade(finding);
  const impact = planImpact(finding);
  const mark = MARKS[grade] ?? '';
  const title = `${mark} <b>${escapeText(finding.title)}</b> · ${grade}${impact === undefined ? '' : ` · ${impact}`}${standing === undefined ? '' : ` · ${escapeText(standing)}`}`;
  const parts = [
    `<details${isOpen ? ' open' : ''}><summary>${title}</summary>`,
    escapeText(finding.what),
    `**Why it matters:** ${escapeText(finding.why)}`,
    `**What to do:** ${escapeText(finding.next)}`,
    ...renderCommands(finding, hasRoom),
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

function renderCommands({ remedies }: FindingView, hasRoom: boolean): string[] {
  return [
    ...commandScripts(remedies).map(({ lines, language }) => cutCodeBlock(lines, language)),
    ...(hasRoom ? foldedCode('The same in Terraform', remedies.terraform, 'hcl') : []),
  ];
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
