/** A router outside of any cloud, as somebody exported it: a top-of-rack switch, a firewall, a Linux box with FRR. */
import type { Family } from './prefix.ts';

/** One routing table of a router: other VRFs of it are further entries. */
export interface RouterFacts {
  /** `tor-1`, or `tor-1 vrf blue`. Unique. */
  readonly name: string;
  /** `file routers/tor-1.txt`. */
  readonly source: string;
  /** Whose words the export is in, and so what a command for it looks like. */
  readonly system: RouterSystem;
  /** ISO 8601; absent: the export does not say. */
  readonly readAt?: string;
  /** Of which the export holds routes. Of the other family nothing is known. */
  readonly families: readonly Family[];
  readonly interfaces: readonly RouterInterface[];
  /** In the order of the export. */
  readonly routes: readonly RouterRoute[];
  /** Next hops that lead out of the site: nothing behind them knows pods. */
  readonly outside: readonly string[];
  /** Lines of which not even the prefix is understood; then whatever it does is unknown. */
  readonly unread: readonly string[];
}

export const ROUTER_SYSTEMS = ['frr', 'ios', 'nxos', 'eos', 'json'] as const;
export type RouterSystem = (typeof ROUTER_SYSTEMS)[number];

export interface RouterInterface {
  readonly name: string;
  /** Its own, and virtual ones that it may have at the moment (HSRP, VRRP, anycast gateways). */
  readonly addresses: readonly RouterAddress[];
  readonly mac?: string;
}

export interface RouterAddress {
  readonly address: string;
  /** Of the network behind the interface, in bits. */
  readonly length: number;
}

export interface RouterRoute {
  /** Canonical. */
  readonly prefix: string;
  /** Several share the flows; none: packets are dropped. */
  readonly hops: readonly RouterHop[];
  /** `static`, `bgp`, or the letters of the export. */
  readonly protocol?: string;
  /** What of it is not understood; then what happens to packets that match it is unknown. */
  readonly opaque?: string;
}

export interface RouterHop {
  /** Absent: the destination itself is looked for behind the interface. */
  readonly gateway?: string;
  /** Absent: that of the route to the gateway. */
  readonly interface?: string;
}
