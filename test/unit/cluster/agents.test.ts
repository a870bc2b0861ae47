import { describe, expect, test } from '@jest/globals';
import type { V1DaemonSet, V1Pod } from '@kubernetes/client-node';
import { joinAgents, translateAgentPod, translateAgentSet } from '../../../src/cluster/agents.ts';
import type { Wire } from '../../../src/cluster/api.ts';
import type { Agent } from '../../../src/model/snapshot.ts';

interface Sketch {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  /** `name image` */
  readonly containers?: readonly string[];
  readonly env?: { name: string; value?: string }[];
  readonly volumes?: object[];
  readonly selector?: object;
}

function daemonSet(sketch: Sketch): Wire<V1DaemonSet> {
  const containers = (sketch.containers ?? ['main some/image:v1']).map((text) => {
    const [name = '', image] = text.split(' ');
    return { name, image, env: sketch.env };
  });
  return {
    metadata: { name: sketch.name ?? 'some-agent', namespace: 'somewhere', labels: sketch.labels },
    spec: {
      selector: sketch.selector ?? { matchLabels: { app: 'x' } },
      template: { metadata: { labels: sketch.labels }, spec: { containers, volumes: sketch.volumes } },
    },
  } as Wire<V1DaemonSet>;
}

function agentOf(sketch: Sketch): Agent | undefined {
  return translateAgentSet(daemonSet(sketch))?.agent;
}

describe('which agent a DaemonSet runs', () => {
  test.each<[Agent, Sketch]>([
    [
      'flannel',
      {
        name: 'kube-flannel-ds',
        labels: { app: 'flannel' },
        containers: ['kube-flannel ghcr.io/flannel-io/flannel:v0.28.9'],
      },
    ],
    [
      'flannel',
      {
        name: 'kube-flannel-ds-amd64',
        labels: { app: 'flannel' },
        containers: ['kube-flannel quay.io/coreos/flannel:v0.11.0-amd64'],
      },
    ],
    [
      'flannel',
      {
        name: 'kube-flannel-ds-windows-amd64',
        containers: ['kube-flannel sigwindowstools/flannel:v0.22.1-hostprocess'],
      },
    ],
    ['flannel', { name: 'renamed', containers: ['renamed registry.example:5000/mirror/flannel@sha256:0123'] }],
    ['flannel', { name: 'renamed', containers: ['kube-flannel registry.example/net-image:v1'] }],
    ['flannel', { name: 'kube-flannel' }],
    ['flannel', { labels: { 'k8s-app': 'flannel' } }],
    ['flannel', { containers: ['x rancher/hardened-flannel:v0.26'] }],
    [
      'canal',
      {
        name: 'rke2-canal',
        labels: { 'k8s-app': 'canal' },
        containers: ['calico-node rancher/hardened-calico:v3', 'kube-flannel rancher/hardened-flannel:v0.26'],
      },
    ],
    [
      'canal',
      {
        name: 'canal',
        labels: { 'k8s-app': 'canal' },
        containers: ['calico-node a/b', 'kube-flannel c/d'],
        env: [{ name: 'CALICO_NETWORKING_BACKEND', value: 'none' }],
      },
    ],
    ['canal', { name: 'canal' }],
    [
      'aws-vpc-cni',
      {
        name: 'aws-node',
        labels: { 'k8s-app': 'aws-node' },
        containers: [
          'aws-node 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20',
          'aws-eks-nodeagent x/aws-network-policy-agent:v1',
        ],
      },
    ],
    ['calico', { name: 'calico-node', containers: ['calico-node docker.io/calico/node:v3.30.0'] }],
    ['calico', { name: 'calico-node-windows', containers: ['node calico/node-windows:v3.30'] }],
    [
      'cilium',
      { name: 'cilium', labels: { 'k8s-app': 'cilium' }, containers: ['cilium-agent quay.io/cilium/cilium:v1.18'] },
    ],
    ['dataplane-v2', { name: 'anetd', containers: ['cilium-agent gke.gcr.io/cilium/cilium:v1.14'] }],
    [
      'weave',
      { name: 'weave-net', containers: ['weave weaveworks/weave-kube:2.8', 'weave-npc weaveworks/weave-npc:2.8'] },
    ],
    [
      'antrea',
      {
        name: 'antrea-agent',
        containers: ['antrea-agent antrea/antrea-agent-ubuntu:v2', 'antrea-ovs antrea/antrea-agent-ubuntu:v2'],
      },
    ],
    ['kube-router', { name: 'kube-router', containers: ['kube-router docker.io/cloudnativelabs/kube-router'] }],
    ['ovn-kubernetes', { name: 'ovnkube-node', containers: ['ovnkube-controller quay.io/openshift/x:1'] }],
    ['kindnet', { name: 'kindnet', containers: ['kindnet-cni docker.io/kindest/kindnetd:v2025'] }],
    [
      'azure-cni',
      { name: 'azure-cns', containers: ['cns-container mcr.microsoft.com/containernetworking/azure-cns:v1.6'] },
    ],
  ])('%s: %j', (agent, sketch) => {
    expect(agentOf(sketch)).toBe(agent);
  });

  test.each<Sketch>([
    { name: 'kube-proxy', containers: ['kube-proxy registry.k8s.io/kube-proxy:v1.34'] },
    { name: 'kube-proxy-windows', containers: ['kube-proxy sigwindowstools/kube-proxy:v1.34-flannel-hostprocess'] },
    {
      name: 'cilium-envoy',
      labels: { 'k8s-app': 'cilium-envoy' },
      containers: ['cilium-envoy quay.io/cilium/cilium-envoy:v1'],
    },
    {
      name: 'cilium-node-init',
      labels: { app: 'cilium-node-init' },
      containers: ['node-init quay.io/cilium/startup-script:1'],
    },
    { name: 'calico-typha', containers: ['calico-typha calico/typha:v3'] },
    { name: 'csi-node-driver', containers: ['calico-csi calico/csi:v3'] },
    { name: 'node-exporter', containers: ['node-exporter prom/node-exporter:v1'] },
    { name: 'flannel-exporter', containers: ['exporter example/flannel-exporter:v1'] },
    // Calico for network policies only: somebody else moves the packets.
    {
      name: 'calico-node',
      containers: ['calico-node calico/node:v3'],
      env: [{ name: 'CALICO_NETWORKING_BACKEND', value: 'none' }],
    },
  ])('none: %j', (sketch) => {
    expect(agentOf(sketch)).toBeUndefined();
  });
});

test('ConfigMaps that it mounts, also among projected volumes, each once', () => {
  const volumes = [
    { name: 'run', hostPath: { path: '/run' } },
    { name: 'cfg', configMap: { name: 'kube-flannel-cfg' } },
    {
      name: 'all',
      projected: {
        sources: [
          { secret: { name: 's' } },
          { configMap: { name: 'extra' } },
          { configMap: { name: 'kube-flannel-cfg' } },
        ],
      },
    },
  ];
  expect(translateAgentSet(daemonSet({ name: 'kube-flannel', volumes }))?.configMaps).toEqual([
    'kube-flannel-cfg',
    'extra',
  ]);
});

test('its selector as a list takes it', () => {
  const selector = {
    matchLabels: { app: 'flannel', tier: 'node' },
    matchExpressions: [
      { key: 'a', operator: 'In', values: ['x', 'y'] },
      { key: 'b', operator: 'NotIn', values: ['z'] },
      { key: 'c', operator: 'Exists' },
      { key: 'd', operator: 'DoesNotExist' },
    ],
  };
  expect(translateAgentSet(daemonSet({ name: 'kube-flannel', selector }))?.selector).toBe(
    'app=flannel,tier=node,a in (x,y),b notin (z),c,!d',
  );
});

describe('a pod counts', () => {
  function pod(change: { metadata?: object; spec?: object; status?: object } = {}): Wire<V1Pod> {
    return {
      metadata: { name: 'p', ownerReferences: [{ kind: 'DaemonSet', name: 'kube-flannel-ds' }], ...change.metadata },
      spec: { nodeName: 'n', ...change.spec },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...change.status },
    } as Wire<V1Pod>;
  }

  test('where it is Ready', () => {
    expect(translateAgentPod(pod())).toEqual({ node: 'n', ready: true, owner: 'kube-flannel-ds' });
  });

  test.each<[string, Wire<V1Pod>]>([
    ['not Ready', pod({ status: { conditions: [{ type: 'Ready', status: 'False' }] } })],
    ['without conditions', pod({ status: { conditions: undefined } })],
    ['of a node that was lost', pod({ status: { phase: 'Failed' } })],
  ])('as one that does not work where it is %s', (_, given) => {
    expect(translateAgentPod(given)).toEqual({ node: 'n', ready: false, owner: 'kube-flannel-ds' });
  });

  test.each<[string, Wire<V1Pod>]>([
    ['Ready, but being deleted', pod({ metadata: { deletionTimestamp: '2026-11-20T10:00:00Z' } })],
    ['of no DaemonSet', pod({ metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'x' }] } })],
    ['of nobody', pod({ metadata: { ownerReferences: undefined } })],
    ['on no node yet', pod({ spec: { nodeName: undefined } })],
  ])('but not %s', (_, given) => {
    expect(translateAgentPod(given)).toBeUndefined();
  });
});

test('agents by node, in a fixed order', () => {
  const running = [
    { agent: 'calico', nodes: ['b', 'a'] },
    { agent: 'flannel', nodes: ['a', 'a'] },
    { agent: 'cilium', nodes: [] },
  ] as const;
  expect(joinAgents(running)).toEqual([
    { node: 'a', agents: ['flannel', 'calico'] },
    { node: 'b', agents: ['calico'] },
  ]);
});

test('kube-router that only filters or balances moves no packets', () => {
  const set = daemonSet({ name: 'kube-router', containers: ['kube-router cloudnativelabs/kube-router'] });
  const [container] = set.spec?.template.spec?.containers ?? [];
  expect(translateAgentSet(set)?.agent).toBe('kube-router');
  container!.args = ['--run-firewall=true', '--run-router=false'];
  expect(translateAgentSet(set)).toBeUndefined();
});

test('flags are kept, and nothing else of a command', () => {
  const set = daemonSet({ containers: ['kube-router cloudnativelabs/kube-router'] });
  const [container] = set.spec?.template.spec?.containers ?? [];
  container!.command = ['/usr/local/bin/kube-router', '--overlay-type=full'];
  container!.args = ['--enable-overlay', 'stray'];
  expect(translateAgentSet(set)?.flags).toEqual(['--overlay-type=full', '--enable-overlay']);
});
