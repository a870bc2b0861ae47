/** Verdicts counted. */
import type { PairCounts, Verdict } from '../model/judgement.ts';

export class Counter {
  readonly #by = new Map<Verdict, number>();

  add(verdict: Verdict, many: number): void {
    this.#by.set(verdict, (this.#by.get(verdict) ?? 0) + many);
  }

  counts(): PairCounts {
    const of = (verdict: Verdict): number => this.#by.get(verdict) ?? 0;
    const total = [...this.#by.values()].reduce((sum, many) => sum + many, 0);
    return {
      total,
      pass: of('pass'),
      fail: of('fail'),
      partial: of('partial'),
      unknown: of('unknown'),
      notApplicable: of('not-applicable'),
    };
  }
}
