import { expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
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
