/**
 * How each fabric treats a packet whose addresses are not its own, as data: one row per fabric. The walk asks
 * these questions and never which vendor it is.
 */
import type { FilterKind } from '../model/filter.ts';
import type { FabricKind } from '../model/snapshot.ts';
import type { Combination } from './traffic.ts';

export interface FabricBehaviour {
  /** A frame to a neighbour's hardware address inside one subnet is delivered without asking the route table. */
  readonly onLinkBypassesTables: boolean;
  /** The sender's interface drops packets from addresses that are not assigned to it while forwarding is off. */
  readonly checksSource: boolean;
  /** The receiver's interface drops packets to addresses that are not assigned to it while forwarding is off. */
  readonly checksDestination: boolean;
  /**
   * What comes of a neighbour query for an address of the sender's own subnet: the interface it is assigned to answers
   * (`assigned`), any guest may (`guests`), the fabric answers for all and then routes by destination (`router`), or
   * guests have no neighbours and send everything to the router (`nobody`).
   */
  readonly neighbours: 'assigned' | 'guests' | 'router' | 'nobody';
  /** Which routes inside the network's own ranges lose against the local route, however long they are. */
  readonly localBeats: 'propagated' | 'every route' | 'no route';
}

export type BehaviourTable = Readonly<Record<FabricKind, FabricBehaviour>>;

export const FABRIC_BEHAVIOUR: BehaviourTable = {
  // Sources: AWS VPC user guide, "Route tables" (route-table rules apply to traffic that leaves the subnet by the
  // subnet router's hardware address), "Route priority" and "NAT instances" (source/destination check);
  // Calico's AWS page (the check matters inside one subnet without any VPC route).
  aws: {
    onLinkBypassesTables: true,
    checksSource: true,
    checksDestination: true,
    neighbours: 'assigned',
    localBeats: 'propagated',
  },
  // Sources: VPC documentation, "Routes" (every packet that leaves a machine is routed by the network; subnet routes
  // cannot be overridden by static ones) and "Using routes" (canIpForward at sender and next hop).
  gcp: {
    onLinkBypassesTables: false,
    checksSource: true,
    checksDestination: true,
    neighbours: 'nobody',
    localBeats: 'every route',
  },
  // Sources: Azure virtual network FAQ (a virtual network is a layer-3 overlay), "Virtual network traffic routing"
  // (user routes win over system routes of equal length; IP forwarding of the network interface).
  azure: {
    onLinkBypassesTables: false,
    checksSource: true,
    checksDestination: true,
    neighbours: 'router',
    localBeats: 'no route',
  },
};

/** How each kind of filter combines its rules, as data: one row per kind. */
export interface FilterBehaviour {
  /** `union`: all filters at one place together admit what any of their rules allows. */
  readonly combination: Combination;
  /** Replies to what was admitted pass without being asked for again. */
  readonly stateful: boolean;
  /** Met only by packets that leave one subnet for another. */
  readonly betweenSubnetsOnly: boolean;
}

export type FilterBehaviourTable = Readonly<Record<FilterKind, FilterBehaviour>>;

export const FILTER_BEHAVIOUR: FilterBehaviourTable = {
  // Source: VPC user guide, "Security group rules" (allow only, all groups of an interface together, stateful).
  'security-group': { combination: 'union', stateful: true, betweenSubnetsOnly: false },
  // Source: VPC user guide, "Network ACLs" (in order of rule numbers, stateless, at the subnet's border).
  'network-acl': { combination: 'first-match', stateful: false, betweenSubnetsOnly: true },
  // Source: Azure "Network security groups" (by priority, stateful; also between machines of one subnet).
  'network-security-group': { combination: 'first-match', stateful: true, betweenSubnetsOnly: false },
  // Source: VPC documentation, "VPC firewall rules" (by priority, deny before allow among equals, stateful).
  'vpc-firewall': { combination: 'first-match', stateful: true, betweenSubnetsOnly: false },
};
