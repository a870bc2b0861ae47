/** A healthy cluster on Azure: one virtual network, route tables, and machines of their own or of a scale set. */

import { addressAt, familyOf, subnetOf } from './addresses.ts';
import { azureProviderId, scaleSetVmId, vmId } from './azure-ids.ts';
import { securityGroup } from './azure-rules.ts';
import type {
  AzureNicWorld,
  AzureRouteTableWorld,
  AzureRouteWorld,
  AzureScaleSetWorld,
  AzureSubnetWorld,
  AzureWorld,
} from './azure.ts';
import { emptyWorld, finishCluster, giveRanges, joinCluster, routedCidrs, seatNodes, subnetCidrs } from './cluster.ts';
import type { ClusterShape, Seat } from './cluster.ts';
import { digits, uid } from './ids.ts';
import { must } from './look.ts';
import { showsPods } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import type { World } from './world.ts';

export type AzureMode = Exclude<NetworkMode, 'vpc-cni' | 'alias'>;

export interface AzureOptions extends ClusterShape {
  mode: AzureMode;
  /** What the nodes are. Default vms. */
  machines?: 'vms' | 'scale-set-uniform' | 'scale-set-flexible';
  /**
   * shared: all node subnets use one table; per-subnet: each has a table of its own; none: no subnet has one. Default
   * shared.
   */
  tables?: 'shared' | 'per-subnet' | 'none';
  /**
   * Where network security groups with nothing but the default rules are: one at each node subnet, one at each node's
   * interface, or nowhere. Default subnets.
   */
  securityGroups?: 'subnets' | 'interfaces' | 'none';
  vnetCidr?: string;
  subscription?: string;
  /** Resource Manager shows it in this case; provider ids have it in lower case. Default `Shop-Prod`. */
  resourceGroup?: string;
  location?: string;
}

const vnetCidr6 = 'fd3c:9d10:5e00::/56';

/** The user-defined route of one podCIDR, under the cloud provider's name. */
export function userRoute(node: string, prefix: string, nextHopIp: string, isOneOfMany: boolean): AzureRouteWorld {
  return {
    name: isOneOfMany ? `${node}____${prefix.replace(/[.:/]/g, '')}` : node,
    prefix,
    nextHopType: 'VirtualAppliance',
    nextHopIp,
    provisioningState: 'Succeeded',
  };
}

export function emptyTable(name: string, tags: Record<string, string> = {}): AzureRouteTableWorld {
  return { name, disableBgpRoutePropagation: false, provisioningState: 'Succeeded', tags, routes: [] };
}

function makeVnet(options: AzureOptions, azure: AzureWorld): AzureSubnetWorld[] {
  const { name, ipv6 = false, tables = 'shared', securityGroups = 'subnets' } = options;
  const vnetCidr = options.vnetCidr ?? '10.224.0.0/16';
  const subnets = subnetCidrs(options, vnetCidr).map((cidr, i): AzureSubnetWorld => {
    const letter = 'abcdef'.charAt(i);
    const table = tables === 'shared' ? `${name}-routes` : `${name}-routes-${letter}`;
    return {
      name: `nodes-${letter}`,
      prefixes: [cidr, ...(ipv6 ? [subnetOf(vnetCidr6, 64, i)] : [])],
      ...(tables === 'none' ? {} : { routeTable: table }),
      ...(securityGroups === 'subnets' ? { securityGroup: `${name}-nodes-${letter}` } : {}),
    };
  });
  azure.vnets.push({
    name: `${name}-vnet`,
    prefixes: [vnetCidr, ...(ipv6 ? [vnetCidr6] : [])],
    subnets,
    peerings: [],
  });
  const used = new Set(subnets.flatMap((subnet) => subnet.routeTable ?? []));
  azure.routeTables.push(...[...used].map((table) => emptyTable(table, { cluster: name })));
  for (const { securityGroup: group } of subnets)
    if (group !== undefined) azure.securityGroups.push(securityGroup(group));
  return subnets;
}

function makeNic(options: AzureOptions, vnet: string, subnet: AzureSubnetWorld, seat: Seat): AzureNicWorld {
  const at = { vnet, subnet: subnet.name };
  return {
    name: `${seat.name}-nic`,
    primary: true,
    enableIPForwarding: showsPods(options.mode),
    ...(options.securityGroups === 'interfaces' ? { securityGroup: `${seat.name}-nsg` } : {}),
    ipConfigurations: [
      { name: 'ipconfig1', ip: seat.v4, ...at },
      ...(seat.v6 === undefined ? [] : [{ name: 'ipconfig-v6', ip: seat.v6, ...at }]),
    ],
  };
}

/** Adds the machine of a node; returns its resource id. */
function addMachine(options: AzureOptions, azure: AzureWorld, seat: Seat, nic: AzureNicWorld): string {
  const set = azure.scaleSets[0];
  if (set?.orchestration === 'Uniform') {
    const instanceId = String(set.instances.length);
    const instance = { instanceId, computerName: seat.name, power: 'running' as const, latestModelApplied: true };
    set.instances.push({ ...instance, nics: [{ ...nic, name: 'nodes-nic' }] });
    return scaleSetVmId(azure, set, { instanceId });
  }
  // Members of a Flexible set get a name that says nothing about the host name inside.
  const name = set === undefined ? seat.name : `${set.name}_${uid('vm', options.name, seat.name).slice(0, 8)}`;
  azure.nics.push(nic);
  azure.vms.push({
    name,
    vmId: uid('vm-id', options.name, seat.name),
    power: 'running',
    nics: [nic.name],
    ...(set === undefined ? {} : { scaleSet: set.name }),
    tags: { cluster: options.name },
  });
  return vmId(azure, name);
}

function scaleSets(options: AzureOptions): AzureScaleSetWorld[] {
  const { name, machines = 'vms', mode } = options;
  if (machines === 'vms') return [];
  const orchestration = machines === 'scale-set-uniform' ? 'Uniform' : 'Flexible';
  const modelForwarding = showsPods(mode);
  return [{ name: `${name}-nodes`, orchestration, modelForwarding, instances: [], tags: { cluster: name } }];
}

/** @throws Error when the options contradict each other (a subnet number that is not there, ranges that are full). */
export function azureCluster(options: AzureOptions): World {
  const { name, mode, location = 'westeurope' } = options;
  const azure: AzureWorld = {
    subscription: options.subscription ?? `0a5e1f2c-77d4-4c1e-9b3a-${digits(12, 'subscription', name)}`,
    tenant: '6f0c9a41-1d2b-4e57-8a90-3b7d5c2e1f08',
    resourceGroup: options.resourceGroup ?? 'Shop-Prod',
    location,
    vnets: [],
    routeTables: [],
    securityGroups: [],
    applicationGroups: [],
    vms: [],
    scaleSets: scaleSets(options),
    nics: [],
  };
  const subnets = makeVnet(options, azure);
  const world = emptyWorld(options);
  world.azure = [azure];
  const ranges = subnets.map(({ prefixes }) => ({ cidr: prefixes[0] ?? '', ipv6Cidr: prefixes[1] }));
  const seats = seatNodes(options, ranges, (cidr, number) => addressAt(cidr, 0xa000n + BigInt(number)));
  giveRanges(options, mode, seats);
  for (const seat of seats) {
    const subnet = must(subnets[seat.place], `subnet number ${String(seat.place)}`);
    const nic = makeNic(options, `${name}-vnet`, subnet, seat);
    if (nic.securityGroup !== undefined) azure.securityGroups.push(securityGroup(nic.securityGroup));
    const id = addMachine(options, azure, seat, nic);
    joinCluster(world, options, mode, seat, {
      zone: `${location}-${String((seat.place % 3) + 1)}`,
      region: location,
      providerID: azureProviderId(id),
      internalDns: `${seat.name}.internal.cloudapp.net`,
      instanceType: 'Standard_D4s_v5',
    });
    if (!(options.podRoutes ?? showsPods(mode))) continue;
    const cidrs = routedCidrs(options, seat);
    for (const cidr of cidrs) {
      const hop = familyOf(cidr) === 6 ? (seat.v6 ?? seat.v4) : seat.v4;
      for (const table of azure.routeTables) table.routes.push(userRoute(seat.name, cidr, hop, cidrs.length > 1));
    }
  }
  return finishCluster(world, options, mode);
}
