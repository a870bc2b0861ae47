/** Chance that is the same in every run: a small generator (mulberry32), good enough to vary worlds. */

export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  between: (low: number, high: number) => number;
  /** True in so many of a hundred throws. */
  percent: (chance: number) => boolean;
  pick: <T>(from: readonly T[]) => T;
  /** A choice among weighted entries. */
  weighted: <T>(entries: readonly (readonly [number, T])[]) => T;
}

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(from: readonly T[]): T => {
    const found = from[between(0, from.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const weighted = <T>(entries: readonly (readonly [number, T])[]): T => {
    let left = next() * entries.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of entries) {
      left -= weight;
      if (left < 0) return value;
    }
    return pick(entries)[1];
  };
  return { between, percent: (chance) => next() * 100 < chance, pick, weighted };
}
