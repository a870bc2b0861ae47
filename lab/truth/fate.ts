/** What becomes of a packet, as far as anybody outside can tell. */

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Fate {
  verdict: Verdict;
  /** For people who compare two opinions. */
  why: string;
}

export const fate = (verdict: Verdict, why: string): Fate => ({ verdict, why });
