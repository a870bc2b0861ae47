/** The nodes as `kubectl get nodes -o custom-columns=nodeName,nodeIP,routeDestination` shows them, and what the cloud adds. */
import { shortId } from '../model/ids.ts';
import type { JudgedNode } from '../model/judgement.ts';
import { codeSpan, escapeText, tableHead, tableRow } from './escape.ts';
import type { Block } from './fit.ts';
import { verdictCell } from './markdown-matrix.ts';
import { verdictRank, type View } from './view.ts';
import { listNames, notJudgedReason, number, plural } from './words.ts';

const COLUMNS = [
  'nodeName',
  'nodeIP',
  'routeDestination',
  'machine',
  'interface',
  'forwarding',
  'route table',
  'verdict',
];

/** The worst first, so that cutting the table leaves out those that pass. */
export function nodeBlocks(view: View, which: 'all' | 'problems'): Block[] {
  const isProblem = (node: JudgedNode): boolean => node.verdict === 'fail' || node.verdict === 'unknown';
  const nodes = (which === 'all' ? view.nodes : view.nodes.filter(isProblem)).toSorted(
    (a, b) => verdictRank(a.verdict) - verdictRank(b.verdict),
  );
  const hidden = view.nodes.length - nodes.length;
  const note: Block[] =
    hidden > 0 ? [{ kind: 'text', text: `${plural(hidden, 'node')} without a problem not listed.` }] : [];
  if (nodes.length === 0) return note;
  const heading = which === 'all' ? 'Nodes' : 'Nodes with problems';
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `<details><summary>${heading} (${number(nodes.length)})</summary>\n\n${tableHead(COLUMNS)}`,
      rows: nodes.map((node) => tableRow(nodeCells(node))),
      tail: '</details>',
      more: (left) => `and ${plural(left, 'more node')}; report.json has them all`,
    },
    ...note,
  ];
}

/** Nodes whose pairs are not applicable, by reason. */
export function skippedBlocks(view: View): Block[] {
  const byReason = new Map<string, string[]>();
  for (const node of view.nodes) {
    const reason = notJudgedReason(node);
    if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), node.name]);
  }
  if (byReason.size === 0) return [];
  const rows = [...byReason].map(([reason, names]) =>
    tableRow([number(names.length), escapeText(reason), listNames(names.map(codeSpan), 5)]),
  );
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `### Nodes that were not judged\n\n${tableHead(['Nodes', 'Reason', 'Names'])}`,
      rows,
      more: (left) => `and ${plural(left, 'more reason')}`,
    },
  ];
}

function nodeCells(node: JudgedNode): string[] {
  return [
    codeSpan(node.name),
    spans(node.internalIPs),
    spans(node.podCIDRs),
    node.machine === undefined ? 'not found' : codeSpan(shortId(node.machine)),
    spans(node.interfaces.map(shortId)),
    node.forwarding,
    spans(node.routeTables.map(shortId)),
    verdictCell(node.verdict),
  ];
}

function spans(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.map(codeSpan).join(' ');
}
