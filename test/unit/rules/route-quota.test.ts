import { expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import { nearLimit, propagatedRoute, routeMissing, staleRoute } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { LimitFacts, Snapshot, TableFacts } from '../../../src/model/snapshot.ts';
import { countRoutes, gradeCount } from '../../../src/rules/route-count.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, denied, ruleSuite } from '../../support/rule-suite.ts';

// Nine podCIDRs and the default route in one table.
const shared = () => cluster('fabric', { tables: 'shared' });

ruleSuite('route-quota', {
  fails: [
    {
      name: 'a full table that lacks a route which a podCIDR needs',
      world: shared(),
      faults: [routeMissing(3), nearLimit(0)],
      says: /^Route table rtb-\w+ holds 9 IPv4 routes and 1 local one, and its limit is 9; podCIDR 10\.244\.3\.0\/24 has none\.$/,
      advises: /Have the limit raised/,
      changes: ['raise-route-limit'],
      severity: 'error',
    },
    {
      name: 'a full table from which nothing is missing yet',
      world: shared(),
      faults: [nearLimit(0)],
      says: /holds 10 IPv4 routes .* limit is 10\.$/,
      changes: ['raise-route-limit'],
      severity: 'warning',
    },
    {
      name: 'a table of which nine tenths are used, local route and all',
      world: shared(),
      faults: [nearLimit(1)],
      says: /holds 10 IPv4 routes and 1 local one, and its limit is 11/,
      changes: ['raise-route-limit'],
      severity: 'warning',
    },
    {
      name: 'a table of which three quarters are used',
      world: shared(),
      faults: [nearLimit(3)],
      says: /holds 10 IPv4 routes .* limit is 13/,
      changes: ['raise-route-limit'],
      severity: 'notice',
    },
  ],
  gap: { ...WITHOUT_ROUTES },
});

function quotaFindings(world: ReturnType<typeof shared>, faults: Fault[], change?: (snapshot: Snapshot) => Snapshot) {
  const { snapshot } = judgeWith(world, faults);
  const { findings } = judgeSnapshot(change?.(snapshot) ?? snapshot, AUTO);
  return findings.filter(({ rule }) => rule === 'route-quota');
}

test('a table without pod routes is nobody’s business, and neither are leftovers under an overlay', () => {
  expect(quotaFindings(cluster('host-gw', { subnets: 1 }), [nearLimit(0)])).toEqual([]);
  expect(quotaFindings(cluster('vxlan', { podRoutes: true }), [nearLimit(0)])).toEqual([]);
  expect(quotaFindings(cluster('vpc-cni'), [nearLimit(0)])).toEqual([]);
});

test('with tunnels between subnets, tables matter only where the fabric routes neighbours, too', () => {
  const nearFull = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    fabrics: snapshot.fabrics.map((fabric) => ({
      ...fabric,
      limits: [{ kind: 'routes-per-table', allowed: 3, source: 'usages of westeurope' }],
    })),
  });
  const shape = { name: 'unit', mode: 'kube-router', nodes: 3, podRoutes: true } as const;
  expect(quotaFindings(azureCluster(shape), [], nearFull)).toHaveLength(1);
  expect(quotaFindings(cluster(shape.mode, { nodes: 3, podRoutes: true }), [nearLimit(0)])).toEqual([]);
});

test('counts each table for itself, and only those that nodes use', () => {
  // Three tables with ten routes each, and a main table that governs nobody.
  const found = quotaFindings(cluster('fabric'), [nearLimit(0)]);
  expect(found).toHaveLength(3);
  expect(new Set(found.flatMap(({ subjects }: Finding) => subjects.routeTables)).size).toBe(3);
  expect(found.every(({ what }) => what.includes('holds 10 IPv4 routes'))).toBe(true);
});

test('counts IPv4 and IPv6 apart where the limit holds for each', () => {
  const found = quotaFindings(cluster('fabric', { tables: 'shared', ipv6: true }), [nearLimit(0)]);
  expect(found.map(({ what }) => /\d+ IPv\d routes/.exec(what)?.[0])).toEqual(['10 IPv4 routes', '10 IPv6 routes']);
  expect(new Set(found.map(({ key }) => key)).size).toBe(2);
});

test('propagated routes have another limit', () => {
  const many = Array.from({ length: 6 }, (_, index) => propagatedRoute(`172.16.${String(index)}.0/24`));
  expect(quotaFindings(shared(), [nearLimit(4), ...many])).toEqual([]);
});

test('goes by the limit that was read, raises included, and never by one that was written down', () => {
  const stale = Array.from({ length: 60 }, (_, index) => staleRoute(`10.99.${String(index)}.0/24`));
  // More than 50, the default of former years: the account has 500.
  expect(quotaFindings(shared(), stale)).toEqual([]);
});

test('without a limit there is no finding, no unknown pair, and the gap is shown', () => {
  const gap = denied('limits', 'servicequotas:GetServiceQuota');
  const { snapshot } = judgeWith(shared(), [nearLimit(0)]);
  const fabrics = snapshot.fabrics.map(({ limits: _, ...fabric }) => fabric);
  const judgement = judgeSnapshot({ ...snapshot, fabrics, gaps: [gap] }, AUTO);
  expect(judgement.findings).toEqual([]);
  expect(judgement.verdict).toBe('pass');
  expect(judgement.pairs.unknown).toBe(0);
  expect(judgement.gaps).toEqual([gap]);
});

test('a table that holds more than the limit is not under it', () => {
  const lower = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    fabrics: snapshot.fabrics.map((fabric) => ({
      ...fabric,
      limits: [{ kind: 'routes-per-table', allowed: 5, source: 'usages of westeurope' }],
    })),
  });
  expect(quotaFindings(shared(), [], lower)).toEqual([]);
});

test('a podCIDR without a route matters only where paths need one', () => {
  // host-gw inside one subnet: neighbours are reached without any route of the table.
  const world = cluster('host-gw', { subnets: 1, nodes: 9, podRoutes: true });
  const [found] = quotaFindings(world, [routeMissing(3), nearLimit(0)]);
  expect(found?.severity).toBe('warning');
  expect(found?.what).not.toContain('podCIDR');
});

const LIMIT: LimitFacts = { kind: 'routes-per-table', allowed: 400, source: 'there' };

function table(held: number, learnt = 0): TableFacts {
  const route = (index: number, origin: 'static' | 'propagated') => ({
    prefix: `10.${String(Math.trunc(index / 256))}.${String(index % 256)}.0/24`,
    target: { kind: 'none' as const },
    state: 'active' as const,
    rank: 1,
    origin,
  });
  const made = Array.from({ length: held }, (_, index) => route(index, 'static'));
  const heard = Array.from({ length: learnt }, (_, index) => route(index, 'propagated'));
  return { id: 't', network: 'n', main: true, routes: [...made, ...heard] };
}

test.each([
  [299, undefined],
  [300, 'notice'],
  [359, 'notice'],
  [360, 'warning'],
  [400, 'warning'],
  [401, undefined],
])('%i of 400 routes: %s', (held, grade) => {
  expect(countRoutes(table(held, 500), LIMIT).map(gradeCount)).toEqual([grade]);
});

test('planned nodes count as if they were there, and only they may go beyond the limit', () => {
  const planned = new Set(Array.from({ length: 110 }, (_, index) => `10.0.${String(index)}.0/24`));
  const [count] = countRoutes(table(450), LIMIT, planned);
  expect(count).toMatchObject({ held: 340, toCome: 110 });
  expect(gradeCount(count!)).toBe('warning');
  expect(gradeCount(countRoutes(table(450), LIMIT)[0]!)).toBeUndefined();
});

test('a plan that does not fit says for how many nodes', () => {
  const { snapshot } = judgeWith(shared(), [nearLimit(3)]);
  const route = snapshot.fabrics[0]!.tables.at(-1)!.routes.find(({ prefix }) => prefix === '10.244.1.0/24')!;
  const node = snapshot.cluster.nodes[1]!;
  const names = [20, 21, 22, 23, 24].map((index) => `planned-${String(index)}`);
  const { uid: _, providerID: _id, ...plain } = node;
  const nodes = names.map((name) => ({ ...plain, name, podCIDRs: [`10.244.${name.slice(8)}.0/24`] }));
  const routes = nodes.map(({ podCIDRs: [prefix = ''] }) => ({ ...route, prefix }));
  const bigger: Snapshot = {
    ...snapshot,
    planned: { nodes: names, misfits: [] },
    cluster: { ...snapshot.cluster, nodes: [...snapshot.cluster.nodes, ...nodes] },
    fabrics: snapshot.fabrics.map((fabric) => ({
      ...fabric,
      tables: fabric.tables.map((one) => (one.main ? one : { ...one, routes: [...one.routes, ...routes] })),
    })),
  };
  const [finding] = judgeSnapshot(bigger, AUTO).findings.filter(({ rule }) => rule === 'route-quota');
  expect(finding?.severity).toBe('warning');
  expect(finding?.what).toContain('will hold 15 IPv4 routes, 5 of them for planned nodes, and 1 local one');
  expect(finding?.why).toContain('The last 2 of the planned nodes');
});
