/** The network agents: the DaemonSets that installers make of them, and the configuration that these mount. */

import { MODES, ownPodCidr, ownPodCidr6, vxlanOf } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import type { ClusterWorld, ConfigMapWorld } from './world.ts';

export interface Agent {
  os: 'linux' | 'windows';
  namespace: string;
  daemonSet: string;
  labels: Record<string, string>;
  container: { name: string; image: string; args: string[] };
  configMapVolumes: string[];
}

type AgentPlan = Omit<Agent, 'os' | 'namespace' | 'configMapVolumes'> & Partial<Agent>;

function linux(plan: AgentPlan): Agent {
  return { os: 'linux', namespace: 'kube-system', configMapVolumes: [], ...plan };
}

const kubeProxy = linux({
  daemonSet: 'kube-proxy',
  labels: { 'k8s-app': 'kube-proxy' },
  container: { name: 'kube-proxy', image: 'kube-proxy:v1.34.2', args: ['--config=/var/lib/kube-proxy/config.conf'] },
  configMapVolumes: ['kube-proxy'],
});

const flannel = linux({
  namespace: 'kube-flannel',
  daemonSet: 'kube-flannel-ds',
  labels: { app: 'flannel', tier: 'node' },
  container: { name: 'kube-flannel', image: 'flannel/flannel:v0.28.9', args: ['--ip-masq', '--kube-subnet-mgr'] },
  configMapVolumes: ['kube-flannel-cfg'],
});

const calico = linux({
  namespace: 'calico-system',
  daemonSet: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  container: { name: 'calico-node', image: 'calico/node:v3.31.2', args: [] },
});

const cilium = linux({
  daemonSet: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  container: { name: 'cilium-agent', image: 'cilium/cilium:v1.18.4', args: ['--config-dir=/tmp/cilium/config-map'] },
  configMapVolumes: ['cilium-config'],
});

const agents: Record<NetworkMode, Agent | undefined> = {
  'host-gw': flannel,
  fabric: undefined,
  vxlan: flannel,
  'vxlan-direct': flannel,
  wireguard: flannel,
  'vpc-cni': linux({
    daemonSet: 'aws-node',
    labels: { 'k8s-app': 'aws-node' },
    container: { name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4', args: [] },
  }),
  'azure-cni': linux({
    daemonSet: 'azure-cns',
    labels: { 'k8s-app': 'azure-cns' },
    container: { name: 'cns-container', image: 'containernetworking/azure-cns:v1.6.20', args: [] },
  }),
  alias: undefined,
  'calico-ipip': calico,
  'calico-cross-subnet': calico,
  'calico-bgp': calico,
  'cilium-tunnel': cilium,
  'cilium-native': cilium,
  'cilium-direct': cilium,
  'cilium-pool': cilium,
  'cilium-pool-direct': cilium,
  antrea: linux({
    daemonSet: 'antrea-agent',
    labels: { app: 'antrea', component: 'antrea-agent' },
    container: {
      name: 'antrea-agent',
      image: 'antrea/antrea-agent-ubuntu:v2.4.0',
      args: ['--config=antrea-agent.conf'],
    },
    configMapVolumes: ['antrea-config'],
  }),
  'kube-router': linux({
    daemonSet: 'kube-router',
    labels: { 'k8s-app': 'kube-router' },
    container: {
      name: 'kube-router',
      image: 'cloudnativelabs/kube-router:v2.6.1',
      args: ['--run-router=true', '--run-firewall=true', '--run-service-proxy=false'],
    },
  }),
  ovn: linux({
    namespace: 'ovn-kubernetes',
    daemonSet: 'ovnkube-node',
    labels: { app: 'ovnkube-node' },
    container: { name: 'ovnkube-controller', image: 'ovn-kubernetes/ovn-kube-ubuntu:v1.1.0', args: [] },
  }),
};

/** On Windows the same agents run from DaemonSets of their own. */
function windowsTwin(agent: Agent): Agent {
  return { ...agent, os: 'windows', daemonSet: `${agent.daemonSet}-windows` };
}

/** The agents of a network mode, kube-proxy included. */
export function agentsOf(mode: NetworkMode): Agent[] {
  const agent = agents[mode];
  const all = agent === undefined ? [kubeProxy] : [kubeProxy, agent];
  return [...all, ...all.map(windowsTwin)];
}

/** Whether a DaemonSet runs some mode's network agent. */
export function isNetworkAgent(daemonSet: string | undefined): boolean {
  const name = daemonSet?.replace(/-windows$/, '');
  return Object.values(agents).some((agent) => agent?.daemonSet === name);
}

const cniConf = {
  name: 'cbr0',
  cniVersion: '0.3.1',
  plugins: [{ type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } }],
};

/** What an installer asks before it writes configuration. */
interface Plan {
  podCidr: string;
  podCidr6: string | undefined;
  hasWindows: boolean;
}

function flannelData(mode: NetworkMode, { podCidr, podCidr6, hasWindows }: Plan): Record<string, string> {
  const { flannel: Type } = MODES[mode];
  const vxlan = vxlanOf(hasWindows);
  const netConf = {
    Network: podCidr,
    ...(podCidr6 === undefined ? {} : { EnableIPv6: true, IPv6Network: podCidr6 }),
    EnableNFTables: false,
    Backend: {
      Type,
      ...(Type === 'vxlan' && hasWindows ? { VNI: vxlan.vni, Port: vxlan.port } : {}),
      ...(mode === 'vxlan-direct' ? { DirectRouting: true } : {}),
    },
  };
  return { 'cni-conf.json': JSON.stringify(cniConf, null, 2), 'net-conf.json': JSON.stringify(netConf, null, 2) };
}

function ciliumData(mode: NetworkMode, podCidr6: string | undefined): Record<string, string> {
  const isPool = MODES[mode].ranges === 'cilium';
  return {
    'enable-ipv4': 'true',
    'enable-ipv6': String(podCidr6 !== undefined),
    ipam: isPool ? 'cluster-pool' : 'kubernetes',
    ...(isPool ? { 'cluster-pool-ipv4-cidr': ownPodCidr, 'cluster-pool-ipv4-mask-size': '24' } : {}),
    ...(isPool && podCidr6 !== undefined ? { 'cluster-pool-ipv6-cidr': ownPodCidr6 } : {}),
    ...(mode === 'cilium-tunnel'
      ? { 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' }
      : { 'routing-mode': 'native', 'auto-direct-node-routes': String(mode.endsWith('direct')) }),
  };
}

const antreaConf = `# Whether pod packets travel in tunnels.
featureGates:
#  AntreaProxy: true
#trafficEncapMode: encap
trafficEncapMode: "hybrid"
#tunnelType: geneve
`;

/** What the mode's agent mounts. `podCidr6` turns dual stack on. */
export function agentConfigMaps(mode: NetworkMode, plan: Plan): ConfigMapWorld[] {
  const agent = agents[mode];
  const [name] = agent?.configMapVolumes ?? [];
  if (agent === undefined || name === undefined) return [];
  const data =
    agent === flannel
      ? flannelData(mode, plan)
      : agent === cilium
        ? ciliumData(mode, plan.podCidr6)
        : { 'antrea-agent.conf': antreaConf, 'antrea-cni.conflist': '{}' };
  return [{ namespace: agent.namespace, name, data }];
}

const encapsulation: Partial<Record<NetworkMode, { ipipMode: string; vxlanMode: string }>> = {
  'calico-ipip': { ipipMode: 'Always', vxlanMode: 'Never' },
  'calico-cross-subnet': { ipipMode: 'Never', vxlanMode: 'CrossSubnet' },
  'calico-bgp': { ipipMode: 'Never', vxlanMode: 'Never' },
};

/** Calico's pools; undefined where its CRDs are not installed. */
export function ipPools(mode: NetworkMode, dualStack: boolean): ClusterWorld['ipPools'] {
  const modes = encapsulation[mode];
  if (modes === undefined) return undefined;
  const pool = (name: string, cidr: string, blockSize: number): NonNullable<ClusterWorld['ipPools']>[number] => ({
    name,
    spec: { cidr, blockSize, natOutgoing: true, nodeSelector: 'all()', allowedUses: ['Workload', 'Tunnel'], ...modes },
  });
  const first = pool('default-ipv4-ippool', ownPodCidr, 26);
  return dualStack ? [first, pool('default-ipv6-ippool', ownPodCidr6, 122)] : [first];
}
