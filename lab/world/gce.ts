/** One Compute Engine network host project (with its service projects), object by object as the REST API knows them. */

export interface GceWorld {
  /** The project that owns the networks and routes. */
  hostProject: string;
  /** Projects whose instances live in these networks; the host project itself where instances are there too. */
  projects: GceProjectWorld[];
  networks: GceNetworkWorld[];
  subnetworks: GceSubnetworkWorld[];
  /** Static routes and the default route; subnet routes follow from the subnetworks. */
  routes: GceRouteWorld[];
  /** The rules that somebody made; implied ones follow from the network. */
  firewalls: GceFirewallWorld[];
  /** Firewall policies of the organization and its folders, and of networks. */
  policies: GcePolicyWorld[];
}

export interface GceProjectWorld {
  project: string;
  instances: GceInstanceWorld[];
  instanceTemplates: GceTemplateWorld[];
  /** Zones that do not answer: their instances are there, and no list shows them. */
  unreachableZones: string[];
}

export interface GceNetworkWorld {
  name: string;
  /** How many static routes it may hold; absent: more than anybody needs. */
  staticRoutes?: number;
}

export interface GceSubnetworkWorld {
  name: string;
  network: string;
  region: string;
  cidr: string;
  secondary: { name: string; cidr: string }[];
  ipv6Cidr?: string;
  /** A subnet range may overlap existing routes; it wins all the same. */
  allowSubnetCidrRoutesOverlap?: boolean;
}

export interface GceInstanceWorld {
  name: string;
  id: string;
  zone: string;
  status: 'PROVISIONING' | 'STAGING' | 'RUNNING' | 'STOPPING' | 'SUSPENDED' | 'TERMINATED';
  /** In Compute Engine TERMINATED means stopped: a deleted instance is not listed any more. */
  canIpForward: boolean;
  tags: string[];
  labels: Record<string, string>;
  metadata: Record<string, string>;
  /** Email of the service account; absent: it runs without one. */
  serviceAccount?: string;
  /** Name of the instance template that a group made it from. */
  template?: string;
  /** Fields that the service has and its published description has not yet; they are there like any other. */
  undescribed?: Record<string, unknown>;
  nics: GceNicWorld[];
}

export interface GceNicWorld {
  /** nic0, nic1... */
  name: string;
  network: string;
  subnetwork: string;
  ip: string;
  ipv6?: string;
  aliasRanges: { cidr: string; rangeName?: string }[];
}

export interface GceTemplateWorld {
  name: string;
  canIpForward: boolean;
}

export interface GceRouteWorld {
  name: string;
  network: string;
  destRange: string;
  priority: number;
  /** Empty: for every machine of the network. */
  tags: string[];
  description: string;
  target:
    | { kind: 'instance'; project: string; zone: string; name: string }
    | { kind: 'ip'; ip: string }
    | { kind: 'gateway' }
    | { kind: 'ilb'; ip: string }
    | { kind: 'vpn-tunnel'; name: string };
}

export interface GceFirewallWorld {
  name: string;
  network: string;
  direction: 'INGRESS' | 'EGRESS';
  /** 0 to 65535; the lowest goes first, among equals deny. */
  priority: number;
  disabled: boolean;
  /** With no source at all, an ingress rule is for all of IPv4; so is an egress rule without destination. */
  sourceRanges: string[];
  destinationRanges: string[];
  sourceTags: string[];
  sourceServiceAccounts: string[];
  /** Empty both: for every machine of the network. */
  targetTags: string[];
  targetServiceAccounts: string[];
  /** One of the two. */
  allowed?: GceTrafficWorld[];
  denied?: GceTrafficWorld[];
}

export interface GceTrafficWorld {
  /** `all`, a name (`tcp`), or a number. */
  protocol: string;
  /** `80`, `8000-8999`; absent: all. */
  ports?: string[];
}

export interface GcePolicyWorld {
  kind: 'HIERARCHY' | 'NETWORK' | 'NETWORK_REGIONAL';
  /** A number where the policy is the organization's. */
  name: string;
  displayName?: string;
  /** The networks that it bears upon. */
  networks: string[];
  /** Of a regional policy. */
  region?: string;
  /** Without the four that every policy ends with, which hand on to whatever comes next. */
  rules: GcePolicyRuleWorld[];
}

export interface GcePolicyRuleWorld {
  priority: number;
  direction: 'INGRESS' | 'EGRESS';
  action: 'allow' | 'deny' | 'goto_next' | 'apply_security_profile_group';
  disabled?: boolean;
  /** At least one kind of peer. */
  srcIpRanges?: string[];
  destIpRanges?: string[];
  srcSecureTags?: string[];
  srcNetworkContext?: 'INTERNET' | 'NON_INTERNET';
  /** Networks that the rule is for; absent: all that the policy bears upon. */
  targetNetworks?: string[];
  traffic: GceTrafficWorld[];
}
