/** What a walk found wrong at a node's own kernel, as data. */
import type { Family } from './prefix.ts';
import type { GuestFacts, GuestRoute, PodHome } from './guest.ts';

/** What a node's own kernel does with a packet, instead of bringing it closer to the pod. */
export type GuestProblem =
  /** Nothing matches. */
  | 'no-route'
  /** Only a route to a router matches of which nothing is known. */
  | 'router'
  /** The packet is where it should be, and no route leads to the pods. */
  | 'no-pod-route'
  /** A blackhole, or a route that is as good as one. */
  | 'dropped'
  /** Nobody answers for the next hop. */
  | 'silent'
  /** It ends at another node. */
  | 'elsewhere'
  | 'loop'
  | 'link-down'
  | 'forwarding'
  | 'reverse-path'
  /** The next hop is an address that a Windows node keeps for itself: no interface has it. */
  | 'reserved'
  /** Nobody on the node has the address that its pods send everything to. */
  | 'pod-gateway'
  /** The node has no network for the pods of its range. */
  | 'pod-network'
  /** Pods' packets leave with the node's own address as their source. */
  | 'rewritten'
  /** A rule or a policy of its firewall. */
  | 'filtered'
  /** The hypervisor or the switch does not let the packet's address through. */
  | 'port-security';

export interface GuestDetail {
  readonly kind: 'guest';
  /** Whose kernel it is. */
  readonly node: string;
  readonly os: GuestFacts['os'];
  readonly source: string;
  readonly problem: GuestProblem;
  readonly family: Family;
  /** Where the packet is going. */
  readonly podCIDR: string;
  readonly owner: string;
  /** The addresses concerned, where they are not the whole podCIDR. */
  readonly part?: readonly string[];
  /** The one that decides, if any. */
  readonly route?: GuestRoute;
  /** It came in there (forwarding, reverse-path), or would leave there. */
  readonly device?: string;
  readonly nextHop?: string;
  /** The node that it ends at instead. */
  readonly leadsTo?: string;
  /** What drops it: a rule as its tool writes it, or a policy. */
  readonly filter?: { readonly chain: string; readonly text: string };
  /** What somebody says that the node's ports allow besides its own addresses, and what of the packet's addresses they do not. */
  readonly port?: { readonly allowed: readonly string[]; readonly refused: readonly string[] };
  /** The cloud's route table that was asked instead, and does not lead there either. */
  readonly table?: string;
  /** What a route to the owner would have to say, if they are neighbours. */
  readonly wanted?: { readonly gateway: string; readonly device: string };
  /** Where that is the trouble. */
  readonly home?: PodHome;
}
