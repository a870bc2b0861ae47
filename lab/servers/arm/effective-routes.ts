import type { EffectiveRoute } from '@azure/arm-network';

import type { AzureNicWorld, AzureWorld } from '../../world/azure.ts';

/** Dropped unless part of the virtual network: private ranges and carrier-grade NAT (Azure, traffic routing). */
const DROPPED = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

function system(prefix: string, nextHopType: string, taken: ReadonlySet<string>): EffectiveRoute {
  return {
    source: 'Default',
    // A user's route for the same prefix takes its place; the lost one is shown all the same.
    state: taken.has(prefix) ? 'Invalid' : 'Active',
    addressPrefix: [prefix],
    nextHopType,
    nextHopIpAddress: [],
  };
}

/** What leaves this network interface goes by these routes. */
export function effectiveRoutesOf(world: AzureWorld, nic: AzureNicWorld): EffectiveRoute[] {
  const [first] = nic.ipConfigurations;
  const vnet = world.vnets.find((one) => one.name === first?.vnet);
  const subnet = vnet?.subnets.find((one) => one.name === first?.subnet);
  const table = world.routeTables.find((one) => one.name === subnet?.routeTable);
  // A route that is not in force yet is in no effective table.
  const routes = (table?.routes ?? []).filter((one) => one.provisioningState === 'Succeeded');
  const taken = new Set(routes.map((one) => one.prefix));
  const prefixes = vnet?.prefixes ?? [];
  const six = prefixes.some((one) => one.includes(':'));
  return [
    ...prefixes.map((prefix) => system(prefix, 'VnetLocal', taken)),
    ...['0.0.0.0/0', ...(six ? ['::/0'] : [])].map((prefix) => system(prefix, 'Internet', taken)),
    ...DROPPED.filter((prefix) => !prefixes.includes(prefix)).map((prefix) => system(prefix, 'None', taken)),
    ...routes.map((route) => ({
      name: route.name,
      disableBgpRoutePropagation: table?.disableBgpRoutePropagation ?? false,
      source: 'User',
      state: 'Active',
      addressPrefix: [route.prefix],
      nextHopType: route.nextHopType,
      nextHopIpAddress: route.nextHopIp === undefined ? [] : [route.nextHopIp],
    })),
  ];
}
