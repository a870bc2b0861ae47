/**
 * Which network mode is in force on a node, and on what evidence. Presence is not evidence: an agent counts only
 * where it runs now, and an annotation only where its writer runs.
 */
import type { Config, NetworkMode } from '../model/config.ts';
import type { DetectedMode, EvidenceLevel } from '../model/judgement.ts';
import type { Agent, CniFacts, Gap, NodeFacts } from '../model/snapshot.ts';

export interface ModeDecision {
  readonly mode: DetectedMode;
  /** For people: the evidence, or why nothing could be decided. */
  readonly reason: string;
  readonly level: EvidenceLevel;
  /** Present where the mode is unknown: what would decide it. */
  readonly gap?: Gap;
  /** What carries pod packets between nodes, where a tunnel does and its packets are known. */
  readonly tunnel?: Tunnel;
}

/** The outer packets of an overlay: from node address to node address. */
export interface Tunnel {
  /** As in filter rules: `udp`, or a protocol number (IP-in-IP is `4`, ESP `50`). */
  readonly protocol: string;
  readonly port?: number;
  /** For people: `VXLAN, UDP 8472`. */
  readonly name: string;
}

/** What the walk of a mode does not depend on, but detection does. */
export interface ModeContext {
  readonly cni: CniFacts;
  readonly gaps: readonly Gap[];
  readonly wanted: Config['networkModes'];
  /** Some table of the node's network holds a route for some node's podCIDR. */
  readonly fabricHoldsPodRoutes: (node: NodeFacts) => boolean;
  /** The fabric itself has assigned the node's podCIDRs to one of its interfaces. */
  readonly fabricAssignsPods: (node: NodeFacts) => boolean;
}

/** flannel's own word -> ours. `alloc` and the removed cloud backends leave routing to somebody else: the fabric. */
const FLANNEL_BACKENDS: Readonly<Record<string, NetworkMode>> = {
  'host-gw': 'host-gw',
  alloc: 'fabric',
  'aws-vpc': 'fabric',
  gce: 'fabric',
  'ali-vpc': 'fabric',
  vxlan: 'overlay',
  wireguard: 'overlay',
  'wireguard-native': 'overlay',
  ipip: 'overlay',
  ipsec: 'overlay',
  udp: 'overlay',
};

interface Guess {
  readonly mode: DetectedMode;
  readonly reason: string;
  readonly gap?: Gap;
}

export function decideModes(nodes: readonly NodeFacts[], context: ModeContext): ModeDecision[] {
  const agents = new Map(context.cni.agents.map((entry) => [entry.node, entry.agents]));
  return nodes.map((node) => decideMode(node, agents.get(node.name) ?? [], context));
}

function decideMode(node: NodeFacts, agents: readonly Agent[], context: ModeContext): ModeDecision {
  const { wanted } = context;
  const [only, second] = wanted === 'auto' ? [] : wanted;
  if (only !== undefined && second === undefined) {
    return withLevel({ mode: only, reason: `input network-mode says ${only}` }, node, agents);
  }
  const guess = detect(node, agents, context);
  if (wanted === 'auto' || guess.mode === 'unknown' || (wanted as readonly string[]).includes(guess.mode)) {
    return withLevel(guess, node, agents);
  }
  return withLevel(
    { mode: 'unknown', reason: `${guess.reason}, which input network-mode does not list` },
    node,
    agents,
  );
}

function withLevel(guess: Guess, node: NodeFacts, agents: readonly Agent[]): ModeDecision {
  const agentRuns = guess.mode === 'host-gw' && (flannelRuns(agents) || embeddedFlannelRuns(node));
  const decision = { ...guess, level: agentRuns ? ('fabric+agent' as const) : ('fabric' as const) };
  if (guess.mode !== 'unknown' || guess.gap !== undefined) return decision;
  return { ...decision, gap: { facet: 'cni', subject: 'network mode', reason: guess.reason } };
}

function flannelRuns(agents: readonly Agent[]): boolean {
  return agents.includes('flannel') || agents.includes('canal');
}

/** k3s and RKE2 run flannel inside the process that also is the kubelet: a Ready node has it running. */
function embeddedFlannelRuns(node: NodeFacts): boolean {
  if (node.k3sNodeArgs === undefined || node.ready !== 'True') return false;
  const args = node.k3sNodeArgs.join(' ');
  return !/--flannel-backend[= ]none\b/.test(args);
}

function detect(node: NodeFacts, agents: readonly Agent[], context: ModeContext): Guess {
  const { cni } = context;
  const elsewhere = detectOtherAgent(agents, cni);
  if (elsewhere !== undefined) return elsewhere;
  const annotated = node.flannel?.backendType;
  if (flannelRuns(agents) || embeddedFlannelRuns(node)) {
    const backend = annotated ?? cni.flannel?.backendType;
    if (backend === undefined)
      return { mode: 'unknown', reason: 'flannel runs here, but has not said which backend it uses' };
    return fromFlannel(backend, cni.flannel?.directRouting ?? false);
  }
  if (!cni.complete) {
    const gap = context.gaps.find((candidate) => candidate.facet === 'cni');
    const why = gap === undefined ? 'the network agents were not read' : `${gap.subject}: ${gap.reason}`;
    const reason = `which agent runs here could not be read (${why})`;
    return { mode: 'unknown', reason, ...(gap === undefined ? {} : { gap }) };
  }
  if (annotated !== undefined) {
    return { mode: 'unknown', reason: `flannel's annotation says ${annotated}, but no Ready flannel pod runs here` };
  }
  const [foreign] = agents;
  if (foreign !== undefined) return { mode: 'unknown', reason: `${foreign} runs here, and its mode is not read yet` };
  const condition = node.networkUnavailable?.reason;
  if (condition === 'RouteCreated' || condition === 'NoRouteCreated') {
    return { mode: 'fabric', reason: `no network agent runs here, and a cloud route controller wrote ${condition}` };
  }
  if (context.fabricAssignsPods(node)) {
    return {
      mode: 'fabric',
      reason: 'no network agent runs here, and the cloud assigns the podCIDR to an interface of the node',
    };
  }
  if (cni.agents.length === 0 && context.fabricHoldsPodRoutes(node)) {
    return { mode: 'fabric', reason: 'no network agent runs anywhere, and the route tables hold pod routes' };
  }
  return { mode: 'unknown', reason: 'no known network agent runs here, and no route table holds a pod route' };
}

function fromFlannel(backend: string, directRouting: boolean): Guess {
  const mode = FLANNEL_BACKENDS[backend];
  if (mode === undefined) return { mode: 'unknown', reason: `flannel's backend ${backend} is not known` };
  if (mode === 'overlay' && directRouting) {
    return { mode: 'unknown', reason: `flannel's ${backend} has DirectRouting on: inside a subnet it is host-gw` };
  }
  return { mode, reason: `flannel runs here with backend ${backend}` };
}

/** Agents that decide alone, whatever flannel's leftovers say. */
function detectOtherAgent(agents: readonly Agent[], cni: CniFacts): Guess | undefined {
  if (agents.includes('aws-vpc-cni')) {
    return { mode: 'eni', reason: 'the AWS VPC CNI runs here: pods have addresses of network interfaces' };
  }
  if (agents.includes('cilium')) return fromCilium(cni);
  if (agents.includes('calico') && !flannelRuns(agents)) return fromCalico(cni);
  if (agents.includes('weave')) return { mode: 'overlay', reason: 'Weave Net runs here and encapsulates' };
  if (agents.includes('ovn-kubernetes'))
    return { mode: 'overlay', reason: 'OVN-Kubernetes runs here and encapsulates' };
  return undefined;
}

function fromCilium(cni: CniFacts): Guess {
  const { cilium } = cni;
  if (cilium === undefined) return { mode: 'unknown', reason: 'Cilium runs here, but cilium-config was not read' };
  if (cilium.routingMode === 'tunnel') return { mode: 'overlay', reason: 'Cilium runs here in tunnel mode' };
  if (['eni', 'azure', 'alibabacloud'].includes(cilium.ipam)) {
    return { mode: 'eni', reason: `Cilium runs here with ipam ${cilium.ipam}` };
  }
  return { mode: 'unknown', reason: `Cilium runs here with native routing and ipam ${cilium.ipam}, not judged yet` };
}

function fromCalico(cni: CniFacts): Guess {
  const pools = cni.calicoPools?.filter((pool) => !pool.disabled) ?? [];
  if (pools.length === 0) return { mode: 'unknown', reason: 'Calico runs here, but no enabled IPPool was read' };
  if (pools.every((pool) => pool.ipipMode === 'Always' || pool.vxlanMode === 'Always')) {
    return { mode: 'overlay', reason: 'Calico runs here and every enabled IPPool encapsulates always' };
  }
  return { mode: 'unknown', reason: 'Calico runs here without full encapsulation, not judged yet' };
}
