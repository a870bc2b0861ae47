/**
 * The waist of the hourglass: everything that was read, as plain sorted JSON without a vendor's vocabulary.
 * Rooms above fill it, rooms below judge from it and from nothing else.
 */

/** Raised when a reader of an older version would misread the file. */
export const SNAPSHOT_SCHEMA_VERSION = 1;

export interface Snapshot {
  readonly schemaVersion: typeof SNAPSHOT_SCHEMA_VERSION;
  /** Judging time, ISO 8601: nothing below this line looks at a clock. */
  readonly takenAt: string;
  readonly cluster: ClusterFacts;
  readonly fabrics: readonly FabricFacts[];
  readonly gaps: readonly Gap[];
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
  'guests',
  'changed',
] as const;
export type Facet = (typeof FACETS)[number];

// ---------------------------------------------------------------- the cluster

export interface ClusterFacts {
  /** From the input, else the UID of kube-system, else the API server's host. */
  readonly id: string;
  readonly version?: string;
  readonly nodes: readonly NodeFacts[];
  readonly cni: CniFacts;
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
  /** The `k3s.io/node-args` annotation: k3s and RKE2 run flannel in their own process, without a pod. */
  readonly k3sNodeArgs?: readonly string[];
  /** Labels that tell what the node belongs to (zone, node group, provider marks); not all labels. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface FlannelAnnotations {
  readonly backendType?: string;
  readonly backendData?: string;
  readonly publicIP?: string;
  readonly publicIPv6?: string;
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
] as const;
export type Agent = (typeof AGENTS)[number];

export interface CniFacts {
  /** Which agents run on which node now (a Ready pod, not being deleted). Empty lists are left out. */
  readonly agents: readonly { readonly node: string; readonly agents: readonly Agent[] }[];
  /** True only when pods and DaemonSets could be listed, so that an absent agent really is absent. */
  readonly complete: boolean;
  readonly flannel?: FlannelConfig;
  readonly calicoPools?: readonly CalicoPool[];
  readonly cilium?: CiliumConfig;
}

export interface FlannelConfig {
  /** `namespace/name` of the ConfigMap that the running DaemonSet mounts. */
  readonly source: string;
  readonly networks: readonly string[];
  /** As written; flannel's own default is `udp`. */
  readonly backendType: string;
  readonly directRouting: boolean;
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
}

// ---------------------------------------------------------------- the fabric

export type FabricKind = 'aws';

export interface FabricFacts {
  /** Unique over all fabrics: `aws/123456789012/eu-west-1`. */
  readonly id: string;
  readonly kind: FabricKind;
  readonly account: string;
  readonly region: string;
  readonly networks: readonly NetworkFacts[];
  readonly subnets: readonly SubnetFacts[];
  readonly tables: readonly TableFacts[];
  readonly machines: readonly MachineFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  /** `unread` until a reader exists: then a verdict says "routing passes, filters not read". */
  readonly filters: 'unread';
}

/** A VPC. */
export interface NetworkFacts {
  readonly id: string;
  readonly name?: string;
  readonly prefixes: readonly string[];
}

export interface SubnetFacts {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly zone?: string;
  readonly prefixes: readonly string[];
  /** The table that governs packets leaving this subnet; absent: not known (a gap says why). */
  readonly table?: string;
  readonly tableBy?: 'association' | 'main';
}

export interface TableFacts {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly main: boolean;
  readonly routes: readonly RouteFacts[];
  /** Prefix lists whose entries could not be read: any address may be in them. */
  readonly unreadLists?: readonly string[];
  /** Names of controllers or stacks that mark the table as theirs (cluster tags, Terraform, CloudFormation). */
  readonly owners?: readonly string[];
}

export type GatewayKind =
  | 'internet'
  | 'nat'
  | 'egress-only'
  | 'carrier'
  | 'peering'
  | 'transit'
  | 'vpn'
  | 'endpoint'
  | 'local-gateway'
  | 'core-network'
  | 'other';

export type RouteTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'interface'; readonly interface: string; readonly machine?: string }
  | { readonly kind: 'machine'; readonly machine: string }
  | { readonly kind: 'gateway'; readonly gateway: GatewayKind; readonly id: string }
  /** The answer names no target that we know. */
  | { readonly kind: 'unknown'; readonly text: string };

export interface RouteFacts {
  /** Canonical network. */
  readonly prefix: string;
  readonly target: RouteTarget;
  readonly state: 'active' | 'dead' | 'unknown';
  /** The vendor's word for the state, where it is not `active`. */
  readonly stateText?: string;
  /** Equal prefixes: the lowest rank wins. 0 local, 1 static, 2 from a prefix list, 3 propagated. */
  readonly rank: number;
  readonly origin: 'local' | 'static' | 'prefix-list' | 'propagated';
  /** The prefix list that this entry comes from. */
  readonly list?: string;
}

export type MachineState = 'running' | 'stopped' | 'terminated' | 'unknown';

export interface MachineFacts {
  readonly id: string;
  readonly name?: string;
  /** Provider ids in a form that equals `MachineKey`s made from a node's providerID. */
  readonly keys: readonly string[];
  readonly state: MachineState;
  /** The vendor's word: pending, shutting-down... */
  readonly stateText: string;
  readonly zone?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface InterfaceFacts {
  readonly id: string;
  /** Absent: attached to nothing that is a machine. */
  readonly machine?: string;
  readonly network: string;
  readonly subnet: string;
  readonly addresses: readonly string[];
  /** Prefixes that the fabric itself has assigned to this interface: packets to and from them are its own. */
  readonly assignedPrefixes?: readonly string[];
  readonly forwarding: 'on' | 'off' | 'unknown';
  /** Usually holds the default route of the machine. */
  readonly primary: boolean;
  /** The vendor's word, where it is not an ordinary interface. */
  readonly type?: string;
}
