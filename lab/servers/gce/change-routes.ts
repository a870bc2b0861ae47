import { addressOf, canonical, covers, familyOf, holds, rangeOf } from '../../world/addresses.ts';
import type { GceRouteWorld, GceWorld } from '../../world/gce.ts';
import { alreadyExists, notReady, requiredText, requireKnownFields, type Job, type Order } from './changes.ts';
import { GoogleError, invalidValue, missingParameter, noSuchResource } from './errors.ts';
import { routesOf } from './routes.ts';
import { numericId, urlOf } from './view.ts';

const NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const WEB = String.raw`(?:https:\/\/(?:www\.googleapis\.com|compute\.googleapis\.com)\/compute\/v1\/)?`;
const HOPS = [
  'nextHopInstance',
  'nextHopIp',
  'nextHopIlb',
  'nextHopGateway',
  'nextHopVpnTunnel',
  'nextHopNetwork',
] as const;

function refuse(field: string, value: unknown, why: string): GoogleError {
  return invalidValue(`resource.${field}`, String(value), why);
}

/** routes.insert: everything that can be told at once is; the name is checked again at the end. */
export function insertRoute(order: Order): Job {
  const { view, body, operations, require } = order;
  const { world, project } = view;
  require('compute.routes.create', `projects/${project}`);
  requireKnownFields('Route', body);
  const name = requiredText(body, 'name');
  if (!NAME.test(name)) throw refuse('name', name, `Must be a match of regex '${NAME.source}'`);
  const network = networkOf(order);
  require('compute.networks.updatePolicy', `projects/${project}/global/networks/${network}`);
  const destRange = destinationOf(world, network, requiredText(body, 'destRange'));
  const route: GceRouteWorld = {
    name,
    network,
    destRange,
    priority: priorityOf(body['priority']),
    tags: (body['tags'] as string[] | undefined) ?? [],
    description: (body['description'] as string | undefined) ?? '',
    target: targetOf(order, network, familyOf(destRange)),
  };
  const resource = `projects/${project}/global/routes/${name}`;
  const target = urlOf(project, 'global/routes', name);
  const isThere = (): boolean => world.routes.some((one) => one.name === name);
  if (operations.pending(target) === 'delete') throw notReady(resource);
  if (isThere() || operations.pending(target) === 'insert') throw alreadyExists(resource);
  return {
    type: 'insert',
    target,
    effect: () => {
      if (isThere()) throw alreadyExists(resource);
      requireRoom(world, network);
      world.routes.push(route);
    },
  };
}

function networkOf({ view, body }: Order): string {
  const url = requiredText(body, 'network');
  const [, project, name] = new RegExp(`^${WEB}projects/([a-z0-9-]+)/global/networks/([a-z0-9-]+)$`).exec(url) ?? [];
  if (name === undefined) throw refuse('network', url, 'The URL is malformed.');
  const known = project === view.project && view.networks.some((one) => one.name === name);
  if (known) return name;
  throw refuse('network', url, 'The referenced network resource cannot be found.');
}

/** Canonical, and neither a subnet's range nor a part of one ("Static routes", destinations). */
function destinationOf(world: GceWorld, network: string, text: string): string {
  let plain: string;
  try {
    plain = canonical(text);
  } catch {
    throw refuse('destRange', text, 'Must be a CIDR address range.');
  }
  if (familyOf(text) === 4 && plain !== text) throw refuse('destRange', text, 'Must be a CIDR address range.');
  const own = world.subnetworks
    .filter((one) => one.network === network)
    .flatMap(({ cidr, secondary, ipv6Cidr }) => [
      cidr,
      ...secondary.map((one) => one.cidr),
      ...(ipv6Cidr === undefined ? [] : [ipv6Cidr]),
    ]);
  const clash = own.find((range) => familyOf(range) === familyOf(plain) && covers(rangeOf(range), rangeOf(plain)));
  if (clash === undefined) return plain;
  throw refuse('destRange', text, `The range is in the range ${clash} of a subnetwork of the network.`);
}

function priorityOf(value: unknown): number {
  if (value === undefined) return 1000;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw refuse('priority', value, 'Must be between 0 and 65535.');
}

function targetOf({ view, body }: Order, network: string, family: 4 | 6): GceRouteWorld['target'] {
  const given = HOPS.filter((name) => body[name] !== undefined);
  const [hop, second] = given;
  if (hop === undefined) throw missingParameter('resource.nextHopInstance');
  const value = requiredText(body, hop);
  if (second !== undefined) throw refuse(second, body[second], 'Exactly one next hop must be given.');
  switch (hop) {
    case 'nextHopInstance': {
      const [, project = '', zone = '', name = ''] =
        new RegExp(`^${WEB}projects/([a-z0-9-]+)/zones/([a-z0-9-]+)/instances/([a-z0-9-]+)$`).exec(value) ?? [];
      // An instance of another project is named by its address only ("Static routes", next hops).
      const isHere = view.project === project;
      const found = isHere && view.here.instances.some((one) => one.name === name && one.zone === zone);
      if (found) return { kind: 'instance', project, zone, name };
      throw refuse(hop, value, 'The referenced instance resource cannot be found.');
    }
    case 'nextHopIp':
      if (isInNetwork(view.world, network, value, family)) return { kind: 'ip', ip: value };
      throw refuse(hop, value, 'The address is in no subnetwork of the network.');
    case 'nextHopIlb':
      return { kind: 'ilb', ip: value };
    case 'nextHopGateway':
      if (new RegExp(`^${WEB}projects/${view.project}/global/gateways/default-internet-gateway$`).test(value)) {
        return { kind: 'gateway' };
      }
      throw refuse(hop, value, 'The URL is malformed.');
    case 'nextHopVpnTunnel':
    case 'nextHopNetwork':
      throw new Error(`the lab makes no routes by ${hop}`);
  }
}

function isInNetwork(world: GceWorld, network: string, address: string, family: 4 | 6): boolean {
  return world.subnetworks.some((one) => {
    const range = family === 6 ? one.ipv6Cidr : one.cidr;
    if (one.network !== network || range === undefined || familyOf(address) !== family) return false;
    return holds(rangeOf(range), addressOf(address));
  });
}

function requireRoom(world: GceWorld, network: string): void {
  const most = world.networks.find((one) => one.name === network)?.staticRoutes;
  if (most === undefined || world.routes.filter((one) => one.network === network).length < most) return;
  const text = `Quota 'STATIC_ROUTES_PER_NETWORK' exceeded.  Limit: ${most.toFixed(1)} in network ${network}.`;
  throw new GoogleError(403, 'quotaExceeded', text, { domain: 'usageLimits' });
}

/** routes.delete, by name or by the route's number. */
export function deleteRoute({ view, operations, require }: Order, nameOrId: string): Job {
  const { world, project } = view;
  const resource = `projects/${project}/global/routes/${nameOrId}`;
  require('compute.routes.delete', resource);
  const found = view.isHost
    ? world.routes.find(
        ({ name }) => name === nameOrId || numericId(urlOf(project, 'global/routes', name)) === nameOrId,
      )
    : undefined;
  if (found === undefined) {
    const isLocal = routesOf(view, '1970-01-01T00:00:00Z').some(({ name }) => name === nameOrId);
    if (!isLocal) throw noSuchResource(resource);
    throw new GoogleError(400, 'invalid', `The local route '${resource}' cannot be deleted.`);
  }
  require('compute.networks.updatePolicy', `projects/${project}/global/networks/${found.network}`);
  const target = urlOf(project, 'global/routes', found.name);
  if (operations.pending(target) !== undefined) throw notReady(resource);
  return {
    type: 'delete',
    target,
    effect: () => {
      world.routes = world.routes.filter((one) => one.name !== found.name);
    },
  };
}
