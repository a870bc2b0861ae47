/** One Azure subscription, object by object as Resource Manager knows them. Ids are built from names by the servers. */

export interface AzureWorld {
  subscription: string;
  tenant: string;
  resourceGroup: string;
  location: string;
  vnets: AzureVnetWorld[];
  routeTables: AzureRouteTableWorld[];
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
  /** The first is the primary IP configuration. */
  ipConfigurations: { name: string; ip: string; vnet: string; subnet: string }[];
}
