/**
 * The waist of the hourglass: everything that was read, as plain sorted JSON without a vendor's vocabulary.
 * Rooms above fill it, rooms below judge from it and from nothing else.
 */

import type { FabricFacts } from './fabric.ts';
import type { DaemonSetFacts, FlannelAnnotations, FlannelConfig, OtherFlannelConfig } from './flannel.ts';
import type { GuestFacts } from './guest.ts';
import type { PortSecurityFacts } from './port.ts';
import type { RouterFacts } from './router.ts';
import type { PlannedFacts } from './what-if.ts';

export type * from './fabric.ts';
export type * from './filter.ts';
export type * from './flannel.ts';
export type * from './guest.ts';
export type * from './port.ts';
export type * from './router.ts';

/** Raised when a reader of an older version would misread the file. */
export const SNAPSHOT_SCHEMA_VERSION = 1;

export interface Snapshot {
  readonly schemaVersion: typeof SNAPSHOT_SCHEMA_VERSION;
  /** Judging time, ISO 8601: nothing below this line looks at a clock. */
  readonly takenAt: string;
  readonly cluster: ClusterFacts;
  readonly fabrics: readonly FabricFacts[];
  readonly gaps: readonly Gap[];
  /** The nodes' own kernels, by node; absent: nobody asked for them. */
  readonly guests?: readonly GuestFacts[];
  /** Routers outside of clouds, by name; absent: no export was given. */
  readonly routers?: readonly RouterFacts[];
  /** What filters addresses at ports of nodes outside of clouds; absent: nobody has said. */
  readonly portSecurity?: PortSecurityFacts;
  /** Nodes, machines, interfaces and routes in here that do not exist yet; never in a saved snapshot. */
  readonly planned?: PlannedFacts;
  /** What the second reading of the suspects found; absent: there was nothing to confirm. */
  readonly recheck?: Recheck;
}

/** Whole objects as they were at the second reading; an id that was asked for and is not here has gone. */
export interface Recheck {
  readonly takenAt: string;
  readonly asked: Suspects;
  readonly nodes: readonly NodeFacts[];
  readonly fabrics: readonly FabricFacts[];
  readonly gaps: readonly Gap[];
}

/** The objects that a failing verdict hangs on. Ids, sorted. */
export interface Suspects {
  readonly nodes: readonly string[];
  readonly machines: readonly string[];
  readonly interfaces: readonly string[];
  readonly tables: readonly string[];
  readonly filters: readonly string[];
}

/** Something that could not be read. Whatever hangs on it is unknown. */
export interface Gap {
  readonly facet: Facet;
  /** What was not read, in the user's words: `route tables of 123456789012/eu-west-1`, `DaemonSets in kube-system`. */
  readonly subject: string;
  /** The fabric (FabricFacts.id), node name or object id that the gap belongs to; absent: the whole facet. */
  readonly scope?: string;
  readonly reason: string;
  /** What would help: a permission such as `ec2:DescribeRouteTables`, or `list pods in kube-system`. */
  readonly permission?: string;
}

export const FACETS = [
  'nodes',
  'cni',
  'machines',
  'interfaces',
  'subnets',
  'networks',
  'routes',
  'prefix-lists',
  'filters',
  'limits',
  'services',
  'guests',
  'ports',
  'changed',
] as const;
export type Facet = (typeof FACETS)[number];

export interface ClusterFacts {
  /** From the input, else the UID of kube-system, else the API server's host. */
  readonly id: string;
  readonly version?: string;
  readonly nodes: readonly NodeFacts[];
  readonly cni: CniFacts;
  /** Ranges of Services, canonical; absent: not known (older API servers do not tell). */
  readonly serviceCIDRs?: readonly string[];
  /** Absent: no controller manager runs as a pod that could be seen (managed control planes hide theirs). */
  readonly routeController?: RouteControllerFacts;
}

/** What the arguments of the controller managers say about routes in the cloud. */
export interface RouteControllerFacts {
  /** `namespace/pod` of the one that would make the routes. */
  readonly source: string;
  /** Whether it does: `--configure-cloud-routes`, which is on unless switched off. */
  readonly configuresRoutes: boolean;
  /** `--cloud-provider`. */
  readonly provider?: string;
  /** `--cluster-name`, which on Compute Engine begins the names of its routes. */
  readonly clusterName?: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly uid?: string;
  readonly providerID?: string;
  /** Canonical networks, in the order of the object (the first one is the primary family). */
  readonly podCIDRs: readonly string[];
  /** Prefixes that are none, as they came. */
  readonly invalidPodCIDRs?: readonly string[];
  readonly internalIPs: readonly string[];
  readonly os: 'linux' | 'windows' | 'unknown';
  readonly arch?: string;
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly unschedulable: boolean;
  readonly taints: readonly string[];
  readonly createdAt?: string;
  readonly deletingSince?: string;
  /** False: the node selector leaves it out. It still is a peer with a podCIDR, but none of its pairs is judged. */
  readonly selected?: false;
  /** Why this node has no kernel or machine of its own that could be judged. */
  readonly virtual?: 'fargate' | 'hybrid' | 'virtual-kubelet';
  readonly networkUnavailable?: { readonly status: string; readonly reason: string };
  readonly flannel?: FlannelAnnotations;
  readonly calico?: CalicoAnnotations;
  /**
   * Flags about the network of k3s (`k3s.io/node-args`), and of RKE2 on Windows (`rke2.io/node-args`): these run flannel
   * in their own process, without a pod.
   */
  readonly k3sNodeArgs?: readonly string[];
  /** Labels that tell what the node belongs to (zone, node group, provider marks); not all labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What Calico writes on its node. */
export interface CalicoAnnotations {
  /** The addresses that it tells its peers as next hops, without prefix length. */
  readonly address?: string;
  readonly addressV6?: string;
  /** It has a WireGuard key: pod packets towards nodes that have one, too, are encrypted. */
  readonly wireguard?: true;
}

export const AGENTS = [
  'flannel',
  'canal',
  'aws-vpc-cni',
  'calico',
  'cilium',
  'weave',
  'antrea',
  'kube-router',
  'ovn-kubernetes',
  'kindnet',
  'azure-cni',
  'dataplane-v2',
] as const;
export type Agent = (typeof AGENTS)[number];

/** A DaemonSet that runs an agent. */
export interface AgentDaemonSet {
  readonly agent: Agent;
  readonly namespace: string;
  readonly name: string;
  /** Of its pods, as the API takes it: `app=flannel,tier in (node)`. */
  readonly selector: string;
}

export interface CniFacts {
  /** Which agents run on which node now (a Ready pod, not being deleted). Empty lists are left out. */
  readonly agents: readonly { readonly node: string; readonly agents: readonly Agent[] }[];
  /** True only when pods and DaemonSets could be listed, so that an absent agent really is absent. */
  readonly complete: boolean;
  /** Those with a Ready pod, by namespace and name; absent: none is known. */
  readonly agentSets?: readonly AgentDaemonSet[];
  /** Where an agent's pod is not Ready; absent: nowhere. */
  readonly notReady?: CniFacts['agents'];
  readonly flannel?: FlannelConfig;
  /** Absent: all of flannel's DaemonSets mount the same. */
  readonly otherFlannels?: readonly OtherFlannelConfig[];
  /** Those made for one operating system, by namespace and name; absent: not read, or none. */
  readonly daemonSets?: readonly DaemonSetFacts[];
  readonly calicoPools?: readonly CalicoPool[];
  /** Blocks that Calico's address management gave to nodes (confirmed, not being deleted); absent: not read. */
  readonly calicoBlocks?: readonly NodeRanges[];
  readonly cilium?: CiliumConfig;
  /** Ranges that Cilium's address management gave to nodes; absent: not read. */
  readonly ciliumNodes?: readonly NodeRanges[];
  readonly kubeRouter?: KubeRouterConfig;
  readonly antrea?: AntreaConfig;
  /** Some running pods with addresses of their own, a few per node; absent: not read. */
  readonly samples?: readonly PodSample[];
}

/** Pod ranges of one node that are not in its spec.podCIDRs. */
export interface NodeRanges {
  readonly node: string;
  /** Canonical, sorted. */
  readonly prefixes: readonly string[];
}

export interface PodSample {
  readonly node: string;
  /** `namespace/name` */
  readonly pod: string;
  /** One per family. */
  readonly addresses: readonly string[];
}

export interface CalicoPool {
  readonly name: string;
  readonly cidr: string;
  readonly ipipMode: string;
  readonly vxlanMode: string;
  readonly disabled: boolean;
}

export interface CiliumConfig {
  readonly source: string;
  readonly routingMode: string;
  readonly ipam: string;
  readonly autoDirectNodeRoutes: boolean;
  /** False: the family is switched off. */
  readonly ipv4?: false;
  readonly ipv6?: false;
  /** `vxlan` or `geneve`; absent: Cilium's default, vxlan. */
  readonly tunnelProtocol?: string;
  readonly tunnelPort?: number;
  readonly encryption?: 'wireguard' | 'ipsec';
  /** Cilium itself exchanges routes with routers. */
  readonly bgp?: true;
  /** Another agent moves the packets, and Cilium only looks at them: `aws-cni`, `generic-veth`. */
  readonly chaining?: string;
  /** What cluster-pool cuts nodes' ranges from, canonical. */
  readonly pools?: readonly string[];
}

/** kube-router's flags, from its DaemonSet. */
export interface KubeRouterConfig {
  /** `namespace/name` of the DaemonSet. */
  readonly source: string;
  /** `none`: --enable-overlay=false. */
  readonly overlay: 'none' | 'subnet' | 'full';
  /** `ipip` or `fou`. */
  readonly encapsulation: string;
  /** All nodes exchange routes with each other. */
  readonly mesh: boolean;
}

/** Antrea's `antrea-agent.conf`; absent keys are its defaults. */
export interface AntreaConfig {
  readonly source: string;
  /** encap, noEncap, hybrid, networkPolicyOnly; in lower case. */
  readonly encapMode: string;
  /** geneve, vxlan, gre; in lower case. */
  readonly tunnelType: string;
  readonly tunnelPort?: number;
  /** none, ipsec, wireguard; in lower case. */
  readonly encryption: string;
}
