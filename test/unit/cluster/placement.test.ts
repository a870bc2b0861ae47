import { describe, expect, test } from '@jest/globals';
import type { V1DaemonSet, V1NodeSelectorRequirement, V1PodSpec } from '@kubernetes/client-node';
import type { Wire } from '../../../src/cluster/api.ts';
import { translateAgentSet } from '../../../src/cluster/agents.ts';
import { translatePlacement } from '../../../src/cluster/placement.ts';
import type { DaemonSetFacts } from '../../../src/model/snapshot.ts';

function placementOf(
  pod: Partial<V1PodSpec>,
  name = 'kube-flannel-ds',
  container = 'kube-flannel',
): DaemonSetFacts | undefined {
  const containers = [{ name: container, image: 'some/image' }];
  const set = {
    metadata: { name, namespace: 'somewhere' },
    spec: { selector: {}, template: { spec: { containers, ...pod } } },
  } as unknown as Wire<V1DaemonSet>;
  return translatePlacement(set, translateAgentSet(set));
}

function required(...terms: V1NodeSelectorRequirement[][]): Pick<V1PodSpec, 'affinity'> {
  const nodeSelectorTerms = terms.map((matchExpressions) => ({ matchExpressions }));
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

const OS = 'kubernetes.io/os';
const isIn = (key: string, ...values: string[]): V1NodeSelectorRequirement => ({ key, operator: 'In', values });

describe('on which system a DaemonSet may run', () => {
  test.each<[string, DaemonSetFacts['os'], Partial<V1PodSpec>]>([
    ['nothing is said', 'any', {}],
    ['only the processor is, as in manifests of 2018', 'any', { nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' } }],
    ['a selector', 'linux', { nodeSelector: { [OS]: 'linux' } }],
    ['a selector with the old label', 'linux', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }],
    ['a selector for Windows', 'windows', { nodeSelector: { [OS]: 'windows' } }],
    ['labels that nobody read', 'other', { nodeSelector: { pool: 'blue' } }],
    ['such a label beside the system', 'linux', { nodeSelector: { pool: 'blue', [OS]: 'linux' } }],
    ['affinity, as flannel’s manifest has it', 'linux', required([isIn(OS, 'linux')])],
    ['affinity with the processor', 'linux', required([isIn(OS, 'linux'), isIn('kubernetes.io/arch', 'amd64')])],
    ['two alternatives, both for Linux', 'linux', required([isIn(OS, 'linux')], [isIn(OS, 'linux')])],
    ['two alternatives, one for anybody', 'other', required([isIn(OS, 'linux')], [isIn('pool', 'blue')])],
    ['both systems', 'other', required([isIn(OS, 'linux', 'windows')])],
    ['not Windows', 'linux', required([{ key: OS, operator: 'NotIn', values: ['windows'] }])],
    ['affinity for labels that nobody read', 'other', required([{ key: 'pool', operator: 'Exists' }])],
    [
      'what is only preferred',
      'any',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: { matchExpressions: [isIn(OS, 'linux')] } },
            ],
          },
        },
      },
    ],
  ])('%s: %s', (_, os, pod) => {
    expect(placementOf(pod)?.os).toBe(os);
  });

  test('with what it tolerates', () => {
    const tolerations = [
      { operator: 'Exists', effect: 'NoSchedule' },
      { key: 'os', operator: 'Equal', value: 'windows', effect: 'NoSchedule' },
      { key: 'dedicated', operator: 'Exists' },
      { key: 'os', value: 'windows' },
      { operator: 'Exists' },
    ];
    expect(placementOf({ tolerations })?.tolerations).toEqual([
      { effect: 'NoSchedule' },
      { key: 'os', value: 'windows', effect: 'NoSchedule' },
      { key: 'dedicated' },
      { key: 'os', value: 'windows' },
      {},
    ]);
  });

  test('only of flannel and kube-proxy, whose images are for one system', () => {
    expect(placementOf({}, 'kube-proxy', 'kube-proxy')?.runs).toBe('kube-proxy');
    expect(placementOf({}, 'kube-proxy-metrics', 'exporter')).toBeUndefined();
    expect(placementOf({}, 'calico-node', 'calico-node')).toBeUndefined();
    expect(placementOf({}, 'log-shipper', 'shipper')).toBeUndefined();
  });
});
