/**
 * What netfilter does with packets that a Linux kernel forwards. The same words for iptables of both kinds and for
 * nftables: the kernel asks them all.
 */
export const FIREWALL_FAMILIES = ['ipv4', 'ipv6'] as const;
export type FirewallFamily = (typeof FIREWALL_FAMILIES)[number];

export interface GuestChain {
  /** Unique on the node: `iptables-nft filter FORWARD`, `nft inet firewalld filter_FORWARD`. */
  readonly id: string;
  /** Absent: packets of both come here. */
  readonly family?: FirewallFamily;
  /** Absent: packets come here from other chains only. */
  readonly base?: GuestHook;
  readonly rules: readonly GuestFirewallRule[];
}

export const GUEST_HOOKS = ['prerouting', 'forward', 'postrouting'] as const;

export interface GuestHook {
  readonly hook: (typeof GUEST_HOOKS)[number];
  /** `nat` is asked for the first packet of a connection only. */
  readonly type: 'filter' | 'nat';
  /** The lowest is asked first. */
  readonly priority: number;
  /** For what falls out at the end; a drop is final, an acceptance is this chain's own. */
  readonly policy: 'accept' | 'drop';
}

export interface GuestFirewallRule {
  /** All of them have to hold; none: it is for every packet. */
  readonly matches: readonly GuestMatch[];
  /** In order; none: it only counts. */
  readonly actions: readonly GuestAction[];
  /** As its tool writes it, for people. */
  readonly text: string;
}

export type GuestMatch =
  | {
      readonly kind: 'address';
      readonly side: 'source' | 'destination';
      readonly prefixes: readonly string[];
      readonly not?: true;
    }
  /** Names; with `*` at the end: whatever begins so. */
  | { readonly kind: 'link'; readonly side: 'in' | 'out'; readonly links: readonly string[]; readonly not?: true }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly not?: true }
  /** Of the connection, in lower case. */
  | { readonly kind: 'state'; readonly states: readonly string[]; readonly not?: true }
  /** Is the address one of the node's own? */
  | { readonly kind: 'own'; readonly side: 'source' | 'destination'; readonly not?: true }
  | { readonly kind: 'family'; readonly family: FirewallFamily }
  /** Something that addresses do not tell (ports, rates, sets): it may hold or not. */
  | { readonly kind: 'other'; readonly text: string };

export type GuestAction =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  /** new = (old and not mask) xor value; absent: to what is not known. */
  | { readonly kind: 'mark'; readonly value?: number; readonly mask?: number }
  /** Its connection is not followed any more. */
  | { readonly kind: 'untrack' }
  /** The source becomes this address; absent: that of the link by which it leaves. */
  | { readonly kind: 'source'; readonly address?: string }
  /** Nobody knows what becomes of the packet. */
  | { readonly kind: 'opaque'; readonly text: string };
