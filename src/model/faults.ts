/** What a walk found wrong, as data. Findings are made of groups of these, so that they cannot disagree with paths. */
import type { RuleId } from './config.ts';
import type { Family } from './prefix.ts';
import type { FilterKind } from './filter.ts';
import type { FlannelDifference, FlannelGroup } from './flannel.ts';
import type { GuestDetail } from './guest-fault.ts';
import type { Gap, RouteFacts, RouterFacts, RouterRoute } from './snapshot.ts';

export type * from './guest-fault.ts';

/** How a route lookup ended, where it did not lead to the owner. */
export type RouteProblem =
  /** Nothing matches. */
  | 'none'
  /** Only the default route to the internet or a NAT gateway matches. */
  | 'default-route'
  /** The address is inside the network's own range, and nobody's there. */
  | 'inside-network'
  | 'other-node'
  | 'other-machine'
  | 'gateway'
  | 'dead';

/** What a router outside of clouds does with a packet, instead of bringing it closer to the pod. */
export type RouterProblem =
  /** Nothing matches. */
  | 'no-route'
  | 'dropped'
  /** Nobody answers for the next hop, or for the pod itself where there is none. */
  | 'silent'
  /** It leads to a node that is not the owner, and does not bring it there. */
  | 'elsewhere'
  /** It has been there before. */
  | 'loop'
  /** Out of the site, where nobody knows pods. */
  | 'outside'
  /** To somebody who is no node and no router that was read. */
  | 'stranger';

export interface RouterDetail {
  readonly kind: 'router';
  readonly router: string;
  readonly system: RouterFacts['system'];
  readonly source: string;
  readonly problem: RouterProblem;
  readonly family: Family;
  /** Where the packet is going. */
  readonly podCIDR: string;
  readonly owner: string;
  /** The addresses concerned, where they are not the whole podCIDR. */
  readonly part?: readonly string[];
  /** The one that decides, if any. */
  readonly route?: RouterRoute;
  readonly nextHop?: string;
  readonly interface?: string;
  /** The node that it comes to instead. */
  readonly leadsTo?: string;
  /** The next hop that a route to the owner would have, where it is known. */
  readonly wanted?: string;
}

export type FaultDetail =
  | GuestDetail
  | RouterDetail
  | {
      readonly kind: 'forwarding';
      readonly fabric: string;
      readonly node: string;
      readonly interface: string;
      readonly machine?: string;
      readonly role: 'sender' | 'receiver';
    }
  | {
      readonly kind: 'route';
      readonly fabric: string;
      /** The owner of the podCIDR. */
      readonly node: string;
      readonly podCIDR: string;
      /** Where the range comes from, if not from spec.podCIDRs. */
      readonly rangeSource?: string;
      readonly table: string;
      /** The subnet has no table of its own. */
      readonly isImplicit?: true;
      readonly problem: RouteProblem;
      readonly route?: RouteFacts;
      /** The node that the route leads to instead. */
      readonly leadsTo?: string;
      /** What killed the target: `instance i-1 is terminated`. */
      readonly because?: string;
      /** So many routes of equal rank share the flows, so only some of them are lost. */
      readonly equalRoutes?: number;
      /** The interface that the route should name. */
      readonly ownerInterface?: string;
      readonly ownerMachine?: string;
      /** The owner's address of the podCIDR's family. */
      readonly ownerAddress?: string;
      /** Names of routes that would match, if the sender had one of their tags. */
      readonly outOfScope?: readonly string[];
      /** The addresses concerned, as prefixes, where they are not the whole podCIDR. */
      readonly part?: readonly string[];
    }
  /** Routes of equal rank share the flows, and not all of them lead to the owner. */
  | {
      readonly kind: 'duplicate';
      readonly fabric: string;
      /** The owner of the podCIDR. */
      readonly node: string;
      readonly podCIDR: string;
      readonly table: string;
      /** That of the routes. */
      readonly prefix: string;
      readonly routes: readonly RouteFacts[];
      /** Those that do not lead to the owner, with where they lead: `node b`, `nothing: instance i-1 is terminated`. */
      readonly wrong: readonly { readonly route: RouteFacts; readonly leadsTo: string }[];
    }
  /** Pods have two address families, and the network carries one of them only. */
  | {
      readonly kind: 'family';
      readonly fabric: string;
      readonly network: string;
      /** The one that it does not carry. */
      readonly family: Family;
      /** host-gw nodes of one subnet reach each other over it all the same. */
      readonly isAnnounced: boolean;
    }
  | {
      readonly kind: 'association';
      readonly fabric: string;
      readonly subnet: string;
      readonly table: string;
      readonly tableBy: 'association' | 'main' | 'network' | 'none';
      /** Tables of the same network that do hold pod routes. */
      readonly better: readonly string[];
    }
  | {
      readonly kind: 'off-link';
      readonly fabric: string;
      readonly network: string;
      /** Where host-gw nodes are. */
      readonly subnets: readonly string[];
    }
  | {
      readonly kind: 'next-hop';
      readonly fabric: string;
      readonly node: string;
      readonly address: string;
      /** Who has that address instead; absent: nobody. */
      readonly holder?: string;
      readonly subnet: string;
    }
  | { readonly kind: 'overlap'; readonly prefix: string; readonly nodes: readonly string[] }
  /** All of flannel's nodes by how it runs there: those of different groups do not understand each other. */
  | {
      readonly kind: 'flannel';
      readonly difference: FlannelDifference;
      /** Those with most nodes first. */
      readonly groups: readonly FlannelGroup[];
    }
  | {
      readonly kind: 'machine';
      readonly node: string;
      readonly problem: 'terminated' | 'stopped' | 'absent' | 'ambiguous' | 'none-found';
      /** `none-found`: all of them. */
      readonly nodes?: readonly string[];
      readonly providerID?: string;
      readonly machine?: string;
      readonly stateText?: string;
      readonly candidates?: readonly string[];
      /** Where we looked: fabric ids. */
      readonly searched: readonly string[];
    }
  | {
      readonly kind: 'filter';
      readonly fabric: string;
      /** Ids; several where they count together. */
      readonly filters: readonly string[];
      readonly filterKind: FilterKind;
      readonly direction: 'in' | 'out';
      /** The one that packets pass there, or one like it. */
      readonly interface: string;
      /** `limited`: only some ports or protocols; `disputed`: it hangs on what rules say about groups or unread names. */
      readonly problem: 'refused' | 'limited' | 'disputed';
      /** The rule that denies it, where one does by name. */
      readonly by?: { readonly name?: string; readonly rank: number };
      /** What gets through, or may: `tcp 443`. */
      readonly admitted?: readonly string[];
      /** Groups and names that the answer hangs on. */
      readonly groups?: readonly string[];
      /** Whose addresses are not admitted: the sender's at a filter inwards, the receiver's at one outwards. */
      readonly node: string;
      /** Its own address is meant, or it is no node at all; absent: its pods. */
      readonly standsFor?: 'its own address' | 'an extra sender';
      /** Its podCIDR, or its own address. */
      readonly prefix: string;
      /** The addresses concerned, as prefixes, where they are not all of it. */
      readonly part?: readonly string[];
      /** It would admit all of it if routes made the addresses part of the network's own space. */
      readonly followsRoutes?: true;
      /** The outer packets of an overlay are what is not admitted. */
      readonly tunnel?: string;
      readonly protocol?: string;
      readonly port?: number;
    }
  | { readonly kind: 'gap'; readonly gap: Gap };

export interface Fault {
  readonly rule: RuleId;
  readonly verdict: 'fail' | 'unknown';
  /** Whose fault it is on this path: the sender's, the receiver's, or the same object for many pairs. */
  readonly owner: 'from' | 'to' | 'shared';
  /** Two faults of one node with equal rule and slot have the same cause; shared faults: the cause itself. */
  readonly slot: string;
  /** scope / id: with the rule it is the finding's key. */
  readonly cause: string;
  readonly detail: FaultDetail;
}

export interface FaultGroup {
  readonly rule: RuleId;
  readonly cause: string;
  /** `fail` as soon as one path fails by it. */
  readonly verdict: 'fail' | 'unknown';
  readonly details: readonly FaultDetail[];
  readonly pairsBroken: number;
  readonly roundTripsBroken: number;
  /** Of paths that are no pairs of pod ranges; absent: none. */
  readonly otherPathsBroken?: number;
}

/** Equal for gaps about the same thing. */
export function gapCause(gap: Gap): string {
  return [gap.facet, gap.scope, gap.subject].filter((part) => part !== undefined).join('/');
}

export function gapFault(gap: Gap, owner: Fault['owner'] = 'shared', slot?: string): Fault {
  const cause = gapCause(gap);
  return {
    rule: 'evidence-incomplete',
    verdict: 'unknown',
    owner,
    slot: slot ?? cause,
    cause,
    detail: { kind: 'gap', gap },
  };
}
