/** What a network mode is guessed from, and what a guess is. */
import type { DetectedMode } from '../../model/judgement.ts';
import type { Agent, CniFacts, Gap, NodeFacts, PodSample } from '../../model/snapshot.ts';
import type { PodRanges } from '../ranges.ts';

/** The outer packets of an overlay: from node address to node address. */
export interface Tunnel {
  /** As in filter rules: `udp`, or a protocol number (IP-in-IP is `4`, ESP `50`). */
  readonly protocol: string;
  readonly port?: number;
  /** For people: `VXLAN, UDP 8472`. */
  readonly name: string;
  /**
   * Which addresses the outer packets have: the node's first family whatever the pods have (`node`), or it is known for
   * IPv4 pods only (`ipv4`). Absent: the family of the pods.
   */
  readonly outer?: 'node' | 'ipv4';
}

export interface Guess {
  readonly mode: DetectedMode;
  /** For people: the evidence, or why nothing could be decided. */
  readonly reason: string;
  /** What would decide it, where something could not be read. */
  readonly gap?: Gap;
  /** What carries pod packets between nodes, where a tunnel does and its packets are known. */
  readonly tunnel?: Tunnel;
  /** What the agent told its peers as next hop towards this node; absent: the node's own addresses. */
  readonly announced?: readonly string[];
}

/** One node, and all that is known about its network. */
export interface NodeEvidence {
  readonly node: NodeFacts;
  /** Those that run on it now. */
  readonly agents: readonly Agent[];
  readonly ranges: PodRanges;
  readonly cni: CniFacts;
  /** Some of its running pods. */
  readonly samples: readonly PodSample[];
  readonly gaps: readonly Gap[];
  /** What servers of k3s say about the backend of the whole cluster. */
  readonly k3sBackend: string | undefined;
  /** Some node runs Windows. */
  readonly hasWindows: boolean;
  /** Some table of the node's network holds a route for some node's pod range. */
  readonly fabricHoldsPodRoutes: boolean;
  /** Names of routers outside of clouds that hold a route for some node's pod range. */
  readonly routersWithPods: readonly string[];
  /** The fabric itself has assigned the node's pod ranges to one of its interfaces. */
  readonly fabricAssignsPods: boolean;
  /** The fabric routes every packet by its destination, whatever next hop the guest has chosen. */
  readonly fabricDecides: boolean;
  readonly isKernelRead: boolean;
  /** To how many pod ranges of other nodes its kernel has a route with a next hop. */
  readonly directRoutes: number;
  /** Of these, with a next hop inside of the range itself: the peer's pod gateway. */
  readonly gatewayRoutes: number;
  /** Whether the fabric has assigned an address to an interface of the node. */
  readonly isAssigned: (address: string) => boolean;
}

export function unknown(reason: string, gap?: Gap): Guess {
  return { mode: 'unknown', reason, ...(gap === undefined ? {} : { gap }) };
}

export function udp(name: string, port: number, outer?: Tunnel['outer']): Tunnel {
  return { protocol: 'udp', port, name: `${name}, UDP ${String(port)}`, ...(outer === undefined ? {} : { outer }) };
}

/** IPv6 packets in IPv6 ones have another protocol, and not all agents make them. */
export const IPIP: Tunnel = { protocol: '4', name: 'IP-in-IP, protocol 4', outer: 'ipv4' };

/** A gap about something that the agent's mode hangs on. */
export function gapAbout({ gaps }: NodeEvidence, subject: RegExp): Gap | undefined {
  return gaps.find((gap) => gap.facet === 'cni' && subject.test(gap.subject));
}
