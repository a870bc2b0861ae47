/** Finding one's way on Azure: used by builders and faults. Whatever is asked for and not there throws. */

import { canonical, familyOf } from './addresses.ts';
import { azureSubnetId, azureTableId, nicId, scaleSetNicId, scaleSetVmId, vmId } from './azure-ids.ts';
import type {
  AzureNicWorld,
  AzureRouteTableWorld,
  AzureRouteWorld,
  AzureScaleSetInstanceWorld,
  AzureSubnetWorld,
  AzureVmWorld,
  AzureVnetWorld,
  AzureWorld,
} from './azure.ts';
import { DoesNotFit, internalIps, must, nodeOf } from './look.ts';
import type { NodeRef } from './look.ts';
import type { NodeWorld, World } from './world.ts';
import { podRanges } from './pod-ranges.ts';

/** Where a node stands. */
export interface AzurePlace {
  azure: AzureWorld;
  machine: AzureVmWorld | AzureScaleSetInstanceWorld;
  /** Resource id. */
  machineId: string;
  nics: AzureNicWorld[];
  /** The interface with the node's address. */
  nic: AzureNicWorld;
  interfaceId: string;
  vnet: AzureVnetWorld;
  subnet: AzureSubnetWorld;
  subnetId: string;
}

interface Found extends Pick<AzurePlace, 'machine' | 'machineId'> {
  nics: () => AzureNicWorld[];
  interfaceId: (nic: AzureNicWorld) => string;
}

function machinesOf(azure: AzureWorld): Found[] {
  const vms = azure.vms.map((vm): Found => ({
    machine: vm,
    machineId: vmId(azure, vm.name),
    nics: () => azure.nics.filter((nic) => vm.nics.includes(nic.name)),
    interfaceId: (nic) => nicId(azure, nic.name),
  }));
  const members = azure.scaleSets.flatMap((set) =>
    set.instances.map((one): Found => ({
      machine: one,
      machineId: scaleSetVmId(azure, set, one),
      nics: () => one.nics,
      interfaceId: (nic) => scaleSetNicId(azure, set, one, nic.name),
    })),
  );
  return [...vms, ...members];
}

export function nicIps(nic: AzureNicWorld): string[] {
  return nic.ipConfigurations.map(({ ip }) => ip);
}

/** The machine that a node's providerID, or else its InternalIP, names. */
export function azurePlace(world: World, node: NodeWorld): AzurePlace | undefined {
  const wanted = node.providerID?.slice('azure://'.length).toLowerCase();
  const ips = internalIps(node);
  const carries = (nic: AzureNicWorld): boolean => nicIps(nic).some((ip) => ips.includes(ip));
  for (const azure of world.azure ?? []) {
    for (const { machine, machineId, nics: nicsOf, interfaceId } of machinesOf(azure)) {
      if (wanted !== undefined && machineId.toLowerCase() !== wanted) continue;
      const nics = nicsOf();
      const own = nics.find(carries);
      const nic = own ?? (wanted === undefined ? undefined : nics[0]);
      const at = nic?.ipConfigurations[0];
      const vnet = azure.vnets.find((one) => one.name === at?.vnet);
      const subnet = vnet?.subnets.find((one) => one.name === at?.subnet);
      if (nic === undefined || vnet === undefined || subnet === undefined) continue;
      const subnetId = azureSubnetId(azure, vnet.name, subnet.name);
      return { azure, machine, machineId, nics, nic, interfaceId: interfaceId(nic), vnet, subnet, subnetId };
    }
  }
  return undefined;
}

/** @throws DoesNotFit when the node has no machine there. */
export function azureAt(world: World, ref: NodeRef): AzurePlace & { node: NodeWorld } {
  const node = nodeOf(world, ref);
  return { node, ...must(azurePlace(world, node), `machine of ${node.name}`) };
}

/** The node subnets, each once, in the order of the nodes. */
export function azureNodeSubnets(world: World): AzurePlace[] {
  const places = new Map<string, AzurePlace>();
  for (const node of world.cluster.nodes) {
    const place = azurePlace(world, node);
    if (place !== undefined && !places.has(place.subnetId)) places.set(place.subnetId, place);
  }
  return [...places.values()];
}

/** The route tables of the node subnets, each once. */
export function azureNodeTables(world: World): AzureRouteTableWorld[] {
  const tables = azureNodeSubnets(world).flatMap(
    ({ azure, subnet }) => azure.routeTables.find((table) => table.name === subnet.routeTable) ?? [],
  );
  return [...new Set(tables)];
}

export function dropAzureRoute(table: AzureRouteTableWorld, prefix: string): boolean {
  const kept = table.routes.filter((route) => canonical(route.prefix) !== canonical(prefix));
  const dropped = kept.length < table.routes.length;
  table.routes = kept;
  return dropped;
}

/** @throws DoesNotFit when the table has a route for the prefix: Azure refuses a second one. */
export function putAzureRoute(table: AzureRouteTableWorld, prefix: string, more: Partial<AzureRouteWorld>): void {
  if (table.routes.some((route) => canonical(route.prefix) === canonical(prefix))) {
    throw new DoesNotFit(`${table.name} has a route for ${prefix} already`);
  }
  table.routes.push({
    name: `manual-${canonical(prefix).replace(/[.:/]/g, '-')}`,
    prefix: canonical(prefix),
    nextHopType: 'VirtualAppliance',
    provisioningState: 'Succeeded',
    ...more,
  });
}

/** The id of a table where ids are known by the world it is in. */
export function idOfTable(world: World, table: AzureRouteTableWorld): string {
  const azure = world.azure?.find((one) => one.routeTables.includes(table));
  return azureTableId(must(azure, `subscription of ${table.name}`), table.name);
}

/** The address of a node's interface that routes of a family name. */
export function azureHop(place: AzurePlace, family: 4 | 6 = 4): string {
  return must(
    nicIps(place.nic).find((ip) => familyOf(ip) === family),
    `address of family ${String(family)}`,
  );
}

/** Of the given tables those that some other node's packets to this owner's prefix use. */
export function azureTablesInUse(
  world: World,
  owner: NodeWorld,
  prefix: string,
  tables: AzureRouteTableWorld[],
): AzureRouteTableWorld[] {
  const used = new Set<string | undefined>();
  for (const sender of world.cluster.nodes) {
    const place = sender === owner ? undefined : azurePlace(world, sender);
    if (place === undefined || !['running', 'starting'].includes(place.machine.power)) continue;
    if (podRanges(sender).some((cidr) => familyOf(cidr) === familyOf(prefix))) used.add(place.subnet.routeTable);
  }
  return tables.filter((table) => used.has(table.name));
}
