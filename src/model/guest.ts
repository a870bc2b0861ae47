import type { GuestChain } from './firewall.ts';

export type * from './firewall.ts';

/** A node's own kernel: what it does with packets that are not its own. The same words for every operating system. */
export interface GuestFacts {
  readonly node: string;
  readonly os: 'linux' | 'windows';
  /** Where it was read: `file guests/a.txt`. */
  readonly source: string;
  /** ISO 8601. */
  readonly readAt: string;
  readonly links: readonly GuestLink[];
  /** Of all tables, in the kernel's order: among equals the first one counts. */
  readonly routes: readonly GuestRoute[];
  /** Policy rules of each family, in order of priority. Windows has none: there it is the one that asks its only table. */
  readonly rules4: readonly GuestRule[];
  readonly rules6: readonly GuestRule[];
  readonly neighbours: readonly GuestNeighbour[];
  /** What holds for all links together. */
  readonly all: GuestSwitches;
  /** What links start with that do not exist yet. */
  readonly fresh: GuestSwitches;
  /** Where Windows has its pods. */
  readonly hns?: HnsFacts;
  /** What filters and rewrites forwarded packets; absent: not read. */
  readonly firewall?: readonly GuestChain[];
  /** net.bridge.bridge-nf-call-iptables; absent: not read, or the module is not there. */
  readonly bridgeCallsIptables?: boolean;
  /** Parts of which something could not be read or understood. Whatever hangs on them is unknown. */
  readonly unread: readonly GuestUnread[];
}

export const GUEST_PARTS = [
  'links',
  'routes4',
  'routes6',
  'rules4',
  'rules6',
  'neighbours',
  'settings',
  'hns',
  'stored-routes',
  'firewall4',
  'firewall6',
] as const;
export type GuestPart = (typeof GUEST_PARTS)[number];

export interface GuestUnread {
  readonly part: GuestPart;
  readonly reason: string;
}

/** `net.ipv4.conf.*` and `net.ipv6.conf.*`; absent: not read, or not there (a kernel without IPv6). */
export interface GuestSwitches {
  readonly forwarding4?: boolean;
  readonly forwarding6?: boolean;
  /** 0 off, 1 strict, 2 loose; the highest of the link's and that of all links counts. */
  readonly rpFilter?: number;
  /** 0: answers for every address of the node. The highest of the link's and that of all links counts. */
  readonly arpIgnore?: number;
  readonly proxyArp?: boolean;
}

export interface GuestLink extends GuestSwitches {
  readonly name: string;
  /** Switched on, and connected to something. */
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mac?: string;
  /**
   * As the kernel names it: `bridge`, `veth`, `vxlan`; absent: hardware. On Windows `loopback`, `hns-endpoint` (the
   * host's own place on a pod network) and `hns-gateway` (that of a network behind address translation).
   */
  readonly kind?: string;
  readonly addresses: readonly GuestAddress[];
}

export interface GuestAddress {
  readonly address: string;
  /** Of the network that the kernel finds behind the link, in bits. */
  readonly length: number;
}

export const GUEST_ROUTE_TYPES = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
] as const;
export type GuestRouteType = (typeof GUEST_ROUTE_TYPES)[number];

export interface GuestRoute {
  readonly table: string;
  /** Canonical. */
  readonly prefix: string;
  readonly type: GuestRouteType;
  /** The lowest wins among routes for one prefix. On Windows the sum of the route's and the link's. */
  readonly metric: number;
  /** Only on Windows: whether it is still there after a restart; absent: not read, or not somebody's own. */
  readonly stored?: boolean;
  /** Several share the flows; none: the type says all. */
  readonly hops: readonly GuestHop[];
  readonly scope?: string;
  /** Who made it: `kernel`, `static`, `bird`. */
  readonly protocol?: string;
  /** What of it is not understood; then what happens to packets that match it is unknown. */
  readonly opaque?: string;
}

export interface GuestHop {
  /** Absent: the destination itself is looked for on the link. */
  readonly gateway?: string;
  readonly device: string;
  /** The kernel takes the gateway for a neighbour, whatever the link's addresses say. */
  readonly onlink?: true;
  /** The kernel does not use it. */
  readonly dead?: true;
}

export interface GuestRule {
  readonly priority: number;
  /** Canonical; absent: any. */
  readonly from?: string;
  readonly to?: string;
  /** The link that packets come in from; `lo` are the node's own. */
  readonly device?: string;
  /** It counts for whatever does not fit. */
  readonly inverted?: true;
  readonly action: 'lookup' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly table?: string;
  /** Routes with prefixes up to this length do not count. */
  readonly suppress?: number;
  /** What of it is not understood; then packets for which its table has a route may or may not take that. */
  readonly opaque?: string;
}

export const NEIGHBOUR_STATES = ['confirmed', 'old', 'static', 'resolving', 'failed'] as const;

export interface GuestNeighbour {
  readonly address: string;
  readonly device: string;
  readonly mac?: string;
  /**
   * `confirmed`: it answered in the minutes before; `failed`: it was asked in the minutes before, and nobody answered;
   * `old`: either of them, but longer ago; `static`: written down by somebody, so nobody asks.
   */
  readonly state: (typeof NEIGHBOUR_STATES)[number];
}

/** What Windows' Host Networking Service has made: networks with a virtual switch each, and who hangs on them. */
export interface HnsFacts {
  readonly networks: readonly HnsNetwork[];
  /** Those of this node. */
  readonly endpoints: readonly HnsEndpoint[];
}

export interface HnsNetwork {
  readonly name: string;
  /** As HNS names it, in lower case: `l2bridge`, `overlay`, `nat`. */
  readonly type: string;
  /** Of the node's own link that the network is bridged to. */
  readonly managementIP?: string;
  readonly subnets: readonly { readonly prefix: string; readonly gateway?: string }[];
  /** What of its policies is not understood; then what happens to packets on it is unknown. */
  readonly opaque?: string;
}

export interface HnsEndpoint {
  /** HnsNetwork.name */
  readonly network: string;
  readonly address: string;
  readonly gateway?: string;
  /** Destinations that keep the pod's own address as source; absent: all do. */
  readonly natExceptions?: readonly string[];
  /** Destinations that a policy takes out of the hands of the routes. */
  readonly policyRoutes?: readonly string[];
  /** What of its policies is not understood; then what happens to its packets is unknown. */
  readonly opaque?: string;
}

/** How a Windows node keeps its own pods. */
export interface PodHome {
  /** Whose it is. */
  readonly podCIDR: string;
  /** What the gateway of its pods is with flannel and win-bridge: the second address after the range's own. */
  readonly wanted: string;
  /** What it is instead. */
  readonly gateway?: string;
  /** Of the Host Networking Service: `cbr0 (10.244.7.0/24)`. */
  readonly networks: readonly string[];
  /** Destinations that keep a pod's own address as source. */
  readonly exceptions?: readonly string[];
}
