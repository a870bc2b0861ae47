import { canonical, familyOf } from '../../world/addresses.ts';
import type { AzureRouteTableWorld, AzureRouteWorld, AzureWorld } from '../../world/azure.ts';
import { azureTableId } from '../../world/azure-ids.ts';
import { anotherOperation, ArmError } from './errors.ts';
import { sameName } from './ids.ts';
import { routeTableOf } from './network.ts';
import { GROUP, inGroup, NETWORK, pick, type Call, type Operation, type Result } from './operation.ts';
import { fieldsOf, requireCondition } from './preconditions.ts';

const HOPS: readonly string[] = ['VirtualAppliance', 'VnetLocal', 'Internet', 'VirtualNetworkGateway', 'None'];
const ROUTES_PER_TABLE = 400;

interface Place {
  world: AzureWorld;
  table: AzureRouteTableWorld;
  id: string;
  name: string;
  present: AzureRouteWorld | undefined;
}

function placeOf(call: Call): Place {
  const all = inGroup(call).flatMap((world) => world.routeTables.map((table) => ({ name: table.name, world, table })));
  const { world, table } = pick(all, call.path['name'] ?? '', 'Microsoft.Network/routeTables', call);
  const name = call.path['child'] ?? '';
  const present = table.routes.find((route) => sameName(route.name, name));
  return { world, table, id: azureTableId(world, table.name), name, present };
}

/** First whether somebody else was faster, then whether somebody else is at it. */
function requireTurn(call: Call, { world, table, id, present }: Place, operation: string): void {
  const etag = present === undefined ? undefined : routeTableOf(world, table).etag;
  if (call.knowsPartEtags) requireCondition(call, etag, id);
  if (table.provisioningState === 'Updating') throw anotherOperation(operation, id);
}

function refuse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

function routeFrom({ body }: Call, { name }: Place): AzureRouteWorld {
  const properties = fieldsOf(fieldsOf(body, 'the body')['properties'], 'properties');
  const [prefix, type, ip] = ['addressPrefix', 'nextHopType', 'nextHopIpAddress'].map((one) => properties[one]);
  if (typeof prefix !== 'string' || canonical(prefix) !== prefix) {
    const message = `The address prefix ${String(prefix)} in resource ${name} has an invalid CIDR notation.`;
    throw refuse('InvalidCIDRNotation', message);
  }
  if (typeof type !== 'string' || !HOPS.includes(type)) {
    throw refuse('InvalidRequestFormat', `Cannot parse the request: nextHopType ${String(type)}.`);
  }
  const isAppliance = type === 'VirtualAppliance';
  if (isAppliance !== (typeof ip === 'string')) {
    const message = `Route ${name}: nextHopIpAddress goes with nextHopType VirtualAppliance, and with no other.`;
    throw refuse('InvalidNextHopIpAddress', message);
  }
  if (typeof ip === 'string' && familyOf(ip) !== familyOf(prefix)) {
    throw refuse('InvalidNextHopIpAddress', `Route ${name} and its next hop are of different families.`);
  }
  return {
    name,
    prefix,
    nextHopType: type as AzureRouteWorld['nextHopType'],
    ...(typeof ip === 'string' && { nextHopIp: ip }),
    provisioningState: 'Updating',
  };
}

function putRoute(call: Call): Result {
  const place = placeOf(call);
  const { world, table, id, name, present } = place;
  const route = routeFrom(call, place);
  requireTurn(call, place, 'PutRouteOperation');
  const other = table.routes.find((one) => one !== present && canonical(one.prefix) === route.prefix);
  if (other !== undefined) {
    const message = `Route: ${name} conflicts with Route: ${other.name}. Routes cannot have the same AddressPrefix.`;
    throw refuse('RouteConflict', message);
  }
  const most = world.routesPerTable ?? ROUTES_PER_TABLE;
  if (present === undefined && table.routes.length >= most) {
    // That it is refused is documented, and under which code is not.
    throw refuse('RoutesPerRouteTableLimitReached', `Cannot create more than ${String(most)} routes in ${id}.`);
  }
  if (present === undefined) table.routes.push(route);
  else {
    delete present.nextHopIp;
    Object.assign(present, { ...route, name: present.name });
  }
  const made = present ?? route;
  table.provisioningState = 'Updating';
  const shown = () => routeTableOf(world, table).properties.routes.find((one) => one.name === made.name) ?? {};
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    made.provisioningState = outcome;
    table.provisioningState = outcome;
  };
  const resource = `${id}/routes/${made.name}`;
  return { accepted: { status: present === undefined ? 201 : 200, body: shown, resource, end } };
}

function deleteRoute(call: Call): Result {
  const place = placeOf(call);
  const { table, id, present } = place;
  if (present === undefined) return { done: 204 };
  requireTurn(call, place, 'DeleteRouteOperation');
  present.provisioningState = 'Updating';
  table.provisioningState = 'Updating';
  const end = (outcome: 'Succeeded' | 'Failed'): void => {
    table.provisioningState = outcome;
    if (outcome === 'Succeeded') table.routes = table.routes.filter((route) => route !== present);
    else present.provisioningState = 'Failed';
  };
  return { accepted: { status: 202, resource: `${id}/routes/${present.name}`, end } };
}

const common = {
  write: true,
  template: `${GROUP}${NETWORK}/routeTables/{name}/routes/{child}`,
  api: 'network',
} as const;

export const ROUTE_WRITES: readonly Operation[] = [
  {
    ...common,
    id: 'Routes_CreateOrUpdate',
    method: 'PUT',
    action: 'Microsoft.Network/routeTables/routes/write',
    run: putRoute,
  },
  {
    ...common,
    id: 'Routes_Delete',
    method: 'DELETE',
    action: 'Microsoft.Network/routeTables/routes/delete',
    run: deleteRoute,
  },
];
