// Nodes, segments and faults as lines for `ip -batch`, switches and firewalls: what a kernel lab is built from.

/** What one end has in one family. */
export interface Numbers {
  readonly address: string;
  readonly podCIDR: string;
  /** Of one pod, which has them all. */
  readonly pods: readonly string[];
  /** Of the node's side of the pods' link, and of its prefix. */
  readonly gateway: string;
  readonly podPrefix: string;
}

/** A node with its pods, and what is wrong with it. */
export interface KernelNode {
  readonly name: string;
  /** Which bridge its eth0 hangs on. */
  readonly segment: number;
  readonly numbers: Numbers;
  /** Absent: the cluster has no IPv6. */
  readonly numbers6?: Numbers;
  /** `ip -batch` in its namespace, in order; what the kernel refuses is left out. */
  readonly lines: readonly string[];
  /** Paths below /proc/sys/net -> value; `eth0` and `cni0` are its links. */
  readonly switches: Readonly<Record<string, string>>;
  readonly firewalls: readonly FirewallScript[];
  /** Some of its flows take another way than others, so packets say of one flow only. */
  readonly spreads: boolean;
}

export const FIREWALL_TOOLS = [
  'iptables-nft-restore',
  'iptables-legacy-restore',
  'ip6tables-nft-restore',
  'nft',
] as const;

/** What one of the tools is given. */
export interface FirewallScript {
  readonly tool: (typeof FIREWALL_TOOLS)[number];
  readonly text: string;
}

export interface Topology {
  readonly nodes: readonly KernelNode[];
  readonly segments: number;
  readonly hasIPv6: boolean;
  /** `ip -batch` of a router that has .254 in each segment; absent: there is none. */
  readonly router?: readonly string[];
  /** Nodes of one segment have just heard of each other. */
  readonly isWarm: boolean;
  /** For people. */
  readonly says: readonly string[];
}

export function segmentPrefix(segment: number): string {
  return `192.168.${String(50 + segment)}.0/24`;
}

export function segmentPrefix6(segment: number): string {
  return `fd00:${String(50 + segment)}::/64`;
}

export function routerAddress(segment: number): string {
  return `192.168.${String(50 + segment)}.254`;
}

export function routerAddress6(segment: number): string {
  return `fd00:${String(50 + segment)}::fe`;
}
