/** Moving in a grid by keys, and which of its cells are worth rendering. */

/** Rendered beyond what is seen, in cells. */
const MARGIN = 4;
/** Rows that a page key skips. */
const PAGE = 10;

/** `start` and `shown`: in cells. */
export function seenCells(start: number, shown: number, count: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(start) - MARGIN);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil(start + shown) + MARGIN) };
}

/** Row and column after the key; undefined: it is none that moves. */
export function moveInGrid(
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  [row, column]: readonly [number, number],
  count: number,
): readonly [number, number] | undefined {
  const last = count - 1;
  const fit = (value: number): number => Math.min(Math.max(value, 0), last);
  switch (key) {
    case 'ArrowUp':
      return [fit(row - 1), column];
    case 'ArrowDown':
      return [fit(row + 1), column];
    case 'ArrowLeft':
      return [row, fit(column - 1)];
    case 'ArrowRight':
      return [row, fit(column + 1)];
    case 'PageUp':
      return [fit(row - PAGE), column];
    case 'PageDown':
      return [fit(row + PAGE), column];
    case 'Home':
      return [ctrlKey ? 0 : row, 0];
    case 'End':
      return [ctrlKey ? last : row, last];
    default:
      return undefined;
  }
}
