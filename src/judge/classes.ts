/** Nodes that behave alike, so that a path is walked once for many pairs. */
import type { Fault } from '../model/faults.ts';
import type { Family } from '../model/prefix.ts';
import { outerFamily, tunnelEnd } from './filtering.ts';
import { describeBackend } from './flannel.ts';
import type { Filters } from './filters.ts';
import { faultId } from './path.ts';
import type { SenderContext } from './sender.ts';
import { advertisedAddress } from './sender.ts';
import type { SurveyedNode } from './survey.ts';
import type { Tracer } from './trace.ts';
import type { Piece } from './walk.ts';

export interface NodeClassIndex {
  readonly id: string;
  /** In the order of the snapshot; never empty. */
  readonly nodes: readonly SurveyedNode[];
}

/**
 * Two nodes share a class when every path from and towards them looks the same, apart from whose interface or
 * podCIDR is at fault. Nodes that share addresses with others are told apart by their podCIDRs.
 */
export function classifyNodes(tracer: Tracer, nodes: readonly SurveyedNode[]): NodeClassIndex[] {
  const contexts = findContexts(tracer, nodes);
  const trails = new Trails();
  const groups = Map.groupBy(nodes, (node) => {
    const trail = trails.start();
    signNode(tracer, node, contexts, trail);
    return trail.end;
  });
  return [...groups.values()].map((group, index) => ({ id: `class-${String(index + 1)}`, nodes: group }));
}

function findContexts(tracer: Tracer, nodes: readonly SurveyedNode[]): SenderContext[] {
  const contexts = new Set<SenderContext>();
  for (const node of nodes) {
    if (!isWalked(node)) continue;
    for (const family of node.families) {
      const sender = tracer.sender(node, family);
      if (!('rule' in sender)) contexts.add(sender.context);
    }
  }
  return [...contexts];
}

function isWalked(node: SurveyedNode): boolean {
  return node.skipped === undefined && node.endpointFaults.length === 0;
}

function signNode(tracer: Tracer, node: SurveyedNode, contexts: readonly SenderContext[], trail: Trail): void {
  if (node.skipped !== undefined) return;
  trail.add(node.mode.mode);
  if (tracer.survey.flannel !== undefined && node.mode.flannel !== undefined) {
    trail.add(describeBackend(node.mode.flannel));
  }
  // Kernels may treat any two nodes differently.
  if (hasOwnKernel(tracer, node)) trail.add(node.name);
  for (const family of node.families) trail.add(FAMILY[family]);
  trail.add('podCIDRs');
  for (const prefix of node.podCIDRs) trail.add(node.overlapRoots.length > 0 ? prefix.text : FAMILY[prefix.family]);
  if (!isWalked(node)) {
    signFaults(tracer.endpointFaults(node), trail);
    return;
  }
  if (node.mode.mode === 'overlay' || node.mode.mode === 'cross-subnet') trail.add(signTunnel(tracer, node));
  // Packets for what flannel ignores meet the fabric whatever the mode.
  const isUnseen = node.mode.mode === 'overlay' && tracer.survey.flannel?.hasBackends !== true;
  if (isUnseen || node.mode.mode === 'eni') return;
  const filters = node.fabric === undefined ? undefined : tracer.survey.filters.get(node.fabric);
  for (const family of node.families) signSender(tracer, node, family, filters, trail);
  for (const context of contexts) {
    trail.add('context');
    for (const piece of tracer.pieces(context, node)) signPiece(tracer, piece, node, filters, trail);
  }
}

function hasOwnKernel({ survey: { guests } }: Tracer, node: SurveyedNode): boolean {
  if (guests?.has(node.name) !== true) return false;
  // In a cloud, a kernel that was not read as far as it matters is one like all others.
  const isRead = node.fabric === undefined || guests.hasRead(node.name);
  return isRead || node.families.some((family) => guests.doubts([node], family).length > 0);
}

const FAMILY = { 4: 'IPv4', 6: 'IPv6' } as const;

function signSender(
  tracer: Tracer,
  node: SurveyedNode,
  family: Family,
  filters: Filters | undefined,
  trail: Trail,
): void {
  const sender = tracer.sender(node, family);
  if ('rule' in sender) {
    signFaults([sender], trail);
    return;
  }
  trail.add(sender.context.key);
  signFaults(sender.onLinkFaults, trail);
  for (const faults of sender.exitFaults) {
    trail.add('exit');
    signFaults(faults, trail);
  }
  if (filters === undefined) return;
  trail.add(filters.faceKey(sender.onLinkFace));
  for (const face of sender.exitFaces) trail.add(filters.faceKey(face));
  for (const { key } of tracer.sources(node, family)) trail.add(key);
  // Filters may tell nodes apart by their own addresses as well.
  trail.add(tracer.ownPlace(node, family));
}

function signPiece(tracer: Tracer, piece: Piece, node: SurveyedNode, filters: Filters | undefined, trail: Trail): void {
  trail.add(piece.via);
  for (const { verdict, faults, arrivals } of piece.outcomes) {
    trail.add(verdict);
    signFaults(faults, trail);
    if (filters !== undefined) for (const face of arrivals) trail.add(filters.faceKey(face));
  }
  // What filters at the receiver's end make of the addresses.
  if (filters !== undefined) for (const { key } of tracer.places(filters, piece.range, node)) trail.add(key);
}

/** Overlay nodes differ by where their outer packets come from, if filters look at those. */
function signTunnel(tracer: Tracer, node: SurveyedNode): string {
  const filters = node.fabric === undefined ? undefined : tracer.survey.filters.get(node.fabric);
  if (filters === undefined || node.mode.tunnel === undefined) return '';
  const { tunnel } = node.mode;
  const ends = node.families.map((pods) => {
    const family = outerFamily(node, tunnel, pods);
    const end = family === undefined ? undefined : tunnelEnd(node, filters, advertisedAddress(node, family));
    return end === undefined ? '' : `${String(family)} ${filters.faceKey(end.face)}@${end.place.key}`;
  });
  return `${node.fabric?.facts.id ?? ''} ${tunnel.name} ${ends.join('+')}`;
}

/** Without the cause where it is the node's own; a sender's gap is the same gap for every sender like it. */
function signFaults(faults: readonly Fault[], trail: Trail): void {
  for (const fault of faults) {
    trail.add(faultId(fault));
    trail.add(fault.verdict);
  }
}

/**
 * A tree of texts: trails with the same texts in the same order end at the same number. One long text for every node,
 * put together only to be compared, would cost more than all the walks.
 */
class Trails {
  readonly #branches = [new Map<string, number>()];

  start(): Trail {
    return new Trail(this.#branches);
  }
}

class Trail {
  readonly #branches: Map<string, number>[];
  end = 0;

  constructor(branches: Map<string, number>[]) {
    this.#branches = branches;
  }

  add(text: string): void {
    const branch = this.#branches[this.end];
    let next = branch?.get(text);
    if (next === undefined) {
      next = this.#branches.push(new Map()) - 1;
      branch?.set(text, next);
    }
    this.end = next;
  }
}
