/** Routes of Compute Engine -> facts, and the one table that every network has. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { canonicalPrefix, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { MachineState, RouteFacts, RouteTarget, TableFacts } from '../../model/snapshot.ts';
import { machineId, networkId, parseResource, projectOf, tailOf } from './url.ts';

type IRoute = google.cloud.compute.v1.IRoute;

export interface RouteDraft {
  readonly network: string;
  readonly route: RouteFacts;
}

/** Subnet routes go before every other route, whatever its priority. */
const LOCAL_RANK = -1;
/** What the API takes where no priority is given. */
const DEFAULT_PRIORITY = 1000;

const NOT_RUNNING = 'NEXT_HOP_NOT_RUNNING';
/** Warnings that mean: nothing takes packets at the next hop. */
const DEAD = new Set([
  'NEXT_HOP_ADDRESS_NOT_ASSIGNED',
  'NEXT_HOP_INSTANCE_NOT_FOUND',
  'NEXT_HOP_INSTANCE_NOT_ON_NETWORK',
  NOT_RUNNING,
]);
const DEAD_FOR_IPV6 = 'NEXT_HOP_INSTANCE_HAS_NO_IPV6_INTERFACE';
/** The machine is there, and its own flag tells the rest. */
const ALIVE_BUT_CLOSED = 'NEXT_HOP_CANNOT_IP_FORWARD';
const DEAD_STATUS = new Set(['DROPPED', 'INACTIVE']);

/** `project` is where the route was listed: the network's own. */
export function translateRoute(route: IRoute, project: string): RouteDraft | undefined {
  const network = networkId(route.network, project);
  if (network === undefined || !route.destRange) return undefined;
  const prefix = canonicalPrefix(route.destRange);
  const target = targetOf(route, project);
  const isLocal = target.kind === 'local';
  const tags = [...(route.tags ?? [])].sort();
  return {
    network,
    route: {
      prefix,
      target,
      ...stateOf(route, prefix),
      rank: isLocal ? LOCAL_RANK : (route.priority ?? DEFAULT_PRIORITY),
      origin: isLocal ? 'local' : isDynamic(route) ? 'propagated' : 'static',
      ...(isLocal || !route.name ? {} : { name: route.name }),
      ...(isLocal || !route.description ? {} : { description: route.description }),
      ...(tags.length === 0 ? {} : { scopeTags: tags }),
    },
  };
}

function isDynamic(route: IRoute): boolean {
  return route.routeType === 'BGP' || route.routeType === 'TRANSIT' || Boolean(route.nextHopPeering);
}

function targetOf(route: IRoute, project: string): RouteTarget {
  if (route.nextHopInstance) {
    const machine = machineId(route.nextHopInstance, project);
    return machine === undefined
      ? { kind: 'unknown', text: `instance ${tailOf(route.nextHopInstance)}` }
      : { kind: 'machine', machine };
  }
  if (route.nextHopIp) {
    const address = parseAddress(route.nextHopIp)?.text;
    return address === undefined ? { kind: 'unknown', text: route.nextHopIp } : { kind: 'address', address };
  }
  if (route.nextHopIlb) return { kind: 'gateway', gateway: 'other', id: tailOf(route.nextHopIlb) };
  if (route.nextHopVpnTunnel) return { kind: 'gateway', gateway: 'vpn', id: tailOf(route.nextHopVpnTunnel) };
  if (route.nextHopPeering) return { kind: 'gateway', gateway: 'peering', id: route.nextHopPeering };
  if (route.nextHopInterconnectAttachment) {
    return { kind: 'gateway', gateway: 'other', id: tailOf(route.nextHopInterconnectAttachment) };
  }
  if (route.nextHopHub) return { kind: 'gateway', gateway: 'transit', id: tailOf(route.nextHopHub) };
  if (route.nextHopGateway) {
    const name = parseResource(route.nextHopGateway)?.name ?? tailOf(route.nextHopGateway);
    return { kind: 'gateway', gateway: name === 'default-internet-gateway' ? 'internet' : 'other', id: name };
  }
  if (route.nextHopNetwork) return { kind: 'local' };
  return { kind: 'unknown', text: `next hop of route ${route.name ?? 'without name'}` };
}

function stateOf(route: IRoute, prefix: string): Pick<RouteFacts, 'state' | 'stateText'> {
  const codes = (route.warnings ?? []).flatMap((warning) => warning.code ?? []);
  const isIPv6 = parsePrefix(prefix)?.family === 6;
  const dead = codes.find((code) => DEAD.has(code) || (isIPv6 && code === DEAD_FOR_IPV6));
  if (dead !== undefined) return { state: 'dead', stateText: dead };
  const status = route.routeStatus ?? '';
  if (DEAD_STATUS.has(status)) return { state: 'dead', stateText: status };
  if (status === 'PENDING') return { state: 'unknown', stateText: status };
  return { state: 'active', ...(codes.includes(ALIVE_BUT_CLOSED) ? { stateText: ALIVE_BUT_CLOSED } : {}) };
}

/** What is known beyond the routes when a table is finished. */
export interface TableSurroundings {
  /** Ranges of all subnetworks of the network. */
  readonly ranges: readonly string[];
  /** Projects whose instances were read. */
  readonly isRead: (project: string) => boolean;
  /** Projects other than those read may have instances in the network. */
  readonly isShared: boolean;
  /** Of the machine itself, or of the one that holds the address in this network; undefined: none was found. */
  readonly stateOf: (target: Extract<RouteTarget, { kind: 'machine' | 'address' }>) => MachineState | undefined;
}

/**
 * The one table of a network: its routes, and a local one for each range of its subnetworks, which not every list of
 * routes shows.
 */
export function finishTable(network: string, drafts: readonly RouteDraft[], around: TableSurroundings): TableFacts {
  const listed = drafts.filter((draft) => draft.network === network).map(({ route }) => route);
  const locals = new Set([
    ...around.ranges,
    ...listed.filter((route) => route.origin === 'local').map((route) => route.prefix),
  ]);
  const others = listed.filter((route) => route.origin !== 'local').map((route) => weigh(route, around));
  const routes = [...[...locals].map(localRoute), ...others];
  return { id: network, name: tailOf(network), network, main: true, routes: routes.sort(compareRoutes) };
}

function localRoute(prefix: string): RouteFacts {
  return { prefix, target: { kind: 'local' }, state: 'active', rank: LOCAL_RANK, origin: 'local' };
}

/**
 * What was not read is not missing: an instance of a project that nobody asked for, or an address that in a Shared VPC
 * an instance of such a project may have. Where the API itself says that nothing is there, that stands; but a machine
 * that by its own status is running or starting has been started since the API looked.
 */
function weigh(route: RouteFacts, { isRead, isShared, stateOf }: TableSurroundings): RouteFacts {
  const { target } = route;
  if (target.kind !== 'machine' && target.kind !== 'address') return route;
  const state = stateOf(target);
  if (state === 'running' && route.stateText === NOT_RUNNING) {
    const { stateText: _refuted, ...rest } = route;
    return { ...rest, state: 'active' };
  }
  if (state !== undefined || route.state === 'dead') return route;
  if (target.kind === 'machine' && !isRead(projectOf(target.machine))) {
    return { ...route, target: { kind: 'unknown', text: `instance ${target.machine}, whose project was not read` } };
  }
  if (target.kind === 'address' && isShared) {
    const text = `${target.address}, which no instance of the projects read has`;
    return { ...route, target: { kind: 'unknown', text } };
  }
  return route;
}

function compareRoutes(a: RouteFacts, b: RouteFacts): number {
  if (a.prefix !== b.prefix) return a.prefix < b.prefix ? -1 : 1;
  if (a.rank !== b.rank) return a.rank - b.rank;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
