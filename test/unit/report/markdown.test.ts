import { describe, expect, test } from '@jest/globals';
import { joinLog, renderLog } from '../../../src/report/log.ts';
import { measure } from '../../../src/report/fit.ts';
import { renderMarkdown, SUMMARY_BUDGET } from '../../../src/report/markdown.ts';
import type { View } from '../../../src/report/view.ts';
import { NO_SUBJECTS } from '../../../src/model/judgement.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { expectGolden } from './golden.ts';
import { guestsJudgement } from './guest-world.ts';
import {
  brokenJudgement,
  driftedView,
  finding,
  forwardingOff,
  hostileJudgement,
  judgedNode,
  judgement,
  ORPHAN,
  overlayJudgement,
  pairCounts,
  unknownJudgement,
  view,
} from './worlds.ts';

const CASES: readonly (readonly [string, Judgement])[] = [
  ['pass', judgement()],
  ['pass-with-warning', judgement({ findings: [ORPHAN] })],
  ['fail', brokenJudgement()],
  ['unknown', unknownJudgement()],
  ['overlay', overlayJudgement()],
  ['hostile', hostileJudgement()],
  ['guests', guestsJudgement()],
  [
    'no-nodes',
    judgement({ verdict: 'unknown', nodes: [], classes: [], pairs: pairCounts({}), roundTrip: pairCounts({}) }),
  ],
];

describe.each(CASES)('%s', (name, judged) => {
  test('job summary', () => {
    expectGolden(`${name}.md`, renderMarkdown(view(judged)));
  });

  test('log', () => {
    expectGolden(`${name}.txt`, `${joinLog(renderLog(view(judged)))}\n`);
  });
});

test.each([
  ['drift', '10.244.9.0/24'],
  ['drift-hostile', 'a|b`c`<img src=x onerror=alert(1)>\n::error::boo @everyone \u202egnp'],
])('%s: summary and log against a baseline', (name, foreign) => {
  const one = driftedView(foreign);
  expectGolden(`${name}.md`, renderMarkdown(one));
  expectGolden(`${name}.txt`, `${joinLog(renderLog(one))}\n`);
});

test('the first line says what is wrong and the second how to mend it, with the command', () => {
  const [first, , second, , fence, command] = renderMarkdown(view(brokenJudgement())).split('\n');
  expect(first).toBe(
    '**Fail** — 42 of 132 pod paths between nodes are broken; evidence: fabric+agent; routing only, filters not read.',
  );
  expect(second).toBe(
    '**Mend first:** The source/destination check of eni-0a100000000000003 (node worker-03) is on. Switch the check off.',
  );
  expect([fence, command]).toEqual([
    '```sh',
    'aws ec2 modify-network-interface-attribute --network-interface-id eni-0a100000000000003 --no-source-dest-check --region eu-west-1',
  ]);
});

test('one node has no path, which is not called a pass', () => {
  const one = judgement({ verdict: 'not-applicable', nodes: [judgedNode(1)], pairs: pairCounts({}) });
  expect(renderMarkdown(view(one))).toMatch(/^\*\*Not applicable\*\* — one node has no pod path to another node\.\n/);
});

test('an error without a broken path is still said in the first line', () => {
  const judged = judgement({ verdict: 'fail', findings: [forwardingOff('worker-01', 'eni-1', 0)] });
  expect(renderMarkdown(view(judged))).toMatch(/^\*\*Fail\*\* — 1 error found, although no pod path is broken now;/);
  const roundTrip = pairCounts({ total: 12, pass: 9, fail: 2, partial: 1 });
  const senders = [{ sender: '10.0.9.7', oneWay: pairCounts({ total: 12, pass: 12 }), roundTrip }];
  const others = { ...judged, otherPaths: { ...judged.otherPaths, senders } };
  expect(renderMarkdown(view(others))).toMatch(
    /^\*\*Fail\*\* — 3 other paths to or from pods are broken, although none between pods is;/,
  );
});

test('the gate is mentioned where it says something else than the verdict', () => {
  const gate = { result: 'pass', reasons: ['42 paths are broken; fail-on is never.'] } as const;
  expect(renderMarkdown(view(brokenJudgement(), gate))).toContain(
    '\n\nThe step passes: 42 paths are broken; fail-on is never.\n',
  );
  expect(renderMarkdown(view(brokenJudgement()))).not.toContain('The step');
});

test('deletions are shown with their finding and never among the commands to run together', () => {
  const markdown = renderMarkdown(view(brokenJudgement()));
  const [, together = ''] = markdown.split('All 2 commands');
  expect(markdown).toContain('aws ec2 delete-route --route-table-id rtb-0d10000000000001');
  expect(together).toContain('eni-0a100000000000007');
  expect(together).not.toContain('delete-route');
});

test('many classes become a list of entries instead of a grid', () => {
  const broken = brokenJudgement();
  const classes = Array.from({ length: 12 }, (_, index) => ({ id: `c${String(index)}`, nodes: [`n${String(index)}`] }));
  const entry = { family: 4, roundTrip: 'fail', findings: [] } as const;
  const markdown = renderMarkdown(
    view({
      ...broken,
      classes,
      matrix: [
        { from: 'c2', to: 'c1', verdict: 'unknown', ...entry },
        { from: 'c11', to: 'c0', verdict: 'fail', ...entry },
        { from: 'c5', to: 'c6', verdict: 'pass', ...entry },
      ],
    }),
  );
  expect(markdown).not.toContain('from ↓ to →');
  expect(markdown).toContain(
    [
      '| `n11` | `n0` | IPv4 | ❌ fail |',
      '| `n2` | `n1` | IPv4 | ❔ unknown, replies fail |',
      '| `n5` | `n6` | IPv4 | ✅ pass, replies fail |',
    ].join('\n'),
  );
});

describe('the ladder', () => {
  const COMMENT = { limit: 65_536, unit: 'characters' } as const;

  // As wide as a report gets: 5,000 nodes in as many classes, 4,000 faults of six rules, each a cause.
  const RULES = [
    'cloud-forwarding-off',
    'fabric-route-missing',
    'fabric-route-wrong-target',
    'fabric-route-dead',
    'route-shadowed',
    'firewall-excludes-pods',
  ] as const;
  const large = (): View => {
    const nodes = Array.from({ length: 5000 }, (_, index) =>
      judgedNode(index, { verdict: index < 4000 ? 'fail' : 'pass' }),
    );
    const findings = nodes.slice(0, 4000).map(({ name }, index) =>
      finding({
        key: `fault/${name}`,
        rule: RULES[index % RULES.length] ?? RULES[0],
        title: `Fault of kind ${String(index % RULES.length)}`,
        subjects: { ...NO_SUBJECTS, nodes: [name] },
        pairsBroken: 9998,
      }),
    );
    return view(
      judgement({
        verdict: 'fail',
        nodes,
        classes: nodes.map(({ name }) => ({ id: name, nodes: [name] })),
        pairs: pairCounts({ total: 24_995_000, fail: 23_995_200, pass: 999_800 }),
        findings,
        causes: findings.map(({ key }) => ({ finding: key, pairsExplained: 9998 })),
      }),
    );
  };

  test.each([
    ['summary', SUMMARY_BUDGET],
    ['comment', COMMENT],
  ])('4,000 faults of 5,000 nodes fit the %s, and every kind of cause is named', (_, budget) => {
    const text = renderMarkdown(large(), budget);
    expect(measure(text, budget)).toBeLessThanOrEqual(budget.limit);
    expect(text).toMatch(/^\*\*Fail\*\* — 23,995,200 of 24,995,000 pod paths between nodes are broken/);
    for (const rule of RULES) expect(text).toContain(rule);
    expect(text.match(/\d[\d,]* × Fault of kind/g)).toHaveLength(RULES.length);
  });

  // From the richest to the poorest, each the first that fits.
  test.each([
    ['full', 100_000],
    ['problems', 4200],
    ['counts', 2000],
    ['line', 140],
    ['cut', 60],
  ])('%s: in %d characters', (name, limit) => {
    const budget = { limit, unit: 'characters' } as const;
    const text = renderMarkdown(view(brokenJudgement()), budget);
    expect(text.length).toBeLessThanOrEqual(limit);
    expectGolden(`ladder-${name}.md`, text);
  });
});
