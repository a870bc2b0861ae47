/**
 * The changes of EC2 that the lab makes: the source/destination check of an interface, and routes. Errors are spelt as in
 * the official list; wordings are those that users quote in their reports.
 */
import { canonical, covers, familyOf, rangeOf } from '../../world/addresses.ts';
import { destinationOf } from '../../world/look.ts';
import type { InterfaceWorld, RouteTableWorld, RouteWorld, VpcWorld } from '../../world/world.ts';
import { Ec2Error, notFoundError, requireWellFormed, type IdKind } from './errors.ts';
import { isServiceInterface } from './interfaces.ts';
import type { Action, Context } from './listing.ts';
import type { Parameters } from './query.ts';
import type { RegionView } from './view.ts';

/** Non-propagated routes of one family that a table may hold (VPC quotas, L-93826ACB). */
const ROUTES_PER_TABLE = 500;

const DESTINATIONS = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'] as const;
const TARGETS = {
  NetworkInterfaceId: 'interface',
  InstanceId: 'instance',
  GatewayId: 'gateway',
  NatGatewayId: 'nat',
  TransitGatewayId: 'transit',
  VpcPeeringConnectionId: 'peering',
  EgressOnlyInternetGatewayId: 'egress-only',
} as const;

function required(parameters: Parameters, name: string): string {
  const value = parameters.scalar(name);
  if (value !== undefined && value !== '') return value;
  throw new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
}

function find<T extends { id: string }>(kind: IdKind, id: string, known: ReadonlyMap<string, T>): T {
  requireWellFormed(kind, id);
  const found = known.get(id);
  if (found === undefined) throw notFoundError(kind, [id]);
  return found;
}

/** Exactly one of the names; EC2 says which are too many, and that one is missing. */
function onlyOne(parameters: Parameters, names: readonly string[], what: string): { name: string; value: string } {
  const given = names.flatMap((name) => {
    const value = parameters.scalar(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const [one, second] = given;
  if (one === undefined) {
    throw new Ec2Error('MissingParameter', `The request must contain the parameter ${what}`);
  }
  if (second === undefined) return one;
  const list = given.map(({ name }) => name).join(', ');
  throw new Ec2Error('InvalidParameterCombination', `The parameters ${list} cannot be used together`);
}

// ---------------------------------------------------------------- interfaces

const ATTRIBUTES = ['SourceDestCheck.Value', 'Description.Value', 'EnablePrimaryIpv6'];

const modifyInterface: Action = {
  shape: { scalars: ['NetworkInterfaceId', ...ATTRIBUTES] },
  changes: (parameters) => `network-interface/${parameters.scalar('NetworkInterfaceId') ?? ''}`,
  run({ view, parameters }) {
    const face = find('interface', required(parameters, 'NetworkInterfaceId'), view.interfaces);
    const { name, value } = onlyOne(parameters, ATTRIBUTES, 'attribute');
    requireOwn(face);
    if (name !== 'SourceDestCheck.Value') throw new Error(`the lab does not change ${name}`);
    if (value !== 'true' && value !== 'false') {
      throw new Ec2Error('InvalidParameterValue', `Invalid value '${value}' for SourceDestCheck. Must be a boolean.`);
    }
    face.sourceDestCheck = value === 'true';
    return { Return: true };
  },
};

/** What a service has made, only that service may change. */
function requireOwn(face: InterfaceWorld): void {
  if (!isServiceInterface(face) && face.managedHidden === undefined) return;
  throw new Ec2Error(
    'OperationNotPermitted',
    `You are not allowed to manage '${face.id}', which is managed by a service.`,
  );
}

// ---------------------------------------------------------------- routes

interface Place {
  table: RouteTableWorld;
  vpc: VpcWorld;
  /** Canonical: EC2 clears host bits. */
  destination: string;
  /** The route that somebody made for it. */
  present: RouteWorld | undefined;
}

function placeOf({ view, parameters }: Context): Place {
  const table = find('routeTable', required(parameters, 'RouteTableId'), view.routeTables);
  const { name, value } = onlyOne(parameters, DESTINATIONS, 'destinationCidrBlock');
  if (name === 'DestinationPrefixListId') throw new Error('the lab makes no routes to prefix lists');
  const destination = parseDestination(value, name === 'DestinationCidrBlock' ? 4 : 6);
  const vpc = view.vpcs.get(table.vpcId);
  if (vpc === undefined) throw new Error(`table ${table.id} is in no network`);
  const present = table.routes.find((route) => route.origin === 'CreateRoute' && destinationOf(route) === destination);
  return { table, vpc, destination, present };
}

function parseDestination(text: string, family: 4 | 6): string {
  try {
    const plain = canonical(text);
    if (familyOf(plain) === family) return plain;
  } catch {
    // Told below, like a range of the other family.
  }
  throw new Ec2Error('InvalidParameterValue', `Value (${text}) for parameter destinationCidrBlock is invalid.`);
}

function targetFrom({ view, parameters }: Context, { vpc }: Place): RouteWorld['target'] {
  const { name, value } = onlyOne(parameters, Object.keys(TARGETS), 'gatewayId');
  const kind = TARGETS[name as keyof typeof TARGETS];
  switch (kind) {
    case 'interface':
      return { kind: 'interface', interfaceId: inNetwork(view, find('interface', value, view.interfaces), vpc).id };
    case 'instance':
      return { kind: 'interface', interfaceId: inNetwork(view, onlyInterface(view, value), vpc).id };
    case 'gateway':
    case 'nat':
    case 'transit':
    case 'peering':
    case 'egress-only':
      return { kind, id: value };
  }
}

function onlyInterface(view: RegionView, id: string): InterfaceWorld {
  const instance = find('instance', id, view.instances);
  const [face, second] = instance.interfaceIds.flatMap((one) => view.interfaces.get(one) ?? []);
  if (face === undefined) throw notFoundError('instance', [id]);
  if (second === undefined) return face;
  const message = `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`;
  throw new Ec2Error('InvalidInstanceID', message);
}

function inNetwork(view: RegionView, face: InterfaceWorld, vpc: VpcWorld): InterfaceWorld {
  if (view.subnets.get(face.subnetId)?.vpcId === vpc.id) return face;
  const message = `route table and network interface ${face.id} belong to different networks`;
  throw new Ec2Error('InvalidParameterValue', message);
}

/** More specific than the network's own range only for a whole subnet, which no podCIDR is. */
function requireOutside({ vpc, destination }: Place): void {
  const range = rangeOf(destination);
  if (![...vpc.cidrs, ...vpc.ipv6Cidrs].some((own) => covers(rangeOf(own), range))) return;
  const message = `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`;
  throw new Ec2Error('InvalidParameterValue', message);
}

function requireRoom(view: RegionView, { table, destination }: Place): void {
  const family = familyOf(destination);
  const made = table.routes.filter(
    (route) => route.origin === 'CreateRoute' && familyOf(destinationOf(route) ?? '') === family,
  );
  if (made.length < (view.world.routesPerTable ?? ROUTES_PER_TABLE)) return;
  throw new Ec2Error('RouteLimitExceeded', 'The maximum number of routes has been reached.');
}

const ROUTE_SHAPE = { scalars: ['RouteTableId', ...DESTINATIONS, ...Object.keys(TARGETS)] };
const changesTable = (parameters: Parameters): string => `route-table/${parameters.scalar('RouteTableId') ?? ''}`;

const createRoute: Action = {
  shape: ROUTE_SHAPE,
  changes: changesTable,
  run(context) {
    const place = placeOf(context);
    const { table, destination, present } = place;
    const target = targetFrom(context, place);
    requireOutside(place);
    if (present !== undefined) {
      throw new Ec2Error('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
    }
    requireRoom(context.view, place);
    const named = familyOf(destination) === 4 ? { cidr: destination } : { ipv6Cidr: destination };
    table.routes.push({ destination: named, target, origin: 'CreateRoute' });
    return { Return: true };
  },
};

const replaceRoute: Action = {
  shape: ROUTE_SHAPE,
  changes: changesTable,
  run(context) {
    const place = placeOf(context);
    const { destination, present } = place;
    const target = targetFrom(context, place);
    if (present === undefined) {
      const message = `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`;
      throw new Ec2Error('InvalidParameterValue', message);
    }
    present.target = target;
    delete present.stateOverride;
    return { Return: true };
  },
};

const deleteRoute: Action = {
  shape: { scalars: ['RouteTableId', ...DESTINATIONS] },
  changes: changesTable,
  run(context) {
    const { table, vpc, destination, present } = placeOf(context);
    if ([...vpc.cidrs, ...vpc.ipv6Cidrs].map(canonical).includes(destination)) {
      throw new Ec2Error(
        'InvalidParameterValue',
        `cannot remove local route ${destination} in route table ${table.id}`,
      );
    }
    if (present === undefined) {
      const message = `no route with destination-cidr-block ${destination} in route table ${table.id}`;
      throw new Ec2Error('InvalidRoute.NotFound', message);
    }
    table.routes = table.routes.filter((route) => route !== present);
    return { Return: true };
  },
};

export const WRITES: Readonly<Record<string, Action>> = {
  ModifyNetworkInterfaceAttribute: modifyInterface,
  CreateRoute: createRoute,
  ReplaceRoute: replaceRoute,
  DeleteRoute: deleteRoute,
};
