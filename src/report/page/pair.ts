/** How one pair fares: read off its classes, for nodes of a class fare alike. */
import type { MatrixEntry, Verdict } from '../../model/judgement.ts';
import { parseAddress, parsePrefix, type Family } from '../../model/prefix.ts';
import type { PageModel, PageNode } from './model.ts';

export interface FamilyVerdict {
  readonly family: Family;
  readonly verdict: Verdict;
  readonly roundTrip: Verdict;
}

export interface PairVerdict {
  /** One way. */
  readonly verdict: Verdict;
  readonly roundTrip: Verdict;
  /** In order; empty: the two have no family in common. */
  readonly families: readonly FamilyVerdict[];
  /** Keys of findings that concern this pair, the most important first. */
  readonly findings: readonly string[];
}

export function judgePair(model: PageModel, from: PageNode, to: PageNode): PairVerdict {
  const entries = model.entriesOf(from.group, to.group);
  const families = familiesOfPair(entries, from, to);
  return {
    verdict: combine(families.map(({ verdict }) => verdict)),
    // Not the worse of both ways: filters that remember the question let replies pass.
    roundTrip: combine(families.map(({ roundTrip }) => roundTrip)),
    families,
    findings: findingsOfPair(model, entries, from, to),
  };
}

function familiesOfPair(entries: readonly MatrixEntry[], from: PageNode, to: PageNode): FamilyVerdict[] {
  const [sender, receiver] = [familiesOf(from), familiesOf(to)];
  const families = new Set([...entries.map(({ family }) => family), ...sender.filter((one) => receiver.includes(one))]);
  return [...families].sort().map((family) => {
    const { verdict, roundTrip } = entries.find((entry) => entry.family === family) ?? PASS;
    return { family, verdict, roundTrip };
  });
}

const PASS = { verdict: 'pass', roundTrip: 'pass' } as const;

function familiesOf({ podCIDRs, internalIPs }: PageNode): Family[] {
  const own = podCIDRs.flatMap((text) => parsePrefix(text)?.family ?? []);
  return own.length > 0 ? own : internalIPs.flatMap((text) => parseAddress(text)?.family ?? []);
}

/** Families that are not applicable leave the verdict to the others; a pair that fails in some only is partial. */
export function combine(all: readonly Verdict[]): Verdict {
  const verdicts = all.filter((verdict) => verdict !== 'not-applicable');
  if (verdicts.length === 0) return 'not-applicable';
  if (verdicts.every((verdict) => verdict === 'fail')) return 'fail';
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'partial')) return 'partial';
  return verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/**
 * The entry of two classes names the findings of all their nodes. Of those that name nodes, a pair has only the ones
 * that name one of its two; unless that leaves nothing of a trouble that somebody else causes.
 */
function findingsOfPair(
  model: PageModel,
  entries: readonly MatrixEntry[],
  from: PageNode,
  to: PageNode,
): readonly string[] {
  const keys = new Set(entries.flatMap(({ findings }) => findings));
  if (keys.size === 0) return [];
  const all = model.findings.filter(({ key }) => keys.has(key));
  const own = all.filter(({ subjects: { nodes } }) => {
    return nodes.length === 0 || nodes.includes(from.name) || nodes.includes(to.name);
  });
  return (own.length > 0 ? own : all).map(({ key }) => key);
}
