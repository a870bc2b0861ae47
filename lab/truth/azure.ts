/** What a virtual network of Azure does with a packet: every one is routed by its destination. */

import { formatAddress, holds, hostRange, overlaps, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import { nicId, scaleSetNicId, scaleSetVmId, vmId } from '../world/azure-ids.ts';
import type { AzureNicWorld, AzureRouteTableWorld, AzureRouteWorld, AzureVmWorld, AzureWorld } from '../world/azure.ts';
import { AzureFilters } from './azure-filters.ts';
import { fate } from './fate.ts';
import type { Fate } from './fate.ts';
import { atInterface, toOwner } from './ground.ts';
import type { Ground, Machine, Nic, Packet } from './ground.ts';

/** Ranges that Azure drops where nothing longer is known; 0.0.0.0/0 and ::/0 go to the internet. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

function nicOf(azure: AzureWorld, id: string, nic: AzureNicWorld): Nic {
  const [first] = nic.ipConfigurations;
  const vnet = azure.vnets.find((one) => one.name === first?.vnet);
  const subnet = vnet?.subnets.find((one) => one.name === first?.subnet);
  if (vnet === undefined || subnet === undefined) throw new Error(`${id} is in no subnet`);
  const ips = nic.ipConfigurations.map((one) => one.ip);
  return {
    id,
    ips,
    own: ips.map(hostRange),
    forwards: nic.enableIPForwarding,
    primary: nic.primary,
    network: vnet.name,
    subnet: subnet.name,
    local: subnet.prefixes.map(rangeOf),
  };
}

interface MachinePlan {
  id: string;
  power: AzureVmWorld['power'];
  nics: Nic[];
}

type MakeNic = (id: string, nic: AzureNicWorld) => Nic;

function machinePlans(azure: AzureWorld, loose: Map<string, Nic>, makeNic: MakeNic): MachinePlan[] {
  const ofVms = azure.vms.map((vm) => ({
    id: vmId(azure, vm.name),
    power: vm.power,
    nics: vm.nics.flatMap((name) => loose.get(name) ?? []),
  }));
  const ofSets = azure.scaleSets.flatMap((set) =>
    set.instances.map((instance) => ({
      id: scaleSetVmId(azure, set, instance),
      power: instance.power,
      nics: instance.nics.map((nic) => makeNic(scaleSetNicId(azure, set, instance, nic.name), nic)),
    })),
  );
  return [...ofVms, ...ofSets];
}

type Winner =
  | { kind: 'user'; table: AzureRouteTableWorld; route: AzureRouteWorld }
  | { kind: 'vnet' }
  | { kind: 'lost'; why: string };

/** Longest prefix; at equal length a route of the user goes before one of the system. */
function winnerOf(table: AzureRouteTableWorld | undefined, vnet: Range[], x: Address): Winner {
  let best: { length: number; winner: Winner } = { length: -1, winner: { kind: 'lost', why: 'internet' } };
  for (const text of privateRanges) {
    const range = rangeOf(text);
    if (holds(range, x)) best = { length: range.length, winner: { kind: 'lost', why: `dropped by ${text}` } };
  }
  for (const range of vnet) {
    if (holds(range, x) && range.length >= best.length) best = { length: range.length, winner: { kind: 'vnet' } };
  }
  for (const route of table?.routes ?? []) {
    const range = rangeOf(route.prefix);
    if (table === undefined || !holds(range, x) || range.length < best.length) continue;
    best = { length: range.length, winner: { kind: 'user', table, route } };
  }
  return best.winner;
}

function holderKey(network: string, { family, first }: Range): string {
  return `${network} ${String(family)} ${String(first)}`;
}

export function azureGround(azure: AzureWorld): Ground {
  const worldOf = new Map<Nic, AzureNicWorld>();
  const makeNic: MakeNic = (id, nic) => {
    const made = nicOf(azure, id, nic);
    worldOf.set(made, nic);
    return made;
  };
  const loose = new Map(azure.nics.map((nic) => [nic.name, makeNic(nicId(azure, nic.name), nic)]));
  const guards = new AzureFilters(azure, worldOf);
  const machines = new Map<string, Machine>();
  const nics = [...loose.values()];
  const winners = new Map<string, Winner>();
  /** Interfaces by network and address. */
  const holders = new Map<string, Nic>();
  const rangesOfVnet = (name: string): Range[] =>
    (azure.vnets.find((one) => one.name === name)?.prefixes ?? []).map(rangeOf);
  const tableOf = (nic: Nic): AzureRouteTableWorld | undefined => {
    const subnets = azure.vnets.find((one) => one.name === nic.network)?.subnets;
    const name = subnets?.find((one) => one.name === nic.subnet)?.routeTable;
    return azure.routeTables.find((one) => one.name === name);
  };

  const atAppliance = (ip: string, packet: Packet): Fate => {
    const { network } = packet.from;
    const hop = hostRange(ip);
    const holder = holders.get(holderKey(network, hop));
    if (holder !== undefined) return atInterface(holder, packet);
    const inside = rangesOfVnet(network).some((range) => holds(range, { family: hop.family, value: hop.first }));
    return inside
      ? fate('fail', `nobody in ${network} has the next hop ${ip}`)
      : fate('unknown', `the next hop ${ip} is outside ${network}`);
  };

  const route = (packet: Packet): Fate => {
    const { from, x } = packet;
    const key = `${from.network}/${from.subnet} ${String(x.family)} ${String(x.value)}`;
    const winner = winners.get(key) ?? winnerOf(tableOf(from), rangesOfVnet(from.network), x);
    winners.set(key, winner);
    const toLocal = (nobody: string): Fate =>
      toOwner(
        nics.filter((nic) => nic.network === from.network),
        packet,
        nobody,
      );
    if (winner.kind === 'lost') return fate('fail', `no route for ${formatAddress(x)}: ${winner.why}`);
    if (winner.kind === 'vnet') return toLocal(`${formatAddress(x)} is in the network's own range`);
    const states = [winner.table.provisioningState, winner.route.provisioningState];
    if (states.some((state) => state !== 'Succeeded')) return fate('unknown', `state ${states.join(' ')}`);
    switch (winner.route.nextHopType) {
      case 'VirtualAppliance':
        return atAppliance(winner.route.nextHopIp ?? '', packet);
      case 'VnetLocal':
        return toLocal(`nobody has ${formatAddress(x)}`);
      case 'VirtualNetworkGateway':
        return fate('unknown', 'the route leads to a gateway');
      case 'Internet':
      case 'None':
        return fate('fail', `the route leads to ${winner.route.nextHopType}`);
    }
  };

  /** A table that no subnet uses could serve any network. */
  const mayServe = (table: AzureRouteTableWorld, network: string): boolean => {
    const users = azure.vnets.filter((vnet) => vnet.subnets.some((subnet) => subnet.routeTable === table.name));
    return users.length === 0 || users.some((vnet) => vnet.name === network);
  };

  const ground: Ground = {
    id: `azure/${azure.subscription}`,
    machines,
    nics,
    neighbours: 'router',
    ranges: [],
    filters: guards.filters(),
    filterRanges: [],
    route,
    leadsToMachines: (network, pods) =>
      azure.routeTables.some(
        (table) =>
          mayServe(table, network) &&
          table.routes.some((one) => {
            const range = rangeOf(one.prefix);
            const isHop = one.nextHopType === 'VirtualAppliance' && range.length > 0;
            return isHop && pods.some((pod) => overlaps(range, pod));
          }),
      ),
  };
  for (const plan of machinePlans(azure, loose, makeNic)) {
    const runs = plan.power === 'running' || plan.power === 'starting';
    const machine: Machine = { key: plan.id.toLowerCase(), ground, runs, nics: plan.nics };
    machines.set(machine.key, machine);
    for (const nic of plan.nics) {
      nic.machine = machine;
      if (!nics.includes(nic)) nics.push(nic);
    }
  }
  for (const nic of nics) for (const ip of nic.ips) holders.set(holderKey(nic.network, hostRange(ip)), nic);
  ground.filterRanges = guards.ranges();
  ground.ranges = [
    ...privateRanges.map(rangeOf),
    ...azure.routeTables.flatMap((table) => table.routes.map((one) => rangeOf(one.prefix))),
    ...azure.vnets.flatMap((vnet) => [...vnet.prefixes, ...vnet.subnets.flatMap((one) => one.prefixes)].map(rangeOf)),
    ...nics.flatMap((nic) => nic.own),
  ];
  return ground;
}
