/** What was measured, as tables for people. Pure. */
import { renderMegabytes, renderMs, renderRatio, renderTable, type Spread, type Usage } from './figures.ts';
import type { Measured } from './measure.ts';

const NONE = '-';

/** A block of rows per cluster; the ratios of a row are the check's: how many times its wall time. */
export function renderRuns(all: readonly Measured[]): string {
  const head = ['', 'wall', 'CPU', 'peak', 'requests', 'bytes', 'check is', 'per node'];
  const rows = all.flatMap((one) => {
    const { nodes, mode, run, start, floor, bash } = one;
    const row = (name: string, usage: Usage | undefined, more: readonly string[]): string[][] =>
      usage === undefined
        ? []
        : [[`  ${name}`, renderMs(usage.wallMs), renderMs(usage.cpuMs), renderMegabytes(usage.peakBytes), ...more]];
    const times = (usage: number | undefined): string =>
      run === undefined || usage === undefined ? NONE : renderRatio(run.wallMs / usage);
    const least = floor === undefined || start === undefined ? undefined : floor.wallMs + start.wallMs;
    return [
      [`${String(nodes)} nodes, ${mode}`],
      ...row('check', run, [String(one.requests), renderMegabytes(one.bytes), '', perNode(run, nodes)]),
      ...row('empty start', start, ['0', '0', times(start?.wallMs), '']),
      ...row('floor', floor, [
        String(one.requests),
        renderMegabytes(one.bytes),
        times(floor?.wallMs),
        perNode(floor, nodes),
      ]),
      ...(least === undefined ? [] : [['  floor + start', renderMs(least), '', '', '', '', times(least)]]),
      ...row('shell script', bash, [NONE, NONE, times(bash?.wallMs), perNode(bash, nodes)]),
    ];
  });
  return `${renderTable(head, rows)}${growth(all)}`;
}

function perNode(usage: Usage | undefined, nodes: number): string {
  return usage === undefined ? '' : `${((usage.wallMs * 1000) / nodes).toFixed(0)} us`;
}

/** Time per node against the smallest cluster of at least a thousand: below that, starting is most of it. */
function growth(all: readonly Measured[]): string {
  const lines = [...new Set(all.map(({ mode }) => mode))].flatMap((mode) => {
    const sized = all.filter((one) => one.mode === mode && one.run !== undefined && one.nodes >= 1000);
    const [base, ...larger] = [...sized].sort((a, b) => a.nodes - b.nodes);
    if (base?.run === undefined) return [];
    const per = ({ run, nodes }: Measured): number => (run?.wallMs ?? 0) / nodes;
    return larger.map(
      (one) =>
        `${mode}: a node costs ${renderRatio(per(one) / per(base))} at ${String(one.nodes)} nodes what it costs at ${String(base.nodes)}`,
    );
  });
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
}

export function renderJudging(all: readonly Measured[]): string {
  const head = ['', 'snapshot', 'JSON.parse', 'decode', 'judge', 'judge with second reading', 'judge / decode'];
  const rows = all.flatMap(({ nodes, mode, judging }) => {
    if (judging === undefined) return [];
    const { bytes, parse, decode, draft, confirmed } = judging;
    const line = (name: string, of: (spread: Spread) => number): string[] => [
      `${String(nodes)} nodes, ${mode}, ${name}`,
      renderMegabytes(bytes),
      name === 'cold' ? NONE : renderMs(of(parse)),
      renderMs(of(decode)),
      renderMs(of(draft)),
      confirmed === undefined ? NONE : renderMs(of(confirmed)),
      renderRatio(of(draft) / of(decode)),
    ];
    return [line('cold', (spread) => spread.cold), line('warm', (spread) => spread.warm)];
  });
  return renderTable(head, rows);
}
