/** The Kubernetes half of a healthy world: nodes, the agents that run on them, and their configuration. */

import { addressAt, familyOf } from './addresses.ts';
import { podSuffix, uid } from './ids.ts';
import { internalIps } from './look.ts';
import type { ConfigMapWorld, DaemonSetWorld, NodeWorld, PodWorld, World } from './world.ts';

/** How the cluster's network works, in the words of its installer. `alias`: podCIDRs are alias IP ranges. */
export type NetworkMode = 'host-gw' | 'fabric' | 'vxlan' | 'vpc-cni' | 'alias';

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
  os: 'linux' | 'windows';
  controlPlane: boolean;
  mode: NetworkMode;
  createdAt: string;
  /** For mode fabric: whether a route controller has left its condition on the node. */
  routeCreated: boolean;
  /** For mode vxlan. */
  vxlan: Vxlan;
}

/** What flannel's backend vxlan is told; Windows nodes understand one setting only, so all nodes beside them have it. */
export interface Vxlan {
  port: number;
  vni: number;
}

export function vxlanOf(hasWindows: boolean): Vxlan {
  return hasWindows ? { port: 4789, vni: 4096 } : { port: 8472, vni: 1 };
}

const routing = { 'host-gw': 'host-gw', fabric: 'plain', vxlan: 'overlay', 'vpc-cni': 'eni', alias: 'plain' } as const;

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

/** A node as the API server holds it, healthy, in the given network mode. */
export function makeNode(plan: NodePlan): NodeWorld {
  const flannel = plan.mode === 'host-gw' || plan.mode === 'vxlan';
  const families = new Set(plan.podCIDRs.map(familyOf));
  const advertised = flannel ? plan.internalIps.filter((ip) => families.has(familyOf(ip))) : [];
  const condition = flannel
    ? { status: 'False' as const, reason: 'FlannelIsUp' }
    : plan.mode === 'fabric' && plan.routeCreated
      ? { status: 'False' as const, reason: 'RouteCreated' }
      : undefined;
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
    },
    annotations: {
      'node.alpha.kubernetes.io/ttl': '0',
      ...(flannel ? flannelAnnotations(plan.mode, advertised, plan.name, plan.vxlan.vni) : {}),
    },
    ...(condition === undefined ? {} : { networkUnavailable: condition }),
    kernel: {
      routing: routing[plan.mode],
      advertised,
      ...(plan.mode === 'vxlan' ? { tunnel: { protocol: 'udp', port: plan.vxlan.port } } : {}),
    },
  };
}

interface Agent {
  os: 'linux' | 'windows';
  namespace: string;
  daemonSet: string;
  labels: Record<string, string>;
  container: { name: string; image: string; args: string[] };
  configMapVolumes: string[];
}

const kubeProxy: Agent = {
  os: 'linux',
  namespace: 'kube-system',
  daemonSet: 'kube-proxy',
  labels: { 'k8s-app': 'kube-proxy' },
  container: { name: 'kube-proxy', image: 'kube-proxy:v1.34.2', args: ['--config=/var/lib/kube-proxy/config.conf'] },
  configMapVolumes: ['kube-proxy'],
};

const flannelAgent: Agent = {
  os: 'linux',
  namespace: 'kube-flannel',
  daemonSet: 'kube-flannel-ds',
  labels: { app: 'flannel', tier: 'node' },
  container: { name: 'kube-flannel', image: 'flannel/flannel:v0.28.9', args: ['--ip-masq', '--kube-subnet-mgr'] },
  configMapVolumes: ['kube-flannel-cfg'],
};

const awsNode: Agent = {
  os: 'linux',
  namespace: 'kube-system',
  daemonSet: 'aws-node',
  labels: { 'k8s-app': 'aws-node' },
  container: { name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4', args: [] },
  configMapVolumes: [],
};

/** On Windows the same agents run from DaemonSets of their own. */
function windowsTwin(agent: Agent): Agent {
  return { ...agent, os: 'windows', daemonSet: `${agent.daemonSet}-windows` };
}

/** The agents of a network mode, kube-proxy included. */
function agentsOf(mode: NetworkMode): Agent[] {
  const agents = [kubeProxy];
  if (mode === 'host-gw' || mode === 'vxlan') agents.push(flannelAgent);
  if (mode === 'vpc-cni') agents.push(awsNode);
  return [...agents, ...agents.map(windowsTwin)];
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
  const ips = node.podCIDRs.map((cidr) => addressAt(cidr, number));
  return {
    namespace,
    name: `${name}-${podSuffix('set', name)}-${podSuffix(name, node.name)}`,
    nodeName: node.name,
    labels: { 'k8s-app': name },
    phase: 'Running',
    ready: true,
    hostNetwork: false,
    podIPs: ips,
    containers: [{ name, image: `${name}:v1`, args: [] }],
  };
}

/** Adds a node and the pods that its agents run there. */
export function addNode(world: World, node: NodeWorld, mode: NetworkMode): void {
  world.cluster.nodes.push(node);
  for (const agent of agentsOf(mode)) {
    if (agent.os === node.os) world.cluster.pods.push(agentPod(agent, node));
  }
  const withPods = node.podCIDRs.length > 0 && node.taints.length === 0;
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

/** The configuration that flannel and kube-proxy mount. `podCidr6` turns dual stack on. */
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
  if (mode !== 'host-gw' && mode !== 'vxlan') return [proxy];
  const vxlan = vxlanOf(hasWindows);
  const netConf = {
    Network: podCidr,
    ...(podCidr6 === undefined ? {} : { EnableIPv6: true, IPv6Network: podCidr6 }),
    EnableNFTables: false,
    Backend: { Type: mode, ...(mode === 'vxlan' && hasWindows ? { VNI: vxlan.vni, Port: vxlan.port } : {}) },
  };
  const cniConf = {
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [{ type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } }],
  };
  const data = { 'cni-conf.json': JSON.stringify(cniConf, null, 2), 'net-conf.json': JSON.stringify(netConf, null, 2) };
  return [proxy, { namespace: 'kube-flannel', name: 'kube-flannel-cfg', data }];
}
