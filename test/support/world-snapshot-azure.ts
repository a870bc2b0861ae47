/** The facts that perfect readers would take of a lab world's Azure subscription. */
import {
  applicationGroupId,
  azureSubnetId,
  azureTableId,
  nicId,
  scaleSetId,
  scaleSetNicId,
  scaleSetVmId,
  securityGroupId,
  vmId,
  vnetId,
} from '../../lab/world/azure-ids.ts';
import type {
  AzureNicWorld,
  AzureRouteTableWorld,
  AzureRouteWorld,
  AzureScaleSetWorld,
  AzureVmWorld,
  AzureVnetWorld,
  AzureWorld,
} from '../../lab/world/azure.ts';
import { canonicalPrefix, contains, parsePrefix } from '../../src/model/prefix.ts';
import type {
  FabricFacts,
  InterfaceFacts,
  LimitFacts,
  MachineFacts,
  MachineState,
  RouteFacts,
  RouteTarget,
  TableFacts,
} from '../../src/model/snapshot.ts';
import { filterFacts } from './world-snapshot-azure-filters.ts';

const STATES: Readonly<Record<AzureVmWorld['power'], MachineState>> = {
  running: 'running',
  starting: 'running',
  stopped: 'stopped',
  deallocated: 'stopped',
};

/** Dropped where nothing longer is known. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

export function azureFacts(azure: AzureWorld): FabricFacts {
  const facts = factsWithoutLimits(azure);
  const made = facts.tables.filter(({ implicit }) => implicit !== true);
  const limits = made.map(({ id }): LimitFacts => ({
    kind: 'routes-per-table',
    table: id,
    allowed: azure.routesPerTable ?? 400,
    source: `usage RoutesPerRouteTable of ${azure.location}`,
  }));
  return { ...facts, limits };
}

function factsWithoutLimits(azure: AzureWorld): FabricFacts {
  return {
    id: `azure/${azure.subscription}`,
    kind: 'azure',
    account: azure.subscription,
    networks: azure.vnets.map((vnet) => ({
      id: vnetId(azure, vnet.name),
      name: vnet.name,
      prefixes: vnet.prefixes.map(canonicalPrefix),
    })),
    subnets: azure.vnets.flatMap((vnet) =>
      vnet.subnets.map((subnet) => ({
        id: azureSubnetId(azure, vnet.name, subnet.name),
        name: subnet.name,
        network: vnetId(azure, vnet.name),
        prefixes: subnet.prefixes.map(canonicalPrefix),
        ...guards(azure, subnet),
        ...(subnet.routeTable === undefined
          ? { table: implicitId(azure, vnet), tableBy: 'none' as const }
          : { table: tableIdFor(azure, subnet.routeTable, vnet), tableBy: 'association' as const }),
      })),
    ),
    tables: [
      ...azure.routeTables.flatMap((table) => tablesFor(azure, table)),
      ...azure.vnets
        .filter((vnet) => vnet.subnets.some((subnet) => subnet.routeTable === undefined))
        .map((vnet): TableFacts => ({
          id: implicitId(azure, vnet),
          network: vnetId(azure, vnet.name),
          main: false,
          implicit: true,
          routes: systemRoutes(vnet),
        })),
    ],
    machines: [
      ...azure.vms.map((vm) => {
        const set = azure.scaleSets.find((one) => one.name === vm.scaleSet);
        return machineFacts(azure, vmId(azure, vm.name), vm.name, vm.power, set);
      }),
      ...azure.scaleSets.flatMap((set) =>
        set.instances.map((one) =>
          withModel(
            machineFacts(azure, scaleSetVmId(azure, set, one), `${set.name}_${one.instanceId}`, one.power, set),
            one.latestModelApplied,
          ),
        ),
      ),
    ],
    interfaces: [
      ...azure.nics.map((nic) => {
        const vm = azure.vms.find((one) => one.nics.includes(nic.name));
        return interfaceFacts(azure, nicId(azure, nic.name), nic, vm === undefined ? undefined : vmId(azure, vm.name));
      }),
      ...azure.scaleSets.flatMap((set) =>
        set.instances.flatMap((one) =>
          one.nics.map((nic) =>
            interfaceFacts(azure, scaleSetNicId(azure, set, one, nic.name), nic, scaleSetVmId(azure, set, one)),
          ),
        ),
      ),
    ],
    filters: azure.securityGroups.map((group) => filterFacts(azure, group)),
  };
}

function guards(azure: AzureWorld, { securityGroup }: { securityGroup?: string }): { filters: string[] } {
  return { filters: securityGroup === undefined ? [] : [securityGroupId(azure, securityGroup)] };
}

function implicitId(azure: AzureWorld, vnet: AzureVnetWorld): string {
  return `${vnetId(azure, vnet.name)}/system-routes`;
}

function vnetsOf(azure: AzureWorld, table: string): AzureVnetWorld[] {
  return azure.vnets.filter((vnet) => vnet.subnets.some((subnet) => subnet.routeTable === table));
}

/** A table that serves several networks is one table in each. */
function tableIdFor(azure: AzureWorld, table: string, vnet: AzureVnetWorld): string {
  const place = vnetsOf(azure, table).indexOf(vnet);
  const id = azureTableId(azure, table);
  return place > 0 ? `${id}#${vnet.name}` : id;
}

function tablesFor(azure: AzureWorld, table: AzureRouteTableWorld): TableFacts[] {
  const users = vnetsOf(azure, table.name);
  const routes = table.routes.map((route) => routeFacts(table, route));
  const plain = { name: table.name, main: false };
  if (users.length === 0) return [{ ...plain, id: azureTableId(azure, table.name), network: '', routes }];
  return users.map((vnet) => ({
    ...plain,
    id: tableIdFor(azure, table.name, vnet),
    network: vnetId(azure, vnet.name),
    routes: [...systemRoutes(vnet), ...routes],
  }));
}

function systemRoutes(vnet: AzureVnetWorld): RouteFacts[] {
  const system = { state: 'active', rank: 3, origin: 'system' } as const;
  const own = vnet.prefixes.flatMap((text) => parsePrefix(text) ?? []);
  const dropped = PRIVATE.flatMap((text) => parsePrefix(text) ?? []).filter(
    (range) => !own.some((prefix) => contains(prefix, range)),
  );
  const internet = { kind: 'gateway', gateway: 'internet', id: 'Internet' } as const;
  return [
    ...own.map(({ text }): RouteFacts => ({ prefix: text, target: { kind: 'local' }, ...system, origin: 'local' })),
    ...dropped.map(({ text }): RouteFacts => ({ prefix: text, target: { kind: 'none' }, ...system })),
    { prefix: '0.0.0.0/0', target: internet, ...system },
    { prefix: '::/0', target: internet, ...system },
  ];
}

function routeFacts(table: AzureRouteTableWorld, route: AzureRouteWorld): RouteFacts {
  const state = table.provisioningState === 'Succeeded' ? route.provisioningState : table.provisioningState;
  return {
    prefix: canonicalPrefix(route.prefix),
    target: targetOf(route),
    ...(state === 'Succeeded' ? { state: 'active' } : { state: 'unknown', stateText: state }),
    rank: 1,
    origin: 'static',
    name: route.name,
  };
}

function targetOf({ nextHopType, nextHopIp = '' }: AzureRouteWorld): RouteTarget {
  switch (nextHopType) {
    case 'VirtualAppliance':
      return { kind: 'address', address: nextHopIp };
    case 'VnetLocal':
      return { kind: 'local' };
    case 'Internet':
      return { kind: 'gateway', gateway: 'internet', id: 'Internet' };
    case 'VirtualNetworkGateway':
      return { kind: 'gateway', gateway: 'vpn', id: 'VirtualNetworkGateway' };
    case 'None':
      return { kind: 'none' };
  }
}

function machineFacts(
  azure: AzureWorld,
  id: string,
  name: string,
  power: AzureVmWorld['power'],
  set: AzureScaleSetWorld | undefined,
): MachineFacts {
  return {
    id,
    name,
    keys: [`azure:${id.toLowerCase()}`],
    state: STATES[power],
    stateText: power,
    ...(set === undefined
      ? {}
      : { template: { id: scaleSetId(azure, set.name), forwarding: set.modelForwarding ? 'on' : 'off' } }),
  };
}

function withModel(machine: MachineFacts, applied: boolean): MachineFacts {
  return machine.template === undefined ? machine : { ...machine, template: { ...machine.template, applied } };
}

function interfaceFacts(
  azure: AzureWorld,
  id: string,
  nic: AzureNicWorld,
  machine: string | undefined,
): InterfaceFacts {
  const [first] = nic.ipConfigurations;
  const groups = nic.ipConfigurations.flatMap(({ applicationGroups = [] }) => applicationGroups);
  return {
    id,
    ...(machine === undefined ? {} : { machine }),
    network: vnetId(azure, first?.vnet ?? ''),
    subnet: azureSubnetId(azure, first?.vnet ?? '', first?.subnet ?? ''),
    addresses: nic.ipConfigurations.map(({ ip }) => ip),
    forwarding: nic.enableIPForwarding ? 'on' : 'off',
    primary: nic.primary,
    ...guards(azure, nic),
    ...(groups.length === 0
      ? {}
      : { groups: [...new Set(groups)].map((name) => applicationGroupId(azure, name).toLowerCase()).sort() }),
  };
}
