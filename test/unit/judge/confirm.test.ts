import { describe, expect, test } from '@jest/globals';
import {
  checkOn,
  foreignTable,
  noPodRoutes,
  routeMissing,
  terminated,
  wrongTarget,
} from '../../../lab/world/faults.ts';
import { inject } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { isUnchanged, mergeRecheck } from '../../../src/judge/confirm.ts';
import { judgeDraft, judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import type {
  FabricFacts,
  FilterFacts,
  FilterRule,
  Gap,
  Recheck,
  Snapshot,
  Suspects,
} from '../../../src/model/snapshot.ts';
import { AUTO, cluster, withoutEchoes } from '../../support/judging.ts';
import { NO_SUSPECTS, reread } from '../../support/reread.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

function readTwice(first: readonly Fault[], second: readonly Fault[], gaps: readonly Gap[] = []): Judgement {
  const world = cluster('fabric');
  const before = snapshotOfWorld(inject(world, ...first).world);
  const after = snapshotOfWorld(inject(world, ...second).world);
  const { suspects } = judgeDraft(before, AUTO);
  return judgeSnapshot({ ...before, recheck: reread(after, suspects ?? NO_SUSPECTS, gaps) }, AUTO);
}

const FAULTS: readonly (readonly [string, readonly Fault[]])[] = [
  ['a check left on', [checkOn(3)]],
  ['a missing route', [routeMissing(2)]],
  ['a wrong target', [wrongTarget(2, { node: 5 })]],
  ['a foreign table', [foreignTable(1)]],
  ['a terminated machine', [terminated(4)]],
  ['no routes at all', [noPodRoutes()]],
];

test.each(FAULTS)('%s that both readings show is red', (_, list) => {
  const once = judgeSnapshot(snapshotOfWorld(inject(cluster('fabric'), ...list).world), AUTO);
  const twice = readTwice(list, list);
  expect(twice.findings).toEqual(once.findings);
  expect(twice.pairs).toEqual(once.pairs);
});

/** The same facts, spelt in another order, so that they are not recognized as the same and everything is judged again. */
function respell(recheck: Recheck): Recheck {
  const turn = <T extends object>(item: T): T => Object.fromEntries(Object.entries(item).reverse()) as T;
  return {
    ...recheck,
    nodes: recheck.nodes.map(turn),
    fabrics: recheck.fabrics.map((fabric) => ({
      ...fabric,
      machines: fabric.machines.map(turn),
      interfaces: fabric.interfaces.map(turn),
      tables: fabric.tables.map(turn),
    })),
  };
}

test.each(FAULTS)('%s: judging a second reading that is like the first comes to the same', (_, list) => {
  const snapshot = snapshotOfWorld(inject(cluster('fabric'), ...list).world);
  const recheck = reread(snapshot, judgeDraft(snapshot, AUTO).suspects ?? NO_SUSPECTS);
  const merged = (again: Recheck): boolean => isUnchanged(snapshot, mergeRecheck(snapshot, again));
  expect([merged(recheck), merged(respell(recheck))]).toEqual([true, false]);
  expect(judgeSnapshot({ ...snapshot, recheck: respell(recheck) }, AUTO)).toEqual(
    judgeSnapshot({ ...snapshot, recheck }, AUTO),
  );
});

test('a rule that is switched off still knows its faults at the second reading', () => {
  const snapshot = snapshotOfWorld(inject(cluster('fabric'), checkOn(3), routeMissing(2)).world);
  const config = { ...AUTO, rules: { 'fabric-route-missing': 'off' } } as const;
  const recheck = respell(reread(snapshot, judgeDraft(snapshot, config).suspects ?? NO_SUSPECTS));
  const twice = judgeSnapshot({ ...snapshot, recheck }, config);
  expect(twice.pairs).toEqual(judgeSnapshot(snapshot, config).pairs);
  expect(twice.pairs.unknown).toBe(0);
});

test.each(FAULTS.filter(([name]) => !name.includes('machine')))(
  '%s that is gone at the second reading is green',
  (_, list) => {
    const judgement = readTwice(list, []);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  },
);

test('a fault that only the second reading shows is unknown, not red', () => {
  // The first reading suspects the same table, so the second one sees the other route gone as well.
  const judgement = readTwice([routeMissing(2)], [routeMissing(2), routeMissing(4)]);
  const named = withoutEchoes(judgement.findings).map(({ rule, verdict, subjects }) => ({
    rule,
    verdict,
    prefixes: subjects.prefixes,
  }));
  expect(named).toEqual([
    { rule: 'fabric-route-missing', verdict: 'fail', prefixes: ['10.244.2.0/24'] },
    { rule: 'evidence-incomplete', verdict: 'unknown', prefixes: [] },
  ]);
  expect(judgement.pairs).toMatchObject({ fail: 8, unknown: 8 });
});

test('a second reading that fails confirms nothing', () => {
  const gap: Gap = {
    facet: 'routes',
    subject: 'route tables',
    reason: 'throttled',
    permission: 'ec2:DescribeRouteTables',
  };
  const judgement = readTwice([routeMissing(2)], [routeMissing(2)], [gap]);
  expect({ verdict: judgement.verdict, fail: judgement.pairs.fail, unknown: judgement.pairs.unknown }).toEqual({
    verdict: 'unknown',
    fail: 0,
    unknown: 8,
  });
});

test('nothing is read again where nothing fails', () => {
  expect(judgeDraft(snapshotOfWorld(cluster('fabric')), AUTO).suspects).toBeUndefined();
});

test('only what the verdict hangs on is read again', () => {
  const world = inject(cluster('fabric'), checkOn(3)).world;
  const { suspects } = judgeDraft(snapshotOfWorld(world), AUTO);
  expect(suspects?.nodes).toEqual(['worker-04']);
  expect(suspects?.interfaces).toHaveLength(1);
  expect(suspects?.tables).toEqual([]);
});

describe('filters at the second reading', () => {
  const group = (id: string, name: string): FilterFacts => ({ id, kind: 'security-group', name, rules: [] });
  const before = snapshotOfWorld(cluster('fabric'));
  const first = withFilters(before, [group('sg-1', 'old'), group('sg-2', 'old'), group('sg-3', 'old')]);
  const asked: Suspects = { ...NO_SUSPECTS, filters: ['sg-1', 'sg-2'] };
  const namesAfter = (recheck: Recheck): unknown => {
    const filters = mergeRecheck(first, recheck).fabrics[0]?.filters;
    return filters === 'unread' ? filters : filters?.map(({ id, name }) => [id, name]);
  };

  test('replace those of the first, and what is gone is gone', () => {
    expect(namesAfter(reread(withFilters(before, [group('sg-2', 'new')]), asked))).toEqual([
      ['sg-2', 'new'],
      ['sg-3', 'old'],
    ]);
  });

  test('interfaces that are in their groups by then are green, all that were alike', () => {
    const out: FilterRule = { direction: 'out', action: 'allow', rank: 0, peers: { prefixes: ['0.0.0.0/0'] } };
    const bare: FilterFacts = { ...group('sg-bare', 'bare'), rules: [out] };
    const after = {
      ...before,
      fabrics: before.fabrics.map((one) => ({
        ...one,
        filters: [bare, ...(one.filters === 'unread' ? [] : one.filters)],
      })),
    };
    // Two of one subnet, which fare alike, and one of another.
    const late = new Set([0, 3, 4].map((at) => before.cluster.nodes[at]?.internalIPs[0] ?? ''));
    const early = {
      ...after,
      fabrics: after.fabrics.map((one) => ({
        ...one,
        interfaces: one.interfaces.map((face) =>
          face.addresses.some((ip) => late.has(ip)) ? { ...face, filters: ['sg-bare'] } : face,
        ),
      })),
    };
    const { judgement, suspects } = judgeDraft(early, AUTO);
    expect(judgement.verdict).toBe('fail');
    const twice = judgeSnapshot({ ...early, recheck: reread(after, suspects ?? NO_SUSPECTS) }, AUTO);
    expect({ verdict: twice.verdict, findings: twice.findings }).toEqual({ verdict: 'pass', findings: [] });
    expect(suspects?.interfaces).toHaveLength(late.size);
  });

  test('those that could not be read again stand as they were', () => {
    const gap: Gap = { facet: 'filters', subject: 'security groups', reason: 'denied' };
    const all = ['sg-1', 'sg-2', 'sg-3'].map((id) => [id, 'old']);
    expect(namesAfter(reread(withFilters(before, []), asked, [gap]))).toEqual(all);
    expect(namesAfter(reread(withFilters(before, 'unread'), asked))).toEqual(all);
  });
});

function withFilters(snapshot: Snapshot, filters: FabricFacts['filters']): Snapshot {
  return { ...snapshot, fabrics: snapshot.fabrics.map((fabric) => ({ ...fabric, filters })) };
}
