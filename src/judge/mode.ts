/**
 * Which network mode is in force on a node, and on what evidence. Presence is not evidence: an agent counts only
 * where it runs now, and an annotation only where its writer runs.
 */
import type { Config, NetworkMode } from '../model/config.ts';
import type { DetectedMode, EvidenceLevel } from '../model/judgement.ts';
import { DIRECT_MODES } from '../model/judgement.ts';
import { containsAddress, parseAddress } from '../model/prefix.ts';
import type { Agent, CniFacts, Gap, NodeFacts } from '../model/snapshot.ts';
import { fromNoAgent } from './modes/bare.ts';
import { fromCalico } from './modes/calico.ts';
import { fromCilium, fromDataplaneV2 } from './modes/cilium.ts';
import { embedsFlannel, findK3sBackend, fromFlannel, runsFlannel } from './modes/flannel.ts';
import type { Guess, NodeEvidence, Tunnel } from './modes/guess.ts';
import { unknown } from './modes/guess.ts';
import {
  fromAntrea,
  fromAzureCni,
  fromKindnet,
  fromKubeRouter,
  fromOvn,
  fromVpcCni,
  fromWeave,
} from './modes/others.ts';
import type { PodRanges } from './ranges.ts';

export type { Tunnel } from './modes/guess.ts';

export interface ModeDecision {
  readonly mode: DetectedMode;
  /** For people: the evidence, or why nothing could be decided. */
  readonly reason: string;
  readonly level: EvidenceLevel;
  /** Present where the mode is unknown: what would decide it. */
  readonly gap?: Gap;
  /** What carries pod packets between nodes, where a tunnel does and its packets are known. */
  readonly tunnel?: Tunnel;
  /** What the agent told its peers as next hops; absent: the node's own addresses. */
  readonly announced?: readonly string[];
  /** What speaks against a mode that the user stated. */
  readonly doubt?: string;
}

/** What the walk of a mode does not depend on, but detection does. */
export interface ModeContext {
  readonly cni: CniFacts;
  readonly gaps: readonly Gap[];
  readonly wanted: Config['networkModes'];
  /** `index`: the node's place in the list. */
  readonly rangesOf: (node: NodeFacts, index: number) => PodRanges;
  readonly fabricOf: (
    node: NodeFacts,
    index: number,
  ) => Pick<NodeEvidence, 'fabricHoldsPodRoutes' | 'fabricAssignsPods' | 'fabricDecides' | 'isAssigned'>;
  readonly kernelOf: (
    node: NodeFacts,
    index: number,
  ) => Pick<NodeEvidence, 'isKernelRead' | 'directRoutes' | 'gatewayRoutes' | 'routersWithPods'>;
}

/**
 * Who moves packets, in the order in which they are asked; undefined: not this one. Agents that say different things
 * about one node leave it unknown.
 */
const DETECTORS: readonly (readonly [Agent, (evidence: NodeEvidence) => Guess | undefined])[] = [
  ['aws-vpc-cni', fromVpcCni],
  ['azure-cni', fromAzureCni],
  ['dataplane-v2', fromDataplaneV2],
  ['cilium', fromCilium],
  ['calico', (evidence) => (runsFlannel(evidence.agents) ? undefined : fromCalico(evidence))],
  ['antrea', fromAntrea],
  ['weave', fromWeave],
  ['ovn-kubernetes', fromOvn],
  ['kube-router', fromKubeRouter],
  ['kindnet', fromKindnet],
];

export function decideModes(nodes: readonly NodeFacts[], context: ModeContext): ModeDecision[] {
  const agents = new Map(context.cni.agents.map((entry) => [entry.node, entry.agents]));
  const cluster = { k3sBackend: findK3sBackend(nodes), hasWindows: nodes.some(({ os }) => os === 'windows') };
  const { cni, gaps } = context;
  const pods = Map.groupBy(cni.samples ?? [], (sample) => sample.node);
  return nodes.map((node, index) => {
    const own = agents.get(node.name) ?? [];
    const fabric = context.fabricOf(node, index);
    const kernel = context.kernelOf(node, index);
    return decideMode(
      {
        node,
        agents: own,
        ranges: context.rangesOf(node, index),
        cni,
        samples: pods.get(node.name) ?? [],
        gaps,
        ...cluster,
        ...fabric,
        ...kernel,
      },
      context,
    );
  });
}

function decideMode(evidence: NodeEvidence, { wanted }: ModeContext): ModeDecision {
  const [only, second] = wanted === 'auto' ? [] : wanted;
  const guess = detect(evidence);
  if (only !== undefined && second === undefined) return stated(only, guess, evidence);
  const contradiction = DIRECT_MODES.has(guess.mode) ? findContradiction(evidence) : undefined;
  if (contradiction !== undefined) return withLevel(unknown(`${guess.reason}, but ${contradiction}`), evidence);
  if (wanted === 'auto' || guess.mode === 'unknown' || (wanted as readonly string[]).includes(guess.mode)) {
    return withLevel(guess, evidence);
  }
  return withLevel(unknown(`${guess.reason}, which input network-mode does not list`), evidence);
}

/** The user's word counts, and what speaks against it is kept for a notice. */
function stated(mode: NetworkMode, guess: Guess, evidence: NodeEvidence): ModeDecision {
  const { ranges, fabricDecides } = evidence;
  if (ranges.missing !== undefined && mode !== 'overlay') {
    const reason = `input network-mode says ${mode}, and which ranges this node has could not be read`;
    return withLevel(unknown(reason, ranges.missing), evidence);
  }
  // In a cloud that routes every packet itself, host routes make no difference that could be seen.
  const isSame = guess.mode === mode || (mode === 'overlay' && guess.mode === 'eni');
  const isAlike = fabricDecides && ['host-gw', 'fabric'].includes(mode) && ['host-gw', 'fabric'].includes(guess.mode);
  // Routes that no agent made are static ones, whatever their next hop.
  const isByHand = mode === 'static' && guess.mode === 'host-gw' && detectAgent(evidence) === undefined;
  const fits = guess.mode === 'unknown' || isSame || isAlike || isByHand;
  const other = fits ? doubtStatic(mode, evidence) : `${guess.mode}: ${guess.reason}`;
  const doubt = other ?? (DIRECT_MODES.has(mode) ? findContradiction(evidence) : undefined);
  const kept = guess.mode === mode ? guess : withoutMode(evidence);
  if (mode === 'cross-subnet' && evidence.node.os === 'windows')
    return withLevel(ofWindows(`input network-mode says ${mode}`), evidence);
  const said = { ...kept, mode, reason: `input network-mode says ${mode}` };
  if (doubt === undefined) return withLevel(said, evidence);
  return { ...said, level: 'fabric', doubt };
}

function doubtStatic(mode: NetworkMode, { isKernelRead, directRoutes }: NodeEvidence): string | undefined {
  if (mode !== 'static' || !isKernelRead || directRoutes > 0) return undefined;
  return 'its own kernel has no route to a pod range of another node with a next hop';
}

/** What flannel's annotation announces holds for peers whatever we make of the rest. */
function withoutMode({ node }: NodeEvidence): Pick<Guess, 'announced'> {
  const announced = [node.flannel?.publicIP, node.flannel?.publicIPv6].filter((text) => text !== undefined);
  return announced.length === 0 ? {} : { announced };
}

function withLevel(guess: Guess, { node, agents, k3sBackend, isKernelRead }: NodeEvidence): ModeDecision {
  const runs = agents.length > 0 || embedsFlannel(node, k3sBackend);
  const agentRuns = runs && (guess.mode === 'host-gw' || guess.mode === 'cross-subnet');
  const level: EvidenceLevel =
    isKernelRead && guess.mode !== 'unknown' ? 'guest' : agentRuns ? 'fabric+agent' : 'fabric';
  const decision = { ...guess, level };
  if (guess.mode !== 'unknown' || guess.gap !== undefined) return decision;
  return { ...decision, gap: { facet: 'cni', subject: 'network mode', reason: guess.reason } };
}

function detect(evidence: NodeEvidence): Guess {
  const guess = detectAgent(evidence) ?? detectWithoutAgent(evidence);
  if (guess.mode !== 'cross-subnet' || evidence.node.os !== 'windows') return guess;
  return ofWindows(guess.reason);
}

function ofWindows(reason: string): Guess {
  return unknown(`${reason}, and what Windows makes of direct routes inside a subnet is not known`);
}

function detectAgent(evidence: NodeEvidence): Guess | undefined {
  const { agents, node, k3sBackend } = evidence;
  const guesses: Guess[] = [];
  for (const [agent, ask] of DETECTORS) {
    const guess = agents.includes(agent) ? ask(evidence) : undefined;
    if (guess !== undefined) guesses.push(guess);
  }
  if (runsFlannel(agents) || (guesses.length === 0 && embedsFlannel(node, k3sBackend))) {
    guesses.push(fromFlannel(evidence));
  }
  const [first, ...others] = guesses;
  const different = others.find((other) => other.mode !== first?.mode);
  if (first === undefined || different === undefined) return first;
  return unknown(`two network agents run here: ${first.reason}; ${different.reason}`, first.gap ?? different.gap);
}

function detectWithoutAgent(evidence: NodeEvidence): Guess {
  const { node, cni, gaps, directRoutes } = evidence;
  // Whoever made them: they are what packets follow.
  if (evidence.gatewayRoutes * 2 > directRoutes) {
    const reason = `its own kernel has routes to ${String(evidence.gatewayRoutes)} pod ranges of other nodes, by way of addresses inside of them`;
    return { mode: 'static', reason };
  }
  if (directRoutes > 0) {
    const reason = `its own kernel sends packets to ${String(directRoutes)} pod ranges of other nodes straight to a next hop`;
    return { mode: 'host-gw', reason };
  }
  if (!cni.complete) {
    const gap = gaps.find((candidate) => candidate.facet === 'cni');
    const why = gap === undefined ? 'the network agents were not read' : `${gap.subject}: ${gap.reason}`;
    return unknown(`which agent runs here could not be read (${why})`, gap);
  }
  const annotated = node.flannel?.backendType;
  if (annotated === undefined) return fromNoAgent(evidence);
  return unknown(`flannel's annotation says ${annotated}, but no Ready flannel pod runs here`);
}

/** A running pod whose address is in none of the node's ranges: then pods get their addresses from somewhere else. */
function findContradiction({ node, samples, ranges }: NodeEvidence): string | undefined {
  if (node.virtual !== undefined) return undefined;
  for (const { pod, addresses } of samples) {
    for (const text of addresses) {
      const address = parseAddress(text);
      const family = ranges.prefixes.filter((prefix) => prefix.family === address?.family);
      // A family in which the node has no range is not judged; without any range no pod should have an address.
      if (address === undefined || (family.length === 0 && ranges.prefixes.length > 0)) continue;
      if (family.some((prefix) => containsAddress(prefix, address))) continue;
      const held = ranges.prefixes.map((prefix) => prefix.text).join(', ');
      const where = held === '' ? 'and the node has no pod range' : `outside the node's ${held}`;
      return `pod ${pod} runs here with address ${text}, ${where}`;
    }
  }
  return undefined;
}
