import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Judgement } from '../../../src/model/judgement.ts';
import { renderHtml } from '../../../src/report/html.ts';
import { planReport } from '../../../src/report/json.ts';
import type { PageData } from '../../../src/report/page/data.ts';
import { unpack } from '../../../src/report/page/pack.ts';
import { brokenJudgement, forwardingOff, hostileJudgement, judgedNode, judgement, pairCounts, view } from './worlds.ts';

/** The embedded texts, as a browser's parser finds their ends. */
function textOf(html: string, element: 'script' | 'style', opening: RegExp): string {
  const start = html.search(opening);
  const from = html.indexOf('>', start) + 1;
  return html.slice(from, html.indexOf(`</${element}`, from));
}

function dataOf(html: string): PageData {
  return unpack(textOf(html, 'script', /<script type="application\/json"/)) as PageData;
}

describe('hostile names', () => {
  // In every text of the view, wherever it comes from.
  const EVIL = `</script><script>x</script><!--<img src=x onerror=alert(1)>"'&\u202Egnp\u202C\u2028\u0000`;
  const spoil = <T>(value: T, key = ''): T => {
    if (typeof value === 'string') {
      const isOurs = ['verdict', 'roundTrip', 'severity', 'rule', 'mode', 'evidenceLevel', 'kind', 'cloud'].includes(
        key,
      );
      return (isOurs ? value : `${value} ${EVIL}`) as T;
    }
    if (Array.isArray(value)) return value.map((item) => spoil(item as unknown, key)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoil(item as unknown, name)])) as T;
  };
  const spoilt = renderHtml({ ...view(hostileJudgement()), ...spoil(view(brokenJudgement())) });

  test('make no element and no attribute', () => {
    const elements = [
      ...spoilt.replaceAll(/<(script|style)\b[\s\S]*?<\/\1/g, '<$1></$1').matchAll(/<\/?[a-z!][^>]*/gi),
    ];
    const plain = renderHtml(view(brokenJudgement())).replaceAll(/<(script|style)\b[\s\S]*?<\/\1/g, '<$1></$1');
    expect(elements.map(([text]) => text)).toEqual([...plain.matchAll(/<\/?[a-z!][^>]*/gi)].map(([text]) => text));
    expect(elements.length).toBeGreaterThan(20);
  });

  test('neither end nor open anything inside the data', () => {
    const json = textOf(spoilt, 'script', /<script type="application\/json"/);
    expect(json).not.toMatch(/[<>\u2028\u2029]/);
    expect(JSON.stringify(unpack(json))).toContain('<img src=x onerror=alert(1)>');
  });

  test('do not turn text around or hide it', () => {
    expect(spoilt).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u2028]/);
    expect(spoilt).not.toContain('\u0000');
    expect(JSON.stringify(dataOf(spoilt))).not.toMatch(/[\u202A-\u202E\u2066-\u2069]|\\u0000/);
  });
});

describe('the policy', () => {
  const html = renderHtml(view(brokenJudgement()));
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];

  test.each([
    ['script', /<script>/],
    ['style', /<style>/],
  ] as const)('admits the %s that is there, by its hash', (element, opening) => {
    const hash = createHash('sha256')
      .update(textOf(html, element, opening))
      .digest('base64');
    expect(policy.replaceAll('&#39;', "'")).toContain(`${element}-src 'sha256-${hash}'`);
  });

  test('admits nothing else, and stands before all that it governs', () => {
    expect(policy.replaceAll('&#39;', "'").replaceAll(/sha256-[^']+/g, 'HASH')).toBe(
      "default-src 'none'; script-src 'HASH'; style-src 'HASH'; img-src data:; base-uri 'none'; form-action 'none'",
    );
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(?:style|script|link)/));
  });

  test('is kept: nothing is named that would be loaded, and no handler stands in the markup', () => {
    const markup = html.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, '');
    expect([...markup.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, url]) => url)).toEqual(['data:,']);
    expect(markup).not.toMatch(/\son[a-z]+=|\sstyle=/i);
  });
});

test('the data is report.json, and the words of the other outputs', () => {
  const shown = view(brokenJudgement());
  const data = dataOf(renderHtml(shown));
  expect(data.report).toEqual(JSON.parse(JSON.stringify(planReport(shown))));
  expect(data.headline.rest).toMatch(/^42 of 132 pod paths between nodes are broken/);
  expect(data.mend?.label).toBe('Mend first');
  expect(data.ranked.map(({ about }) => about)).toEqual(['worker-03', 'worker-07', '10.244.77.0/24']);
  expect(data.foot.find(([name]) => name === 'As of')).toEqual(['As of', '2026-11-21T03:00:00.000Z']);
});

test('the same view gives the same bytes', () => {
  expect(renderHtml(view(brokenJudgement()))).toBe(renderHtml(view(brokenJudgement())));
});

describe('5,000 nodes and 25 million pairs', () => {
  const nodes = Array.from({ length: 5000 }, (_, index) =>
    judgedNode(index + 1, { forwarding: 'off', verdict: 'fail' }),
  );
  const names = nodes.map(({ name }) => name);
  const total = 5000 * 4999;

  test.each<readonly [string, Partial<Judgement>, number]>([
    ['all well', { nodes, classes: [{ id: 'class-1', nodes: names }] }, 1.5],
    ['every node with a finding of its own', allOff(), 7.25],
  ])('%s: at most so many megabytes', (_, changes, most) => {
    const html = renderHtml(view(judgement({ pairs: pairCounts({ total, fail: total }), ...changes })));
    expect(html.length).toBeLessThan(most * 1e6);
    expect(dataOf(html).report.nodes).toHaveLength(5000);
  });

  function allOff(): Partial<Judgement> {
    const findings = names.map((name, index) => forwardingOff(name, `eni-${String(index).padStart(17, '0')}`, 9998));
    const thirds = [0, 1, 2].map((third) => ({
      id: `class-${String(third)}`,
      nodes: names.filter((_, i) => i % 3 === third),
    }));
    const keys = findings.map(({ key }) => key);
    const bad = { family: 4, verdict: 'fail', roundTrip: 'fail', findings: keys } as const;
    return {
      verdict: 'fail',
      nodes,
      findings,
      causes: keys.map((key) => ({ finding: key, pairsExplained: 9998 })),
      classes: thirds,
      matrix: thirds.flatMap(({ id: from }) => thirds.map(({ id: to }) => ({ from, to, ...bad }))),
    };
  }
});
