/** What admits or refuses packets on their way, whatever a vendor calls it. */

/**
 * `security-group`: EC2; all groups of an interface together, allow only. `network-acl`: EC2, at a subnet's border.
 * `network-security-group`: Azure; at a subnet or an interface. `vpc-firewall`: Compute Engine; all rules of a network.
 */
export const FILTER_KINDS = ['security-group', 'network-acl', 'network-security-group', 'vpc-firewall'] as const;
export type FilterKind = (typeof FILTER_KINDS)[number];

/** How its rules are combined follows from the kind. What no rule decides is denied: implied rules are written out. */
export interface FilterFacts {
  readonly id: string;
  readonly kind: FilterKind;
  readonly name?: string;
  readonly network?: string;
  readonly rules: readonly FilterRule[];
  /** Parts that were not read: what they would decide is unknown for every packet. Why, for people. */
  readonly unread?: readonly string[];
  /** Parts beside or above it whose decision is unknown, for these packets only: firewall policies. */
  readonly doubts?: readonly FilterDoubt[];
}

export interface FilterDoubt {
  /** For people: `hierarchical firewall policy baseline (rule 100: deny)`. */
  readonly name: string;
  /** Sources and destinations that it is about; absent: any. */
  readonly from?: FilterPeers;
  readonly to?: FilterPeers;
}

export interface FilterRule {
  /** As seen from the machine: `in` towards it, `out` away from it. */
  readonly direction: 'in' | 'out';
  readonly action: 'allow' | 'deny';
  /** The lowest decides first; security groups have no order: 0. */
  readonly rank: number;
  /** The vendor's name for it: rule number, name, sgr- id. */
  readonly name?: string;
  /** Absent: every protocol. `tcp`, `udp`, `icmp`, `icmpv6`, else the number as text. */
  readonly protocol?: string;
  /** Inclusive; absent: every port, and for ICMP every type. */
  readonly ports?: readonly PortRange[];
  /** Who is at the other end: the sources of `in`, the destinations of `out`. */
  readonly peers: FilterPeers;
  /** Addresses at the filter's own end; absent: any. */
  readonly own?: FilterPeers;
  /** Machines that the rule is for, by network tag or service account; absent: all that meet the filter. */
  readonly targets?: readonly string[];
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Any of these. Everything is spelled out: `0.0.0.0/0` is IPv4 only. */
export interface FilterPeers {
  /** Canonical. */
  readonly prefixes: readonly string[];
  /**
   * Security groups, application security groups, network tags, service accounts. They stand for the addresses of the
   * interfaces that have them; whether a pod behind such an interface counts is not certain.
   */
  readonly groups?: readonly string[];
  /** The network's own space in the fabric's sense (Azure's tag VirtualNetwork): its ranges and those of user routes. */
  readonly network?: true;
  /** The internet in the fabric's sense (Azure's tag Internet): outside the network, and never a private address. */
  readonly internet?: true;
  /** Names whose addresses were not read: prefix lists, service tags. */
  readonly unread?: readonly string[];
}
