/** The plan, what it leaves out, what became of it, and the same as commands. */
import type { PlannedChange, PlanReport, WithheldChange } from '../model/planned.ts';
import { commandScripts, type Remedies } from '../remedies/scripts.ts';
import { remediesOf, undoRemediesOf } from '../remedies/planned.ts';
import { codeSpan, escapeText, tableHead, tableRow } from './escape.ts';
import type { Block } from './fit.ts';
import { foldedCode } from './markdown-code.ts';
import { number, plural } from './words.ts';
import { planComparison, planFiles, planRows, planSummary, type ChangeRow } from './words-plan.ts';

export function planBlocks(report: PlanReport | undefined): Block[] {
  if (report === undefined) return [];
  const title = report.outcomes === undefined ? 'Plan' : 'Changes';
  return [
    { kind: 'text', text: `### ${title}\n\n${escapeText(planSummary(report))}` },
    ...comparisonBlocks(report),
    ...changeBlocks(report),
    ...withheldBlocks(report.plan.withheld),
    ...commandBlocks(report.plan.changes),
    ...listBlock(planFiles(report)),
  ];
}

function comparisonBlocks(report: PlanReport): Block[] {
  return listBlock(planComparison(report));
}

function listBlock(lines: readonly string[]): Block[] {
  if (lines.length === 0) return [];
  return [{ kind: 'text', text: lines.map((line) => `- ${escapeText(line)}`).join('\n') }];
}

function changeBlocks(report: PlanReport): Block[] {
  const rows = planRows(report);
  if (rows.length === 0) return [];
  const hasOutcomes = report.outcomes !== undefined;
  const head = [...(hasOutcomes ? ['Outcome'] : []), 'Change', 'What', 'Is', 'Will be', 'Disruption', 'Because'];
  return [
    {
      kind: 'rows',
      style: 'table',
      head: tableHead(head),
      rows: rows.map((row) => tableRow([...(hasOutcomes ? [outcomeCell(row)] : []), ...changeCells(row)])),
      more: (left) => `and ${plural(left, 'more change')}; the plan file has them all`,
    },
  ];
}

function changeCells({ kind, what, before, after, disruption, why }: ChangeRow): string[] {
  return [kind, codeSpan(what), codeSpan(before), codeSpan(after), disruption, escapeText(why)];
}

function outcomeCell({ outcome }: ChangeRow): string {
  if (outcome === undefined) return '';
  const { kind, reason, permission } = outcome;
  const help = permission === undefined ? '' : ` (${codeSpan(permission)})`;
  return `<b>${kind}</b>${reason === undefined ? '' : `: ${escapeText(reason)}`}${help}`;
}

function withheldBlocks(withheld: readonly WithheldChange[]): Block[] {
  if (withheld.length === 0) return [];
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `**Withheld:**\n\n${tableHead(['Change', 'Why not'])}`,
      rows: withheld.map(({ what, reasons }) =>
        tableRow([codeSpan(what), reasons.map(({ code, text }) => `<b>${code}</b>: ${escapeText(text)}`).join('<br>')]),
      ),
      more: (left) => `and ${number(left)} more that are withheld; the plan file has them all`,
    },
  ];
}

function commandBlocks(changes: readonly PlannedChange[]): Block[] {
  const back = changes.toReversed();
  return [
    ...foldedLines(
      'The same as commands',
      'sh',
      changes.flatMap((one) => commandsOf(remediesOf(one))),
    ),
    ...foldedLines(
      'The same in Terraform',
      'hcl',
      changes.flatMap((one) => remediesOf(one).terraform),
    ),
    ...foldedLines(
      'The way back as commands',
      'sh',
      back.flatMap((one) => commandsOf(undoRemediesOf(one))),
    ),
  ];
}

function commandsOf(remedies: Remedies): string[] {
  return commandScripts(remedies).flatMap(({ lines }) => lines);
}

function foldedLines(title: string, language: string, lines: readonly string[]): Block[] {
  return foldedCode(title, lines, language).map((text) => ({ kind: 'text', text }));
}
