/** Resource ids, built from the names of an Azure world in the case in which Resource Manager lists the objects. */

import type { AzureScaleSetInstanceWorld, AzureScaleSetWorld, AzureWorld } from './azure.ts';

function inGroup(azure: AzureWorld, provider: string, type: string, name: string): string {
  return `/subscriptions/${azure.subscription}/resourceGroups/${azure.resourceGroup}/providers/${provider}/${type}/${name}`;
}

export function vnetId(azure: AzureWorld, vnet: string): string {
  return inGroup(azure, 'Microsoft.Network', 'virtualNetworks', vnet);
}

export function azureSubnetId(azure: AzureWorld, vnet: string, subnet: string): string {
  return `${vnetId(azure, vnet)}/subnets/${subnet}`;
}

export function azureTableId(azure: AzureWorld, table: string): string {
  return inGroup(azure, 'Microsoft.Network', 'routeTables', table);
}

export function securityGroupId(azure: AzureWorld, group: string): string {
  return inGroup(azure, 'Microsoft.Network', 'networkSecurityGroups', group);
}

export function applicationGroupId(azure: AzureWorld, group: string): string {
  return inGroup(azure, 'Microsoft.Network', 'applicationSecurityGroups', group);
}

export function vmId(azure: AzureWorld, vm: string): string {
  return inGroup(azure, 'Microsoft.Compute', 'virtualMachines', vm);
}

export function nicId(azure: AzureWorld, nic: string): string {
  return inGroup(azure, 'Microsoft.Network', 'networkInterfaces', nic);
}

export function scaleSetId(azure: AzureWorld, set: string): string {
  return inGroup(azure, 'Microsoft.Compute', 'virtualMachineScaleSets', set);
}

export function scaleSetVmId(
  azure: AzureWorld,
  set: AzureScaleSetWorld,
  instance: Pick<AzureScaleSetInstanceWorld, 'instanceId'>,
): string {
  return `${scaleSetId(azure, set.name)}/virtualMachines/${instance.instanceId}`;
}

export function scaleSetNicId(
  azure: AzureWorld,
  set: AzureScaleSetWorld,
  instance: Pick<AzureScaleSetInstanceWorld, 'instanceId'>,
  nic: string,
): string {
  return `${scaleSetVmId(azure, set, instance)}/networkInterfaces/${nic}`;
}

/** What the cloud provider writes on the node: the resource group, and only that, in lower case. */
export function azureProviderId(id: string): string {
  return `azure://${id.replace(/(\/resourceGroups\/)([^/]+)/i, (_, key: string, group: string) => key + group.toLowerCase())}`;
}
