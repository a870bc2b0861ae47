/** What has changed since the baseline, and what became of the faults that somebody accepts. */
import type { FormerFinding, IgnoreEntry } from '../model/triage.ts';
import { codeSpan, escapeText } from './escape.ts';
import type { Block } from './fit.ts';
import type { View } from './view.ts';
import { describeEntry, number, planDrift, plural } from './words.ts';

export function driftBlocks(view: View): Block[] {
  const { resolved, unseen, expired, unmatched } = view.drift;
  const summary = planDrift(view);
  const blocks: Block[] = summary === undefined ? [] : [{ kind: 'text', text: `### Drift\n\n${escapeText(summary)}` }];
  const former = (head: string, findings: readonly FormerFinding[]): Block => ({
    kind: 'rows',
    style: 'paragraphs',
    head,
    rows: findings.map(({ rule, title, key }) => `- ${escapeText(title)} (${codeSpan(rule)}, key ${codeSpan(key)})`),
    more: (left) => `and ${number(left)} more`,
  });
  if (resolved.length > 0) blocks.push(former('**Resolved since the baseline:**', resolved));
  if (unseen.length > 0)
    blocks.push(former('**In the baseline, and not looked for now because something could not be read:**', unseen));
  const entries = (head: string, list: readonly IgnoreEntry[]): Block => ({
    kind: 'rows',
    style: 'paragraphs',
    head,
    rows: list.map((entry) => `- ${escapeText(describeEntry(entry))}`),
    more: (left) => `and ${plural(left, 'more entry').replace(/entrys$/, 'entries')}`,
  });
  if (expired.length > 0) blocks.push(entries('**Accepted until a day that is over, so these count again:**', expired));
  if (unmatched.length > 0)
    blocks.push(entries('**Accepted, but no finding fits; remove them from the file:**', unmatched));
  return blocks;
}
