import { describe, expect, test } from '@jest/globals';
import { checkOn, routeMissing, wrongTarget } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { judgeDraft } from '../../../src/judge/judge.ts';
import type { JudgeConfig } from '../../../src/judge/judge.ts';
import type { WhatIf } from '../../../src/model/what-if.ts';
import { AUTO, cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { fabricCluster, findings, plan, pool } from '../../support/what-if.ts';
import { NO_SUSPECTS, reread } from '../../support/reread.ts';

describe('a plan that works', () => {
  test('passes, and its nodes are in every count', () => {
    const snapshot = fabricCluster();
    const before = snapshot.cluster.nodes.length;
    const { judgement, problems, snapshot: expanded } = plan(snapshot, { pools: [pool({ count: 3 })] });
    expect(problems).toEqual([]);
    expect(judgement.verdict).toBe('pass');
    expect(judgement.pairs.total).toBe((before + 3) * (before + 2));
    expect(expanded.planned).toEqual({ nodes: ['planned-new-1', 'planned-new-2', 'planned-new-3'], misfits: [] });
  });

  test('gets routes in every table that leads to the present nodes, and none in others', () => {
    const { snapshot } = plan(fabricCluster({ subnets: 3 }), { pools: [pool({ count: 1 })] });
    const planned = snapshot.cluster.nodes.find(({ name }) => name === 'planned-new-1')?.podCIDRs[0] ?? '';
    const tables = snapshot.fabrics.flatMap((fabric) => fabric.tables);
    const holding = tables.filter((table) => table.routes.some(({ prefix }) => prefix === planned));
    const keeping = tables.filter((table) => table.routes.some(({ prefix }) => prefix.startsWith('10.244.')));
    expect(holding.map(({ id }) => id)).toEqual(keeping.map(({ id }) => id));
    expect(holding.length).toBeGreaterThan(0);
  });

  test('grows a cluster in the proportions that it has', () => {
    const snapshot = fabricCluster({ subnets: 3, nodes: 6 });
    const { judgement, snapshot: grown } = plan(snapshot, { clusterSize: 16, pools: [] });
    expect(grown.cluster.nodes).toHaveLength(16);
    const planned = grown.fabrics.flatMap(({ interfaces }) => interfaces.filter(({ id }) => id.startsWith('planned/')));
    const perSubnet = Map.groupBy(planned, ({ subnet }) => subnet);
    expect([...perSubnet.values()].map((faces) => faces.length).sort()).toEqual([3, 3, 4]);
    // Nothing says what their forwarding will be, and unknown is never green.
    expect(judgement.verdict).toBe('unknown');
  });
});

describe('a plan that does not', () => {
  test('says unknown, once per pool, where nothing tells what new machines start with', () => {
    const { forwarding: _, ...unsaid } = pool({});
    const { judgement } = plan(fabricCluster(), { pools: [unsaid] });
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['evidence-incomplete']);
    expect(judgement.findings[0]?.what).toContain('planned pool new');
  });

  test('fails where the new machines will drop the packets of pods', () => {
    const { judgement } = plan(fabricCluster(), { pools: [pool({ count: 1, forwarding: 'off' })] });
    expect(judgement.verdict).toBe('fail');
    expect(findings(judgement)).toEqual([expect.stringContaining('cloud-forwarding-off/')]);
  });

  test('fails where the template says so', () => {
    const snapshot = fabricCluster();
    const withTemplate = {
      ...snapshot,
      fabrics: snapshot.fabrics.map((fabric) => ({
        ...fabric,
        machines: fabric.machines.map((one) => ({ ...one, template: { id: 't', forwarding: 'off' as const } })),
      })),
    };
    const { forwarding: _, ...unsaid } = pool({ count: 1 });
    const { judgement } = plan(withTemplate, { pools: [unsaid] });
    expect(findings(judgement)).toContainEqual(expect.stringContaining('cloud-forwarding-off/'));
  });

  test('fails in a subnet whose table has no pod routes', () => {
    const snapshot = fabricCluster({ subnets: 2 });
    const [fabric] = snapshot.fabrics;
    const network = fabric?.networks[0]?.id ?? '';
    const emptied = {
      ...snapshot,
      fabrics: snapshot.fabrics.map((one) => ({
        ...one,
        subnets: [
          ...one.subnets,
          {
            id: 'subnet-bare',
            network,
            prefixes: ['10.0.240.0/24'],
            table: 'rtb-bare',
            tableBy: 'association' as const,
          },
        ],
        tables: [...one.tables, { id: 'rtb-bare', network, main: false, routes: [] }],
      })),
    };
    const { judgement } = plan(emptied, { pools: [pool({ count: 1, subnets: ['subnet-bare'] })] });
    expect(findings(judgement)).toEqual([expect.stringMatching(/^route-table-not-associated\/.*subnet-bare$/)]);
  });

  test('fails where host-gw would have to leave the subnet', () => {
    const snapshot = judgeWith(cluster('host-gw', { subnets: 1 }), []).snapshot;
    const [fabric] = snapshot.fabrics;
    const elsewhere = {
      ...snapshot,
      fabrics: snapshot.fabrics.map((one) => ({
        ...one,
        subnets: [
          ...one.subnets,
          {
            id: 'subnet-other',
            network: fabric?.networks[0]?.id ?? '',
            prefixes: ['10.0.240.0/24'],
            table: one.subnets[0]?.table ?? '',
            tableBy: 'main' as const,
          },
        ],
      })),
    };
    const { judgement } = plan(elsewhere, { pools: [pool({ count: 1, subnets: ['subnet-other'] })] });
    expect(judgement.verdict).toBe('fail');
    expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['host-gw-off-link']);
  });

  test('names how many fit where the pod range is too small', () => {
    const snapshot = fabricCluster({ nodes: 3, podCidr: '10.244.0.0/22' });
    const known: JudgeConfig = { ...AUTO, podCIDRs: ['10.244.0.0/22'] };
    const { judgement } = plan(snapshot, { pools: [pool({ count: 5 })] }, known);
    const misfit = judgement.findings.find(({ rule }) => rule === 'no-room-for-nodes');
    expect(misfit?.what).toContain('no free /24 for 4 of 5 nodes');
    expect(judgement.verdict).toBe('fail');
  });

  test('takes smaller podCIDRs where the plan says so', () => {
    const snapshot = fabricCluster({ nodes: 3, podCidr: '10.244.0.0/22' });
    const known: JudgeConfig = { ...AUTO, podCIDRs: ['10.244.0.0/22'] };
    const { judgement } = plan(snapshot, { pools: [pool({ count: 4, podCIDRLengths: { 4: 26 } })] }, known);
    expect(findings(judgement)).toEqual([]);
    expect(judgement.verdict).toBe('pass');
  });

  test('never calls a guessed pod range full', () => {
    const { snapshot } = plan(fabricCluster({ nodes: 4 }), { pools: [pool({ count: 200 })] });
    expect(snapshot.planned?.misfits).toEqual([]);
    const all = snapshot.cluster.nodes.flatMap(({ podCIDRs }) => podCIDRs);
    expect(new Set(all).size).toBe(204);
  });

  test('names how many fit where the subnet is too small', () => {
    const snapshot = fabricCluster({ nodes: 2, subnetCidrs: ['10.0.0.0/27'] });
    const { judgement } = plan(snapshot, { pools: [pool({ count: 40 })] });
    expect(judgement.findings.find(({ rule }) => rule === 'no-room-for-nodes')?.what).toContain('has no address for');
  });

  test('leaves the present faults as they are', () => {
    const { snapshot, judgement: before } = judgeWith(cluster('fabric'), [checkOn(1)]);
    const { judgement } = plan(snapshot, { pools: [pool({ count: 1 })] });
    expect(findings(judgement)).toEqual(findings(before));
  });
});

test.each<readonly [string, Fault]>([
  ['a check left on', checkOn(1)],
  ['a missing route', routeMissing(1)],
  ['a wrong target', wrongTarget(1, { node: 5 })],
])('%s that a second reading confirmed does not touch what is planned', (_, fault) => {
  const known: JudgeConfig = { ...AUTO, podCIDRs: ['10.244.0.0/20'] };
  const { snapshot } = judgeWith(cluster('fabric'), [fault], known);
  const again = reread(snapshot, judgeDraft(snapshot, known).suspects ?? NO_SUSPECTS);
  // Two more than there is room for.
  const whatIf: WhatIf = { pools: [pool({ count: 9 })] };
  const [once, twice] = [plan(snapshot, whatIf, known), plan({ ...snapshot, recheck: again }, whatIf, known)];
  expect(twice.judgement).toEqual(once.judgement);
});

test.each([
  [
    { pools: [pool({ subnets: ['subnet-nowhere'] })] },
    /subnet subnet-nowhere is in no network that was read. Known are subnet-/,
  ],
  [{ pools: [pool({ zones: ['mars-1a'] })] }, /no node is in zone mars-1a/],
  [{ pools: [pool({ like: 'nobody' })] }, /no node of this name/],
  [{ clusterSize: 2, pools: [] }, /cluster-size is 2, but the cluster has \d+ nodes already/],
])('a plan that cannot be understood is refused: %#', (whatIf, text) => {
  expect(plan(fabricCluster(), whatIf).problems.join()).toMatch(text);
});
