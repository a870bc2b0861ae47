/** A plan, and what became of it, as plain text. */
import type { PlanReport } from '../model/planned.ts';
import { cleanLine } from './escape.ts';
import { number } from './words.ts';
import { planComparison, planFiles, planRows, planSummary } from './words-plan.ts';

/** Withheld changes beyond this many are in the plan file only. */
const SHOWN_WITHHELD = 50;

export function planText(report: PlanReport | undefined): string {
  if (report === undefined) return '';
  const { withheld } = report.plan;
  const rows = planRows(report).map(({ kind, what, before, after, outcome }) => {
    const became = outcome === undefined ? '' : `${outcome.kind}: `;
    const reason = outcome?.reason === undefined ? '' : ` (${outcome.reason})`;
    return `  ${became}${kind} ${what}: ${before} => ${after}${reason}`;
  });
  const left = withheld.slice(0, SHOWN_WITHHELD).map(({ what, reasons }) => {
    return `  withheld: ${what} (${reasons.map(({ code, text }) => `${code}: ${text}`).join('; ')})`;
  });
  const more = withheld.length - left.length;
  return [
    planSummary(report),
    ...planComparison(report),
    ...rows,
    ...left,
    ...(more > 0 ? [`  and ${number(more)} more that are withheld`] : []),
    ...planFiles(report),
  ]
    .map(cleanLine)
    .join('\n');
}
