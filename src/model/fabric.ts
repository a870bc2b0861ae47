/** The cloud's side of a snapshot: networks, subnets, route tables, machines and their interfaces, for any vendor. */

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
