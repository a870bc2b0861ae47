import { expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { AUTO, cluster } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';

test('pairs that leave one region for another are unknown, never passed and never failed', () => {
  const here = snapshotOfWorld(cluster('fabric', { nodes: 2, subnets: 1 }));
  const elsewhere = ec2Cluster({
    name: 'far',
    mode: 'fabric',
    nodes: 2,
    region: 'us-east-1',
    podCidr: '10.245.0.0/16',
  });
  const there = snapshotOfWorld(elsewhere);
  const far = there.cluster.nodes.map((node) => ({ ...node, name: `far-${node.name}` }));
  const judgement = judgeSnapshot(
    {
      ...here,
      cluster: { ...here.cluster, nodes: [...here.cluster.nodes, ...far] },
      fabrics: [...here.fabrics, ...there.fabrics],
    },
    AUTO,
  );
  expect(judgement.pairs).toEqual({ total: 12, pass: 4, fail: 0, partial: 0, unknown: 8, notApplicable: 0 });
  expect(judgement.findings.map(({ rule, verdict }) => ({ rule, verdict }))).toEqual([
    { rule: 'evidence-incomplete', verdict: 'unknown' },
  ]);
});

test('a login to the wrong place in one of two clouds is one finding about that cloud', () => {
  const ec2 = snapshotOfWorld(cluster('fabric', { nodes: 2, subnets: 1 }));
  const gce = snapshotOfWorld(gceCluster({ name: 'g', mode: 'fabric', nodes: 3, podCidr: '10.245.0.0/16' }));
  const nodes = gce.cluster.nodes.map((node) => ({ ...node, name: `gce-${node.name}` }));
  const elsewhere = gce.fabrics.map((fabric) => ({ ...fabric, machines: [], interfaces: [] }));
  const judgement = judgeSnapshot(
    {
      ...ec2,
      cluster: { ...ec2.cluster, nodes: [...ec2.cluster.nodes, ...nodes] },
      fabrics: [...ec2.fabrics, ...elsewhere],
    },
    AUTO,
  );
  const [finding] = judgement.findings.filter(({ rule }) => rule === 'node-unmatched');
  expect(judgement.findings.filter(({ rule }) => rule === 'node-unmatched')).toHaveLength(1);
  expect({ severity: finding?.severity, nodes: finding?.subjects.nodes }).toEqual({
    severity: 'error',
    nodes: ['gce-worker-01', 'gce-worker-02', 'gce-worker-03'],
  });
  expect(finding?.what).toMatch(/^None of the 3 nodes with a provider id was found in gcp\//);
  expect(finding?.next).toMatch(/gcp-projects/);
  expect(judgement.pairs.pass).toBe(2);
});
