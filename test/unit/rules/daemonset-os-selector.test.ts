import { describe, expect, test } from '@jest/globals';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import type { DaemonSetFacts, Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster } from '../../support/judging.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

const SET: DaemonSetFacts = {
  namespace: 'kube-system',
  name: 'kube-flannel-ds-amd64',
  runs: 'flannel',
  os: 'any',
  tolerations: [{ effect: 'NoSchedule' }],
};

function found(set: Partial<DaemonSetFacts>, taints: readonly string[] = [], windows = 1): Finding[] {
  const snapshot = snapshotOfWorld(cluster('vxlan', { nodes: 3, windows }));
  const nodes = snapshot.cluster.nodes.map((node) => (node.os === 'windows' ? { ...node, taints } : node));
  const cni = { ...snapshot.cluster.cni, daemonSets: [{ ...SET, ...set }] };
  const changed: Snapshot = { ...snapshot, cluster: { ...snapshot.cluster, nodes, cni } };
  return judgeSnapshot(changed, AUTO).findings.filter(({ rule }) => rule === 'daemonset-os-selector');
}

describe('daemonset-os-selector', () => {
  test('names the DaemonSet, the Windows nodes, and the patch', () => {
    const [finding, ...others] = found({});
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      key: 'daemonset-os-selector/cluster/kube-system/kube-flannel-ds-amd64',
      severity: 'warning',
      verdict: 'fail',
      subjects: { nodes: ['windows-01'] },
    });
    expect(finding?.what).toBe(
      'DaemonSet kube-system/kube-flannel-ds-amd64 is made for Linux, and nothing keeps its pods off the Windows nodes windows-01.',
    );
    expect(finding?.next).toBe(
      `Limit it: kubectl -n kube-system patch daemonset kube-flannel-ds-amd64 --type merge -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/os":"linux"}}}}}'.`,
    );
  });

  test('kube-proxy needs it as well', () => {
    expect(found({ name: 'kube-proxy', runs: 'kube-proxy' })).toHaveLength(1);
  });

  test.each<[string, readonly string[], DaemonSetFacts['tolerations'], number]>([
    ['a taint that it does not tolerate keeps it away', ['os=windows:NoSchedule'], [], 0],
    ['one that it tolerates does not', ['os=windows:NoSchedule'], [{ key: 'os', value: 'windows' }], 1],
    ['nor with any value', ['os=windows:NoSchedule'], [{ key: 'os' }], 1],
    ['another value does', ['os=windows:NoSchedule'], [{ key: 'os', value: 'win' }], 0],
    ['another effect does', ['os=windows:NoExecute'], [{ effect: 'NoSchedule' }], 0],
    ['what is only preferred does not', ['os=windows:PreferNoSchedule'], [], 1],
    ['nor what Kubernetes itself puts there', ['node.kubernetes.io/not-ready:NoExecute'], [], 1],
  ])('%s', (_, taints, tolerations, many) => {
    expect(found({ tolerations }, taints)).toHaveLength(many);
  });

  test.each<[string, Partial<DaemonSetFacts>, number]>([
    ['it is limited to Linux', { os: 'linux' }, 1],
    ['it names labels that were not read', { os: 'other' }, 1],
    ['it is made for Windows', { name: 'kube-flannel-ds-windows-amd64' }, 1],
    ['there is no Windows node', {}, 0],
  ])('is silent: %s', (_, set, windows) => {
    expect(found(set, [], windows)).toEqual([]);
  });

  test('is silent where DaemonSets could not be listed', () => {
    const snapshot = snapshotOfWorld(cluster('vxlan', { nodes: 3, windows: 1 }));
    const cni = { agents: [], complete: false };
    const { findings } = judgeSnapshot({ ...snapshot, cluster: { ...snapshot.cluster, cni } }, AUTO);
    expect(findings.filter(({ rule }) => rule === 'daemonset-os-selector')).toEqual([]);
  });
});
