/** All ordered pairs, one way and round trip, by classes; and what every fault breaks. */
import type { FaultGroup } from '../model/faults.ts';
import type { MatrixEntry, PairCounts, Verdict } from '../model/judgement.ts';
import type { Family } from '../model/prefix.ts';
import type { NodeClassIndex } from './classes.ts';
import { Counter } from './counter.ts';
import { Ledger } from './ledger.ts';
import type { Path } from './path.ts';
import { roundTripVerdict } from './path.ts';
import type { Tracer } from './trace.ts';

export interface Matrix {
  readonly pairs: PairCounts;
  readonly roundTrip: PairCounts;
  readonly entries: readonly MatrixEntry[];
  readonly groups: readonly FaultGroup[];
  /** Classes with unknown paths and not a single one that passes: nothing good is known of their nodes. */
  readonly dark: ReadonlySet<string>;
  /** Classes whose paths are all not applicable. */
  readonly idle: ReadonlySet<string>;
}

export function judgeMatrix(tracer: Tracer, classes: readonly NodeClassIndex[]): Matrix {
  const pairs = new Counter();
  const roundTrip = new Counter();
  const ledger = new Ledger(tracer);
  const entries: MatrixEntry[] = [];
  const seen = new Map<string, Set<Verdict>>();
  const paths = classes.map((from) => classes.map((to) => tracePair(tracer, from, to)));
  const replies = tracer.hasMemory ? classes.map((a) => classes.map((b) => tracePair(tracer, a, b, true))) : paths;
  classes.forEach((from, row) => {
    classes.forEach((to, column) => {
      const there = paths[row]?.[column];
      const back = replies[column]?.[row];
      const many = from === to ? from.nodes.length * (from.nodes.length - 1) : from.nodes.length * to.nodes.length;
      if (there === undefined || back === undefined || many === 0) return;
      const both = roundTripVerdict(there.verdict, back.verdict);
      pairs.add(there.verdict, many);
      for (const { id } of [from, to]) seen.set(id, (seen.get(id) ?? new Set()).add(there.verdict));
      roundTrip.add(both, many);
      ledger.book(from, to, there, back);
      entries.push(...describe(ledger, from, to, there, back));
    });
  });
  const dark = [...seen].filter(([, verdicts]) => verdicts.has('unknown') && !verdicts.has('pass')).map(([id]) => id);
  const idle = [...seen]
    .filter(([, verdicts]) => [...verdicts].every((one) => one === 'not-applicable'))
    .map(([id]) => id);
  return {
    pairs: pairs.counts(),
    roundTrip: roundTrip.counts(),
    entries,
    groups: ledger.groups(),
    dark: new Set(dark),
    idle: new Set(idle),
  };
}

function tracePair(tracer: Tracer, from: NodeClassIndex, to: NodeClassIndex, isReply = false): Path | undefined {
  const [sender] = from.nodes;
  const receiver = from === to ? to.nodes[1] : to.nodes[0];
  if (sender === undefined || receiver === undefined) return undefined;
  return isReply ? tracer.traceReply(sender, receiver) : tracer.trace(sender, receiver);
}

function describe(ledger: Ledger, from: NodeClassIndex, to: NodeClassIndex, there: Path, back: Path): MatrixEntry[] {
  if (there.verdict === 'pass' && back.verdict === 'pass') return [];
  const replyOf = (family: Family): Verdict =>
    back.families.find((other) => other.family === family)?.verdict ?? 'not-applicable';
  const idle = idleFamilies(from, to, there).map((family): MatrixEntry => {
    const verdict = 'not-applicable';
    return {
      from: from.id,
      to: to.id,
      family,
      verdict,
      roundTrip: roundTripVerdict(verdict, replyOf(family)),
      findings: [],
    };
  });
  const judged = there.families.flatMap((path): MatrixEntry[] => {
    const roundTrip = roundTripVerdict(path.verdict, replyOf(path.family));
    if (path.verdict === 'pass' && roundTrip === 'pass') return [];
    const findings = path.faults.flatMap((fault) => ledger.keysOf(fault, from, to, path));
    return [
      {
        from: from.id,
        to: to.id,
        family: path.family,
        verdict: path.verdict,
        roundTrip,
        findings: [...new Set(findings)].sort(),
      },
    ];
  });
  return [...judged, ...idle];
}

/** Families in which nothing was to judge: they must not look as if they passed, which is what no entry means. */
function idleFamilies(from: NodeClassIndex, to: NodeClassIndex, there: Path): Family[] {
  const [sender, receiver] = [from.nodes[0], to.nodes[0]];
  if (sender === undefined || receiver === undefined) return [];
  const theirs = receiver.podCIDRs.map(({ family }) => family);
  const shared = sender.families.filter((family) => theirs.includes(family));
  const none: Family[] = there.families.length === 0 ? [...new Set([...sender.families, ...theirs])].sort() : [];
  const families =
    shared.length > 0 ? shared : none.length > 0 ? none : there.families.length === 0 ? [4 as const] : [];
  return families.filter((family) => !there.families.some((path) => path.family === family));
}
