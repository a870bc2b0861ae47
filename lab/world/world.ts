/**
 * What a world is made of: a Kubernetes cluster and the cloud account it runs in, object by object, as the
 * vendors' APIs know them, plus the one thing that no API tells: what the nodes' kernels do with a pod packet.
 *
 * The lab's servers answer from these objects; the lab's truth follows packets through them. Nothing here knows
 * the product, so that a mistake in the product cannot hide behind the same mistake in the world.
 */

import type { AzureWorld } from './azure.ts';
import type { NetworkAclWorld, SecurityGroupWorld } from './ec2-filters.ts';
import type { GceWorld } from './gce.ts';
import type { GitHubWorld } from './github.ts';

export interface World {
  /** Kebab-case; `npm run demo -- <name>`. */
  name: string;
  /** One line for people: the situation, not the cause. */
  title: string;
  /** The moment of the story, ISO 8601. Creation times are relative to it. */
  now: string;
  cluster: ClusterWorld;
  aws: AwsRegionWorld[];
  /** Absent: no account there. */
  gce?: GceWorld[];
  azure?: AzureWorld[];
  /** The repository that the workflow is in; absent: nothing answers at GITHUB_API_URL. */
  github?: GitHubWorld;
}

export interface ClusterWorld {
  /** UID of the kube-system namespace: what identifies a cluster. */
  uid: string;
  version: string;
  nodes: NodeWorld[];
  pods: PodWorld[];
  daemonSets: DaemonSetWorld[];
  configMaps: ConfigMapWorld[];
  /** ServiceCIDR objects (networking.k8s.io/v1); absent: an API server before 1.33, which has none. */
  serviceCidrs?: { name: string; cidrs: string[] }[];
  /** Calico IP pools (crd.projectcalico.org/v1); absent: the CRD is not installed. */
  ipPools?: { name: string; spec: Record<string, unknown> }[];
  /** Whose objects say which ranges nodes have where podCIDRs do not; absent: nobody's. */
  rangesIn?: 'calico' | 'cilium';
}

export interface NodeWorld {
  name: string;
  uid: string;
  createdAt: string;
  deletingSince?: string;
  providerID?: string;
  /** As the API server stores them: not always canonical (`10.1.0.5/24` is accepted by a real one). */
  podCIDRs: string[];
  addresses: { type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS'; address: string }[];
  os: 'linux' | 'windows';
  arch: string;
  ready: 'True' | 'False' | 'Unknown';
  unschedulable?: boolean;
  taints: { key: string; value?: string; effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' }[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
  networkUnavailable?: { status: 'True' | 'False'; reason: string };
  kernel: KernelWorld;
}

/** What the node's own kernel does; no API server shows it. */
export interface KernelWorld {
  /**
   * host-gw: a route per peer podCIDR via the peer's advertised address, where that address is on-link for the
   *          interface that carries this node's advertised address (Linux refuses an off-link next hop).
   * plain:   the node's own podCIDRs are local, everything else goes to the default gateway.
   * cross-subnet: as host-gw towards nodes whose advertised address is on-link; for all others a route into a tunnel.
   * overlay: pod packets travel inside node-to-node packets.
   * eni:     pods have addresses of the cloud's own interfaces.
   */
  routing: 'host-gw' | 'plain' | 'cross-subnet' | 'overlay' | 'eni';
  /** The addresses this node advertises as next hops, one per family at most (flannel's public-ip). */
  advertised: string[];
  /** What its pods have addresses from; absent: from podCIDRs. */
  ranges?: string[];
  /** What carries pod packets from node to node: `udp` or a protocol number, and the port where there are ports. */
  tunnel?: TunnelWorld;
}

export interface TunnelWorld {
  protocol: string;
  port?: number;
  /** node: outer packets have the node's first family; ipv4: only IPv4 pods travel so. Absent: the pods' own family. */
  outer?: 'node' | 'ipv4';
  /** VXLAN's network identifier: whoever has a device with another one drops the packet. */
  vni?: number;
}

export interface PodWorld {
  namespace: string;
  name: string;
  nodeName: string;
  labels: Record<string, string>;
  ownerDaemonSet?: string;
  phase: 'Running' | 'Pending' | 'Failed' | 'Succeeded';
  ready: boolean;
  hostNetwork: boolean;
  podIPs: string[];
  containers: { name: string; image: string; args: string[] }[];
  deletingSince?: string;
}

export interface DaemonSetWorld {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  selector: Record<string, string>;
  desired: number;
  ready: number;
  nodeSelector: Record<string, string>;
  containers: { name: string; image: string; args: string[] }[];
  /** Names of the ConfigMaps mounted as volumes. */
  configMapVolumes: string[];
}

export interface ConfigMapWorld {
  namespace: string;
  name: string;
  data: Record<string, string>;
}

/** One account in one region, as `DescribeX` calls there see it. */
export interface AwsRegionWorld {
  accountId: string;
  region: string;
  vpcs: VpcWorld[];
  subnets: SubnetWorld[];
  routeTables: RouteTableWorld[];
  instances: InstanceWorld[];
  interfaces: InterfaceWorld[];
  prefixLists: PrefixListWorld[];
  /** How many routes of one family the account may put into a table here; absent: the default, 500. */
  routesPerTable?: number;
  securityGroups: SecurityGroupWorld[];
  networkAcls: NetworkAclWorld[];
}

export interface Tagged {
  tags: Record<string, string>;
}

export interface VpcWorld extends Tagged {
  id: string;
  /** The first is the primary one. */
  cidrs: string[];
  ipv6Cidrs: string[];
  mainRouteTableId: string;
}

export interface SubnetWorld extends Tagged {
  id: string;
  vpcId: string;
  zone: string;
  cidr: string;
  ipv6Cidrs: string[];
}

export interface RouteTableWorld extends Tagged {
  id: string;
  vpcId: string;
  /** Explicit subnet associations; the main association is VpcWorld.mainRouteTableId. */
  subnetIds: string[];
  /** Gateway (edge) association, which governs no subnet. */
  gatewayId?: string;
  /** Without the local routes: those follow from the VPC. */
  routes: RouteWorld[];
}

export interface RouteWorld {
  destination: { cidr: string } | { ipv6Cidr: string } | { prefixListId: string };
  target:
    | { kind: 'interface'; interfaceId: string }
    /** internet gateway igw-, virtual private gateway vgw-, gateway endpoint vpce- */
    | { kind: 'gateway'; id: string }
    | { kind: 'nat'; id: string }
    | { kind: 'transit'; id: string }
    | { kind: 'peering'; id: string }
    | { kind: 'egress-only'; id: string };
  origin: 'CreateRoute' | 'EnableVgwRoutePropagation' | 'Advertisement';
  /**
   * active or blackhole follow from the target; `filtered` can only be set here, and so can a lagging `active`
   * (a server that still says active for a target that is gone).
   */
  stateOverride?: 'active' | 'filtered';
}

export interface InstanceWorld extends Tagged {
  id: string;
  zone: string;
  state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  launchedAt: string;
  /** Terminated instances have none any more. */
  interfaceIds: string[];
}

export interface InterfaceWorld extends Tagged {
  id: string;
  subnetId: string;
  instanceId?: string;
  deviceIndex?: number;
  /** The first is the primary private address. */
  privateIps: string[];
  ipv6Addresses: string[];
  /** Delegated prefixes (/28, /80). */
  ipv4Prefixes: string[];
  ipv6Prefixes: string[];
  sourceDestCheck: boolean;
  /** Security groups; a service's own interface may have none. */
  groupIds: string[];
  interfaceType: 'interface' | 'trunk' | 'branch' | 'efa' | 'nat_gateway' | 'vpc_endpoint' | 'lambda';
  /** Service-managed interfaces are listed only when asked for, where the account hides them. */
  managedHidden?: boolean;
}

export interface PrefixListWorld {
  id: string;
  name: string;
  ownerId: string;
  entries: string[];
}
