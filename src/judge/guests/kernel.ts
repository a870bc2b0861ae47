/** A node's kernel, ready to be asked what it does with a packet. */
import type {
  GuestFacts,
  GuestFirewallRule,
  GuestLink,
  GuestNeighbour,
  GuestPart,
  GuestRoute,
} from '../../model/guest.ts';
import type { Family, Prefix, Range } from '../../model/prefix.ts';
import { containsAddress, parseAddress, parsePrefix } from '../../model/prefix.ts';
import { Firewall } from './firewall.ts';
import type { Answer, Packet, Ruling } from './routing.ts';
import { Routing } from './routing.ts';

export class Kernel {
  readonly facts: GuestFacts;
  readonly links: ReadonlyMap<string, GuestLink>;
  readonly #routing: Record<Family, Routing>;
  readonly #neighbours = new Map<string, GuestNeighbour>();
  #firewall: Firewall | undefined;
  /** address -> the link that has it. */
  readonly #addresses = new Map<string, string>();
  readonly isWindows: boolean;

  constructor(facts: GuestFacts) {
    this.facts = facts;
    this.isWindows = facts.os === 'windows';
    this.links = new Map(facts.links.map((link) => [link.name, link]));
    const { routes, rules4, rules6, os } = facts;
    this.#routing = { 4: new Routing(routes, rules4, 4, os), 6: new Routing(routes, rules6, 6, os) };
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
    return this.#routing[family].asksForSources;
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

  /** By the destination alone; none where sources or links count as well. */
  decideAlone(destination: Range): readonly Ruling[] {
    return this.#routing[destination.family].decideAlone(destination);
  }

  /** Routes of all tables for prefixes that hold the range, whether or not they decide. */
  candidates(range: Range): Iterable<{ readonly prefix: Prefix; readonly route: GuestRoute }> {
    return this.#routing[range.family].candidates(range);
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
  decide(packet: Packet): readonly Answer[] {
    return this.#routing[packet.destination.family].decide(packet);
  }
}

function isStateful({ matches, actions }: GuestFirewallRule): boolean {
  return (
    matches.some(({ kind }) => kind === 'state' || kind === 'other') || actions.some(({ kind }) => kind === 'source')
  );
}
