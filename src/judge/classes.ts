/** Nodes that behave alike, so that a path is walked once for many pairs. */
import type { Fault } from '../model/faults.ts';
import { outerFamily, tunnelEnd } from './filtering.ts';
import type { Filters } from './filters.ts';
import type { SenderContext } from './sender.ts';
import { advertisedAddress } from './sender.ts';
import type { SurveyedNode } from './survey.ts';
import type { Tracer } from './trace.ts';
import { faultId } from './trace.ts';
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
  const groups = new Map<string, SurveyedNode[]>();
  for (const node of nodes) {
    const signature = signNode(tracer, node, contexts);
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, [node]);
    else group.push(node);
  }
  return [...groups.values()].map((group, index) => ({ id: `class-${String(index + 1)}`, nodes: group }));
}

function findContexts(tracer: Tracer, nodes: readonly SurveyedNode[]): SenderContext[] {
  const contexts = new Map<string, SenderContext>();
  for (const node of nodes) {
    if (!isWalked(node)) continue;
    for (const family of node.families) {
      const sender = tracer.sender(node, family);
      if (!('rule' in sender)) contexts.set(sender.context.key, sender.context);
    }
  }
  return [...contexts.values()];
}

function isWalked(node: SurveyedNode): boolean {
  return node.skipped === undefined && node.endpointFaults.length === 0;
}

function signNode(tracer: Tracer, node: SurveyedNode, contexts: readonly SenderContext[]): string {
  if (node.skipped !== undefined) return 'skipped';
  const parts = [node.mode.mode, node.families.join(), node.podCIDRs.map((prefix) => prefix.family).join()];
  if (node.overlapRoots.length > 0) parts.push(...node.podCIDRs.map((prefix) => prefix.text));
  if (!isWalked(node)) return [...parts, signFaults(tracer.endpointFaults(node))].join(';');
  if (node.mode.mode === 'overlay') parts.push(signTunnel(tracer, node));
  if (node.mode.mode === 'overlay' || node.mode.mode === 'eni') return parts.join(';');
  const filters = node.fabric === undefined ? undefined : tracer.survey.filters.get(node.fabric);
  for (const family of node.families) {
    const sender = tracer.sender(node, family);
    if ('rule' in sender) parts.push(signFaults([sender]));
    else parts.push(sender.context.key, signFaults(sender.onLinkFaults), ...sender.exitFaults.map(signFaults));
    if (filters === undefined || 'rule' in sender) continue;
    parts.push(...[sender.onLinkFace, ...sender.exitFaces].map((face) => filters.faceKey(face)));
    parts.push(
      tracer
        .sources(node, family)
        .map(({ key }) => key)
        .join('+'),
    );
  }
  for (const context of contexts) {
    const pieces = tracer.pieces(context, node);
    parts.push(pieces.map((piece) => signPiece(piece) + signPlaces(piece, node, filters)).join('+'));
  }
  return parts.join(';');
}

function signPiece(piece: Piece): string {
  return `${piece.via}:${piece.outcomes.map((outcome) => outcome.verdict + signFaults(outcome.faults)).join('/')}`;
}

/** What filters at either end make of a piece. */
function signPlaces(piece: Piece, node: SurveyedNode, filters: Filters | undefined): string {
  if (filters === undefined) return '';
  const arrivals = piece.outcomes.map((outcome) => outcome.arrivals.map((face) => filters.faceKey(face)).join('&'));
  const places = filters.places(piece.range, node.interfaces).map(({ key }) => key);
  return `@${arrivals.join('/')}@${places.join('&')}`;
}

/** Overlay nodes differ by where their outer packets come from, if filters look at those. */
function signTunnel(tracer: Tracer, node: SurveyedNode): string {
  const filters = node.fabric === undefined ? undefined : tracer.survey.filters.get(node.fabric);
  if (filters === undefined || node.mode.tunnel === undefined) return '';
  const family = outerFamily(node);
  const end = tunnelEnd(node, filters, advertisedAddress(node, family));
  const place = end === undefined ? '' : `${filters.faceKey(end.face)}@${end.place.key}`;
  return `${node.fabric?.facts.id ?? ''} ${node.mode.tunnel.name} ${String(family)} ${place}`;
}

/** Without the cause where it is the node's own; a sender's gap is the same gap for every sender like it. */
function signFaults(faults: readonly Fault[]): string {
  return faults.map((fault) => `${faultId(fault)}=${fault.verdict}`).join('&');
}
