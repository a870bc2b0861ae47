/** Routers outside of clouds, ready to be asked what they do with a packet. */
import type { Family, Prefix, Range } from '../../model/prefix.ts';
import { hostPrefix, parseAddress, parsePrefix } from '../../model/prefix.ts';
import { PrefixTable } from '../../model/prefix-table.ts';
import type { RouterFacts, RouterHop, RouterRoute, Snapshot } from '../../model/snapshot.ts';
import type { Port, Segments } from './links.ts';

/** A next hop behind an interface; without gateway the destination itself is asked for there. */
export interface Reach {
  readonly gateway?: string;
  readonly interface: string;
}

/** One of the ways of a route. */
export interface Sent {
  readonly route: RouterRoute;
  readonly prefix: Prefix;
  readonly way: Reach;
}

export type RouterDecision =
  | { readonly kind: 'no-route' }
  | { readonly kind: 'dropped'; readonly route: RouterRoute; readonly prefix: Prefix }
  /** Several share the flows. */
  | { readonly kind: 'sent'; readonly route: RouterRoute; readonly prefix: Prefix; readonly ways: readonly Reach[] }
  | { readonly kind: 'unclear'; readonly reason: string };

/** An address of a router, with the network in which its neighbours are. */
export interface Face {
  readonly router: Router;
  readonly interface: string;
  readonly address: string;
  readonly network: Prefix;
  readonly mac?: string;
}

/** Next hops that are behind further next hops: more than this is a circle. */
const DEEPEST = 8;

export class Router {
  readonly facts: RouterFacts;
  readonly faces: readonly Face[];
  readonly #tables: Record<Family, PrefixTable<RouterRoute>> = { 4: new PrefixTable(), 6: new PrefixTable() };

  constructor(facts: RouterFacts) {
    this.facts = facts;
    this.faces = facts.interfaces.flatMap(({ name, addresses, mac }) =>
      addresses.flatMap(({ address, length }): Face[] => {
        const network = parsePrefix(`${address}/${String(length)}`);
        if (network === undefined) return [];
        return [{ router: this, interface: name, address, network, ...(mac === undefined ? {} : { mac }) }];
      }),
    );
    for (const route of facts.routes) {
      const prefix = parsePrefix(route.prefix);
      if (prefix !== undefined) this.#tables[prefix.family].add(prefix, route);
    }
  }

  get name(): string {
    return this.facts.name;
  }

  /** Why what it does with packets of this family is not known. */
  unread(family: Family): string | undefined {
    const { families, unread, source } = this.facts;
    if (!families.includes(family)) return `${source} holds no IPv${String(family)} routes`;
    const [first] = unread;
    return first === undefined ? undefined : `${source}: not understood: ${first}`;
  }

  decide(range: Range): { readonly destination: Range; readonly decision: RouterDecision }[] {
    return this.#tables[range.family].segments(range).map(({ match, first, last, family }) => {
      const destination = { family, first, last };
      if (match === undefined) return { destination, decision: { kind: 'no-route' } };
      return { destination, decision: this.#choose(match.prefix, match.values) };
    });
  }

  /** Networks that hang on this interface. */
  *networks(name: string): Generator<Prefix, undefined> {
    for (const face of this.faces) if (face.interface === name) yield face.network;
    return undefined;
  }

  #choose(prefix: Prefix, values: readonly RouterRoute[]): RouterDecision {
    const strange = values.find(({ opaque }) => opaque !== undefined);
    if (strange !== undefined) {
      return { kind: 'unclear', reason: `its route to ${prefix.text} with ${String(strange.opaque)}` };
    }
    // A network of its own is nearer than anything that it was told.
    const own = values.find(({ hops }) => hops.some((hop) => hop.gateway === undefined));
    const [first, second] = own === undefined ? values : [own];
    if (first === undefined) return { kind: 'no-route' };
    if (second !== undefined) return { kind: 'unclear', reason: `it has two routes to ${prefix.text}` };
    if (first.hops.length === 0) return { kind: 'dropped', route: first, prefix };
    const ways = first.hops.map((hop) => this.#resolve(hop, prefix.family, DEEPEST));
    const lost = first.hops.find((_, index) => ways[index]?.length === 0);
    if (lost !== undefined) {
      return {
        kind: 'unclear',
        reason: `which interface leads to ${String(lost.gateway)}, its next hop for ${prefix.text}`,
      };
    }
    return { kind: 'sent', route: first, prefix, ways: ways.flat() };
  }

  /** Without an interface, a next hop is looked up itself. */
  #resolve({ gateway, interface: link }: RouterHop, family: Family, depth: number): Reach[] {
    if (link !== undefined) return [{ interface: link, ...(gateway === undefined ? {} : { gateway }) }];
    const address = gateway === undefined ? undefined : parseAddress(gateway);
    if (address === undefined || depth === 0) return [];
    const [found] = this.#tables[family].longestMatch(hostPrefix(address))?.values ?? [];
    if (found?.opaque !== undefined) return [];
    return (found?.hops ?? []).flatMap((hop) =>
      hop.gateway === undefined && hop.interface !== undefined
        ? [{ interface: hop.interface, gateway: address.text }]
        : this.#resolve(hop, family, depth - 1),
    );
  }
}

export type Answerers =
  { readonly kind: 'faces'; readonly faces: readonly Face[] } | { readonly kind: 'unclear'; readonly reason: string };

export class Routers {
  readonly all: readonly Router[];
  readonly #segments: Segments;

  constructor(facts: readonly RouterFacts[], segments: Segments) {
    this.all = facts.map((one) => new Router(one));
    this.#segments = segments;
  }

  /** Who answers a node that asks for this address on one of its links; several where it is a virtual one. */
  answering(port: Port, address: string): Answerers {
    const faces = this.#owning(address).filter(({ network }) => this.#segments.isIn(port, network));
    if (faces.length === 0 || this.#segments.holders(address).length > 0) return { kind: 'faces', faces: [] };
    const entry = port.guest.kernel.neighbour(port.device, address);
    if (entry?.state === 'static') {
      return { kind: 'unclear', reason: `${port.device} of ${port.guest.name} has a fixed entry for ${address}` };
    }
    const fitting = faces.filter(({ mac }) => mac === undefined || entry?.mac === undefined || mac === entry.mac);
    const isTold = fitting.length > 0 && fitting.every(({ mac }) => mac !== undefined && mac === entry?.mac);
    // Where two racks have the same numbers, one router's export says nothing about the other's.
    if (!isTold && this.#segments.macsOf(address).size > 1) {
      const reason = `nodes see ${address} at different hardware addresses, so there are several segments of these numbers, and of which one ${fitting[0]?.router.name ?? 'the router'} is the router is not known`;
      return { kind: 'unclear', reason };
    }
    return { kind: 'faces', faces: fitting };
  }

  /** Other routers with this address in a network of a router's interface. */
  beyond(router: Router, { gateway, interface: link }: Reach): readonly Face[] {
    const networks = [...router.networks(link)].map(({ text }) => text);
    return this.#owning(gateway ?? '').filter((face) => face.router !== router && networks.includes(face.network.text));
  }

  #owning(address: string): readonly Face[] {
    return this.all.flatMap(({ faces }) => faces.filter((face) => face.address === address));
  }
}

/** Names of routers with a route, other than a default one, that meets some node's range. */
export function findRoutersWithPods({ routers = [] }: Snapshot, podCIDRs: PrefixTable<string>): string[] {
  const isForPods = ({ prefix }: RouterRoute): boolean => {
    const parsed = parsePrefix(prefix);
    if (parsed === undefined || parsed.length === 0) return false;
    return podCIDRs.longestMatch(parsed) !== undefined || podCIDRs.inside(parsed).length > 0;
  };
  return routers.filter(({ routes }) => routes.some(isForPods)).map(({ name }) => name);
}
