/** The cloud's side of a snapshot: networks, subnets, route tables, machines and their interfaces, for any vendor. */

import type { FilterFacts } from './filter.ts';

export type FabricKind = 'aws' | 'gcp' | 'azure';

export interface FabricFacts {
  /**
   * Unique over all fabrics: `aws/123456789012/eu-west-1`, `gcp/host-project` (the project that owns the networks),
   * `azure/subscription-id`.
   */
  readonly id: string;
  readonly kind: FabricKind;
  /** AWS account, Google Cloud project that owns the networks, Azure subscription. */
  readonly account: string;
  /** Absent where one fabric spans all regions. */
  readonly region?: string;
  readonly networks: readonly NetworkFacts[];
  readonly subnets: readonly SubnetFacts[];
  readonly tables: readonly TableFacts[];
  readonly machines: readonly MachineFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  /** `unread`: nobody asked for them, and a verdict says so. What could not be read although it was asked for is a gap. */
  readonly filters: 'unread' | readonly FilterFacts[];
  /** Absent: not read, or the fabric tells none that holds. Never a number that somebody once wrote down. */
  readonly limits?: readonly LimitFacts[];
}

/** How much of something the fabric allows this account now, raises included. */
export interface LimitFacts {
  readonly kind: 'routes-per-table';
  /** Absent: each table of the fabric for itself. */
  readonly table?: string;
  /** IPv4 and IPv6 are counted apart, and each may reach the limit; absent: they are counted together. */
  readonly perFamily?: true;
  /** Whether the network's own routes count as well is not known. */
  readonly localMayCount?: true;
  readonly allowed: number;
  /** Where the number was read: `Service Quotas vpc/L-93826ACB`. */
  readonly source: string;
}

/** A VPC, a VPC network, a virtual network. */
export interface NetworkFacts {
  readonly id: string;
  readonly name?: string;
  readonly prefixes: readonly string[];
  /** Filters that every packet of the network meets: the firewall of a VPC network. */
  readonly filters?: readonly string[];
}

export interface SubnetFacts {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly zone?: string;
  readonly prefixes: readonly string[];
  /** The table that governs packets leaving this subnet; absent: not known (a gap says why). */
  readonly table?: string;
  /** `network`: the table of the whole network; `none`: no table of its own, system routes only. */
  readonly tableBy?: 'association' | 'main' | 'network' | 'none';
  /** Filters at the subnet's border: a network ACL, a network security group. Empty: none for certain. */
  readonly filters?: readonly string[];
}

export interface TableFacts {
  readonly id: string;
  readonly name?: string;
  readonly network: string;
  readonly main: boolean;
  /** Nobody made this table: it holds the fabric's own routes for subnets without one. */
  readonly implicit?: true;
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
  /** Whoever holds this address as a next hop in the table's network. */
  | { readonly kind: 'address'; readonly address: string }
  /** Dropped on purpose. */
  | { readonly kind: 'none' }
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
  /**
   * Equal prefixes: the lowest rank wins. EC2: 0 local, 1 static, 2 from a prefix list, 3 propagated. Compute Engine:
   * the priority (0 to 65535). Azure: 1 user, 2 BGP, 3 system.
   */
  readonly rank: number;
  readonly origin: 'local' | 'static' | 'prefix-list' | 'propagated' | 'system';
  /** The vendor's name for the route, where it has one. */
  readonly name?: string;
  /** What its maker wrote on it, where the vendor keeps such a text: controllers know their routes by it. */
  readonly description?: string;
  /** Only senders that carry one of these network tags see the route; absent: all do. */
  readonly scopeTags?: readonly string[];
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
  /** What the next machine in its place is made from; absent: nothing that is known. */
  readonly template?: TemplateFacts;
  /** The group that replaces the machine, where its template cannot tell about forwarding (Auto Scaling). */
  readonly group?: string;
  /** The planned pool that it belongs to: it does not exist yet. */
  readonly planned?: string;
}

/** An instance template or scale-set model: what a replacement will start with. */
export interface TemplateFacts {
  readonly id: string;
  readonly forwarding: 'on' | 'off' | 'unknown';
  /** False: the machine is older than the model, and the next upgrade of instances brings it up to that. */
  readonly applied?: boolean;
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
  /** The addresses that a route may name as next hop; absent: any of `addresses`. */
  readonly nextHopAddresses?: readonly string[];
  /** Network tags that routes can match. */
  readonly tags?: readonly string[];
  /** Usually holds the default route of the machine. */
  readonly primary: boolean;
  /** The vendor's word, where it is not an ordinary interface. */
  readonly type?: string;
  /** The service that keeps the interface for the account, and alone may change it. */
  readonly owner?: string;
  /** Filters of this interface: security groups, a network security group. Empty: none for certain. */
  readonly filters?: readonly string[];
  /** Application security groups, and the service account of the machine: what rules may name instead of addresses. */
  readonly groups?: readonly string[];
}
