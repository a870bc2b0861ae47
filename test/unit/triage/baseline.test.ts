import { expect, test } from '@jest/globals';
import { foreignBaseline, parseBaseline, type Baseline } from '../../../src/triage/baseline.ts';

const FINDING = { key: 'orphan-route/a', rule: 'orphan-route', title: 'A route', verdict: 'fail' };
const REPORT = { schemaVersion: 1, cluster: { id: 'c' }, findings: [FINDING] };

function parse(report: unknown): Baseline {
  const baseline = parseBaseline(JSON.stringify(report), 'b.json');
  if (baseline instanceof Error) throw baseline;
  return baseline;
}

test('what failed, and what could not be looked for, is known; what was unknown is known and never resolved', () => {
  const open = { ...FINDING, key: 'evidence-incomplete/x', verdict: 'unknown' };
  const unseen = [{ key: 'fabric-route-missing/y', rule: 'fabric-route-missing', title: 'A podCIDR' }];
  const { known, failed } = parse({ ...REPORT, findings: [FINDING, open], unseen });
  expect([...known]).toEqual(['orphan-route/a', 'evidence-incomplete/x', 'fabric-route-missing/y']);
  expect(failed.map(({ key }) => key)).toEqual(['orphan-route/a', 'fabric-route-missing/y']);
});

test('reports of versions that told less are baselines, too', () => {
  expect(parse(REPORT).failed).toEqual([{ key: 'orphan-route/a', rule: 'orphan-route', title: 'A route' }]);
});

test.each([
  ['{', /is no JSON/],
  ['[]', /is no report.json: it has no findings/],
  ['null', /is no report.json/],
  [JSON.stringify({ ...REPORT, schemaVersion: 2 }), /has schemaVersion 2, not 1/],
  [JSON.stringify({ ...REPORT, findings: [{ rule: 'x' }] }), /a finding has no key/],
  [JSON.stringify({ ...REPORT, unseen: 'none' }), /a finding has no key/],
])('%s is refused with its path', (text, message) => {
  const refused = parseBaseline(text, 'b.json');
  expect(refused).toBeInstanceOf(Error);
  expect((refused as Error).message).toMatch(/^The baseline b\.json /);
  expect((refused as Error).message).toMatch(message);
});

test('a baseline of another cluster is refused with both names', () => {
  expect(foreignBaseline(parse(REPORT), 'c')).toBeUndefined();
  expect(foreignBaseline(parse(REPORT), 'd')?.message).toBe(
    'The baseline b.json is about cluster "c", and this run is about "d".',
  );
});
