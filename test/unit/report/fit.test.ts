import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitText, measure, type Block, type Budget } from '../../../src/report/fit.ts';
import { renderMarkdown, SUMMARY_BUDGET } from '../../../src/report/markdown.ts';
import { forwardingOff, judgedNode, judgement, pairCounts, view } from './worlds.ts';
import type { View } from '../../../src/report/view.ts';

function bytes(limit: number): Budget {
  return { limit, unit: 'bytes' };
}

function rows(count: number, text = 'row'): Block {
  return {
    kind: 'rows',
    style: 'table',
    head: 'head',
    rows: Array.from({ length: count }, (_, index) => `${text} ${String(index)}`),
    tail: 'tail',
    more: (left) => `and ${String(left)} more`,
  };
}

/** Every node has its check on: as many findings as nodes. */
function hugeView(count: number): View {
  const nodes = Array.from({ length: count }, (_, index) =>
    judgedNode(index, {
      name: `ip-10-20-${String(index)}.eu-west-1.compute.internal`,
      forwarding: 'off',
      verdict: 'fail',
    }),
  );
  const total = count * (count - 1);
  const findings = nodes.map((node, index) => forwardingOff(node.name, `eni-${String(index)}`, 2 * (count - 1)));
  return view(
    judgement({
      verdict: 'fail',
      nodes,
      findings,
      pairs: pairCounts({ total, fail: total }),
      causes: findings.map((finding) => ({ finding: finding.key, pairsExplained: 1 })),
    }),
  );
}

describe('rungs', () => {
  const rungs = [
    () => ({ mayCut: false, blocks: [rows(100)] }),
    () => ({ mayCut: true, blocks: [rows(50)] }),
    () => ({ mayCut: false, blocks: [{ kind: 'text', text: 'short' } as const] }),
  ];

  test('the richest that fits is taken whole', () => {
    expect(fitText(rungs, bytes(10_000))).toContain('row 99');
    expect(fitText(rungs, bytes(10_000))).not.toContain('more');
  });

  test('a rung that may be cut is cut between rows, says how many are left out, and keeps its tail', () => {
    expect(fitText(rungs, bytes(60))).toBe('head\nrow 0\nrow 1\nrow 2\nrow 3\nrow 4\n\nand 45 more\n\ntail\n');
  });

  test('without room for a single row the next rung is taken', () => {
    expect(fitText(rungs, bytes(20))).toBe('short\n');
  });

  test('where nothing fits the last is cut at a character', () => {
    expect(fitText(rungs, bytes(5))).toBe('sh…');
    expect(fitText(rungs, bytes(2))).toBe('');
    const umlauts = [() => ({ mayCut: false, blocks: [{ kind: 'text', text: 'äöü🙂' } as const] })];
    expect(fitText(umlauts, bytes(8))).toBe('äö…');
    expect(fitText(umlauts, { limit: 4, unit: 'characters' })).toBe('äöü…');
  });

  test('a short table is kept whole when a long one beside it is cut', () => {
    const text = fitText([() => ({ mayCut: true, blocks: [rows(500, 'long'), rows(3, 'short')] })], bytes(400));
    expect(text).toContain('short 2');
    expect(text).toMatch(/and 4\d\d more/);
  });

  test('an empty table leaves no head', () => {
    expect(fitText([() => ({ mayCut: false, blocks: [rows(0), { kind: 'text', text: 'x' }] })], bytes(100))).toBe(
      'x\n',
    );
  });

  test('never more than the budget', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const block = fc.oneof(
      text.map((value): Block => ({ kind: 'text', text: value })),
      fc.record({
        kind: fc.constant('rows' as const),
        style: fc.constantFrom('table' as const, 'paragraphs' as const, 'code' as const),
        head: text,
        rows: fc.array(text, { maxLength: 40 }),
        tail: text,
        more: fc.constant((left: number) => `and ${String(left)} more`),
      }),
    );
    const rung = fc.record({ mayCut: fc.boolean(), blocks: fc.array(block, { maxLength: 5 }) });
    fc.assert(
      fc.property(
        fc.array(rung, { maxLength: 4 }),
        fc.nat(600),
        fc.constantFrom('bytes' as const, 'characters' as const),
        (list, limit, unit) => {
          const fitted = fitText(
            list.map((value) => () => value),
            { limit, unit },
          );
          expect(measure(fitted, { limit, unit })).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});

describe('a summary', () => {
  test('of a huge cluster keeps within what GitHub takes, and says what it leaves out', () => {
    const text = renderMarkdown(hugeView(5000));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_BUDGET.limit);
    expect(Buffer.byteLength(text)).toBeGreaterThan(SUMMARY_BUDGET.limit * 0.9);
    expect(text).toMatch(/^\*\*Fail\*\* — 24,995,000 of 24,995,000 pod paths/);
    expect(text).toMatch(/\nand \d,\d{3} more findings; report\.json has them all\n/);
    expect(text).toMatch(/\nand \d,\d{3} more nodes; report\.json has them all\n/);
    expect(text.match(/<details/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  test('goes down the ladder as the room shrinks', () => {
    const huge = hugeView(50);
    const at = (limit: number): string => renderMarkdown(huge, bytes(limit));
    expect(at(200_000)).toContain('Nodes (50)');
    expect(at(30_000)).toContain('Nodes with problems (50)');
    expect(at(1_500)).toContain('| cloud-forwarding-off | error | 50 |');
    expect(at(300)).toBe(
      '**Fail** — 2,450 of 2,450 pod paths between nodes are broken; evidence: fabric+agent; routing only, filters not read.\n',
    );
    for (const limit of [200_000, 30_000, 1_500, 300, 50, 0])
      expect(Buffer.byteLength(at(limit))).toBeLessThanOrEqual(limit);
  });

  test('nodes without a problem are the first to be left out', () => {
    const nodes = Array.from({ length: 50 }, (_, index) => judgedNode(index, index === 7 ? { verdict: 'fail' } : {}));
    const text = renderMarkdown(view(judgement({ nodes })), bytes(2_000));
    expect(text).toContain('Nodes with problems (1)');
    expect(text).toContain('49 nodes without a problem not listed.');
  });
});
