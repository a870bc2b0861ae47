/** Many prefixes as few: what people have to write into one rule. */
import type { Prefix, Range } from './prefix.ts';
import { comparePrefixes, nextValue, rangeToPrefixes } from './prefix.ts';

/** The fewest prefixes that hold exactly the same addresses, in order. */
export function mergePrefixes(prefixes: readonly Prefix[]): Prefix[] {
  const sorted = [...prefixes].sort(comparePrefixes);
  const ranges: Range[] = [];
  for (const { family, first, last } of sorted) {
    const open = ranges.at(-1);
    if (open?.family === family && first <= nextValue(open.last)) {
      if (last > open.last) ranges[ranges.length - 1] = { ...open, last };
    } else ranges.push({ family, first, last });
  }
  return ranges.flatMap(rangeToPrefixes);
}
