/** Which addresses stand for all: behaviour changes only where some prefix of the world begins or ends. */

import { overlaps } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';

/** First, middle and last address of every piece of a podCIDR within which nothing can change. */
export function samplesOf(pod: Range, ranges: Range[]): Address[] {
  const starts = new Set([pod.first]);
  for (const range of ranges) {
    if (!overlaps(range, pod)) continue;
    if (range.first > pod.first) starts.add(range.first);
    if (range.last < pod.last) starts.add(range.last + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
  const values = new Set<bigint>();
  sorted.forEach((first, i) => {
    const next = sorted[i + 1];
    const last = next === undefined ? pod.last : next - 1n;
    for (const value of [first, (first + last) / 2n, last]) values.add(value);
  });
  return [...values].map((value) => ({ family: pod.family, value }));
}
