import { describe, expect, test } from '@jest/globals';
import { agentNotReady, becomesFabric, becomesOverlay, flannelTold, otherVxlan } from '../../../lab/world/faults.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_NODES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('backend-mixed', {
  fails: [
    {
      name: 'host-gw on all nodes but one, which has restarted since the ConfigMap says vxlan',
      world: cluster('host-gw', { podRoutes: false, subnets: 1 }),
      faults: [becomesOverlay(2)],
      says: /^flannel runs host-gw on worker-01, worker-02, worker-04 and 5 more; vxlan with VNI 1 and UDP port 8472 on worker-03: /,
      advises:
        /^The ConfigMap kube-flannel\/kube-flannel-cfg says vxlan with VNI 1 and UDP port 8472; .* kubectl -n kube-flannel rollout restart daemonset\/kube-flannel-ds\.$/,
    },
    {
      name: 'the same where tables may carry what flannel does not: nobody has meant them to',
      world: cluster('host-gw', { podRoutes: true }),
      faults: [becomesOverlay(2)],
      verdict: 'unknown',
      says: /vxlan/,
    },
    {
      name: 'another VNI on one node',
      world: cluster('vxlan'),
      faults: [otherVxlan([4], { vni: 7, port: 8472 })],
      says: /vxlan with VNI 1 and UDP port 8472 on .*; vxlan with VNI 7 on worker-05: /,
      advises: /rollout restart/,
    },
    {
      name: 'a change that no node has taken up yet',
      world: cluster('vxlan'),
      faults: [flannelTold({ Type: 'host-gw' })],
      severity: 'warning',
      says: /^The ConfigMap kube-flannel\/kube-flannel-cfg tells flannel to run host-gw, and on worker-01, .* it still runs vxlan\.$/,
      advises: /all at once.* If not, undo it: kubectl -n kube-flannel edit configmap kube-flannel-cfg\.$/,
    },
  ],
  gap: WITHOUT_NODES,
});

function found(world: Parameters<typeof judgeWith>[0], faults: Parameters<typeof judgeWith>[1]): Finding[] {
  return judgeWith(world, faults).judgement.findings.filter(({ rule }) => rule === 'backend-mixed');
}

describe('the pairs', () => {
  test('across the groups fail in both directions, and all others are as they were', () => {
    const { judgement } = judgeWith(cluster('vxlan'), [otherVxlan([4], { vni: 7, port: 8472 })]);
    expect(judgement.pairs).toMatchObject({ fail: 16, pass: 0, unknown: 0, notApplicable: 56 });
    expect(judgement.roundTrip.fail).toBe(16);
    const [finding] = judgement.findings;
    expect(finding).toMatchObject({ pairsBroken: 16, subjects: { nodes: ['worker-05'] } });
  });

  test('are unknown where nobody has read what the default router does', () => {
    const { snapshot } = judgeWith(cluster('host-gw', { subnets: 1 }), [becomesOverlay(2)]);
    const bare: Snapshot = {
      ...snapshot,
      fabrics: [],
      cluster: {
        ...snapshot.cluster,
        nodes: snapshot.cluster.nodes.map(({ providerID: _id, ...node }) => node),
      },
    };
    const judgement = judgeSnapshot(bare, AUTO);
    const own = judgement.findings.filter(({ rule }) => rule === 'backend-mixed');
    expect(own).toMatchObject([{ verdict: 'unknown', severity: 'error', pairsBroken: 16 }]);
    expect(own[0]?.why).toMatch(/whether a router between the nodes carries the packets all the same was not read/);
    expect(judgement.pairs).toMatchObject({ pass: 0, fail: 0 });
  });

  test('of two tunnels that are not of one kind are not each other’s either', () => {
    const { snapshot } = judgeWith(cluster('vxlan', { subnets: 1, podRoutes: false }), []);
    const nodes = snapshot.cluster.nodes.map((node, at) =>
      at === 0 ? { ...node, flannel: { ...node.flannel, backendType: 'wireguard' } } : node,
    );
    const judgement = judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, nodes } }, AUTO);
    expect(judgement.pairs).toMatchObject({ fail: 16, notApplicable: 56 });
  });
});

describe('no alarm', () => {
  test.each<[string, Parameters<typeof judgeWith>[0], Parameters<typeof judgeWith>[1]]>([
    ['beside nodes that a route controller looks after', cluster('host-gw', { podRoutes: true }), [becomesFabric(3)]],
    ['for an annotation of a flannel that does not run', cluster('host-gw'), [becomesOverlay(2), agentNotReady(2)]],
    [
      'where VNI and port are written out and are the defaults',
      cluster('vxlan'),
      [flannelTold({ Type: 'vxlan', VNI: 1, Port: 8472 })],
    ],
    [
      'for a VNI in a configuration that is not vxlan’s',
      cluster('host-gw'),
      [flannelTold({ Type: 'host-gw', VNI: 1, Port: 8472 })],
    ],
    ['for another agent', cluster('calico-bgp'), []],
  ])('%s', (_, world, faults) => {
    const own = found(world, faults).filter(({ severity }) => severity === 'error');
    expect(own).toEqual([]);
  });

  test('for a port that cannot be told: the node has started with other values than are written now', () => {
    const world = cluster('vxlan');
    const faults = [otherVxlan([0, 1, 2, 3, 4, 5, 6, 7, 8], { vni: 9, port: 8472 })];
    expect(found(world, faults)).toEqual([]);
  });

  test('for early versions, which announce no VNI', () => {
    const { snapshot } = judgeWith(cluster('vxlan'), []);
    const nodes = snapshot.cluster.nodes.map((node, at) =>
      at === 0 ? { ...node, flannel: { ...node.flannel, backendData: '{"VtepMAC":"0e:00:00:00:00:01"}' } } : node,
    );
    expect(judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, nodes } }, AUTO).findings).toEqual([]);
  });
});
