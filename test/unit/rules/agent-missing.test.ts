import { describe, expect, test } from '@jest/globals';
import { agentNotReady, becomesFabric, newNode, noAgent, virtualNode } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';

function own(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ rule }) => rule === 'agent-missing');
}

function found(world: World, ...faults: Fault[]): Finding[] {
  return own(judgeWith(world, faults).judgement.findings);
}

describe('agent-missing', () => {
  test('names the node on which the agent of the others has no pod', () => {
    const [finding, ...others] = found(cluster('host-gw'), noAgent(2));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      key: 'agent-missing/cluster/worker-03',
      severity: 'warning',
      verdict: 'fail',
      subjects: { nodes: ['worker-03'] },
    });
    expect(finding?.what).toBe(
      'No network agent runs on worker-03: flannel runs on worker-01, worker-02, worker-04 and 5 more, and worker-03 has no pod of it.',
    );
    expect(finding?.next).toMatch(/kubectl describe node worker-03/);
  });

  test('tells a pod that is not Ready from none', () => {
    const { snapshot } = judgeWith(cluster('host-gw'), [agentNotReady(2)]);
    const { cni } = snapshot.cluster;
    const notReady = [{ node: 'worker-03', agents: ['flannel'] as const }];
    const changed: Snapshot = { ...snapshot, cluster: { ...snapshot.cluster, cni: { ...cni, notReady } } };
    const [finding] = own(judgeSnapshot(changed, AUTO).findings);
    expect(finding?.what).toMatch(/its pod there is not Ready\.$/);
    expect(finding?.next).toMatch(/kubectl -n kube-flannel get pods -o wide --field-selector spec\.nodeName=worker-03/);
  });

  test.each<[string, World, Fault[]]>([
    ['every node has it', cluster('host-gw'), []],
    ['a route controller looks after the node', cluster('host-gw'), [becomesFabric(2)]],
    ['there is no agent in this cluster', cluster('fabric'), []],
    ['the node is new', cluster('host-gw'), [noAgent(2), newNode(2)]],
    ['the node is none', cluster('host-gw'), [virtualNode('virtual-kubelet')]],
  ])('is silent: %s', (_, world, faults) => {
    expect(found(world, ...faults)).toEqual([]);
  });

  test('is silent where agents run on nodes of the other system only', () => {
    expect(found(cluster('vxlan', { nodes: 3, windows: 1 }), noAgent(2))).toEqual([]);
  });

  test('is silent for k3s, which runs flannel itself, and where pods could not be listed', () => {
    const { snapshot } = judgeWith(cluster('host-gw'), [noAgent(2)]);
    const nodes = snapshot.cluster.nodes.map((node) => ({ ...node, k3sNodeArgs: ['agent'] }));
    expect(own(judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, nodes } }, AUTO).findings)).toEqual([]);
    const cni = { ...snapshot.cluster.cni, complete: false };
    expect(own(judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, cni } }, AUTO).findings)).toEqual([]);
  });
});
