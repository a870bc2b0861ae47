import { expect, test } from '@jest/globals';
import { alignColumns } from '../../../src/report/columns.ts';
import { joinLog, renderLog } from '../../../src/report/log.ts';
import { brokenJudgement, forwardingOff, hostileJudgement, judgedNode, judgement, view } from './worlds.ts';

test('the first line says what is wrong, the second how to mend it', () => {
  const [head] = renderLog(view(brokenJudgement()));
  expect(head?.text.split('\n').slice(0, 2)).toEqual([
    'Fail: 42 of 132 pod paths between nodes are broken; evidence: fabric+agent; routing only, filters not read.',
    'Mend first: The source/destination check of eni-0a100000000000003 (node worker-03) is on. Switch the check off.',
  ]);
});

test('only the node table is folded', () => {
  const sections = renderLog(view(brokenJudgement()));
  expect(sections.map(({ title, folded }) => [title, folded])).toEqual([
    ['', false],
    ['Causes', false],
    ['Findings', false],
    ['Nodes (12)', true],
  ]);
});

test('many findings shrink to a line each', () => {
  const findings = Array.from({ length: 25 }, (_, index) =>
    forwardingOff(`n${String(index)}`, `eni-${String(index)}`, 1),
  );
  const text = joinLog(renderLog(view(judgement({ verdict: 'fail', findings, nodes: [] }))));
  expect(text.match(/^ {2}error cloud-forwarding-off/gm)).toHaveLength(25);
  expect(text.match(/^ {6}aws ec2/gm)).toHaveLength(20);
});

test('of very many nodes the worst are shown, and the rest counted', () => {
  const nodes = Array.from({ length: 1002 }, (_, index) =>
    judgedNode(index, index === 1001 ? { verdict: 'unknown' } : {}),
  );
  const lines =
    renderLog(view(judgement({ nodes })))
      .at(-1)
      ?.text.split('\n') ?? [];
  expect(lines[1]).toMatch(/^worker-1001 .* unknown$/);
  expect(lines).toHaveLength(1002);
  expect(lines.at(-1)).toBe('and 2 more nodes; report.json has them all');
});

test('foreign text keeps to its line and column', () => {
  const text = joinLog(renderLog(view(hostileJudgement())));
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(text).not.toMatch(/^## owned/m);
});

test('columns are as wide as their widest cell, counted in characters', () => {
  expect(alignColumns([['a', 'b', 'c'], ['🙂🙂', '', 'd'], ['x']])).toEqual(['a    b   c', '🙂🙂       d', 'x']);
});
