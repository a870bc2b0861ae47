import type { AzureWorld } from '../../world/azure.ts';
import { ArmError } from './errors.ts';
import { sameName } from './ids.ts';
import { NETWORK, type Call, type Operation, type Result } from './operation.ts';

/** Of an account that has asked for no other; usages of single tables are not counted here, so their value is 0. */
const ROUTES_PER_TABLE = 400;

function usage(id: string, value: string, localizedValue: string, currentValue: number, limit: number): object {
  return { currentValue, id: `${id}/${value}`, limit, name: { localizedValue, value }, unit: 'Count' };
}

function usagesOf({ worlds, path }: Call): Result {
  const location = path['location'] ?? '';
  const here = worlds.filter((one: AzureWorld) => sameName(one.location, location));
  const [first] = worlds;
  if (!/^[-\w._]+$/.test(location) || first === undefined) {
    const message = `The provided location '${location}' is not available for resource type 'locations/usages'.`;
    throw new ArmError(400, 'LocationNotAvailableForResourceType', message);
  }
  const id = `/subscriptions/${first.subscription}/providers/Microsoft.Network/locations/${location}/usages`;
  const count = (of: (world: AzureWorld) => readonly unknown[]): number => here.flatMap(of).length;
  return {
    list: [
      usage(
        id,
        'VirtualNetworks',
        'Virtual Networks',
        count(({ vnets }) => vnets),
        1000,
      ),
      usage(
        id,
        'NetworkInterfaces',
        'Network Interfaces',
        count(({ nics }) => nics),
        65536,
      ),
      usage(
        id,
        'RouteTables',
        'Route Tables',
        count(({ routeTables }) => routeTables),
        200,
      ),
      usage(id, 'RoutesPerRouteTable', 'Routes per Route Table', 0, here[0]?.routesPerTable ?? ROUTES_PER_TABLE),
    ],
  };
}

export const USAGES: Operation = {
  id: 'Usages_List',
  method: 'GET',
  template: `${NETWORK}/locations/{location}/usages`,
  api: 'network',
  action: 'Microsoft.Network/locations/usages/read',
  run: usagesOf,
};
