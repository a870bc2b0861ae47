/** What iproute2 and /proc/sys say of a Linux kernel. Whatever is not understood is told, never skipped. */
import type { GuestHop, GuestLink, GuestNeighbour, GuestRoute, GuestRouteType, GuestRule } from '../model/guest.ts';
import { GUEST_ROUTE_TYPES } from '../model/guest.ts';
import type { Family } from '../model/prefix.ts';
import { hostPrefix, parseAddress, parsePrefix } from '../model/prefix.ts';
import type { Entry, Parsed } from './json.ts';
import { entries, isEntry, nameOf, parseEntries, quote } from './json.ts';

/** A link without the switches, which stand elsewhere. */
export type BareLink = Omit<GuestLink, 'forwarding4' | 'forwarding6' | 'rpFilter' | 'arpIgnore' | 'proxyArp'>;

/** `ip -d -j addr show`. Without `-d` kinds are missing, and a bridge looks like hardware. */
export function parseLinks(text: string): Parsed<BareLink> {
  return parseEntries(text, (entry) => {
    const name = entry['ifname'];
    if (typeof name !== 'string' || name === '') return 'an interface without a name';
    const flags = texts(entry['flags']);
    const info = isEntry(entry['linkinfo']) ? entry['linkinfo'] : {};
    const kind = info['info_kind'];
    const mac = entry['link_type'] === 'ether' ? entry['address'] : undefined;
    const addresses = entries(entry['addr_info']).flatMap((item) => {
      const address = parseAddress(textOf(item['local']));
      // It belongs to somebody else as well, so the kernel does not use it.
      if (address === undefined || item['dadfailed'] === true) return [];
      return [{ address: address.text, length: Number(item['prefixlen']) }];
    });
    return {
      name,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      ...(typeof mac === 'string' ? { mac: mac.toLowerCase() } : {}),
      ...(typeof kind === 'string' ? { kind } : {}),
      addresses,
    };
  });
}

/** They say nothing about where packets go. */
const HARMLESS = new Set(
  `dst gateway dev via type table protocol scope prefsrc metric flags pref nexthops nhid weight expires error mtu advmss
  window rtt rttvar rto_min hoplimit initcwnd initrwnd congctl congestion quickack reordering features lock metrics
  uid cache users age ssthresh cwnd realm`.split(/\s+/),
);

/** `ip -j -4 route show table all`, or the same with `-6`. */
export function parseRoutes(text: string, family: Family): Parsed<GuestRoute> {
  return parseEntries(text, (entry) => {
    const prefix = parseDestination(entry['dst'], family);
    if (prefix === undefined) return `a route to ${quote(entry['dst'])}`;
    const type = entry['type'] ?? 'unicast';
    const isKnown = (GUEST_ROUTE_TYPES as readonly unknown[]).includes(type);
    const { nexthops } = entry;
    // What drops leads nowhere, and says so by its type.
    const leading = type === 'unicast' ? (nexthops === undefined ? [entry] : entries(nexthops)) : [];
    const hops = leading.map((hop) => parseHop(hop, family));
    const strange = [...Object.keys(entry), ...entries(nexthops).flatMap(Object.keys)].filter(
      (key) => !HARMLESS.has(key),
    );
    const metric = entry['metric'] ?? 0;
    const opaque = [
      ...(isKnown ? [] : [`type ${quote(type)}`]),
      ...(typeof metric === 'number' ? [] : ['metric']),
      ...strange.map((key) => `attribute ${key}`),
      ...hops.flatMap((hop) => (typeof hop === 'string' ? [hop] : [])),
    ];
    const leads = hops.filter((hop): hop is GuestHop => typeof hop === 'object');
    if (type === 'unicast' && leads.length === 0 && opaque.length === 0) opaque.push('no next hop');
    return {
      table: nameOf(entry['table']) ?? 'main',
      prefix,
      type: isKnown ? (type as GuestRouteType) : 'unicast',
      metric: typeof metric === 'number' ? metric : 0,
      hops: leads,
      ...optionalText('scope', entry['scope']),
      ...optionalText('protocol', entry['protocol']),
      ...(opaque.length === 0 ? {} : { opaque: opaque.join(', ') }),
    };
  });
}

/** A text: what of it is not understood. */
function parseHop(entry: Entry, family: Family): GuestHop | string {
  if (entry['via'] !== undefined) return 'a next hop of the other family';
  const { gateway, dev } = entry;
  const flags = texts(entry['flags']);
  if (typeof dev !== 'string') return 'a next hop without a device';
  const address = gateway === undefined ? undefined : parseAddress(textOf(gateway));
  if (gateway !== undefined && address?.family !== family) return `next hop ${quote(gateway)}`;
  return {
    ...(address === undefined ? {} : { gateway: address.text }),
    device: dev,
    ...(flags.includes('onlink') ? { onlink: true as const } : {}),
    ...(flags.includes('dead') ? { dead: true as const } : {}),
  };
}

/** `default`, an address or a network; canonical. */
function parseDestination(value: unknown, family: Family): string | undefined {
  if (value === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  const text = textOf(value);
  const address = parseAddress(text);
  const prefix = address === undefined ? parsePrefix(text) : hostPrefix(address);
  return prefix?.family === family ? prefix.text : undefined;
}

const RULE_ACTIONS = ['blackhole', 'unreachable', 'prohibit'] as const;
const KNOWN_SELECTORS = new Set(
  `priority src srclen dst dstlen iif iif_detached not table suppress_prefixlen action protocol`.split(' '),
);

/** `ip -j -4 rule show`, or the same with `-6`. */
export function parseRules(text: string, family: Family): Parsed<GuestRule> {
  return parseEntries(text, (entry) => {
    const { priority, iif, suppress_prefixlen: suppress, action = 'lookup' } = entry;
    const from = parseSelector(entry['src'], entry['srclen'], family);
    const to = parseSelector(entry['dst'], entry['dstlen'], family);
    if (typeof priority !== 'number' || from === null || to === null) return `a rule from ${quote(entry['src'])}`;
    const table = nameOf(entry['table']);
    const drops = RULE_ACTIONS.find((one) => one === action);
    const opaque = Object.keys(entry)
      .filter((key) => !KNOWN_SELECTORS.has(key))
      .map((key) => `selector ${key}`);
    if (drops === undefined && (action !== 'lookup' || table === undefined)) opaque.push(`action ${quote(action)}`);
    return {
      priority,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...optionalText('device', iif),
      ...('not' in entry ? { inverted: true as const } : {}),
      action: drops ?? 'lookup',
      ...(table === undefined ? {} : { table }),
      ...(typeof suppress === 'number' ? { suppress } : {}),
      ...(opaque.length === 0 ? {} : { opaque: opaque.join(', ') }),
    };
  });
}

/** Undefined: any; null: not understood. */
function parseSelector(value: unknown, length: unknown, family: Family): string | undefined | null {
  if (value === undefined || value === 'all') return undefined;
  const text = textOf(value);
  const whole = length === undefined || text.includes('/') ? text : `${text}/${textOf(length)}`;
  return parseDestination(whole, family) ?? null;
}

/** In seconds: what neighbours were seen to do longer ago may no longer be so. */
const FRESH = 600;

/** `ip -s -j neigh show`. Without `-s` nobody knows how old an entry is, and the kernel keeps them for days. */
export function parseNeighbours(text: string): Parsed<GuestNeighbour> {
  return parseEntries(text, (entry) => {
    const address = parseAddress(textOf(entry['dst']));
    const { dev, lladdr } = entry;
    if (address === undefined || typeof dev !== 'string') return `a neighbour ${quote(entry['dst'])}`;
    return {
      address: address.text,
      device: dev,
      ...(typeof lladdr === 'string' ? { mac: lladdr.toLowerCase() } : {}),
      state: stateOf(entry),
    };
  });
}

/** States of the kernel: include/uapi/linux/neighbour.h. */
function stateOf({ state, lladdr, confirmed, updated }: Entry): GuestNeighbour['state'] {
  const states = texts(state);
  const isFresh = (age: unknown): boolean => typeof age === 'number' && age <= FRESH;
  if (states.some((one) => one === 'PERMANENT' || one === 'NOARP')) return 'static';
  if (states.includes('FAILED')) return isFresh(updated) ? 'failed' : 'old';
  if (typeof lladdr !== 'string' || states.includes('INCOMPLETE')) return 'resolving';
  return states.includes('REACHABLE') || isFresh(confirmed) ? 'confirmed' : 'old';
}

/** One line of `settings`: `ipv4 rp_filter 1 eth0`. */
export interface Setting {
  readonly family: 'ipv4' | 'ipv6' | 'bridge';
  readonly name: 'forwarding' | 'rp_filter' | 'arp_ignore' | 'proxy_arp' | 'call_iptables';
  readonly value: number;
  /** `all` and `default` are no links. */
  readonly link: string;
}

const SETTING = /^(ipv4|ipv6|bridge) (forwarding|rp_filter|arp_ignore|proxy_arp|call_iptables) (\d{1,3}) (\S+)$/;

export function parseSettings(text: string): Parsed<Setting> {
  const items: Setting[] = [];
  const troubles: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const found = SETTING.exec(line.trimEnd());
    const [, family, name, value, link] = found ?? [];
    if (link === undefined) troubles.push(`a line ${quote(line)}`);
    else items.push({ family, name, value: Number(value), link } as Setting);
  }
  return { items, troubles };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function optionalText<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as Record<K, string>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
