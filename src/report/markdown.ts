/** The job summary, from all there is to say down to one line. */
import type { Gap } from '../model/snapshot.ts';
import { codeBlock, codeSpan, escapeText, tableHead, tableRow } from './escape.ts';
import { fitText, type Block, type Budget, type Rung } from './fit.ts';
import { drawingBlocks } from './markdown-drawing.ts';
import { driftBlocks } from './markdown-drift.ts';
import { matrixBlocks } from './markdown-matrix.ts';
import { commandBlocks, findingBlocks } from './markdown-findings.ts';
import { planBlocks } from './markdown-plan.ts';
import { nodeBlocks, skippedBlocks } from './markdown-nodes.ts';
import type { View } from './view.ts';
import { planSummary } from './words-plan.ts';
import {
  listNames,
  number,
  planCauses,
  planGate,
  planGrade,
  planHeadline,
  planMend,
  planOtherPaths,
  plural,
} from './words.ts';

/** GitHub takes 1 MiB of UTF-8 per step; other steps of the same file and the upload itself need some of it. */
export const SUMMARY_BUDGET: Budget = { limit: 900 * 1024, unit: 'bytes' };

export function renderMarkdown(view: View, budget: Budget = SUMMARY_BUDGET): string {
  return fitText(
    [() => fullRung(view), () => problemsRung(view), () => countsRung(view), () => lineRung(view)],
    budget,
  );
}

function fullRung(view: View): Rung {
  return {
    mayCut: false,
    blocks: [
      ...headBlocks(view),
      ...planBlocks(view.changes),
      ...causeBlocks(view),
      ...matrixBlocks(view),
      ...drawingBlocks(view),
      ...otherBlocks(view),
      ...driftBlocks(view),
      ...findingBlocks(view, true),
      ...commandBlocks(view),
      ...nodeBlocks(view, 'all'),
      ...skippedBlocks(view),
      ...gapBlocks(view.gaps),
      foot(view),
    ],
  };
}

function problemsRung(view: View): Rung {
  return {
    mayCut: true,
    blocks: [
      ...headBlocks(view),
      ...planBlocks(view.changes),
      ...causeBlocks(view),
      ...matrixBlocks(view),
      ...drawingBlocks(view),
      ...otherBlocks(view),
      ...driftBlocks(view),
      ...findingBlocks(view, false),
      ...commandBlocks(view),
      ...nodeBlocks(view, 'problems'),
      ...gapBlocks(view.gaps),
      foot(view),
    ],
  };
}

function countsRung(view: View): Rung {
  const counts = new Map<string, number>();
  for (const finding of view.findings) {
    const row = tableRow([finding.rule, planGrade(finding)]);
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const rows = [...counts].map(([row, count]) => `${row} ${number(count)} |`);
  const table = [tableHead(['Rule', 'Severity', 'Findings']), ...rows].join('\n');
  const blocks: Block[] = rows.length > 0 ? [{ kind: 'text', text: table }] : [];
  const plan: Block[] =
    view.changes === undefined ? [] : [{ kind: 'text', text: escapeText(planSummary(view.changes)) }];
  return { mayCut: false, blocks: [...headBlocks(view), ...plan, ...blocks, foot(view)] };
}

function lineRung(view: View): Rung {
  return { mayCut: false, blocks: [{ kind: 'text', text: headLine(view) }] };
}

function headLine(view: View): string {
  const { verdict, rest } = planHeadline(view);
  return `**${verdict}** — ${rest}.`;
}

function headBlocks(view: View): Block[] {
  const texts = [headLine(view)];
  const mend = planMend(view);
  if (mend !== undefined) texts.push(`**${mend.label}:** ${escapeText(mend.text)}`);
  if (mend?.command !== undefined) texts.push(codeBlock([mend.command], mend.commandLanguage ?? 'sh'));
  const gate = planGate(view);
  if (gate !== undefined) texts.push(escapeText(gate));
  return texts.map((text) => ({ kind: 'text', text }));
}

function causeBlocks(view: View): Block[] {
  if (view.causes.length === 0) return [];
  const rows = planCauses(view).map(({ share, title, rule, nodes }) =>
    tableRow([share, escapeText(title), listNames(nodes.map(codeSpan), 3), escapeText(rule)]),
  );
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `### Causes\n\n${tableHead(['Broken paths explained', 'Cause', 'Nodes', 'Rule'])}`,
      rows,
      more: (left) => `and ${plural(left, 'more cause')}`,
    },
  ];
}

/** Only where they say more than the pairs of pods. */
function otherBlocks(view: View): Block[] {
  const rows = planOtherPaths(view).map(({ what, total, broken, unknown }) =>
    tableRow([escapeText(what), number(total), number(broken), number(unknown)]),
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `### Other paths\n\n${tableHead(['There and back', 'Paths', 'Broken', 'Unknown'])}`,
      rows,
      more: (left) => `and ${plural(left, 'more sender')}`,
    },
  ];
}

function gapBlocks(gaps: readonly Gap[]): Block[] {
  if (gaps.length === 0) return [];
  const rows = gaps.map((gap) =>
    tableRow([
      escapeText(gap.subject),
      escapeText(gap.reason),
      gap.permission === undefined ? '' : codeSpan(gap.permission),
    ]),
  );
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `### Not seen\n\n${tableHead(['What', 'Why', 'Would help'])}`,
      rows,
      more: (left) => `and ${number(left)} more that could not be read`,
    },
  ];
}

function foot(view: View): Block {
  const { id, version, networkModes, podCIDRs } = view.cluster;
  const parts = [
    `Cluster ${codeSpan(id)}`,
    ...(version === undefined ? [] : [`Kubernetes ${escapeText(version)}`]),
    ...(view.clouds.length === 0 ? [] : [view.clouds.join(', ')]),
    ...(networkModes.length === 0 ? [] : [`network mode ${networkModes.join(', ')}`]),
    ...(podCIDRs.length === 0 ? [] : [`pod ranges ${listNames(podCIDRs.map(codeSpan), 4)}`]),
    plural(view.nodes.length, 'node'),
    ...(view.takenAt === '' ? [] : [`as of ${codeSpan(view.takenAt)}`]),
    `Pod Route Check ${escapeText(view.version)}`,
  ];
  return { kind: 'text', text: `<sub>${parts.join(' · ')}</sub>` };
}
