/** What PowerShell's NetTCPIP and NetAdapter say of a Windows kernel. Whatever is not understood is told, never skipped. */
import type { GuestHop, GuestNeighbour, GuestRoute } from '../model/guest.ts';
import { hostPrefix, parseAddress, parsePrefix } from '../model/prefix.ts';
import type { Address, Family } from '../model/prefix.ts';
import type { Entry, Parsed } from './json.ts';
import { quote } from './json.ts';
import { parseObjects, textOf, wholeNumber, wordOf } from './powershell.ts';

/** Interfaces are told apart by `ifIndex`: names are in the system's language, and change. */
interface OfInterface {
  readonly index: number;
}

export interface Adapter extends OfInterface {
  readonly mac?: string;
}

/** `Get-NetAdapter`. Loopback has none. */
export function parseAdapters(text: string): Parsed<Adapter> {
  return parseObjects(text, (entry) => {
    const index = indexOf(entry);
    if (index === undefined) return `an adapter ${quote(entry['Name'])}`;
    return { index, ...macOf(entry['MacAddress']) };
  });
}

export interface IpInterface extends OfInterface {
  readonly name: string;
  readonly family: Family;
  readonly metric: number;
  readonly forwarding: boolean;
  readonly connected: boolean;
}

/** Values of MSFT_NetIPInterface. */
const SWITCH = new Map([
  [1, 'Enabled'],
  [2, 'Disabled'],
] as const);
const CONNECTION = new Map([
  [0, 'Disconnected'],
  [1, 'Connected'],
] as const);
/** AF_INET, AF_INET6 */
const FAMILY = new Map([
  [2, 'IPv4'],
  [23, 'IPv6'],
] as const);

/** `Get-NetIPInterface`: one entry for each interface and family. */
export function parseInterfaces(text: string): Parsed<IpInterface> {
  return parseObjects(text, (entry) => {
    const index = indexOf(entry);
    const name = entry['InterfaceAlias'];
    const family = wordOf(entry['AddressFamily'], FAMILY);
    const metric = wholeNumber(entry['InterfaceMetric']);
    const forwarding = wordOf(entry['Forwarding'], SWITCH);
    const connection = wordOf(entry['ConnectionState'], CONNECTION);
    if (index === undefined || typeof name !== 'string' || name === '') return `an interface ${quote(name)}`;
    if (family === undefined) return `AddressFamily ${quote(entry['AddressFamily'])} of ${name}`;
    if (metric === undefined) return `InterfaceMetric ${quote(entry['InterfaceMetric'])} of ${name}`;
    if (forwarding === undefined) return `Forwarding ${quote(entry['Forwarding'])} of ${name}`;
    if (connection === undefined) return `ConnectionState ${quote(entry['ConnectionState'])} of ${name}`;
    return {
      index,
      name,
      family: family === 'IPv4' ? 4 : 6,
      metric,
      forwarding: forwarding === 'Enabled',
      connected: connection === 'Connected',
    };
  });
}

export interface IpAddress extends OfInterface {
  readonly address: Address;
  readonly length: number;
}

/** NL_DAD_STATE */
const ADDRESS_STATE = new Map([
  [0, 'Invalid'],
  [1, 'Tentative'],
  [2, 'Duplicate'],
  [3, 'Deprecated'],
  [4, 'Preferred'],
] as const);

/** `Get-NetIPAddress`. What Windows itself does not use is left out. */
export function parseAddresses(text: string): Parsed<IpAddress> {
  return parseObjects(text, (entry) => {
    const index = indexOf(entry);
    const address = parseZoned(entry['IPAddress']);
    const length = wholeNumber(entry['PrefixLength']);
    const state = wordOf(entry['AddressState'], ADDRESS_STATE);
    if (index === undefined || address === undefined || length === undefined || state === undefined) {
      return `an address ${quote(entry['IPAddress'])}`;
    }
    return state === 'Preferred' || state === 'Deprecated' ? { index, address, length } : undefined;
  });
}

/** As it stands, without its interface's name, metric and addresses, which stand elsewhere. */
export interface BareRoute extends OfInterface {
  readonly prefix: string;
  readonly family: Family;
  readonly gateway?: string;
  readonly metric: number;
  readonly protocol?: string;
}

/** Protocols of MSFT_NetRoute that say something to us; others count as they are written. */
const PROTOCOL = new Map([
  [2, 'Local'],
  [3, 'NetMgmt'],
] as const);

/** `Get-NetRoute -AddressFamily`, of one of its stores. */
export function parseWindowsRoutes(text: string, family: Family): Parsed<BareRoute> {
  return parseObjects(text, (entry) => {
    const index = indexOf(entry);
    const prefix = parsePrefix(textOf(entry['DestinationPrefix']));
    const hop = parseZoned(entry['NextHop']);
    const metric = wholeNumber(entry['RouteMetric']);
    if (
      index === undefined ||
      prefix === undefined ||
      metric === undefined ||
      hop?.family !== family ||
      prefix.family !== family
    ) {
      return `a route to ${quote(entry['DestinationPrefix'])} by ${quote(entry['NextHop'])}`;
    }
    const protocol = wordOf(entry['Protocol'], PROTOCOL) ?? textOf(entry['Protocol']);
    // 0.0.0.0 and :: say that the destination itself is on the link.
    const isOnLink = hop.text === '0.0.0.0' || hop.text === '::';
    return {
      index,
      prefix: prefix.text,
      family,
      ...(isOnLink ? {} : { gateway: hop.text }),
      metric,
      ...(protocol === '' ? {} : { protocol }),
    };
  });
}

/** By which a route is found again in the other store, where interfaces may have other numbers. */
export function routeKey({ prefix, gateway = '' }: BareRoute): string {
  return `${prefix} ${gateway}`;
}

/** What the interface adds to its bare routes. */
export interface RouteContext {
  readonly name: string;
  readonly metric: number;
  readonly addresses: readonly IpAddress[];
}

export function finishRoute(bare: BareRoute, { name, metric, addresses }: RouteContext): GuestRoute {
  const { prefix, gateway, protocol } = bare;
  const hop: GuestHop = { ...(gateway === undefined ? {} : { gateway }), device: name };
  return {
    table: 'main',
    prefix,
    type: gateway === undefined ? typeOf(prefix, addresses) : 'unicast',
    metric: bare.metric + metric,
    hops: [hop],
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** Windows writes no types: its own addresses and their broadcasts are host routes like any other. */
function typeOf(prefix: string, addresses: readonly IpAddress[]): GuestRoute['type'] {
  if (addresses.some(({ address }) => hostPrefix(address).text === prefix)) return 'local';
  const isBroadcast = addresses.some(({ address, length }) => {
    const network = address.family === 4 ? parsePrefix(`${address.text}/${String(length)}`) : undefined;
    return network !== undefined && length < 31 && prefix === lastOf(network.text);
  });
  if (isBroadcast || prefix === '255.255.255.255/32') return 'broadcast';
  return prefix === '224.0.0.0/4' || prefix === 'ff00::/8' ? 'multicast' : 'unicast';
}

function lastOf(network: string): string | undefined {
  const prefix = parsePrefix(network);
  if (prefix?.family !== 4) return undefined;
  const value = Number(prefix.last);
  return `${[24, 16, 8, 0].map((shift) => String(Math.floor(value / 2 ** shift) % 256)).join('.')}/32`;
}

/** States of MSFT_NetNeighbor. */
const NEIGHBOUR = new Map([
  [0, 'Unreachable'],
  [1, 'Incomplete'],
  [2, 'Probe'],
  [3, 'Delay'],
  [4, 'Stale'],
  [5, 'Reachable'],
  [6, 'Permanent'],
] as const);

/** Windows tells no ages: only what it counts as reachable is of the last minutes, and nothing that is not. */
const STATES: Readonly<Record<string, GuestNeighbour['state']>> = {
  Unreachable: 'old',
  Incomplete: 'resolving',
  Probe: 'old',
  Delay: 'old',
  Stale: 'old',
  Reachable: 'confirmed',
  Permanent: 'static',
};

export interface BareNeighbour extends OfInterface, Omit<GuestNeighbour, 'device'> {}

/** `Get-NetNeighbor` */
export function parseWindowsNeighbours(text: string): Parsed<BareNeighbour> {
  return parseObjects(text, (entry) => {
    const index = indexOf(entry);
    const address = parseZoned(entry['IPAddress']);
    const state = STATES[wordOf(entry['State'], NEIGHBOUR) ?? ''];
    if (index === undefined || address === undefined || state === undefined) {
      return `a neighbour ${quote(entry['IPAddress'])}`;
    }
    return { index, address: address.text, ...macOf(entry['LinkLayerAddress']), state };
  });
}

function indexOf(entry: Entry): number | undefined {
  return wholeNumber(entry['ifIndex'] ?? entry['InterfaceIndex']);
}

/** `fe80::1%12`: the zone is that of the interface, which is told as well. */
function parseZoned(value: unknown): Address | undefined {
  return parseAddress(textOf(value).replace(/%.*$/, ''));
}

/** `00-15-5D-01-02-03`; of all zeros: there is none. */
function macOf(value: unknown): { readonly mac?: string } {
  const mac = textOf(value).replaceAll('-', ':').toLowerCase();
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== '00:00:00:00:00:00' ? { mac } : {};
}
