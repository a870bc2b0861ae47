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
  /** Name of the instance template that a group made it from. */
  template?: string;
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
