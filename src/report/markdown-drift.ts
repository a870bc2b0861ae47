/** What has changed since the baseline, and what became of the faults that somebody accepts. */
import { escapeText } from './escape.ts';
import type { Block } from './fit.ts';
import type { View } from './view.ts';
import { planDrift, planFormer } from './words-drift.ts';
import { number } from './words.ts';

export function driftBlocks(view: View): Block[] {
  const summary = planDrift(view);
  if (summary === undefined) return [];
  return [
    { kind: 'text', text: `### Drift\n\n${escapeText(summary)}` },
    ...planFormer(view).map(([heading, lines]): Block => ({
      kind: 'rows',
      style: 'paragraphs',
      head: `**${heading}:**`,
      rows: lines.map((line) => `- ${escapeText(line)}`),
      more: (left) => `and ${number(left)} more`,
    })),
  ];
}
