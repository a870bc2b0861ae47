/** What is measured, and how it is written down. Pure. */

/** Milliseconds: the first time in a fresh process, and the median of later times. */
export interface Spread {
  readonly cold: number;
  readonly warm: number;
}

export interface JudgeTimes {
  /** Size of the snapshot. */
  readonly bytes: number;
  /** JSON.parse alone. */
  readonly parse: Spread;
  /** Parsing and checking the snapshot. */
  readonly decode: Spread;
  /** Judging the first reading. */
  readonly draft: Spread;
  /** Judging with the second reading; absent where nothing had to be read twice. */
  readonly confirmed?: Spread;
}

/** What one process used. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Largest resident set. */
  readonly peakBytes: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Each figure's median by itself: the runs need not be the same one. */
export function medianUsage(runs: readonly Usage[]): Usage {
  const of = (pick: (usage: Usage) => number): number => median(runs.map(pick));
  return { wallMs: of((run) => run.wallMs), cpuMs: of((run) => run.cpuMs), peakBytes: of((run) => run.peakBytes) };
}

export function renderMs(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

export function renderMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;
}

export function renderRatio(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
}

/** Columns as wide as their widest cell; the first is flush left, all others flush right. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => pad(row[column] ?? '', width, column === 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, left: boolean): string {
  return left ? text.padEnd(width) : text.padStart(width);
}
