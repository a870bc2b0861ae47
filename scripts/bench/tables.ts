/** What was measured, as tables for people. Pure. */
import { renderMegabytes, renderMs, renderRatio, renderTable, type Spread, type Usage } from './figures.ts';
import type { Measured } from './measure.ts';

const NONE = '-';

/** A block of rows per cluster. A row's ratios say how many times its figures the check takes. */
export function renderRuns(all: readonly Measured[]): string {
  const head = ['', 'wall', 'CPU', 'peak', 'requests', 'bytes', 'check/this wall', 'check/this CPU', 'wall per node'];
  return `${renderTable(head, all.flatMap(block))}${growth(all)}`;
}

function block(one: Measured): string[][] {
  const { nodes, mode, run, start, floor, ownFloor, bash } = one;
  const traffic = [String(one.requests), renderMegabytes(one.bytes)];
  const least = start === undefined || floor === undefined ? undefined : sum(floor, start);
  const rows: readonly (readonly [string, Usage | undefined, readonly string[], boolean])[] = [
    ['check', run, traffic, true],
    ['empty start', start, ['0', '0'], false],
    ['floor', floor, traffic, true],
    ['floor + empty start', least, [NONE, NONE], false],
    ['floor, own XML parser', ownFloor, traffic, true],
    ['shell script', bash, [NONE, NONE], true],
  ];
  const lines = rows.flatMap(([name, usage, sent, perNode]) => {
    if (usage === undefined) return [];
    const isCheck = usage === run;
    return [
      [
        `  ${name}`,
        renderMs(usage.wallMs),
        renderMs(usage.cpuMs),
        renderMegabytes(usage.peakBytes),
        ...sent,
        isCheck || run === undefined ? '' : renderRatio(run.wallMs / usage.wallMs),
        isCheck || run === undefined ? '' : renderRatio(run.cpuMs / usage.cpuMs),
        perNode ? `${((usage.wallMs * 1000) / nodes).toFixed(0)} us` : '',
      ],
    ];
  });
  return [[`${String(nodes)} nodes, ${mode}`], ...lines];
}

function sum(a: Usage, b: Usage): Usage {
  return {
    wallMs: a.wallMs + b.wallMs,
    cpuMs: a.cpuMs + b.cpuMs,
    peakBytes: Math.max(a.peakBytes, b.peakBytes),
  };
}

/** Time per node against the smallest cluster of at least a thousand: below that, starting is most of it. */
function growth(all: readonly Measured[]): string {
  const lines = [...new Set(all.map(({ mode }) => mode))].flatMap((mode) => {
    const sized = all.flatMap(({ run, nodes, mode: own }) =>
      own === mode && run !== undefined && nodes >= 1000 ? [{ nodes, perNode: run.wallMs / nodes }] : [],
    );
    const [base, ...larger] = sized.sort((a, b) => a.nodes - b.nodes);
    if (base === undefined) return [];
    return larger.map(
      ({ nodes, perNode }) =>
        `${mode}: a node costs at ${String(nodes)} nodes ${renderRatio(perNode / base.perNode)} what it costs at ${String(base.nodes)}`,
    );
  });
  return lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
}

export function renderJudging(all: readonly Measured[]): string {
  const head = ['', 'snapshot', 'JSON.parse', 'decode', 'judge', 'judge after second reading', 'judge/decode'];
  const rows = all.flatMap(({ nodes, mode, judging }) => {
    if (judging === undefined) return [];
    const { bytes, parse, decode, draft, confirmed } = judging;
    const line = (name: keyof Spread): string[] => [
      `${String(nodes)} nodes, ${mode}, ${name}`,
      renderMegabytes(bytes),
      // It comes after decoding, so it is never cold.
      name === 'cold' ? NONE : renderMs(parse[name]),
      renderMs(decode[name]),
      renderMs(draft[name]),
      confirmed === undefined ? NONE : renderMs(confirmed[name]),
      renderRatio(draft[name] / decode[name]),
    ];
    return [line('cold'), line('warm')];
  });
  return renderTable(head, rows);
}
