/** A Windows kernel in the words that hold for every operating system, from the parts that collect.ps1 writes. */
import type { GuestAddress, GuestLink, GuestNeighbour, GuestRoute, GuestUnread, HnsFacts } from '../model/guest.ts';
import { parsePrefix } from '../model/prefix.ts';
import type { ReadFacts, Take } from './bundle.ts';
import type { Adapter, BareRoute, IpAddress, IpInterface } from './windows.ts';
import {
  finishRoute,
  parseAdapters,
  parseAddresses,
  parseInterfaces,
  parseWindowsNeighbours,
  parseWindowsRoutes,
  routeKey,
} from './windows.ts';
import { parseHnsEndpoints, parseHnsNetworks } from './windows-hns.ts';

const FAMILIES = [4, 6] as const;
const ROUTES = { 4: 'routes4', 6: 'routes6' } as const;

/** @param unread what `take` could not read so far */
export function factsOfWindows(take: Take, unread: readonly GuestUnread[]): ReadFacts {
  // Every kernel has its loopback with an address and routes.
  const adapters = take('adapters', 'links', parseAdapters, 1);
  const interfaces = take('interfaces', 'links', parseInterfaces, 1);
  const addresses = take('addresses', 'links', parseAddresses, 1);
  const bare = FAMILIES.flatMap((family) =>
    take(`routes${String(family)}`, ROUTES[family], (text) => parseWindowsRoutes(text, family), family === 4 ? 1 : 0),
  );
  const stored = FAMILIES.flatMap((family) =>
    take(`stored-routes${String(family)}`, 'stored-routes', (text) => parseWindowsRoutes(text, family), 0),
  );
  const kept = unread.some(({ part }) => part === 'stored-routes') ? undefined : new Set(stored.map(routeKey));
  const neighbours = take('neighbours', 'neighbours', parseWindowsNeighbours, 0);
  const networks = take('hns-networks', 'hns', parseHnsNetworks, 0);
  const endpoints = take('hns-endpoints', 'hns', (text) => parseHnsEndpoints(text, networks), 0);
  const hns: HnsFacts = { networks: networks.map(({ id: _id, ...network }) => network), endpoints };
  const names = new Map(interfaces.map(({ index, name }) => [index, name]));
  const addressesOf = Map.groupBy(addresses, ({ index }) => index);
  const links = [...names].map(([index, name]) =>
    linkOf(
      name,
      {
        adapter: adapters.find((one) => one.index === index),
        families: interfaces.filter((one) => one.index === index),
        addresses: addressesOf.get(index) ?? [],
      },
      hns,
    ),
  );
  const rules = [{ priority: 0, action: 'lookup' as const, table: 'main' }];
  return {
    links,
    routes: joinRoutes(bare, kept, interfaces, addressesOf),
    rules4: rules,
    rules6: rules,
    neighbours: neighbours.flatMap(({ index, ...rest }): GuestNeighbour[] => {
      const device = names.get(index);
      return device === undefined ? [] : [{ ...rest, device }];
    }),
    all: {},
    fresh: {},
    hns,
  };
}

interface LinkParts {
  readonly adapter: Adapter | undefined;
  /** The interface once for each family. */
  readonly families: readonly IpInterface[];
  readonly addresses: readonly IpAddress[];
}

function linkOf(name: string, { adapter, families, addresses }: LinkParts, hns: HnsFacts): GuestLink {
  const [v4, v6] = FAMILIES.map((family) => families.find((one) => one.family === family));
  const own = addresses.map(({ address, length }): GuestAddress => ({ address: address.text, length }));
  const kind = kindOf(own, hns);
  return {
    name,
    // Without being switched on it is not an interface of the kernel at all.
    up: true,
    carrier: families.some(({ connected }) => connected),
    ...(adapter?.mac === undefined ? {} : { mac: adapter.mac }),
    ...(kind === undefined ? {} : { kind }),
    addresses: own,
    ...(v4 === undefined ? {} : { forwarding4: v4.forwarding }),
    ...(v6 === undefined ? {} : { forwarding6: v6.forwarding }),
  };
}

function kindOf(addresses: readonly GuestAddress[], { networks, endpoints }: HnsFacts): string | undefined {
  const has = (text: string | undefined): boolean => addresses.some(({ address }) => address === text);
  if (has('127.0.0.1') || has('::1')) return 'loopback';
  if (endpoints.some(({ address }) => has(address))) return 'hns-endpoint';
  return networks.some(({ subnets }) => subnets.some(({ gateway }) => has(gateway))) ? 'hns-gateway' : undefined;
}

function joinRoutes(
  bare: readonly BareRoute[],
  kept: ReadonlySet<string> | undefined,
  interfaces: readonly IpInterface[],
  addressesOf: ReadonlyMap<number, readonly IpAddress[]>,
): GuestRoute[] {
  return bare.map((route) => {
    const { index, family } = route;
    const found = interfaces.find((one) => one.index === index && one.family === family);
    const addresses = addressesOf.get(index) ?? [];
    if (found === undefined) {
      const name = `interface ${String(index)}`;
      return { ...finishRoute(route, { name, metric: 0, addresses }), opaque: `${name}, which is not read` };
    }
    const finished = finishRoute(route, { ...found, addresses });
    // What Windows makes itself is made again.
    return kept === undefined || route.protocol === 'Local' || isOwnNetwork(route, addresses)
      ? finished
      : { ...finished, stored: kept.has(routeKey(route)) };
  });
}

function isOwnNetwork({ prefix, gateway }: BareRoute, addresses: readonly IpAddress[]): boolean {
  return (
    gateway === undefined &&
    addresses.some(({ address, length }) => parsePrefix(`${address.text}/${String(length)}`)?.text === prefix)
  );
}
