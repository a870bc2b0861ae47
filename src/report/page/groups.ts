/**
 * The matrix as people can read it: classes with trouble in rows of their own, the worst first, and all others as one.
 * A class with trouble is not any that has a path that fails (its peers' paths to it fail, too), but one of the few
 * classes without which no path would.
 */
import type { Verdict } from '../../model/judgement.ts';
import { compareText, verdictRank } from '../view.ts';
import { listNames, plural } from '../words.ts';
import type { PageModel, PageNode } from './model.ts';
import { judgePair } from './pair.ts';

export interface Group {
  readonly id: string;
  /** The first node's name, or `all others`. */
  readonly name: string;
  /** `38 nodes: worker-03, worker-08 and 36 more` */
  readonly title: string;
  readonly nodes: readonly PageNode[];
  /** Ids of its classes; several for the others only. */
  readonly classes: readonly string[];
  readonly isRest: boolean;
}

export interface Cell {
  /** The worst of its pairs. */
  readonly verdict: Verdict;
  readonly roundTrip: Verdict;
  readonly pairs: number;
  /** One of the pairs that fare worst. */
  readonly worst: { readonly from: PageNode; readonly to: PageNode };
  /** Not all pairs fare as the worst. */
  readonly isMixed: boolean;
}

export interface Grid {
  readonly groups: readonly Group[];
  /** Undefined: there is no pair (a single node and itself). */
  readonly cell: (from: Group, to: Group) => Cell | undefined;
}

const SHOWN_NAMES = 3;
const BAD: readonly Verdict[] = ['fail', 'partial', 'unknown'];

export function planGrid(model: PageModel): Grid {
  const members = Map.groupBy(model.nodes, (node) => node.group);
  const classes = model.data.report.classes.map(({ id }) => id).filter((id) => members.has(id));
  const troubled = findTroubled(model, members);
  const others = classes.filter((id) => !troubled.includes(id));
  const groups = troubled.map((id) => groupOf(id, [id], members.get(id) ?? [], false));
  const rest = others.flatMap((id) => members.get(id) ?? []).sort((a, b) => compareText(a.name, b.name));
  if (rest.length > 0) groups.push(groupOf('rest', others, rest, groups.length > 0));
  const known = new Map<string, Cell | undefined>();
  return {
    groups,
    cell: (from, to) => {
      const key = `${from.id}>${to.id}`;
      if (!known.has(key)) known.set(key, cellOf(model, members, from, to));
      return known.get(key);
    },
  };
}

function groupOf(id: string, classes: readonly string[], nodes: readonly PageNode[], isRest: boolean): Group {
  const names = nodes.map(({ name }) => name);
  const shown = listNames(names, SHOWN_NAMES);
  return {
    id,
    name: isRest ? 'all others' : (names[0] ?? id),
    title: nodes.length <= SHOWN_NAMES + 1 ? shown : `${plural(nodes.length, 'node')}: ${shown}`,
    nodes,
    classes,
    isRest,
  };
}

/** Again and again the class with most bad pairs, until no bad pair is left between the rest. */
function findTroubled(model: PageModel, members: ReadonlyMap<string, readonly PageNode[]>): string[] {
  const size = (id: string): number => members.get(id)?.length ?? 0;
  const peers = new Map<string, Map<string, number>>();
  const count = (id: string, peer: string, pairs: number): void => {
    const row = peers.get(id) ?? new Map<string, number>();
    peers.set(id, row.set(peer, (row.get(peer) ?? 0) + pairs));
  };
  for (const { from, to, verdict, roundTrip } of model.data.report.matrix) {
    if (!BAD.includes(verdict) && !BAD.includes(roundTrip)) continue;
    const pairs = size(from) * (from === to ? size(to) - 1 : size(to));
    // Where all is one class, that class is the trouble, even if it is a single node.
    count(from, to, Math.max(pairs, 1));
    if (from !== to) count(to, from, Math.max(pairs, 1));
  }
  const troubled: string[] = [];
  for (;;) {
    let worst: { id: string; perNode: number; bad: number } | undefined;
    for (const [id, row] of peers) {
      const bad = [...row.values()].reduce((sum, pairs) => sum + pairs, 0);
      // Of two classes with the same bad pairs, the few are to blame and not the many.
      const perNode = bad / Math.max(size(id), 1);
      const isWorse =
        worst === undefined ||
        perNode > worst.perNode ||
        (perNode === worst.perNode && (bad > worst.bad || (bad === worst.bad && compareText(id, worst.id) < 0)));
      if (bad > 0 && isWorse) worst = { id, perNode, bad };
    }
    if (worst === undefined) return troubled;
    troubled.push(worst.id);
    for (const peer of peers.get(worst.id)?.keys() ?? []) peers.get(peer)?.delete(worst.id);
    peers.delete(worst.id);
  }
}

function cellOf(
  model: PageModel,
  members: ReadonlyMap<string, readonly PageNode[]>,
  from: Group,
  to: Group,
): Cell | undefined {
  let verdict: Verdict = 'not-applicable';
  let roundTrip: Verdict = 'not-applicable';
  const seen = new Set<Verdict>();
  let pairs = 0;
  let worst: Cell['worst'] | undefined;
  for (const a of from.classes) {
    for (const b of to.classes) {
      const [sender, receivers] = [members.get(a)?.[0], members.get(b) ?? []];
      const receiver = a === b ? receivers[1] : receivers[0];
      if (sender === undefined || receiver === undefined) continue;
      const many = (members.get(a)?.length ?? 0) * (a === b ? receivers.length - 1 : receivers.length);
      const judged = judgePair(model, sender, receiver);
      pairs += many;
      seen.add(judged.verdict);
      const rank = verdictRank(judged.verdict) - verdictRank(verdict);
      const rankBack = verdictRank(judged.roundTrip) - verdictRank(roundTrip);
      if (worst === undefined || rank < 0 || (rank === 0 && rankBack < 0)) worst = { from: sender, to: receiver };
      if (rank < 0) verdict = judged.verdict;
      if (rankBack < 0) roundTrip = judged.roundTrip;
    }
  }
  return worst === undefined ? undefined : { verdict, roundTrip, pairs, worst, isMixed: seen.size > 1 };
}
