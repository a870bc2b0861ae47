/** The cluster's half of the snapshot's shape. */
import {
  AGENTS,
  type AgentDaemonSet,
  type AntreaConfig,
  type CalicoAnnotations,
  type CalicoPool,
  type CiliumConfig,
  type ClusterFacts,
  type CniFacts,
  type DaemonSetFacts,
  type FlannelAnnotations,
  type FlannelConfig,
  type KubeRouterConfig,
  type NodeFacts,
  type RouteControllerFacts,
  type NodeRanges,
  type OtherFlannelConfig,
  type PodSample,
  type Toleration,
} from '../model/snapshot.ts';
import {
  ADDRESS,
  FLAG,
  ID,
  NUMBER,
  PREFIX,
  TEXT,
  TIME,
  dictionary,
  fixed,
  list,
  listBy,
  object,
  optional,
  words,
} from './shape.ts';

const FLANNEL_ANNOTATIONS = object<FlannelAnnotations>({
  backendType: optional(TEXT),
  backendData: optional(TEXT),
  publicIP: optional(TEXT),
  publicIPv6: optional(TEXT),
  publicIPOverwrite: optional(TEXT),
  publicIPv6Overwrite: optional(TEXT),
});

const FLANNEL_CONFIG = {
  source: TEXT,
  networks: list(TEXT),
  backendType: TEXT,
  directRouting: FLAG,
  port: optional(NUMBER),
  vni: optional(NUMBER),
  gbp: optional(fixed<true>(true)),
  ipv4: optional(fixed<false>(false)),
};

const DAEMON_SET = object<DaemonSetFacts>({
  namespace: TEXT,
  name: TEXT,
  runs: words(['flannel', 'canal', 'kube-proxy']),
  os: words(['linux', 'windows', 'any', 'other']),
  tolerations: list(object<Toleration>({ key: optional(TEXT), value: optional(TEXT), effect: optional(TEXT) })),
});

export const NODE = object<NodeFacts>({
  name: ID,
  uid: optional(TEXT),
  providerID: optional(TEXT),
  podCIDRs: list(PREFIX),
  invalidPodCIDRs: optional(list(TEXT)),
  internalIPs: list(TEXT),
  os: words(['linux', 'windows', 'unknown']),
  arch: optional(TEXT),
  ready: words(['True', 'False', 'Unknown']),
  unschedulable: FLAG,
  taints: list(TEXT),
  createdAt: optional(TIME),
  deletingSince: optional(TIME),
  selected: optional(fixed<false>(false)),
  virtual: optional(words(['fargate', 'hybrid', 'virtual-kubelet'])),
  networkUnavailable: optional(
    object<{ readonly status: string; readonly reason: string }>({ status: TEXT, reason: TEXT }),
  ),
  flannel: optional(FLANNEL_ANNOTATIONS),
  calico: optional(
    object<CalicoAnnotations>({
      address: optional(TEXT),
      addressV6: optional(TEXT),
      wireguard: optional(fixed(true)),
    }),
  ),
  k3sNodeArgs: optional(list(TEXT)),
  labels: dictionary(TEXT),
});

const NODE_RANGES = list(object<NodeRanges>({ node: ID, prefixes: list(PREFIX) }));

const NODE_AGENTS = listBy('node', object<CniFacts['agents'][number]>({ node: ID, agents: list(words(AGENTS)) }));

const CNI = object<CniFacts>({
  agents: NODE_AGENTS,
  complete: FLAG,
  agentSets: optional(list(object<AgentDaemonSet>({ agent: words(AGENTS), namespace: ID, name: ID, selector: TEXT }))),
  notReady: optional(NODE_AGENTS),
  flannel: optional(object<FlannelConfig>(FLANNEL_CONFIG)),
  otherFlannels: optional(list(object<OtherFlannelConfig>({ ...FLANNEL_CONFIG, nodes: list(ID) }))),
  daemonSets: optional(list(DAEMON_SET)),
  calicoPools: optional(
    list(object<CalicoPool>({ name: TEXT, cidr: TEXT, ipipMode: TEXT, vxlanMode: TEXT, disabled: FLAG })),
  ),
  calicoBlocks: optional(NODE_RANGES),
  cilium: optional(
    object<CiliumConfig>({
      source: TEXT,
      routingMode: TEXT,
      ipam: TEXT,
      autoDirectNodeRoutes: FLAG,
      ipv4: optional(fixed<false>(false)),
      ipv6: optional(fixed<false>(false)),
      tunnelProtocol: optional(TEXT),
      tunnelPort: optional(NUMBER),
      encryption: optional(words(['wireguard', 'ipsec'])),
      bgp: optional(fixed(true)),
      chaining: optional(TEXT),
      pools: optional(list(PREFIX)),
    }),
  ),
  ciliumNodes: optional(NODE_RANGES),
  kubeRouter: optional(
    object<KubeRouterConfig>({
      source: TEXT,
      overlay: words(['none', 'subnet', 'full']),
      encapsulation: TEXT,
      mesh: FLAG,
    }),
  ),
  antrea: optional(
    object<AntreaConfig>({
      source: TEXT,
      encapMode: TEXT,
      tunnelType: TEXT,
      tunnelPort: optional(NUMBER),
      encryption: TEXT,
    }),
  ),
  samples: optional(list(object<PodSample>({ node: ID, pod: TEXT, addresses: list(ADDRESS) }))),
});

export const CLUSTER = object<ClusterFacts>({
  id: TEXT,
  version: optional(TEXT),
  nodes: listBy('name', NODE),
  cni: CNI,
  serviceCIDRs: optional(list(PREFIX)),
  routeController: optional(
    object<RouteControllerFacts>({
      source: TEXT,
      configuresRoutes: FLAG,
      provider: optional(TEXT),
      clusterName: optional(TEXT),
    }),
  ),
});
