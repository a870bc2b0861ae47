/** What becomes of a packet, as far as anybody outside can tell. */

import type { Nic } from './ground.ts';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Fate {
  verdict: Verdict;
  /** For people who compare two opinions. */
  why: string;
  /** Where the packet left and arrived: what filters there say is not in the verdict yet. */
  way?: Way;
  /** It goes one of these ways, and nobody can tell which. The verdict is what they agree on. */
  either?: Fate[];
}

export interface Way {
  from: Nic;
  /** Absent: nobody knows where it arrives. */
  to?: Nic;
}

export const fate = (verdict: Verdict, why: string): Fate => ({ verdict, why });

/** One of several ways, and nobody can tell which. */
export function oneOf(fates: Fate[], otherwise: string): Fate {
  const [first] = fates;
  if (first === undefined) return fate('fail', otherwise);
  if (fates.length === 1) return first;
  const agreed = fates.every((one) => one.verdict === first.verdict);
  const why = agreed ? first.why : fates.map((one) => one.why).join(', or ');
  return { verdict: agreed ? first.verdict : 'unknown', why, either: fates };
}

const worstFirst: Verdict[] = ['fail', 'unknown', 'pass'];

/** The worst of what a packet meets on one way; the first of equals. */
export function worst(fates: [Fate, ...Fate[]]): Fate {
  return fates.reduce((a, b) => (worstFirst.indexOf(b.verdict) < worstFirst.indexOf(a.verdict) ? b : a));
}
