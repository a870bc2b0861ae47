/** A node's kernel, ready to be asked what it does with a packet. */
import type {
  GuestFacts,
  GuestFirewallRule,
  GuestHop,
  GuestLink,
  GuestNeighbour,
  GuestPart,
  GuestRoute,
  GuestRule,
} from '../../model/guest.ts';
import type { Family, Prefix, Range } from '../../model/prefix.ts';
import { contains, containsAddress, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { Entry } from '../../model/prefix-table.ts';
import { PrefixTable } from '../../model/prefix-table.ts';
import { cutAlong } from '../fabric.ts';
import { Firewall } from './firewall.ts';

export interface Packet {
  readonly source: Range;
  readonly destination: Range;
  /** Where it came in; `lo`: the node's own; absent: not known. */
  readonly device?: string;
}

export type Decision =
  /** For the node itself. */
  | { readonly kind: 'local' }
  | { readonly kind: 'dropped'; readonly route?: GuestRoute }
  | { readonly kind: 'no-route' }
  /** Several hops share the flows. */
  | { readonly kind: 'sent'; readonly route: GuestRoute; readonly prefix: Prefix; readonly hops: readonly GuestHop[] }
  | { readonly kind: 'unclear'; readonly reason: string };

/** What is decided for these sources and destinations. */
export interface Answer {
  readonly source: Range;
  readonly destination: Range;
  readonly decision: Decision;
}

interface Rule {
  readonly facts: GuestRule;
  readonly from: Prefix | undefined;
  readonly to: Prefix | undefined;
}

/** Linux's own rules, where none are stated. */
const NO_ROUTES = new PrefixTable<GuestRoute>();

export class Kernel {
  readonly facts: GuestFacts;
  readonly links: ReadonlyMap<string, GuestLink>;
  readonly #tables: Record<Family, Map<string, PrefixTable<GuestRoute>>> = { 4: new Map(), 6: new Map() };
  readonly #rules: Record<Family, readonly Rule[]>;
  readonly #neighbours = new Map<string, GuestNeighbour>();
  #firewall: Firewall | undefined;
  /** address -> the link that has it. */
  readonly #addresses = new Map<string, string>();
  readonly isWindows: boolean;

  constructor(facts: GuestFacts) {
    this.facts = facts;
    this.isWindows = facts.os === 'windows';
    this.links = new Map(facts.links.map((link) => [link.name, link]));
    this.#rules = { 4: facts.rules4.map(compileRule), 6: facts.rules6.map(compileRule) };
    for (const route of facts.routes) {
      const prefix = parsePrefix(route.prefix);
      // The kernel passes over a route of which no next hop can be used.
      const isDead = route.hops.length > 0 && route.hops.every((hop) => hop.dead === true);
      if (prefix !== undefined && !isDead) this.#table(prefix.family, route.table).add(prefix, route);
    }
    for (const one of facts.neighbours) this.#neighbours.set(`${one.device} ${one.address}`, one);
    for (const { name, addresses } of facts.links) {
      for (const { address } of addresses) this.#addresses.set(address, name);
    }
  }

  /** Why what it does with packets of this family is not known. */
  unread(family: Family): string | undefined {
    const parts: readonly GuestPart[] =
      family === 4
        ? ['links', 'settings', 'routes4', 'rules4', 'hns']
        : ['links', 'settings', 'routes6', 'rules6', 'hns'];
    const found = this.facts.unread.find(({ part }) => parts.includes(part));
    return found === undefined ? undefined : `${found.part} of ${this.facts.source}: ${found.reason}`;
  }

  /** Whether answers may fare otherwise than questions. */
  remembers(): boolean {
    const { firewall, unread } = this.facts;
    if (this.isWindows) return false;
    if (firewall === undefined || unread.some(({ part }) => part === 'firewall4' || part === 'firewall6')) return true;
    return firewall.some(({ rules }) => rules.some(isStateful));
  }

  /** Do its routes hang on where packets come from? */
  asksForSources(family: Family): boolean {
    return this.#rules[family].some(({ from }) => from !== undefined);
  }

  /** A text: why it is not known. */
  firewall(family: Family): Firewall | string {
    const { firewall, source, unread, links } = this.facts;
    // Of Windows' own none is read.
    if (this.isWindows) return (this.#firewall ??= new Firewall([], links));
    const part: GuestPart = family === 4 ? 'firewall4' : 'firewall6';
    const found = unread.find((one) => one.part === part);
    if (firewall === undefined || found !== undefined) {
      return `its firewall is not read (${source}: ${found?.reason ?? 'nothing about it; run the collector as root'})`;
    }
    return (this.#firewall ??= new Firewall(firewall, links));
  }

  /** Which address masquerading gives to packets that leave by this link; undefined: that is not certain. */
  addressTowards(device: string, nextHop: string): string | undefined {
    const wanted = parseAddress(nextHop);
    const own = (this.links.get(device)?.addresses ?? []).flatMap(({ address, length }) => {
      const network = parsePrefix(`${address}/${String(length)}`);
      const isLinkLocal = /^(fe80:|169\.254\.)/.test(address);
      return network?.family === wanted?.family && network !== undefined && !isLinkLocal ? [{ address, network }] : [];
    });
    const [first, ...more] = own;
    // Linux takes the first address of the next hop's network, else the first one; of IPv6's it weighs more than that.
    if (wanted?.family === 6 && more.length > 0) return undefined;
    return (own.find(({ network }) => wanted !== undefined && containsAddress(network, wanted)) ?? first)?.address;
  }

  neighbour(device: string, address: string): GuestNeighbour | undefined {
    return this.#neighbours.get(`${device} ${address}`);
  }

  /** Undefined: not read. For links that do not exist yet: what they will start with. */
  forwards(family: Family, device: string | undefined): boolean | undefined {
    const { all, fresh } = this.facts;
    // Set-NetIPInterface: whether packets that arrive on this interface are forwarded; each family by itself.
    if (this.isWindows) return this.links.get(device ?? '')?.[family === 6 ? 'forwarding6' : 'forwarding4'];
    // Linux looks at the link that an IPv4 packet comes in from, and for IPv6 at the switch for all.
    if (family === 6) return all.forwarding6;
    return (device === undefined ? fresh : (this.links.get(device) ?? fresh)).forwarding4;
  }

  /** 0 off, 1 strict, 2 loose; IPv6 has no such check. */
  reversePathFilter(family: Family, device: string): number | undefined {
    const link = this.links.get(device);
    if (family === 6 || this.isWindows) return 0;
    if (link?.rpFilter === undefined || this.facts.all.rpFilter === undefined) return undefined;
    return Math.max(link.rpFilter, this.facts.all.rpFilter);
  }

  /** Whether a neighbour who asks on this link for an address of the node gets an answer. */
  answersFor(address: string, device: string): boolean | undefined {
    const holder = this.#addresses.get(address);
    if (holder === undefined) return false;
    if (holder === device) return true;
    // Windows is a strong host: an interface answers for its own addresses.
    if (this.isWindows) return false;
    // Linux answers on every link for every IPv4 address that it has, unless told otherwise.
    if (parseAddress(address)?.family === 6) return false;
    const { arpIgnore } = this.links.get(device) ?? {};
    if (arpIgnore === undefined || this.facts.all.arpIgnore === undefined) return undefined;
    const level = Math.max(arpIgnore, this.facts.all.arpIgnore);
    return level === 0 ? true : level < 3 ? false : undefined;
  }

  /** Whether it answers on this link for addresses that it has a route to. */
  answersForOthers(device: string): boolean | undefined {
    // Pods of an L2Bridge network hang on the node's own link, so they may answer for themselves.
    if (this.isWindows) return undefined;
    const own = this.links.get(device)?.proxyArp;
    const { proxyArp } = this.facts.all;
    if (own === true || proxyArp === true) return true;
    return own === undefined || proxyArp === undefined ? undefined : false;
  }

  /** Every piece of the packet's addresses that is treated alike, with what the kernel decides. */
  decide(packet: Packet): Answer[] {
    const { family } = packet.destination;
    const rules = this.#rules[family];
    const prefixes = (side: 'from' | 'to'): Prefix[] => rules.flatMap((rule) => rule[side] ?? []);
    return cutAll(packet.source, prefixes('from')).flatMap((source) =>
      cutAll(packet.destination, prefixes('to')).flatMap((destination) =>
        this.#ask(rules, 0, { ...packet, source, destination }).map((piece) => ({ source, ...piece })),
      ),
    );
  }

  /** Routes of all tables for prefixes that hold the range, whether or not they decide. */
  *candidates(range: Range): Generator<{ readonly prefix: Prefix; readonly route: GuestRoute }, undefined> {
    for (const table of this.#tables[range.family].values()) {
      for (const { prefix, values } of table.covering(range)) for (const route of values) yield { prefix, route };
    }
    return undefined;
  }

  #table(family: Family, name: string): PrefixTable<GuestRoute> {
    const tables = this.#tables[family];
    let table = tables.get(name);
    if (table === undefined) {
      table = new PrefixTable();
      tables.set(name, table);
    }
    return table;
  }

  #ask(rules: readonly Rule[], at: number, packet: Packet): Omit<Answer, 'source'>[] {
    const rule = rules[at];
    const { destination } = packet;
    if (rule === undefined) return [{ destination, decision: { kind: 'no-route' } }];
    const applies = doesApply(rule, packet);
    if (applies === false) return this.#ask(rules, at + 1, packet);
    const { facts } = rule;
    if (facts.action !== 'lookup') {
      const reason = `a rule with priority ${String(facts.priority)} that may or may not drop it`;
      return [{ destination, decision: applies ? { kind: 'dropped' } : { kind: 'unclear', reason } }];
    }
    const table = this.#tables[destination.family].get(facts.table ?? '') ?? NO_ROUTES;
    return table.segments(destination).flatMap((segment) => {
      const { match, ...range } = segment;
      const next = (): Omit<Answer, 'source'>[] => this.#ask(rules, at + 1, { ...packet, destination: range });
      if (match === undefined || match.prefix.length <= (facts.suppress ?? -1)) return next();
      if (applies === undefined) {
        const reason = `a policy rule with priority ${String(facts.priority)} (${facts.opaque ?? `from ${String(facts.device)}`}) that may send it elsewhere`;
        return [{ destination: range, decision: { kind: 'unclear', reason } }];
      }
      const decision = choose(match, this.isWindows);
      return decision === undefined ? next() : [{ destination: range, decision }];
    });
  }
}

function isStateful({ matches, actions }: GuestFirewallRule): boolean {
  return (
    matches.some(({ kind }) => kind === 'state' || kind === 'other') || actions.some(({ kind }) => kind === 'source')
  );
}

function compileRule(facts: GuestRule): Rule {
  const { from, to } = facts;
  return {
    facts,
    from: from === undefined ? undefined : parsePrefix(from),
    to: to === undefined ? undefined : parsePrefix(to),
  };
}

/** Undefined: nobody knows. The packet's ranges are cut along the rules' prefixes, so they fit as a whole or not at all. */
function doesApply({ facts, from, to }: Rule, { source, destination, device }: Packet): boolean | undefined {
  const fitsAddresses =
    (from === undefined || contains(from, source)) && (to === undefined || contains(to, destination));
  const isInverted = facts.inverted === true;
  if (facts.opaque !== undefined) return fitsAddresses || isInverted ? undefined : false;
  if (facts.device !== undefined && device === undefined) return fitsAddresses || isInverted ? undefined : false;
  const fits = fitsAddresses && (facts.device === undefined || facts.device === device);
  return fits !== isInverted;
}

/** Undefined: go on with the next rule. */
function choose({ prefix, values }: Entry<GuestRoute>, isWindows: boolean): Decision | undefined {
  const best = Math.min(...values.map(({ metric }) => metric));
  const winners = values.filter(({ metric }) => metric === best);
  const strange = values.find(({ opaque }) => opaque !== undefined);
  if (strange !== undefined) {
    return { kind: 'unclear', reason: `its route to ${prefix.text} with ${String(strange.opaque)}` };
  }
  const [first] = winners;
  if (isWindows && new Set(winners.map(({ type, hops }) => JSON.stringify([type, hops]))).size > 1) {
    return { kind: 'unclear', reason: `several routes to ${prefix.text} with the same sum of metrics` };
  }
  switch (first?.type) {
    case undefined:
    case 'throw':
      return undefined;
    case 'local':
    case 'broadcast':
    case 'anycast':
      return { kind: 'local' };
    case 'multicast':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { kind: 'dropped', route: first };
    case 'unicast': {
      // On Linux, for IPv6, routes of equal metric are one route with several next hops; for IPv4 the first one is taken.
      const sharing = prefix.family === 6 && !isWindows ? winners.filter(({ type }) => type === 'unicast') : [first];
      const hops = sharing.flatMap((route) => route.hops).filter((hop) => hop.dead !== true);
      return { kind: 'sent', route: first, prefix, hops };
    }
  }
}

function cutAll(range: Range, prefixes: readonly Prefix[]): readonly Range[] {
  return prefixes.reduce<readonly Range[]>(
    (pieces, prefix) => pieces.flatMap((piece) => cutAlong(piece, [prefix])),
    [range],
  );
}
