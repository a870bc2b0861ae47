/** Plans and changes in every output. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as faults from '../../../lab/world/faults.ts';
import { makePlan } from '../../../src/plan/plan.ts';
import type { Outcome, PlanReport } from '../../../src/model/planned.ts';
import { OUTCOMES } from '../../../src/model/planned.ts';
import { joinLog, renderLog } from '../../../src/report/log.ts';
import { renderJson } from '../../../src/report/json.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { renderOutputs } from '../../../src/report/outputs.ts';
import type { View } from '../../../src/report/view.ts';
import { cluster } from '../../support/judging.ts';
import { planFor, USUAL_POLICY } from '../../support/planning.ts';
import { guestsJudgement } from './guest-world.ts';
import { brokenJudgement, SNAPSHOT, view } from './worlds.ts';

const { plan } = planFor(cluster('host-gw'), [
  faults.checkOn(3),
  faults.routeMissing(2),
  faults.staleRoute('10.244.77.0/24', [0], 6),
]);

const FILES = { planFile: '/r/plan.json', undoFile: '/r/undo.json', undoDigest: 'u', journalFile: '/r/journal.jsonl' };

const APPLIED: PlanReport = {
  plan,
  outcomes: plan.changes.map(({ id }, index): Outcome =>
    index === 1 ? { id, kind: 'denied', reason: 'may not', permission: 'ec2:CreateRoute' } : { id, kind: 'applied' },
  ),
  comparison: {
    worse: [{ key: 'k/worse', title: 'Something new' }],
    mended: [{ key: 'k/mended', title: 'Something old' }],
    nodesWorse: ['worker-09'],
    brokenBefore: 7,
    brokenAfter: 2,
    unknownBefore: 0,
    unknownAfter: 1,
  },
  ...FILES,
};

/** Of nodes whose own kernels are at fault: all of it is to be done there. */
const ON_NODES = makePlan({
  snapshot: SNAPSHOT,
  judgement: guestsJudgement(),
  accepted: new Set(),
  policy: USUAL_POLICY,
  writable: [],
  version: '0.0.0',
});

const CASES: readonly (readonly [string, PlanReport])[] = [
  ['a plan', { plan, planFile: '/r/plan.json' }],
  ['changes', APPLIED],
  ['an empty plan', { plan: { ...plan, changes: [], withheld: [] }, outcomes: [] }],
  ['a refused plan', { plan, refused: 'the digest is another', outcomes: [] }],
  ['a plan for nodes', { plan: ON_NODES }],
  ['an interrupted run', { ...APPLIED, interrupted: true }],
];

function viewOf(changes: PlanReport): View {
  return { ...view(brokenJudgement()), changes };
}

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  JSON.parse(readFileSync(new URL('../../../docs/schema/report-v1.schema.json', import.meta.url), 'utf8')) as object,
);

test.each(CASES)('report.json with %s follows the schema, and nothing of the run is in it', (_, report) => {
  const text = renderJson(viewOf(report));
  validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
  expect(text).not.toContain('/r/');
});

test.each(CASES)('the texts tell of %s the same', (_, report) => {
  const markdown = renderMarkdown(viewOf(report));
  const log = joinLog(renderLog(viewOf(report)));
  const kinds = OUTCOMES.filter((kind) => report.outcomes?.some((one) => one.kind === kind) === true);
  for (const text of [markdown, log]) {
    for (const kind of kinds) expect(text).toContain(kind);
    if (report.refused !== undefined) expect(text).toContain(`Nothing was changed: ${report.refused}.`);
    else if (report.plan.changes.length > 0) expect(text).toContain(report.plan.digest);
    else expect(text).toContain('The plan holds no change');
  }
});

test('what became worse stands before what was mended, and before all changes', () => {
  for (const text of [renderMarkdown(viewOf(APPLIED)), joinLog(renderLog(viewOf(APPLIED)))]) {
    const places = ['Something new', 'worker-09', '7 before, 2 after', 'Something old', 'may not'].map((part) =>
      text.indexOf(part),
    );
    expect(places.every((place) => place >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  }
});

test('an interrupted run says that nothing was judged again', () => {
  const text = renderMarkdown(viewOf({ ...APPLIED, interrupted: true }));
  expect(text).toContain('nothing was judged again');
  expect(text).not.toContain('Something old');
});

test('withheld changes stand there with their reasons, commands in the order of the plan, and the way back', () => {
  const markdown = renderMarkdown(viewOf({ plan }));
  expect(markdown).toContain('<b>kind</b>: allow-changes does not name delete-route');
  const [way, back] = ['The same as commands', 'The way back as commands'].map((title) => {
    const from = markdown.indexOf(title);
    return markdown.slice(from, markdown.indexOf('</details>', from));
  });
  expect(way!.indexOf('--no-source-dest-check')).toBeLessThan(way!.indexOf('create-route'));
  expect(back!.indexOf('delete-route')).toBeLessThan(back!.indexOf('--source-dest-check'));
  expect(markdown).toContain('resource "aws_route"');
});

test('a long plan is cut and still within its budget', () => {
  const changes = Array.from({ length: 400 }, (_, index) => ({ ...plan.changes[0]!, id: String(index) }));
  const text = renderMarkdown(viewOf({ plan: { ...plan, changes } }), { limit: 20_000, unit: 'characters' });
  expect(text.length).toBeLessThanOrEqual(20_000);
  expect(text).toMatch(/and \d+ more changes; the plan file has them all|400 changes/);
});

describe('names of strangers stay text', () => {
  const hostile = '<img src=x>|`@admin`';
  const because = [{ finding: hostile, title: hostile }];
  const report: PlanReport = {
    plan: {
      ...plan,
      changes: plan.changes.map((change) => ({ ...change, because })),
      withheld: plan.withheld.map((one) => ({ ...one, what: hostile, reasons: [{ code: 'owned', text: hostile }] })),
    },
    refused: hostile,
    outcomes: plan.changes.map(({ id }) => ({ id, kind: 'failed', reason: hostile, permission: hostile })),
  };

  test('in the summary', () => {
    const markdown = renderMarkdown(viewOf(report));
    expect(markdown).not.toContain('<img');
    expect(markdown).not.toContain('@admin`');
  });
});

test('outputs', () => {
  expect(renderOutputs(viewOf(APPLIED), {})).toMatchObject({
    changes: String(plan.changes.length),
    'changes-applied': String(plan.changes.length - 1),
    'changes-withheld': '1',
    'plan-digest': plan.digest,
    'plan-file': '/r/plan.json',
    'undo-file': '/r/undo.json',
    'undo-digest': 'u',
    'journal-file': '/r/journal.jsonl',
  });
});

test('a plan of a cluster whose nodes are at fault says so, and that they are not changed', () => {
  const of = viewOf({ plan: ON_NODES });
  const summary = 'The plan holds no change, 7 withheld.';
  const line = 'withheld: set-host-forwarding IPv4 eth0 on b (on-node: to be done on b, where no mode does it;';
  const log = joinLog(renderLog(of));
  expect(log).toContain(summary);
  expect(log).toContain(line);
  expect(renderMarkdown(of)).toContain('| `restart-agent flannel on a` | <b>on-node</b>: to be done in the cluster,');
});
