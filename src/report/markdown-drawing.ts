/** A small drawing (Mermaid) of the broken part: for the first causes, who cannot reach whom. */
import type { MatrixEntry } from '../model/judgement.ts';
import { cleanLine } from './escape.ts';
import type { Block } from './fit.ts';
import type { CauseView, View } from './view.ts';
import { listNames, plural } from './words.ts';

/** More would be a picture that nobody reads. */
const DRAWN_CAUSES = 3;
const SHOWN_NAMES = 2;

interface Side {
  readonly id: string;
  readonly nodes: ReadonlySet<string>;
}

export function drawingBlocks(view: View): Block[] {
  const drawn = view.causes.filter(({ finding }) => finding.verdict === 'fail').slice(0, DRAWN_CAUSES);
  const lines = drawn.flatMap((cause, index) => drawCause(view, cause, index + 1));
  if (lines.length === 0) return [];
  return [{ kind: 'text', text: ['```mermaid', 'flowchart LR', ...lines, '```'].join('\n') }];
}

/** The nodes at fault, those that they cannot reach or that cannot reach them, and which way is cut. */
function drawCause({ classes, matrix }: View, { finding }: CauseView, number: number): string[] {
  const atFault = new Set(finding.subjects.nodes);
  const members = new Map(classes.map(({ id, nodes }) => [id, nodes]));
  const isFaulty = (id: string): boolean => members.get(id)?.some((name) => atFault.has(name)) ?? false;
  const entries = matrix.filter((entry) => entry.findings.includes(finding.key) && isBroken(entry));
  const towards = entries.filter(({ from, to }) => isFaulty(to) && !isFaulty(from));
  const back = entries.filter(({ from, to }) => isFaulty(from) && !isFaulty(to));
  const among = entries.filter(({ from, to }) => isFaulty(from) === isFaulty(to));
  const gather = (ids: readonly string[]): Set<string> =>
    new Set(ids.flatMap((id) => members.get(id) ?? []).filter((name) => !atFault.has(name)));
  const others = gather([
    ...towards.map(({ from }) => from),
    ...back.map(({ to }) => to),
    ...among.flatMap(({ from, to }) => [from, to]),
  ]);
  if (atFault.size === 0 || others.size === 0) return [];
  const cut: Side = { id: `cut${String(number)}`, nodes: others };
  const fault: Side = { id: `fault${String(number)}`, nodes: atFault };
  const isThere = towards.length + among.length > 0;
  const isBack = back.length + among.length > 0;
  const [from, to] = isThere ? [cut, fault] : [fault, cut];
  return [
    `  ${box(cut)}`,
    `  ${box(fault)}`,
    `  ${from.id} ${isThere && isBack ? 'x--x' : '--x'}|${quoted(finding.title)}| ${to.id}`,
  ];
}

function isBroken({ verdict }: MatrixEntry): boolean {
  return verdict === 'fail' || verdict === 'partial';
}

function box({ id, nodes }: Side): string {
  const names = [...nodes].sort();
  const text = names.length <= SHOWN_NAMES + 1 ? names.join(', ') : listNames(names, SHOWN_NAMES);
  const count = names.length > 1 ? `${plural(names.length, 'node')}: ` : '';
  return `${id}[${quoted(`${count}${text}`)}]`;
}

/** Whatever is not plainly harmless becomes Mermaid's own kind of entity. */
function quoted(text: string): string {
  const safe = cleanLine(text).replaceAll(/[^A-Za-z0-9 .,/-]/gu, (character) => `#${code(character)};`);
  return `"${safe}"`;
}

function code(character: string): string {
  return String(character.codePointAt(0) ?? 0);
}
