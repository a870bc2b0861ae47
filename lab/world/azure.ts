/** One Azure subscription, object by object as Resource Manager knows them. Ids are built from names by the servers. */

export interface AzureWorld {
  subscription: string;
  tenant: string;
  resourceGroup: string;
  location: string;
  vnets: AzureVnetWorld[];
  routeTables: AzureRouteTableWorld[];
  securityGroups: AzureSecurityGroupWorld[];
  /** Names of application security groups: they hold nothing themselves, IP configurations are in them. */
  applicationGroups: string[];
  vms: AzureVmWorld[];
  scaleSets: AzureScaleSetWorld[];
  /** NICs of VMs and of Flexible scale sets; those of Uniform ones are with their instances. */
  nics: AzureNicWorld[];
  /** How many routes a table may hold here; absent: the default, 400. */
  routesPerTable?: number;
}

export interface AzureVnetWorld {
  name: string;
  prefixes: string[];
  subnets: AzureSubnetWorld[];
  peerings: { name: string; remote: string; allowForwardedTraffic: boolean }[];
}

export interface AzureSubnetWorld {
  name: string;
  prefixes: string[];
  /** Name of the route table; absent: system routes only. */
  routeTable?: string;
  /** Name of the network security group; absent: none, and everything is let through. */
  securityGroup?: string;
  /** Absent: Succeeded. */
  provisioningState?: 'Updating' | 'Failed';
}

export interface AzureRouteTableWorld {
  name: string;
  disableBgpRoutePropagation: boolean;
  provisioningState: 'Succeeded' | 'Updating' | 'Failed';
  tags: Record<string, string>;
  routes: AzureRouteWorld[];
}

export interface AzureRouteWorld {
  name: string;
  prefix: string;
  nextHopType: 'VirtualAppliance' | 'VnetLocal' | 'Internet' | 'VirtualNetworkGateway' | 'None';
  nextHopIp?: string;
  provisioningState: 'Succeeded' | 'Updating' | 'Failed';
}

export interface AzureSecurityGroupWorld {
  name: string;
  provisioningState: 'Succeeded' | 'Updating' | 'Failed';
  tags: Record<string, string>;
  /** Without the default rules, which every group has. */
  rules: AzureSecurityRuleWorld[];
}

export interface AzureSecurityRuleWorld {
  name: string;
  /** 100 to 4096 (default rules from 65000 on), each once per direction; the lowest that fits decides. */
  priority: number;
  direction: 'Inbound' | 'Outbound';
  access: 'Allow' | 'Deny';
  protocol: '*' | 'Tcp' | 'Udp' | 'Icmp' | 'Esp' | 'Ah';
  source: AzureRuleEnd;
  destination: AzureRuleEnd;
  /** `*`, or ports and ranges such as `80` and `8000-8999`. */
  sourcePorts: string[];
  destinationPorts: string[];
  provisioningState: 'Succeeded' | 'Updating' | 'Failed';
}

/** Addresses and ranges, or one `*` or service tag; or application security groups, by name. */
export type AzureRuleEnd = { prefixes: string[] } | { applicationGroups: string[] };

export interface AzureVmWorld {
  name: string;
  vmId: string;
  /** Of the instance view. */
  power: 'running' | 'starting' | 'stopped' | 'deallocated';
  nics: string[];
  /** Member of this Flexible scale set. */
  scaleSet?: string;
  tags: Record<string, string>;
}

export interface AzureScaleSetWorld {
  name: string;
  orchestration: 'Uniform' | 'Flexible';
  /** `enableIPForwarding` of the model's network interface configuration. */
  modelForwarding: boolean;
  /** Uniform only; NICs are sub-resources of the instances. */
  instances: AzureScaleSetInstanceWorld[];
  tags: Record<string, string>;
  /** How instances get a changed model. Default Manual. */
  upgradeMode?: 'Manual' | 'Automatic' | 'Rolling';
  /** Properties of the set that no client of this world knows. */
  settings?: Record<string, unknown>;
  /** Absent: Succeeded. */
  provisioningState?: 'Updating' | 'Failed';
}

export interface AzureScaleSetInstanceWorld {
  instanceId: string;
  computerName: string;
  power: AzureVmWorld['power'];
  latestModelApplied: boolean;
  nics: AzureNicWorld[];
}

export interface AzureNicWorld {
  name: string;
  primary: boolean;
  enableIPForwarding: boolean;
  /** Name of the network security group of this interface alone. */
  securityGroup?: string;
  /** The first is the primary IP configuration. */
  ipConfigurations: AzureIpConfigurationWorld[];
  tags?: Record<string, string>;
  /** Properties other than usual, and those that no client of this world knows. */
  settings?: Record<string, unknown>;
  /** Absent: Succeeded. */
  provisioningState?: 'Updating' | 'Failed';
}

export interface AzureIpConfigurationWorld {
  name: string;
  ip: string;
  vnet: string;
  subnet: string;
  applicationGroups?: string[];
  /** Properties of no further meaning here, such as backend pools of load balancers. */
  settings?: Record<string, unknown>;
}
