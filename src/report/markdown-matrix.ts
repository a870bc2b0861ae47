/** Who reaches whom, by classes of nodes that behave alike. */
import type { MatrixEntry, NodeClass, Verdict } from '../model/judgement.ts';
import { codeSpan, escapeText, tableHead, tableRow } from './escape.ts';
import type { Block } from './fit.ts';
import { compareText, verdictRank, type View } from './view.ts';
import { listNames, plural } from './words.ts';

/** Wider tables do not fit on a screen; then only the entries that do not pass are listed. */
const WIDEST_GRID = 8;
const SHOWN_MEMBERS = 3;

const CELLS: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  partial: '❌ partial',
  unknown: '❔ unknown',
  'not-applicable': 'n/a',
};

export function verdictCell(verdict: Verdict): string {
  return CELLS[verdict];
}

export function matrixBlocks(view: View): Block[] {
  // A single class without entries says no more than the first line.
  if (view.matrix.length === 0) return [];
  return view.classes.length <= WIDEST_GRID ? gridBlocks(view) : listBlocks(view);
}

/** `36 nodes: a, b, c and 33 more`, or just the names of a few. */
export function className(group: NodeClass): string {
  const members = listNames(group.nodes.map(codeSpan), SHOWN_MEMBERS);
  return group.nodes.length <= SHOWN_MEMBERS + 1 ? members : `${plural(group.nodes.length, 'node')}: ${members}`;
}

function gridBlocks(view: View): Block[] {
  const entries = new Map<string, MatrixEntry[]>();
  for (const entry of view.matrix) {
    const key = JSON.stringify([entry.from, entry.to]);
    entries.set(key, [...(entries.get(key) ?? []), entry]);
  }
  const families = new Set(view.matrix.map((entry) => entry.family));
  const head = tableHead(['from ↓ to →', ...view.classes.map((group) => escapeText(group.id))]);
  const rows = view.classes.map((from) => {
    const cells = view.classes.map((to) => {
      if (from.id === to.id && from.nodes.length === 1) return '–';
      return gridCell(entries.get(JSON.stringify([from.id, to.id])) ?? [], families.size > 1);
    });
    return tableRow([`**${escapeText(from.id)}** ${className(from)}`, ...cells]);
  });
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `### From pods of these nodes to pods of those\n\n${head}`,
      rows,
      more: (left) => `and ${plural(left, 'more row')}`,
    },
  ];
}

/** One line per family where the families differ. */
function gridCell(entries: readonly MatrixEntry[], bothFamilies: boolean): string {
  if (entries.length === 0) return CELLS.pass;
  const cells = [...entries].sort((a, b) => a.family - b.family).map((entry) => ({ ...entry, text: entryCell(entry) }));
  const isSame = cells.length > 1 && cells.every((cell) => cell.text === cells[0]?.text);
  if (!bothFamilies || isSame) return cells[0]?.text ?? '';
  return cells.map((cell) => `IPv${String(cell.family)} ${cell.text}`).join('<br>');
}

function entryCell(entry: MatrixEntry): string {
  const repliesAreWorse = verdictRank(entry.roundTrip) < verdictRank(entry.verdict);
  if (!repliesAreWorse || entry.verdict === 'not-applicable') return CELLS[entry.verdict];
  return `${CELLS[entry.verdict]}, replies ${entry.roundTrip}`;
}

function listBlocks(view: View): Block[] {
  const names = new Map(view.classes.map((group) => [group.id, className(group)]));
  const name = (id: string): string => names.get(id) ?? escapeText(id);
  const entries = view.matrix
    .filter((entry) => entry.verdict !== 'not-applicable')
    .sort(
      (a, b) =>
        verdictRank(a.verdict) - verdictRank(b.verdict) ||
        compareText(a.from, b.from) ||
        compareText(a.to, b.to) ||
        a.family - b.family,
    );
  if (entries.length === 0) return [];
  const rows = entries.map((entry) =>
    tableRow([name(entry.from), name(entry.to), `IPv${String(entry.family)}`, entryCell(entry)]),
  );
  const head = tableHead(['From pods of', 'To pods of', 'Family', 'Verdict']);
  return [
    {
      kind: 'rows',
      style: 'table',
      head: `<details><summary>Paths that do not pass, by groups of nodes that behave alike</summary>\n\n${head}`,
      rows,
      tail: '</details>',
      more: (left) => `and ${plural(left, 'more line')}`,
    },
  ];
}
