import type { V1Node, V1NodeCondition, V1ObjectMeta } from '@kubernetes/client-node';

import type { NodeWorld } from '../../world/world.ts';
import { numberOf, seconds, type Wire } from './wire.ts';

// A node's body is several kilobytes in production, most of it images and managedFields. The lab's is, too, so that a
// client that keeps whole objects shows it. The kubelet reports at most 50 images (--node-status-max-images).
const DIGESTS = Array.from({ length: 30 }, (_, index) => (index + 1).toString(16).padStart(2, '0').repeat(32));
const IMAGES = DIGESTS.map((digest, index) => ({
  names: [
    `registry.example/team-${index % 7}/service-${index}@sha256:${digest}`,
    `registry.example/team-${index % 7}/service-${index}:v1.${index}.0`,
  ],
  sizeBytes: 412_345_678 - index * 11_234_567,
}));

const MANAGED_FIELDS = (at: string): NonNullable<Wire<V1ObjectMeta>['managedFields']> => [
  {
    manager: 'kubelet',
    operation: 'Update',
    apiVersion: 'v1',
    time: at,
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': { '.': {}, 'f:volumes.kubernetes.io/controller-managed-attach-detach': {} },
        'f:labels': { '.': {}, 'f:kubernetes.io/arch': {}, 'f:kubernetes.io/hostname': {}, 'f:kubernetes.io/os': {} },
      },
      'f:spec': { 'f:providerID': {} },
    },
  },
  {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'v1',
    time: at,
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:annotations': { 'f:node.alpha.kubernetes.io/ttl': {} } },
      'f:spec': { 'f:podCIDR': {}, 'f:podCIDRs': { '.': {}, 'v:"…"': {} } },
    },
  },
  {
    manager: 'kubelet',
    operation: 'Update',
    apiVersion: 'v1',
    time: at,
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:status': {
        'f:allocatable': { 'f:memory': {}, 'f:ephemeral-storage': {} },
        'f:conditions': Object.fromEntries(
          ['DiskPressure', 'MemoryPressure', 'PIDPressure', 'Ready'].map((type) => [
            `k:{"type":"${type}"}`,
            { 'f:lastHeartbeatTime': {}, 'f:lastTransitionTime': {}, 'f:message': {}, 'f:reason': {}, 'f:status': {} },
          ]),
        ),
        'f:images': {},
        'f:nodeInfo': { 'f:bootID': {} },
      },
    },
    subresource: 'status',
  },
];

/** The kubelet sets these on every node; what the world says comes on top. */
export function nodeLabels(node: NodeWorld): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': node.arch,
    'beta.kubernetes.io/os': node.os,
    'kubernetes.io/arch': node.arch,
    'kubernetes.io/hostname': node.name,
    'kubernetes.io/os': node.os,
    ...node.labels,
  };
}

function conditions(node: NodeWorld, now: string): Wire<V1NodeCondition>[] {
  const times = { lastHeartbeatTime: now, lastTransitionTime: seconds(node.createdAt) };
  const pressure = (type: string, reason: string, what: string): Wire<V1NodeCondition> => ({
    type,
    status: 'False',
    ...times,
    reason,
    message: `kubelet has ${what}`,
  });
  const list: Wire<V1NodeCondition>[] = [
    pressure('MemoryPressure', 'KubeletHasSufficientMemory', 'sufficient memory available'),
    pressure('DiskPressure', 'KubeletHasNoDiskPressure', 'no disk pressure'),
    pressure('PIDPressure', 'KubeletHasSufficientPID', 'sufficient PID available'),
  ];
  if (node.networkUnavailable !== undefined) {
    const { status, reason } = node.networkUnavailable;
    list.unshift({ type: 'NetworkUnavailable', status, ...times, reason, message: `set by ${reason}` });
  }
  const ready = {
    True: { reason: 'KubeletReady', message: 'kubelet is posting ready status' },
    False: { reason: 'KubeletNotReady', message: 'container runtime network not ready' },
    Unknown: { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
  }[node.ready];
  list.push({ type: 'Ready', status: node.ready, ...times, ...ready });
  return list;
}

/** A node as the API server answers it, without kind and apiVersion, as it stands in a list. */
export function nodeBody(node: NodeWorld, version: string, now: string): Wire<V1Node> {
  const createdAt = seconds(node.createdAt);
  const windows = node.os === 'windows';
  const sizes = { cpu: '4', 'ephemeral-storage': '104845292Ki', memory: '15896680Ki', pods: '110' };
  return {
    metadata: {
      name: node.name,
      uid: node.uid,
      resourceVersion: String(numberOf(node.uid)),
      creationTimestamp: createdAt,
      ...(node.deletingSince !== undefined && {
        deletionTimestamp: seconds(node.deletingSince),
        deletionGracePeriodSeconds: 0,
        finalizers: ['karpenter.sh/termination'],
      }),
      labels: nodeLabels(node),
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        ...node.annotations,
      },
      managedFields: MANAGED_FIELDS(createdAt),
    },
    spec: {
      // podCIDR is the first of podCIDRs; the API server keeps the two in step and stores both as they were given.
      ...(node.podCIDRs[0] !== undefined && { podCIDR: node.podCIDRs[0], podCIDRs: node.podCIDRs }),
      ...(node.providerID !== undefined && { providerID: node.providerID }),
      ...(node.unschedulable === true && { unschedulable: true }),
      ...(node.taints.length > 0 && { taints: node.taints }),
    },
    status: {
      capacity: sizes,
      allocatable: { ...sizes, cpu: '3920m', memory: '14880872Ki' },
      conditions: conditions(node, now),
      addresses: node.addresses,
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: node.uid.replaceAll('-', ''),
        systemUUID: node.uid,
        bootID: node.uid,
        kernelVersion: windows ? '10.0.20348.2849' : '6.1.0-18-cloud-amd64',
        osImage: windows ? 'Windows Server 2022 Datacenter' : 'Debian GNU/Linux 12 (bookworm)',
        containerRuntimeVersion: 'containerd://1.7.2',
        kubeletVersion: version,
        kubeProxyVersion: version,
        operatingSystem: node.os,
        architecture: node.arch,
      },
      images: IMAGES,
    },
  };
}
