import { describe, expect, test } from '@jest/globals';
import { ec2HostGw } from '../../../../lab/scenarios/host-gw.ts';
import { planGrid, type Grid } from '../../../../src/report/page/groups.ts';
import type { PageModel } from '../../../../src/report/page/model.ts';
import { judgePair } from '../../../../src/report/page/pair.ts';
import { viewOfWorld } from '../../../support/world-view.ts';
import { brokenJudgement, judgement, unknownJudgement, view } from '../worlds.ts';
import { pageOf } from './pages.ts';

function table({ groups, cell }: Grid): unknown {
  return groups.map((from) => [
    from.name,
    from.nodes.length,
    ...groups.map((to) => {
      const found = cell(from, to);
      return found === undefined ? '' : `${found.verdict}${found.isMixed ? ' ...' : ''}`;
    }),
  ]);
}

describe('groups', () => {
  test('those to blame come first, and all others are one', () => {
    expect(table(planGrid(pageOf(view(brokenJudgement()))))).toEqual([
      ['worker-03', 2, 'fail', 'fail'],
      ['all others', 10, 'fail', 'pass'],
    ]);
  });

  test('where nothing is wrong there is one', () => {
    expect(table(planGrid(pageOf(view(judgement()))))).toEqual([['worker-01', 3, 'pass']]);
  });

  test('where all is in trouble there are no others', () => {
    expect(table(planGrid(pageOf(view(unknownJudgement()))))).toEqual([['worker-01', 3, 'unknown']]);
  });
});

describe('a cluster with a fault of each kind', () => {
  const model: PageModel = pageOf(viewOfWorld(ec2HostGw.situation().world));
  const grid = planGrid(model);

  test('every node is in one group, and the last one holds those without trouble', () => {
    const names = grid.groups.flatMap(({ nodes }) => nodes.map(({ name }) => name));
    expect(names.toSorted()).toEqual(model.nodes.map(({ name }) => name));
    const last = grid.groups.at(-1);
    expect(last?.isRest).toBe(true);
    expect(last?.nodes.every(({ verdict }) => verdict === 'pass')).toBe(true);
    for (const from of last?.nodes ?? []) {
      for (const to of last?.nodes ?? []) if (from !== to) expect(judgePair(model, from, to).roundTrip).toBe('pass');
    }
  });

  test('cells count every pair once, and their example fares as they say', () => {
    const cells = grid.groups.flatMap((from) => grid.groups.flatMap((to) => grid.cell(from, to) ?? []));
    expect(cells.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(model.data.report.pairs.total);
    for (const { verdict, worst } of cells) expect(judgePair(model, worst.from, worst.to).verdict).toBe(verdict);
    expect(cells.some(({ isMixed }) => isMixed)).toBe(true);
  });
});
