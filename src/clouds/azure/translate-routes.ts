/** Virtual networks and route tables -> drafts, and the routes that every subnet has without a table. */
import { ownerTagged } from '../../model/owner-tags.ts';
import { canonicalPrefix, contains, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { RouteFacts, RouteTarget } from '../../model/snapshot.ts';
import { foldId } from './ids.ts';
import { idsOf, serviceOf } from './translate.ts';
import type { WireNetwork, WirePeering, WireRoute, WireRouteTable, WireSubnet } from './wire.ts';

export interface SubnetDraft {
  readonly id: string;
  readonly name?: string;
  readonly prefixes: readonly string[];
  /** Id of its route table, as the subnet spells it; absent: system routes only. */
  readonly table?: string;
  /** Id of its network security group, as the subnet spells it. */
  readonly filter?: string;
  /** Ids of what else than network interfaces holds an address here: load balancers, firewalls, gateways. */
  readonly services: readonly string[];
}

export interface PeeringDraft {
  readonly name: string;
  readonly remote: string;
  readonly prefixes: readonly string[];
  readonly isConnected: boolean;
  /** Whether this side takes packets from the remote side whose source is not in the remote network. */
  readonly allowsForwarded: boolean;
}

export interface NetworkDraft {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly prefixes: readonly string[];
  readonly subnets: readonly SubnetDraft[];
  readonly peerings: readonly PeeringDraft[];
}

export interface TableDraft {
  readonly id: string;
  readonly name?: string;
  readonly location: string;
  readonly routes: readonly RouteFacts[];
  /** Subnets that it governs. */
  readonly subnets: readonly string[];
  /** Destinations by service tag: no prefixes that could be compared. */
  readonly tags: readonly string[];
  readonly owners: readonly string[];
}

/** Azure's own precedence between routes for the same prefix: virtual network traffic routing, "How Azure selects a route". */
const RANK = { user: 1, system: 3 } as const;

/** Dropped by default, except what is part of the virtual network (virtual network traffic routing, "Default"). */
export const RESERVED = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'] as const;

export function translateNetwork(network: WireNetwork): NetworkDraft | undefined {
  const { id, name, location, properties } = network;
  if (id === undefined) return undefined;
  return {
    id,
    name: name ?? id.split('/').at(-1) ?? id,
    location: (location ?? '').toLowerCase(),
    prefixes: prefixesOf(properties?.addressSpace?.addressPrefixes),
    subnets: (properties?.subnets ?? []).flatMap((one) => translateSubnet(one) ?? []),
    peerings: (properties?.virtualNetworkPeerings ?? []).map(translatePeering),
  };
}

function translateSubnet(subnet: WireSubnet): SubnetDraft | undefined {
  const { id, name, properties } = subnet;
  if (id === undefined) return undefined;
  const table = properties?.routeTable?.id;
  const filter = properties?.networkSecurityGroup?.id;
  const holders = idsOf(properties?.ipConfigurations).filter((one) => !/\/networkInterfaces\//i.test(one));
  return {
    id,
    ...(name === undefined ? {} : { name }),
    prefixes: prefixesOf([properties?.addressPrefix ?? '', ...(properties?.addressPrefixes ?? [])]),
    ...(table === undefined ? {} : { table }),
    ...(filter === undefined ? {} : { filter }),
    services: holders,
  };
}

function translatePeering({ id = '', name, properties }: WirePeering): PeeringDraft {
  const { remoteVirtualNetwork: remote, remoteVirtualNetworkAddressSpace, remoteAddressSpace } = properties ?? {};
  const space = remoteVirtualNetworkAddressSpace ?? remoteAddressSpace;
  return {
    name: name ?? id,
    remote: remote?.id ?? '',
    prefixes: prefixesOf(space?.addressPrefixes),
    isConnected: properties?.peeringState === 'Connected',
    allowsForwarded: properties?.allowForwardedTraffic === true,
  };
}

function prefixesOf(texts: readonly string[] | undefined): string[] {
  return [...new Set((texts ?? []).flatMap((text) => (text === '' ? [] : [canonicalPrefix(text)])))];
}

export function translateTable(table: WireRouteTable): TableDraft | undefined {
  const { id, name, location, properties } = table;
  if (id === undefined) return undefined;
  const routes = properties?.routes ?? [];
  const destinations = routes.map((route) => route.properties?.addressPrefix ?? '');
  return {
    id,
    ...(name === undefined ? {} : { name }),
    location: (location ?? '').toLowerCase(),
    routes: routes.flatMap((route) => translateRoute(route, properties?.provisioningState) ?? []),
    subnets: idsOf(properties?.subnets),
    tags: destinations.filter((text) => parsePrefix(text) === undefined),
    owners: ownersOf(table),
  };
}

/** Undefined for a destination that is a service tag: those stand for addresses of Microsoft's services. */
function translateRoute(route: WireRoute, tableState: string | undefined): RouteFacts | undefined {
  const prefix = parsePrefix(route.properties?.addressPrefix ?? '');
  if (prefix === undefined) return undefined;
  return {
    prefix: prefix.text,
    target: targetOf(route),
    ...stateOf([route.properties?.provisioningState, tableState]),
    rank: RANK.user,
    origin: 'static',
    ...(route.name === undefined ? {} : { name: route.name }),
  };
}

/** While a route or its table is being written, or could not be, what the fabric does is anybody's guess. */
function stateOf(words: readonly (string | undefined)[]): Pick<RouteFacts, 'state' | 'stateText'> {
  const unsettled = words.find((word) => word !== undefined && word !== 'Succeeded');
  return unsettled === undefined ? { state: 'active' } : { state: 'unknown', stateText: unsettled };
}

function targetOf({ properties }: WireRoute): RouteTarget {
  const { nextHopType: type, nextHopIpAddress: text } = properties ?? {};
  switch (type) {
    case 'VirtualAppliance': {
      const address = parseAddress(text ?? '')?.text;
      return address === undefined
        ? { kind: 'unknown', text: `next hop ${text ?? 'not given'}` }
        : { kind: 'address', address };
    }
    case 'VnetLocal':
      return { kind: 'local' };
    case 'None':
      return { kind: 'none' };
    case 'Internet':
      return { kind: 'gateway', gateway: 'internet', id: 'Internet' };
    case 'VirtualNetworkGateway':
      return { kind: 'gateway', gateway: 'vpn', id: 'VirtualNetworkGateway' };
    case undefined:
    default:
      return { kind: 'unknown', text: `next hop type ${type ?? 'not given'}` };
  }
}

function ownersOf({ id = '', tags = {} }: WireRouteTable): string[] {
  const tools = Object.entries(tags).flatMap(([key, value]) => ownerTagged(key, value) ?? []);
  const service = serviceOf(id, tags);
  return [...new Set(service === undefined ? tools : [...tools, service])].sort();
}

/**
 * What every subnet of a network has, with or without a table. `around` are the networks that were read: the far end
 * of a peering says whether it takes what others have forwarded.
 */
export function systemRoutes(network: NetworkDraft, around: ReadonlyMap<string, NetworkDraft>): RouteFacts[] {
  const own = network.prefixes.flatMap((text) => parsePrefix(text) ?? []);
  const system = (prefix: string, target: RouteTarget): RouteFacts => ({
    prefix,
    target,
    state: 'active',
    rank: RANK.system,
    origin: target.kind === 'local' ? 'local' : 'system',
  });
  const isOwn = (text: string): boolean => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && own.some((one) => contains(one, prefix));
  };
  return [
    ...own.map((prefix) => system(prefix.text, { kind: 'local' })),
    ...network.peerings
      .filter(({ isConnected }) => isConnected)
      .flatMap((peering) => peeringRoutes(network, peering, around)),
    ...RESERVED.filter((text) => !isOwn(text)).map((text) => system(text, { kind: 'none' })),
    ...['0.0.0.0/0', '::/0'].map((text) => system(text, { kind: 'gateway', gateway: 'internet', id: 'Internet' })),
  ];
}

function peeringRoutes(
  network: NetworkDraft,
  peering: PeeringDraft,
  around: ReadonlyMap<string, NetworkDraft>,
): RouteFacts[] {
  const far = around.get(foldId(peering.remote));
  const back = far?.peerings.find((one) => foldId(one.remote) === foldId(network.id));
  const isShut = back !== undefined && !back.allowsForwarded;
  return peering.prefixes.map((prefix) => ({
    prefix,
    target: { kind: 'gateway', gateway: 'peering', id: peering.remote },
    state: isShut ? 'dead' : 'active',
    ...(isShut ? { stateText: `shut for forwarded traffic by peering ${back.name}` } : {}),
    rank: RANK.system,
    origin: 'system',
    name: peering.name,
  }));
}
