import type {
  NetworkInterface,
  NetworkInterfaceIPConfiguration,
  Route,
  RouteTable,
  Subnet,
  VirtualNetwork,
  VirtualNetworkPeering,
} from '@azure/arm-network';

import type {
  AzureNicWorld,
  AzureRouteTableWorld,
  AzureScaleSetWorld,
  AzureVnetWorld,
  AzureWorld,
} from '../../world/azure.ts';
import {
  applicationGroupId,
  azureSubnetId,
  azureTableId,
  nicId,
  scaleSetNicId,
  scaleSetVmId,
  vmId,
  vnetId,
} from '../../world/azure-ids.ts';
import { uid } from '../../world/ids.ts';
import { asWritten, etagOf } from './ids.ts';
import { guardOf } from './security-groups.ts';

/** The client's model keeps on one level what the wire has under `properties`; names and types are the same. */
export type Wire<Model, Inner = unknown> = Pick<Model, Extract<keyof Model, 'id' | 'name' | 'type' | 'etag'>> & {
  location?: string;
  tags?: Record<string, string>;
  properties: Omit<Partial<Model>, keyof Inner> & Inner;
};

type WireRoute = Wire<Route>;
type WireIpConfiguration = Wire<
  NetworkInterfaceIPConfiguration,
  { applicationSecurityGroups?: { id: string }[]; subnet?: { id: string } }
>;
export type WireNic = Wire<
  NetworkInterface,
  { ipConfigurations: WireIpConfiguration[]; networkSecurityGroup?: { id: string } }
>;
type WireRouteTable = Wire<RouteTable, { routes: WireRoute[] }>;
type WireSubnet = Wire<Subnet, { ipConfigurations?: { id: string }[]; networkSecurityGroup?: { id: string } }>;
type WireVnet = Wire<VirtualNetwork, { subnets: WireSubnet[]; virtualNetworkPeerings: Wire<VirtualNetworkPeering>[] }>;

const Succeeded = 'Succeeded';
/** What a PUT that does not name them sets. */
export const NIC_DEFAULTS = { enableAcceleratedNetworking: false, disableTcpStateTracking: false } as const;

/** `host` is the NIC's own id and its machine's, by where it lives. */
export function nicOf(world: AzureWorld, nic: AzureNicWorld, self: string, machine: string | undefined): WireNic {
  const configurations = nic.ipConfigurations.map((one, at): WireIpConfiguration => {
    const id = `${self}/ipConfigurations/${one.name}`;
    const groups = (one.applicationGroups ?? []).map((name) => ({ id: applicationGroupId(asWritten(world), name) }));
    const properties = {
      provisioningState: nic.provisioningState ?? Succeeded,
      privateIPAddress: one.ip,
      privateIPAllocationMethod: 'Dynamic',
      subnet: { id: azureSubnetId(world, one.vnet, one.subnet) },
      primary: at === 0,
      privateIPAddressVersion: one.ip.includes(':') ? 'IPv6' : 'IPv4',
      ...(groups.length > 0 && { applicationSecurityGroups: groups }),
      ...one.settings,
    };
    return { name: one.name, id, etag: etagOf([id, properties]), properties };
  });
  const properties: WireNic['properties'] = {
    provisioningState: nic.provisioningState ?? Succeeded,
    resourceGuid: uid(self),
    ipConfigurations: configurations,
    dnsSettings: { dnsServers: [], appliedDnsServers: [] },
    macAddress: `00-0D-3A-${uid('mac', self).slice(0, 6).toUpperCase().match(/../g)?.join('-') ?? ''}`,
    vnetEncryptionSupported: false,
    enableIPForwarding: nic.enableIPForwarding,
    ...guardOf(world, nic),
    ...NIC_DEFAULTS,
    ...nic.settings,
    hostedWorkloads: [],
    tapConfigurations: [],
    // Only NICs of machines know whether they are the first of theirs.
    ...(machine !== undefined && { primary: nic.primary, virtualMachine: { id: machine } }),
  };
  return { name: nic.name, id: self, etag: etagOf([self, properties, nic.tags]), properties };
}

/** NICs of VMs and of Flexible scale sets, as ListAll shows them. */
export function ordinaryNics(world: AzureWorld): WireNic[] {
  const owners = new Map(world.vms.flatMap((vm) => vm.nics.map((name) => [name, vmId(world, vm.name)])));
  return world.nics.map((nic) => {
    const { properties, ...head } = nicOf(world, nic, nicId(world, nic.name), owners.get(nic.name));
    return {
      ...head,
      type: 'Microsoft.Network/networkInterfaces',
      location: world.location,
      ...(nic.tags !== undefined && { tags: nic.tags }),
      properties: { ...properties, nicType: 'Standard' },
    };
  });
}

/** NICs of a Uniform scale set, which no list of the network provider shows; of one instance or of all. */
export function scaleSetNics(world: AzureWorld, set: AzureScaleSetWorld, instanceId?: string): WireNic[] {
  return set.instances
    .filter((one) => instanceId === undefined || one.instanceId === instanceId)
    .flatMap((one) =>
      one.nics.map((nic) => nicOf(world, nic, scaleSetNicId(world, set, one, nic.name), scaleSetVmId(world, set, one))),
    );
}

export function routeTableOf(world: AzureWorld, table: AzureRouteTableWorld): WireRouteTable {
  const id = azureTableId(world, table.name);
  const subnets = world.vnets.flatMap((vnet) =>
    vnet.subnets
      .filter((one) => one.routeTable === table.name)
      .map((one) => ({ id: azureSubnetId(asWritten(world), vnet.name, one.name) })),
  );
  const etag = etagOf([id, table, subnets]);
  const routes = table.routes.map((route): WireRoute => {
    const self = `${id}/routes/${route.name}`;
    const properties = {
      provisioningState: route.provisioningState,
      addressPrefix: route.prefix,
      nextHopType: route.nextHopType,
      ...(route.nextHopIp !== undefined && { nextHopIpAddress: route.nextHopIp }),
      hasBgpOverride: false,
    };
    return {
      name: route.name,
      id: self,
      etag, // Parts of a resource have its own.
      type: 'Microsoft.Network/routeTables/routes',
      properties,
    };
  });
  const properties: WireRouteTable['properties'] = {
    provisioningState: table.provisioningState,
    resourceGuid: uid(id),
    disableBgpRoutePropagation: table.disableBgpRoutePropagation,
    routes,
    ...(subnets.length > 0 && { subnets }),
  };
  return {
    name: table.name,
    id,
    etag,
    type: 'Microsoft.Network/routeTables',
    location: world.location,
    ...(Object.keys(table.tags).length > 0 && { tags: table.tags }),
    properties,
  };
}

type Users = ReadonlyMap<string, { id: string }[]>;

/** Ids of the IP configurations in each subnet, by the subnet's. */
function usersOf(world: AzureWorld): Users {
  const users = new Map<string, { id: string }[]>();
  const nics = [...ordinaryNics(world), ...world.scaleSets.flatMap((set) => scaleSetNics(world, set))];
  for (const { id = '', properties } of nics.flatMap((nic) => nic.properties.ipConfigurations)) {
    const subnet = properties.subnet?.id ?? '';
    const known = users.get(subnet);
    if (known === undefined) users.set(subnet, [{ id }]);
    else known.push({ id });
  }
  return users;
}

function subnetOf(
  world: AzureWorld,
  vnet: AzureVnetWorld,
  subnet: AzureVnetWorld['subnets'][number],
  all: Users,
): WireSubnet {
  const id = azureSubnetId(world, vnet.name, subnet.name);
  const users = all.get(id) ?? [];
  const [prefix = '', ...more] = subnet.prefixes;
  const properties: WireSubnet['properties'] = {
    provisioningState: subnet.provisioningState ?? Succeeded,
    // One prefix and several have different names.
    ...(more.length === 0 ? { addressPrefix: prefix } : { addressPrefixes: subnet.prefixes }),
    ...(subnet.routeTable !== undefined && { routeTable: { id: azureTableId(asWritten(world), subnet.routeTable) } }),
    ...guardOf(world, subnet),
    ...(users.length > 0 && { ipConfigurations: users }),
    delegations: [],
    privateEndpointNetworkPolicies: 'Disabled',
    privateLinkServiceNetworkPolicies: 'Enabled',
  };
  return {
    name: subnet.name,
    id,
    etag: etagOf([id, properties]),
    type: 'Microsoft.Network/virtualNetworks/subnets',
    properties,
  };
}

export function vnetsOf(world: AzureWorld): WireVnet[] {
  const users = usersOf(world);
  return world.vnets.map((vnet) => vnetOf(world, vnet, users));
}

function vnetOf(world: AzureWorld, vnet: AzureVnetWorld, users: Users): WireVnet {
  const id = vnetId(world, vnet.name);
  const peerings = vnet.peerings.map(({ name, remote, allowForwardedTraffic }): Wire<VirtualNetworkPeering> => {
    const self = `${id}/virtualNetworkPeerings/${name}`;
    // A remote network may be named by its whole id, or be one of this world.
    const remoteId = remote.startsWith('/') ? remote : vnetId(world, remote);
    const addresses = world.vnets.find((one) => one.name === remote)?.prefixes ?? [];
    const properties = {
      provisioningState: Succeeded,
      peeringState: 'Connected',
      peeringSyncLevel: 'FullyInSync',
      remoteVirtualNetwork: { id: remoteId },
      remoteAddressSpace: { addressPrefixes: addresses },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic,
      allowGatewayTransit: false,
      useRemoteGateways: false,
    };
    return {
      name,
      id: self,
      etag: etagOf([self, properties]),
      type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
      properties,
    };
  });
  const properties: WireVnet['properties'] = {
    provisioningState: Succeeded,
    resourceGuid: uid(id),
    addressSpace: { addressPrefixes: vnet.prefixes },
    subnets: vnet.subnets.map((one) => subnetOf(world, vnet, one, users)),
    virtualNetworkPeerings: peerings,
    enableDdosProtection: false,
  };
  return {
    name: vnet.name,
    id,
    etag: etagOf([id, properties]),
    type: 'Microsoft.Network/virtualNetworks',
    location: world.location,
    properties,
  };
}
