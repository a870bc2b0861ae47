import { describe, expect, test } from '@jest/globals';
import type { LabExchange } from '../../../lab/servers/options.ts';
import { median, medianUsage, renderMegabytes, renderMs, renderTable } from '../../../scripts/bench/figures.ts';
import type { Measured } from '../../../scripts/bench/measure.ts';
import { planFloor } from '../../../scripts/bench/plan.ts';
import { renderJudging, renderRuns } from '../../../scripts/bench/tables.ts';
import { benchWorld } from '../../../scripts/bench/world.ts';

const usage = (wallMs: number): { wallMs: number; cpuMs: number; peakBytes: number } => ({
  wallMs,
  cpuMs: wallMs / 2,
  peakBytes: 100e6,
});

describe('figures', () => {
  test('a median is the middle, or the middle of the middle two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(medianUsage([usage(10), usage(30), usage(20)])).toEqual(usage(20));
  });

  test('numbers keep as many digits as say something', () => {
    expect([1.26, 12.6, 1260, 12_600].map(renderMs)).toEqual(['1.3 ms', '13 ms', '1260 ms', '12.6 s']);
    expect([1_260_000, 12_600_000].map(renderMegabytes)).toEqual(['1.3 MB', '13 MB']);
  });

  test('columns are as wide as their widest cell', () => {
    expect(renderTable(['', 'wall'], [['check', '1 ms']])).toBe('       wall\n-----  ----\ncheck  1 ms');
  });
});

describe('tables', () => {
  const base: Measured = { nodes: 1000, mode: 'host-gw', requests: 30, bytes: 6_700_000 };

  test('the check is set against everything else that was measured, and larger clusters against a thousand nodes', () => {
    const small = { ...base, run: usage(1000), start: usage(100), floor: usage(400), bash: usage(4000) };
    const text = renderRuns([small, { ...base, nodes: 5000, run: usage(2500) }]);
    const ratios = text.split('\n').map((line) => [line.slice(0, 22).trim(), ...(line.match(/[\d.]+x/g) ?? [])]);
    expect(ratios).toContainEqual(['floor + empty start', '2.00x', '2.00x']);
    expect(ratios).toContainEqual(['shell script', '0.25x', '0.25x']);
    expect(text).toContain('host-gw: a node costs at 5000 nodes 0.50x what it costs at 1000');
  });

  test('what was not measured is not in them', () => {
    expect(renderRuns([{ ...base, floor: usage(400) }])).not.toMatch(/check {2}|shell|x\b/);
    const judging = {
      bytes: 1e6,
      parse: { cold: 9, warm: 8 },
      decode: { cold: 40, warm: 20 },
      draft: { cold: 80, warm: 10 },
    };
    expect(renderJudging([{ ...base, judging }])).toMatch(/cold +1\.0 MB +- +40 ms +80 ms +- +2\.00x\n.*warm .*0\.50x/);
  });
});

test('the floor asks what the run asked, as many at a time', () => {
  const exchange = (service: 'k8s' | 'ec2', answersBefore: number, url: string): LabExchange => ({
    service,
    method: service === 'ec2' ? 'POST' : 'GET',
    url,
    body: '',
    accept: '*/*',
    status: 200,
    bytes: 1,
    connection: 1,
    answersBefore,
  });
  // Of an earlier run there were 20 answers.
  const asked = [
    exchange('k8s', 20, '/a'),
    exchange('k8s', 21, '/b'),
    exchange('k8s', 20, '/c'),
    exchange('ec2', 22, '/'),
    exchange('ec2', 23, '/'),
    exchange('ec2', 23, '/'),
  ];
  const plan = planFloor(asked, {
    urls: { ec2: 'http://e', quotas: 'http://127.0.0.1:3', kubernetes: 'https://k' },
    token: 't',
  });
  expect(plan.map(({ after }) => after)).toEqual([[], [0], [], [0, 1], [0, 1, 2], [0, 1, 2]]);
  expect(plan.map(({ url }) => url)).toEqual([
    'https://k/a',
    'https://k/b',
    'https://k/c',
    'http://e/',
    'http://e/',
    'http://e/',
  ]);
  expect(plan[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'accept-encoding': 'gzip' });
  expect(plan[3]?.headers).not.toHaveProperty('authorization');
});

test.each(['host-gw', 'fabric'] as const)('%s: one node in a hundred is ill, in three ways', (mode) => {
  const { world, faults } = benchWorld(300, mode);
  const [region] = world.aws;
  const tables = region?.routeTables.filter((table) => table.subnetIds.length > 0) ?? [];
  expect(faults).toBe(3);
  expect(region?.interfaces.filter((one) => one.sourceDestCheck)).toHaveLength(1);
  // A default route, and one for each podCIDR.
  expect(tables.map((table) => table.routes.length).sort()).toEqual([300, 301, 301]);
  const targets = tables.map((table) => new Set(table.routes.map(({ target }) => JSON.stringify(target))).size);
  expect(Math.max(...targets)).toBe(300);
});
