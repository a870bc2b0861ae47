/** The Kubernetes half of a healthy world: nodes, the agents that run on them, and their configuration. */

import { familyOf } from './addresses.ts';
import { agentConfigMaps, agentsOf } from './agents.ts';
import type { Agent } from './agents.ts';
import { podSuffix, uid } from './ids.ts';
import { internalIps } from './look.ts';
import { MODES, tunnelOf, vxlanOf } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import { podAddresses, podRanges } from './pod-ranges.ts';
import type { ConfigMapWorld, DaemonSetWorld, NodeWorld, PodWorld, World } from './world.ts';

export const flannelPrefix = 'flannel.alpha.coreos.com/';

export interface NodePlan {
  cluster: string;
  name: string;
  zone: string;
  region: string;
  providerID?: string;
  internalDns: string;
  instanceType: string;
  internalIps: string[];
  podCIDRs: string[];
  /** What the agent's own address management has given the node; absent: pods have addresses of podCIDRs. */
  ranges?: string[];
  os: 'linux' | 'windows';
  controlPlane: boolean;
  mode: NetworkMode;
  createdAt: string;
  /** For mode fabric: whether a route controller has left its condition on the node. */
  routeCreated: boolean;
  /** Some node of the cluster runs Windows, which understands one setting of VXLAN only. */
  hasWindows: boolean;
}

/** What flannel writes on its own node when it starts. */
export function flannelAnnotations(
  backend: string,
  advertised: readonly string[],
  seed: string,
  vni = 1,
): Record<string, string> {
  const mac = uid('mac', seed).replaceAll('-', '').slice(0, 10).match(/../g)?.join(':') ?? '';
  const data = backend === 'vxlan' ? `{"VNI":${String(vni)},"VtepMAC":"0e:${mac}"}` : 'null';
  const v4 = advertised.find((ip) => familyOf(ip) === 4);
  const v6 = advertised.find((ip) => familyOf(ip) === 6);
  return {
    [`${flannelPrefix}kube-subnet-manager`]: 'true',
    [`${flannelPrefix}backend-type`]: backend,
    [`${flannelPrefix}backend-data`]: data,
    ...(v4 === undefined ? {} : { [`${flannelPrefix}public-ip`]: v4 }),
    ...(v6 === undefined ? {} : { [`${flannelPrefix}backend-v6-data`]: data, [`${flannelPrefix}public-ipv6`]: v6 }),
  };
}

const calicoKeys = ['projectcalico.org/IPv4Address', 'projectcalico.org/IPv6Address'] as const;

/** What Calico writes on its own node: addresses with the length of their network. */
function calicoAnnotations(advertised: readonly string[]): Record<string, string> {
  const entry = (ip: string): [string, string] =>
    familyOf(ip) === 4 ? [calicoKeys[0], `${ip}/20`] : [calicoKeys[1], `${ip}/64`];
  return Object.fromEntries(advertised.map(entry));
}

/** The node's agent announces other addresses instead, wherever it does. */
export function reannounce(node: NodeWorld, moved: (address: string) => string): void {
  node.kernel.advertised = node.kernel.advertised.map(moved);
  for (const key of [`${flannelPrefix}public-ip`, `${flannelPrefix}public-ipv6`, ...calicoKeys]) {
    const [address, length] = node.annotations[key]?.split('/') ?? [];
    if (address === undefined) continue;
    node.annotations[key] = length === undefined ? moved(address) : `${moved(address)}/${length}`;
  }
}

/** Who has said that the node's network is there: an agent, or the cloud's route controller. */
const CONDITIONS: Partial<Record<NetworkMode, string>> = {
  fabric: 'RouteCreated',
  'calico-ipip': 'CalicoIsUp',
  'calico-cross-subnet': 'CalicoIsUp',
  'calico-bgp': 'CalicoIsUp',
  'cilium-tunnel': 'CiliumIsUp',
  'cilium-native': 'CiliumIsUp',
  'cilium-direct': 'CiliumIsUp',
  'cilium-pool': 'CiliumIsUp',
  'cilium-pool-direct': 'CiliumIsUp',
};

const azureCniLabels = {
  'kubernetes.azure.com/azure-cni-overlay': 'true',
  'kubernetes.azure.com/podnetwork-type': 'overlay',
};

/** A node as the API server holds it, healthy, in the given network mode. */
export function makeNode(plan: NodePlan): NodeWorld {
  const { routing, flannel, ranges } = MODES[plan.mode];
  const tunnel = tunnelOf(plan.mode, plan.hasWindows);
  const families = new Set((plan.ranges ?? plan.podCIDRs).map(familyOf));
  const announces = flannel !== undefined || ranges === 'calico';
  const advertised = announces ? plan.internalIps.filter((ip) => families.has(familyOf(ip))) : [];
  const reason = CONDITIONS[plan.mode] ?? (flannel === undefined ? undefined : 'FlannelIsUp');
  const isWritten = reason !== undefined && (reason !== 'RouteCreated' || plan.routeCreated);
  const condition = isWritten ? { status: 'False' as const, reason } : undefined;
  return {
    name: plan.name,
    uid: uid('node', plan.cluster, plan.name),
    createdAt: plan.createdAt,
    ...(plan.providerID === undefined ? {} : { providerID: plan.providerID }),
    podCIDRs: plan.podCIDRs,
    addresses: [
      ...plan.internalIps.map((address) => ({ type: 'InternalIP' as const, address })),
      { type: 'Hostname', address: plan.name },
      { type: 'InternalDNS', address: plan.internalDns },
    ],
    os: plan.os,
    arch: 'amd64',
    ready: 'True',
    taints: plan.controlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : [],
    labels: {
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': plan.os,
      'kubernetes.io/hostname': plan.name,
      'node.kubernetes.io/instance-type': plan.instanceType,
      'topology.kubernetes.io/region': plan.region,
      'topology.kubernetes.io/zone': plan.zone,
      ...(plan.controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      ...(plan.mode === 'azure-cni' ? azureCniLabels : {}),
    },
    annotations: {
      'node.alpha.kubernetes.io/ttl': '0',
      ...(flannel === undefined
        ? {}
        : flannelAnnotations(flannel, advertised, plan.name, vxlanOf(plan.hasWindows).vni)),
      ...(ranges === 'calico' ? calicoAnnotations(advertised) : {}),
    },
    ...(condition === undefined ? {} : { networkUnavailable: condition }),
    kernel: {
      routing,
      advertised,
      ...(tunnel === undefined ? {} : { tunnel }),
      ...(plan.ranges === undefined ? {} : { ranges: plan.ranges }),
    },
  };
}

function agentPod(agent: Agent, node: NodeWorld): PodWorld {
  return {
    namespace: agent.namespace,
    name: `${agent.daemonSet}-${podSuffix(agent.daemonSet, node.name)}`,
    nodeName: node.name,
    labels: { ...agent.labels, 'controller-revision-hash': podSuffix('revision', agent.daemonSet) },
    ownerDaemonSet: agent.daemonSet,
    phase: 'Running',
    ready: true,
    hostNetwork: true,
    podIPs: internalIps(node),
    containers: [agent.container],
  };
}

function workloadPod(node: NodeWorld, name: string, namespace: string, number: number): PodWorld {
  return {
    namespace,
    name: `${name}-${podSuffix('set', name)}-${podSuffix(name, node.name)}`,
    nodeName: node.name,
    labels: { 'k8s-app': name },
    phase: 'Running',
    ready: true,
    hostNetwork: false,
    podIPs: podAddresses(podRanges(node), number),
    containers: [{ name, image: `${name}:v1`, args: [] }],
  };
}

/** Adds a node and the pods that its agents run there. */
export function addNode(world: World, node: NodeWorld, mode: NetworkMode): void {
  world.cluster.nodes.push(node);
  for (const agent of agentsOf(mode)) {
    if (agent.os === node.os) world.cluster.pods.push(agentPod(agent, node));
  }
  const withPods = podRanges(node).length > 0 && node.taints.length === 0;
  if (withPods) world.cluster.pods.push(workloadPod(node, 'shop', 'default', 5));
}

/** DaemonSets as their controller counts them, from the pods that are there. */
export function daemonSets(world: World, mode: NetworkMode): DaemonSetWorld[] {
  return agentsOf(mode).flatMap((agent) => {
    const pods = world.cluster.pods.filter((pod) => pod.ownerDaemonSet === agent.daemonSet);
    if (pods.length === 0) return [];
    return {
      namespace: agent.namespace,
      name: agent.daemonSet,
      labels: agent.labels,
      selector: agent.labels,
      desired: pods.length,
      ready: pods.filter((pod) => pod.ready).length,
      nodeSelector: { 'kubernetes.io/os': agent.os },
      containers: [agent.container],
      configMapVolumes: agent.configMapVolumes,
    };
  });
}

/** The configuration that kube-proxy and the network agent mount. `podCidr6` turns dual stack on. */
export function configMaps(
  mode: NetworkMode,
  podCidr: string,
  podCidr6: string | undefined,
  hasWindows: boolean,
): ConfigMapWorld[] {
  const proxy = {
    namespace: 'kube-system',
    name: 'kube-proxy',
    data: { 'config.conf': `clusterCIDR: ${[podCidr, ...(podCidr6 === undefined ? [] : [podCidr6])].join(',')}\n` },
  };
  return [proxy, ...agentConfigMaps(mode, { podCidr, podCidr6, hasWindows })];
}
