import { describe, expect, test } from '@jest/globals';
import type { V1Node } from '@kubernetes/client-node';
import type { Wire } from '../../../src/cluster/api.ts';
import { translateNode } from '../../../src/cluster/translate.ts';
import type { NodeFacts } from '../../../src/model/snapshot.ts';

/** A node with only these parts. */
function facts(parts: { metadata?: object; spec?: object; status?: object }): NodeFacts {
  const node = { metadata: { name: 'n', ...parts.metadata }, spec: parts.spec, status: parts.status } as Wire<V1Node>;
  const translated = translateNode(node);
  if (translated === undefined) throw new Error('no node');
  return translated;
}

test('a node of which nothing is known but its name', () => {
  expect(facts({})).toEqual({
    name: 'n',
    podCIDRs: [],
    internalIPs: [],
    os: 'unknown',
    ready: 'Unknown',
    unschedulable: false,
    taints: [],
    labels: {},
  });
});

test('an object without a name is no node', () => {
  expect(translateNode({ metadata: {} })).toBeUndefined();
});

describe('podCIDRs', () => {
  test.each<[string, object, readonly string[], readonly string[] | undefined]>([
    [
      'both families, in their order',
      { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24', 'fd00:10::/64'] },
      ['10.1.0.0/24', 'fd00:10::/64'],
      undefined,
    ],
    ['only the old field', { podCIDR: '10.1.0.0/24' }, ['10.1.0.0/24'], undefined],
    ['an empty list and the old field', { podCIDR: '10.1.0.0/24', podCIDRs: [] }, ['10.1.0.0/24'], undefined],
    ['host bits, as an API server stores them', { podCIDRs: ['10.1.0.5/24'] }, ['10.1.0.0/24'], undefined],
    ['IPv6 in a long form', { podCIDRs: ['FD00:0010:0::1/64'] }, ['fd00:10::/64'], undefined],
    ['the same twice', { podCIDRs: ['10.1.0.0/24', '10.1.0.7/24'] }, ['10.1.0.0/24'], undefined],
    [
      'what is none',
      { podCIDRs: ['10.1.0.0', '010.1.0.0/24', '10.2.0.0/24'] },
      ['10.2.0.0/24'],
      ['10.1.0.0', '010.1.0.0/24'],
    ],
    ['empty', { podCIDR: '' }, [], undefined],
  ])('%s', (_, spec, podCIDRs, invalid) => {
    const { podCIDRs: found, invalidPodCIDRs } = facts({ spec });
    expect(found).toEqual(podCIDRs);
    expect(invalidPodCIDRs).toEqual(invalid);
  });
});

test('internal addresses by their type, canonical, once', () => {
  const addresses = [
    { type: 'Hostname', address: 'n' },
    { type: 'ExternalIP', address: '203.0.113.1' },
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'InternalIP', address: 'FD00::0:1' },
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'InternalIP', address: 'not an address' },
  ];
  expect(facts({ status: { addresses } }).internalIPs).toEqual(['10.0.0.1', 'fd00::1']);
});

describe('the operating system', () => {
  test.each<[string | undefined, Record<string, string>, string]>([
    ['linux', { 'kubernetes.io/os': 'windows' }, 'linux'],
    ['Windows', {}, 'windows'],
    [undefined, { 'kubernetes.io/os': 'windows' }, 'windows'],
    ['', { 'beta.kubernetes.io/os': 'linux' }, 'linux'],
    ['darwin', {}, 'unknown'],
  ])('%s with labels %j is %s', (operatingSystem, labels, os) => {
    expect(facts({ metadata: { labels }, status: { nodeInfo: { operatingSystem } } }).os).toBe(os);
  });
});

test('conditions, taints and times', () => {
  const found = facts({
    metadata: {
      creationTimestamp: '2026-11-20T10:00:00Z',
      deletionTimestamp: '2026-11-20T11:00:00Z',
    },
    spec: {
      unschedulable: true,
      taints: [
        { key: 'a', value: 'b', effect: 'NoSchedule' },
        { key: 'c', effect: 'NoExecute' },
      ],
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'NetworkUnavailable', status: 'True', reason: 'NoRouteCreated' },
      ],
    },
  });
  expect(found).toMatchObject({
    createdAt: '2026-11-20T10:00:00.000Z',
    deletingSince: '2026-11-20T11:00:00.000Z',
    unschedulable: true,
    taints: ['a=b:NoSchedule', 'c:NoExecute'],
    ready: 'False',
    networkUnavailable: { status: 'True', reason: 'NoRouteCreated' },
  });
});

test.each(['garbage', '', null])('a time that is none is left out: %s', (creationTimestamp) => {
  expect(facts({ metadata: { creationTimestamp } })).not.toHaveProperty('createdAt');
});

describe('nodes without a machine of their own', () => {
  test.each<[string, Parameters<typeof facts>[0], NodeFacts['virtual']]>([
    ['Fargate by id', { spec: { providerID: 'aws:///eu-west-1a/abc/fargate-ip-10-0-0-1' } }, 'fargate'],
    ['hybrid by id', { spec: { providerID: 'eks-hybrid:///eu-west-1/c/mi-1' } }, 'hybrid'],
    ['Fargate by label', { metadata: { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } } }, 'fargate'],
    ['hybrid by label', { metadata: { labels: { 'eks.amazonaws.com/compute-type': 'hybrid' } } }, 'hybrid'],
    ['another compute type', { metadata: { labels: { 'eks.amazonaws.com/compute-type': 'ec2' } } }, undefined],
    ['virtual kubelet by label', { metadata: { labels: { type: 'virtual-kubelet' } } }, 'virtual-kubelet'],
    [
      'virtual kubelet by taint',
      { spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }] } },
      'virtual-kubelet',
    ],
    [
      'an ordinary machine',
      { spec: { providerID: 'aws:///eu-west-1a/i-1' }, metadata: { labels: { type: 'spot' } } },
      undefined,
    ],
  ])('%s', (_, parts, virtual) => {
    expect(facts(parts).virtual).toBe(virtual);
  });
});

describe("flannel's annotations", () => {
  const usual = 'flannel.alpha.coreos.com/';
  test.each<[string, Record<string, string>, NodeFacts['flannel']]>([
    ['none', { 'node.alpha.kubernetes.io/ttl': '0' }, undefined],
    [
      'all, the addresses canonical',
      {
        [`${usual}backend-type`]: 'vxlan',
        [`${usual}backend-data`]: '{"VNI":1}',
        [`${usual}public-ip`]: '10.0.0.1',
        [`${usual}public-ipv6`]: 'FD00::0:1',
      },
      { backendType: 'vxlan', backendData: '{"VNI":1}', publicIP: '10.0.0.1', publicIPv6: 'fd00::1' },
    ],
    ['the backend alone', { [`${usual}backend-type`]: 'host-gw' }, { backendType: 'host-gw' }],
    ['an address that is none, as it came', { [`${usual}public-ip`]: 'oops' }, { publicIP: 'oops' }],
    [
      'another prefix',
      { 'net.example/backend-type': 'host-gw', 'net.example/public-ip': '10.0.0.1' },
      { backendType: 'host-gw', publicIP: '10.0.0.1' },
    ],
    [
      'a prefix that holds a slash itself',
      { 'net.example/flannel-backend-type': 'host-gw', 'net.example/flannel-public-ip': '10.0.0.1' },
      { backendType: 'host-gw', publicIP: '10.0.0.1' },
    ],
    [
      'the usual prefix before another',
      { 'a.example/backend-type': 'vxlan', 'a.example/public-ip': '1.1.1.1', [`${usual}backend-type`]: 'host-gw' },
      { backendType: 'host-gw' },
    ],
    ['a key of somebody else', { 'lb.example/backend-type': 'nlb' }, undefined],
    [
      'addresses of another prefix',
      { 'a.example/backend-type': 'host-gw', 'b.example/public-ip': '10.0.0.1' },
      undefined,
    ],
  ])('%s', (_, annotations, flannel) => {
    expect(facts({ metadata: { annotations } }).flannel).toEqual(flannel);
  });
});

describe('k3s node arguments', () => {
  test.each<[string, readonly string[] | undefined]>([
    [
      '["server","--flannel-backend","host-gw","--cluster-cidr=10.42.0.0/16"]',
      ['server', '--flannel-backend', 'host-gw', '--cluster-cidr=10.42.0.0/16'],
    ],
    ['["agent"]', ['agent']],
    [
      '["server","--datastore-endpoint","mysql://user:password@db","--token","t","--flannel-backend=none"]',
      ['server', '--flannel-backend=none'],
    ],
    ['["server","--flannel-backend=none","stray"]', ['server', '--flannel-backend=none']],
    ['[]', []],
    ['[1,"server"]', ['server']],
    ['{"a":1}', undefined],
    ['no json', undefined],
  ])('%s', (text, args) => {
    expect(facts({ metadata: { annotations: { 'k3s.io/node-args': text } } }).k3sNodeArgs).toEqual(args);
  });
});

test('RKE2 runs flannel in its own process on Windows only', () => {
  const metadata = { annotations: { 'rke2.io/node-args': '["agent","--node-ip","10.0.0.1"]' } };
  const on = (operatingSystem: string): unknown =>
    facts({ metadata, status: { nodeInfo: { operatingSystem } } }).k3sNodeArgs;
  expect(on('windows')).toEqual(['agent', '--node-ip', '10.0.0.1']);
  expect(on('linux')).toBeUndefined();
});

test.each<[Record<string, string>, object | undefined]>([
  [{}, undefined],
  [{ 'projectcalico.org/IPv4Address': '10.0.0.7/20' }, { address: '10.0.0.7' }],
  [
    {
      'projectcalico.org/IPv4Address': '10.0.0.7/20',
      'projectcalico.org/IPv6Address': 'FD00::7/64',
      'projectcalico.org/WireguardPublicKey': 'x=',
    },
    { address: '10.0.0.7', addressV6: 'fd00::7', wireguard: true },
  ],
  [{ 'projectcalico.org/IPv4IPIPTunnelAddr': '10.48.0.1' }, undefined],
])("Calico's annotations: %j", (annotations, calico) => {
  expect(facts({ metadata: { annotations } }).calico).toEqual(calico);
});

test('only labels that tell what a node belongs to are kept, in order', () => {
  const labels = {
    'topology.kubernetes.io/zone': 'a',
    'kubernetes.azure.com/podnetwork-type': 'overlay',
    'company.example/owner': 'somebody',
    'kubernetes.io/hostname': 'n',
    'karpenter.sh/nodepool': 'p',
    'cloud.google.com/gke-nodepool': 'g',
    'eks.amazonaws.com/nodegroup': 'w',
    'kubernetes.io/os': 'linux',
  };
  expect(Object.keys(facts({ metadata: { labels } }).labels)).toEqual([
    'cloud.google.com/gke-nodepool',
    'eks.amazonaws.com/nodegroup',
    'karpenter.sh/nodepool',
    'kubernetes.azure.com/podnetwork-type',
    'kubernetes.io/os',
    'topology.kubernetes.io/zone',
  ]);
});
