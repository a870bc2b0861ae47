/**
 * The way that nearly all packets of a healthy cluster take: from pods to the node's own kernel, over one link to the
 * owner of the podCIDR, and to its pods. It is recognised without following a packet step by step, which a thousand
 * nodes would ask for a million times; whatever is only slightly different is not recognised.
 */
import type { Prefix } from '../../model/prefix.ts';
import { contains } from '../../model/prefix.ts';
import type { Side } from './conversation.ts';
import type { Guest, Port, Segments } from './links.ts';
import { linkOf } from './links.ts';
import type { ConnectionState, Passing } from './matching.ts';
import { askerOf, hears } from './hears.ts';
import { isPodLink, podLinkOf } from './pods.ts';
import { mayPass } from './port-filter.ts';
import type { Decision } from './routing.ts';

/** Where a node's pods are, if all of its addresses that are not its own are on one link. */
type Home = string | undefined;

interface Ends {
  readonly source: Prefix;
  readonly destination: Prefix;
}

/** The links that a packet comes in from and leaves by, at both nodes. */
interface Way {
  readonly home: string;
  readonly exit: string;
  readonly entry: string;
  readonly goal: string;
}

/** Where a packet leaves a kernel, and to which next hop. */
export interface HandedOver {
  readonly device: string;
  readonly gateway: string;
}

const NO_WAY: Way = { home: '', exit: '', entry: '', goal: '' };

export class PlainWays {
  readonly #segments: Segments;
  readonly #ways = new Map<number, Way>();
  readonly #homes = new Map<Guest, Map<Prefix, Home>>();
  readonly #exits = new Map<Guest, Map<Prefix, Port | undefined>>();

  constructor(segments: Segments) {
    this.#segments = segments;
  }

  /** True: all of it arrives with its own source, as far as ports let it; false: that has to be looked at. */
  arrives(pair: number, from: Side, to: Side, ends: Ends, state: ConnectionState): boolean {
    let way = this.#ways.get(pair);
    if (way === undefined) {
      way = this.#findWay(from.guest, to.guest, ends) ?? NO_WAY;
      this.#ways.set(pair, way);
    }
    if (way === NO_WAY) return false;
    return (
      passes(from.guest, { ...ends, state, in: way.home, out: way.exit }) &&
      passes(to.guest, { ...ends, state, in: way.entry, out: way.goal })
    );
  }

  /**
   * The same where a cloud is between the two: undefined, or the way by which the sender's kernel hands all of it over.
   * @param entry the receiver's link that the cloud brings it to
   */
  handsOver(
    from: Side,
    to: Side,
    { source, destination }: Ends,
    entry: string,
    state: ConnectionState,
  ): HandedOver | undefined {
    const [home, goal] = [this.#home(from.guest, source), this.#home(to.guest, destination)];
    if (home === undefined || goal === undefined) return undefined;
    const out = this.#exit(from.guest, destination);
    const back = this.#exit(to.guest, source);
    // What it would send there is the way back: the filter on the reverse path asks for it.
    if (out === undefined || back?.device !== entry || !isForwarded(back, destination.family)) return undefined;
    const gateway = onlyHop(from.guest, destination)?.gateway;
    const ends = { source, destination, state };
    const arrives =
      passes(from.guest, { ...ends, in: home, out: out.device }) && passes(to.guest, { ...ends, in: entry, out: goal });
    return arrives && gateway !== undefined ? { device: out.device, gateway } : undefined;
  }

  /** By their routes and links. */
  #findWay(from: Guest, to: Guest, { source, destination }: Ends): Way | undefined {
    if (!mayPass(from.port, source) || !mayPass(to.port, destination)) return undefined;
    const [home, goal] = [this.#home(from, source), this.#home(to, destination)];
    if (home === undefined || goal === undefined) return undefined;
    const out = this.#exit(from, destination);
    // What it would send there is the way back: the filter on the reverse path asks for it.
    const back = this.#exit(to, source);
    if (out === undefined || back === undefined) return undefined;
    const port = this.#arrival(out, destination);
    if (port?.guest !== to || port.device !== back.device || !isForwarded(port, destination.family)) return undefined;
    return { home, exit: out.device, entry: port.device, goal };
  }

  #home(guest: Guest, podCIDR: Prefix): Home {
    return remember(this.#homes, guest, podCIDR, () => findHome(guest, podCIDR));
  }

  /** The link by which all of it leaves, to one next hop. */
  #exit(guest: Guest, destination: Prefix): Port | undefined {
    return remember(this.#exits, guest, destination, () => {
      const hop = onlyHop(guest, destination);
      if (hop?.gateway === undefined || !guest.uplinks.has(hop.device) || isPodLink(guest, hop.device))
        return undefined;
      const port = { guest, device: hop.device };
      const link = linkOf(port);
      return link?.up === true && link.carrier ? port : undefined;
    });
  }

  #arrival(out: Port, destination: Prefix): Port | undefined {
    const gateway = onlyHop(out.guest, destination)?.gateway;
    const next = gateway === undefined ? undefined : this.#segments.find(out, gateway);
    return next?.kind === 'port' && gateway !== undefined && hears(next.port, askerOf(out, gateway), gateway) === true
      ? next.port
      : undefined;
  }
}

function remember<T>(known: Map<Guest, Map<Prefix, T>>, guest: Guest, prefix: Prefix, find: () => T): T {
  let own = known.get(guest);
  if (own === undefined) {
    own = new Map();
    known.set(guest, own);
  }
  const found = own.get(prefix);
  if (found !== undefined || own.has(prefix)) return found as T;
  const value = find();
  own.set(prefix, value);
  return value;
}

function onlyHop(guest: Guest, destination: Prefix): Extract<Decision, { kind: 'sent' }>['hops'][number] | undefined {
  const [answer, ...others] = guest.kernel.decideAlone(destination);
  if (answer?.decision.kind !== 'sent' || others.length > 0 || answer.decision.hops.length !== 1) return undefined;
  return answer.decision.hops[0];
}

function findHome(guest: Guest, podCIDR: Prefix): Home {
  const links = new Set<string | undefined>();
  for (const { decision } of guest.kernel.decideAlone(podCIDR)) {
    if (decision.kind === 'local') continue;
    const isOwn = decision.kind === 'sent' && contains(podCIDR, decision.prefix) && decision.hops.length === 1;
    links.add(isOwn ? podLinkOf(guest, decision) : undefined);
  }
  const [device] = links;
  if (device === undefined || links.size > 1 || guest.kernel.links.get(device)?.up !== true) return undefined;
  return isForwarded({ guest, device }, podCIDR.family) ? device : undefined;
}

function isForwarded({ guest, device }: Port, family: Prefix['family']): boolean {
  return guest.kernel.forwards(family, device) === true && guest.kernel.reversePathFilter(family, device) !== undefined;
}

function passes({ kernel }: Guest, packet: Passing): boolean {
  const firewall = kernel.firewall(packet.destination.family);
  return typeof firewall !== 'string' && firewall.passes(packet);
}
