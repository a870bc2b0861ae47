/** A packet's mark, of which some bits may not be known. */
export interface Mark {
  readonly value: number;
  /** The bits of the value that are certain. */
  readonly known: number;
}

const ALL_BITS = 0xffffffff;

/** What comes in from a link or from a pod has none. */
export const NO_MARK: Mark = { value: 0, known: ALL_BITS };
const ANY_MARK: Mark = { value: 0, known: 0 };

/** As netfilter writes it: (old and not mask) xor value; without a value: something. */
export function setMark({ value: old, known }: Mark, value: number | undefined, mask = ALL_BITS): Mark {
  if (value === undefined) return ANY_MARK;
  return { value: ((old & ~mask) ^ value) >>> 0, known: (known | mask) >>> 0 };
}

/** One of the two. */
export function eitherMark(a: Mark, b: Mark): Mark {
  return { value: a.value, known: (a.known & b.known & ~(a.value ^ b.value)) >>> 0 };
}

/** Undefined: that hangs on bits that are not known. */
export function hasMark({ value: own, known }: Mark, value: number, mask: number): boolean | undefined {
  // A bit that is asked for outside of the mask never fits.
  if ((value & ~mask) !== 0 || ((own ^ value) & mask & known) !== 0) return false;
  return (mask & ~known) === 0 ? true : undefined;
}
