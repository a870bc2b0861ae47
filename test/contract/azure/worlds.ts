/** Worlds for the Azure reader: everything it may meet in one, and the plain ones. */
import type { AzureNicWorld, AzureRouteWorld, AzureWorld } from '../../../lab/world/azure.ts';
import type { AzureOptions } from '../../../lab/world/azure-cluster.ts';
import { azureCluster, emptyTable, userRoute } from '../../../lab/world/azure-cluster.ts';
import { putSecurityRule, securityGroup } from '../../../lab/world/azure-rules.ts';
import type { World } from '../../../lab/world/world.ts';
import { azureOf } from './expected.ts';

export function usualWorld(machines: AzureOptions['machines'] = 'vms'): World {
  return azureCluster({ name: 'suite', mode: 'fabric', nodes: 5, subnets: 2, ipv6: true, machines });
}

export function nicAt(azure: AzureWorld, index: number): AzureNicWorld {
  const nic = azure.nics[index];
  if (nic === undefined) throw new Error(`there is no network interface ${String(index)}`);
  return nic;
}

function addNic(azure: AzureWorld, name: string, ip: string, vnet: string, subnet: string): AzureNicWorld {
  const ipConfigurations = [{ name: 'ipconfig1', ip, vnet, subnet }];
  const nic = { name, primary: true, enableIPForwarding: false, ipConfigurations };
  azure.nics.push(nic);
  return nic;
}

/**
 * Machines in every state, an interface without a machine, a second interface, an appliance, a stranger in another
 * network, scale sets of both kinds that hold no node, routes of every kind, tables that are unused, shared and empty,
 * network security groups at subnets and interfaces, with rules of every form.
 */
export function busyWorld(): World {
  const world = usualWorld();
  const azure = azureOf(world);
  const [vnet] = azure.vnets;
  const [table] = azure.routeTables;
  if (vnet === undefined || table === undefined) throw new Error('the world has lost its network');
  const at = { vnet: vnet.name, subnet: 'nodes-a' };
  azure.vms[1]!.power = 'deallocated';
  azure.vms[2]!.power = 'stopped';
  azure.vms[3]!.power = 'starting';
  nicAt(azure, 3).enableIPForwarding = false;
  azure.vms[4]!.nics.push(addNic(azure, 'second', '10.224.1.90', at.vnet, at.subnet).name);
  nicAt(azure, azure.nics.length - 1).primary = false;
  addNic(azure, 'loose', '10.224.1.91', at.vnet, at.subnet).primary = false;
  addNic(azure, 'appliance-nic', '10.224.1.92', at.vnet, at.subnet);
  const machine = { vmId: '6ff0a3a3-5d5d-4b4e-9d51-2f1f3c1f1a01', power: 'running' as const, tags: {} };
  azure.vms.push({ ...machine, name: 'appliance', nics: ['appliance-nic'] });
  azure.vnets.push({
    name: 'office',
    prefixes: ['10.90.0.0/16'],
    subnets: [{ name: 'desks', prefixes: ['10.90.0.0/24'], routeTable: table.name }],
    peerings: [],
  });
  addNic(azure, 'stranger-nic', '10.90.0.4', 'office', 'desks');
  azure.vms.push({ ...machine, name: 'stranger', nics: ['stranger-nic'] });
  vnet.subnets.push({ name: 'bare', prefixes: ['10.224.200.0/24', '10.224.201.0/24'] });
  const hop = (name: string, prefix: string, change: Partial<AzureRouteWorld>): AzureRouteWorld => ({
    ...userRoute(name, prefix, '10.224.1.92', false),
    ...change,
  });
  const { nextHopIp: _, ...noHop } = hop('dropped', '10.200.0.0/16', { nextHopType: 'None' });
  table.routes.push(
    hop('appliance', '10.201.0.0/16', {}),
    hop('failed', '10.202.0.0/16', { provisioningState: 'Failed' }),
    noHop,
    { ...noHop, name: 'out', prefix: '203.0.113.0/24', nextHopType: 'Internet' },
    { ...noHop, name: 'home', prefix: '172.30.0.0/16', nextHopType: 'VirtualNetworkGateway' },
    { ...noHop, name: 'local', prefix: '10.224.0.0/16', nextHopType: 'VnetLocal' },
  );
  azure.routeTables.push(
    { ...emptyTable('unused'), routes: [hop('spare', '10.203.0.0/16', {})] },
    emptyTable('empty'),
    { ...emptyTable('moving'), provisioningState: 'Updating', routes: [hop('moving', '10.204.0.0/16', {})] },
  );
  vnet.subnets.push({ name: 'moving', prefixes: ['10.224.202.0/24'], routeTable: 'moving' });
  const nic = { name: 'nic', primary: true, enableIPForwarding: true };
  const ipConfigurations = [{ name: 'ipconfig1', ip: '10.224.1.93', ...at }];
  azure.scaleSets.push({
    name: 'batch',
    orchestration: 'Uniform',
    modelForwarding: false,
    instances: [
      {
        instanceId: '7',
        computerName: 'batch000007',
        power: 'running',
        latestModelApplied: false,
        nics: [{ ...nic, securityGroup: 'batch', ipConfigurations }],
      },
    ],
    tags: {},
  });
  guard(azure);
  return world;
}

function guard(azure: AzureWorld): void {
  const strict = securityGroup('strict', { owner: 'security' });
  const end = (...prefixes: string[]): { prefixes: string[] } => ({ prefixes });
  azure.applicationGroups.push('web', 'unused');
  nicAt(azure, 0).securityGroup = 'strict';
  for (const one of nicAt(azure, 1).ipConfigurations) one.applicationGroups = ['web'];
  const rules: Parameters<typeof putSecurityRule>[1][] = [
    { name: 'web', direction: 'Inbound', access: 'Allow', protocol: 'Tcp', destinationPorts: ['443', '8000-8999'] },
    {
      name: 'dns',
      direction: 'Inbound',
      access: 'Allow',
      source: end('10.0.0.0/16', '10.2.0.4'),
      destinationPorts: ['53'],
    },
    { name: 'members', direction: 'Inbound', access: 'Deny', source: { applicationGroups: ['web'] } },
    { name: 'to-members', direction: 'Outbound', access: 'Deny', destination: { applicationGroups: ['web'] } },
    { name: 'ntp', direction: 'Inbound', access: 'Deny', protocol: 'Udp', sourcePorts: ['123'] },
    { name: 'ipsec', direction: 'Outbound', access: 'Allow', protocol: 'Esp', destination: end('10.9.0.0/16') },
    { name: 'ping', direction: 'Inbound', access: 'Deny', protocol: 'Icmp', source: end('VirtualNetwork') },
    { name: 'storage', direction: 'Outbound', access: 'Deny', destination: end('Storage') },
    { name: 'internet', direction: 'Outbound', access: 'Deny', destination: end('Internet'), priority: 4096 },
    {
      name: 'moving',
      direction: 'Inbound',
      access: 'Allow',
      provisioningState: 'Updating',
      source: end('10.8.0.0/16'),
    },
  ];
  for (const rule of rules) putSecurityRule(strict, rule);
  const moving = { ...securityGroup('moving-group'), provisioningState: 'Updating' as const };
  azure.securityGroups.push(strict, moving, securityGroup('batch'), securityGroup('loose'), securityGroup('desks'));
  for (const { subnets } of azure.vnets) {
    for (const subnet of subnets) {
      if (subnet.name === 'moving') subnet.securityGroup = 'moving-group';
      if (subnet.name === 'desks') subnet.securityGroup = 'desks';
    }
  }
}
