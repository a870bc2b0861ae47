import { describe, expect, test } from '@jest/globals';
import { parseXML } from '@aws-sdk/xml-builder';
import { messageBody } from '../../../src/model/message.ts';
import { renderJunit } from '../../../src/report/junit.ts';
import { renderComment, renderIssue } from '../../../src/report/message.ts';
import { renderSarif } from '../../../src/report/sarif.ts';
import { guestsJudgement } from './guest-world.ts';
import { brokenJudgement, finding, hostileJudgement, judgement, unknownJudgement, view } from './worlds.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly kind: string;
  readonly locations: readonly unknown[];
}

const MIXED = view({ ...brokenJudgement(), findings: [...brokenJudgement().findings, ...unknownJudgement().findings] });

describe('SARIF', () => {
  const log = JSON.parse(renderSarif(MIXED)) as {
    version: string;
    runs: { tool: { driver: { rules: { id: string }[] } }; results: Result[] }[];
  };
  const [run] = log.runs;

  test('every finding is a result with a level, a place and its rule', () => {
    expect(log.version).toBe('2.1.0');
    expect(run?.results).toHaveLength(MIXED.findings.length);
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.locations).toHaveLength(1);
      expect(result.kind === 'fail' ? ['error', 'warning', 'note'] : ['none']).toContain(result.level);
    }
  });

  test('each rule once', () => {
    const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

describe('JUnit', () => {
  interface Suite {
    readonly testsuites: { readonly testsuite: { readonly testcase: object[]; readonly tests: string } };
  }

  test.each([
    ['pass', view(judgement({ verdict: 'pass' })), 0],
    ['mixed', MIXED, MIXED.findings.length],
    ['hostile', view(hostileJudgement()), hostileJudgement().findings.length],
  ])('%s: one case for the paths and one per finding', (_, one, findings) => {
    const { testsuites } = parseXML(renderJunit(one)) as Suite;
    const cases = [testsuites.testsuite.testcase].flat();
    expect(cases).toHaveLength(findings + 1);
    expect(testsuites.testsuite.tests).toBe(String(findings + 1));
  });

  test('accepted faults and notices are skipped, not red', () => {
    const quiet = view(judgement({ verdict: 'pass', findings: [finding({ severity: 'notice' })] }));
    expect(renderJunit(quiet)).toMatch(/failures="0" errors="0" skipped="1"/);
  });
});

describe('messages', () => {
  const of = (id: string): ReturnType<typeof view> => ({ ...MIXED, cluster: { ...MIXED.cluster, id } });

  test('the marker names the cluster and cannot be that of another', () => {
    const ids = ['a', 'b', 'a-b', '--> a', 'a <!--', 'A'];
    const markers = ids.map((id) => renderComment(of(id)).marker);
    expect(new Set(markers).size).toBe(ids.length);
    for (const marker of markers) expect(marker).toMatch(/^<!-- pod-route-check comment [\w.%]+ -->$/);
    expect(renderIssue(of('a')).marker).not.toBe(markers[0]);
  });

  test('the body starts with the marker, links the run and keeps to the limit', () => {
    const { marker, body } = renderComment(MIXED, 'https://github.com/o/r/actions/runs/1');
    expect(body.startsWith(`${marker}\n`)).toBe(true);
    expect(body).toMatch(/\(https:\/\/github\.com\/o\/r\/actions\/runs\/1\)<\/sub>\n$/);
    // Only what was found is a reason to write it again.
    const later = renderComment(
      { ...MIXED, takenAt: '2030-01-01T00:00:00Z' },
      'https://github.com/o/r/actions/runs/2',
    ).body;
    expect(later).not.toBe(body);
    expect(messageBody(later)).toBe(messageBody(body));
    const many = Array.from({ length: 4000 }, (_, index) => finding({ key: `k${String(index)}` }));
    const large = renderComment(
      { ...MIXED, findings: many.map((one) => ({ ...MIXED.findings[0]!, ...one })) },
      'https://x/y',
    );
    expect(large.body.length).toBeLessThanOrEqual(65_536);
  });

  test('the title of the issue says how bad it is, in one line', () => {
    expect(renderIssue(MIXED).title).toMatch(/^Pod routes of cluster \S+: pods cannot reach each other$/);
    expect(renderIssue(view(judgement({ verdict: 'pass' }))).title).toMatch(/: all is well$/);
    expect(renderIssue(of('a\nb\u202e')).title).not.toMatch(/[\n\u202e]/);
  });
});

test('what is to be done on nodes is told as what is to be done in a cloud', () => {
  const guests = view(guestsJudgement());
  const junit = renderJunit(guests);
  for (const line of ['kubectl delete pods ', 'ip route replace ', 'sysctl -w ', 'New-NetRoute '])
    expect(junit).toContain(`\n${line}`);
  const texts = (JSON.parse(renderSarif(guests)) as { runs: { results: { message: { text: string } }[] }[] }).runs
    .flatMap(({ results }) => results)
    .map(({ message }) => message.text);
  expect(texts.filter((text) => / (kubectl delete|ip route|sysctl|New-NetRoute)\S* /.test(text))).toHaveLength(5);
});
