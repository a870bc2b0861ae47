/** What a path comes to: a verdict and faults for each family, made of the outcomes of its parts. */
import type { Fault } from '../model/faults.ts';
import type { Verdict } from '../model/judgement.ts';
import type { Family } from '../model/prefix.ts';
import type { Outcome } from './outcome.ts';

export interface FamilyPath {
  readonly family: Family;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
}

export interface Path {
  readonly verdict: Verdict;
  readonly families: readonly FamilyPath[];
}

export const NOT_APPLICABLE: Path = { verdict: 'not-applicable', families: [] };

/** Equal for two faults of one path that have the same cause. */
export function faultId(fault: Fault): string {
  return `${fault.owner}|${fault.rule}|${fault.slot}`;
}

/** Each cause once. */
export function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [faultId(fault), fault])).values()];
}

/** Ranges into a verdict. An unknown reason does not matter for addresses that fail anyway. */
export function settle(outcomes: readonly Outcome[]): Omit<FamilyPath, 'family'> {
  const faults = outcomes.flatMap(({ verdict, faults: all }) =>
    verdict === 'fail' ? all.filter((fault) => fault.verdict === 'fail') : all,
  );
  return { verdict: mixVerdicts(outcomes.map((outcome) => outcome.verdict)), faults: unique(faults) };
}

/** Verdicts of parts of one pair (ranges, families). */
export function mixVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'not-applicable';
  if (verdicts.every((verdict) => verdict === 'fail')) return 'fail';
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'partial')) return 'partial';
  return verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/** A family that is not applicable leaves the verdict to the other one. */
export function pathOf(all: readonly FamilyPath[]): Path {
  const families = all.filter((path) => path.verdict !== 'not-applicable');
  return { verdict: mixVerdicts(families.map((path) => path.verdict)), families };
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'partial', 'unknown', 'pass'];

/** There and back: the worse of both; a direction that is not applicable leaves the verdict to the other one. */
export function roundTripVerdict(there: Verdict, back: Verdict): Verdict {
  return WORST_FIRST.find((verdict) => verdict === there || verdict === back) ?? 'not-applicable';
}
