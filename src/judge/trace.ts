/** One ordered pair: the sender's part and the receiver's part put together. */
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { DetectedMode, Verdict } from '../model/judgement.ts';
import type { Gap } from '../model/snapshot.ts';
import type { Family, Prefix } from '../model/prefix.ts';
import { overlaps } from '../model/prefix.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { Place } from './filter-atlas.ts';
import type { Ends } from './filtering.ts';
import { judgeWay, outerFamily, tunnelEnd } from './filtering.ts';
import { sourceRanges } from './filters.ts';
import { HostRoutes } from './host-routes.ts';
import type { Sender, SenderContext } from './sender.ts';
import { advertisedAddress, findSender } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import type { Piece } from './walk.ts';
import { isFaultless, walkTo } from './walk.ts';

export interface FamilyPath {
  readonly family: Family;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
}

export interface Path {
  readonly verdict: Verdict;
  readonly families: readonly FamilyPath[];
}

const NOT_APPLICABLE: Path = { verdict: 'not-applicable', families: [] };
const NO_FAULTS: readonly Fault[] = [];

/** Equal for two faults of one path that have the same cause. */
export function faultId(fault: Fault): string {
  return `${fault.owner}|${fault.rule}|${fault.slot}`;
}

/** Senders and receivers' parts, each worked out once however many pairs need it. */
export class Tracer {
  readonly survey: Survey;
  readonly #admit: (fault: Fault) => Fault;
  readonly #hostRoutes: HostRoutes;
  /** By the node's index: keys made of text for every node and context would cost more than the walks. */
  readonly #senders: Record<Family, (Sender | Fault | undefined)[]> = { 4: [], 6: [] };
  readonly #contexts = new Map<string, SenderContext>();
  readonly #pieces = new Map<SenderContext, (readonly Piece[] | undefined)[]>();
  readonly #sources: Record<Family, (readonly Place[] | undefined)[]> = { 4: [], 6: [] };

  /** `admit` may weaken a fault that a second reading did not confirm. */
  constructor(survey: Survey, admit: (fault: Fault) => Fault = (fault) => fault) {
    this.survey = survey;
    this.#admit = admit;
    this.#hostRoutes = new HostRoutes(survey);
  }

  endpointFaults(node: SurveyedNode): readonly Fault[] {
    return node.endpointFaults.length === 0 ? NO_FAULTS : node.endpointFaults.map(this.#admit);
  }

  sender(node: SurveyedNode, family: Family): Sender | Fault {
    const senders = this.#senders[family];
    return (senders[node.index] ??= this.#admitSender(findSender(node, family, this.#contexts)));
  }

  /** What a context's packets meet on their way to this node; without the sender's own ranges. */
  pieces(context: SenderContext, to: SurveyedNode): readonly Piece[] {
    let known = this.#pieces.get(context);
    if (known === undefined) {
      known = [];
      this.#pieces.set(context, known);
    }
    const before = known[to.index];
    if (before !== undefined) return before;
    const pieces = this.#walk(context, to, []);
    // Ways without a fault are walked again sooner than kept: there are many, and next to none is asked for twice.
    if (!isFaultless(pieces)) known[to.index] = pieces;
    return pieces;
  }

  /** Some filter remembers questions, so answers fare otherwise. */
  get hasMemory(): boolean {
    return this.survey.filters.size > 0;
  }

  /** Packets of a new connection. */
  trace(from: SurveyedNode, to: SurveyedNode): Path {
    return this.#trace(from, to, false);
  }

  /** Packets that answer: what remembers the question lets them pass. */
  traceReply(from: SurveyedNode, to: SurveyedNode): Path {
    return this.#trace(from, to, true);
  }

  /** The sender's addresses, as filters tell them apart. */
  sources(node: SurveyedNode, family: Family): readonly Place[] {
    const filters = node.fabric === undefined ? undefined : this.survey.filters.get(node.fabric);
    if (filters === undefined) return [];
    const sources = this.#sources[family];
    return (sources[node.index] ??= sourceRanges(node, family, advertisedAddress(node, family)).flatMap((range) =>
      filters.places(range, node.interfaces),
    ));
  }

  /** How filters see the node's own address; empty: it has none of the family. */
  ownPlace(node: SurveyedNode, family: Family): string {
    const filters = node.fabric === undefined ? undefined : this.survey.filters.get(node.fabric);
    const own = filters === undefined ? undefined : tunnelEnd(node, filters, advertisedAddress(node, family));
    return own === undefined ? '' : own.place.key;
  }

  #trace(from: SurveyedNode, to: SurveyedNode, isReply: boolean): Path {
    if (from.skipped !== undefined || to.skipped !== undefined) return NOT_APPLICABLE;
    const shared = sharedFamilies(from, to);
    if (shared.length === 0) return NOT_APPLICABLE;
    if (shareMode(from, to, 'eni')) return NOT_APPLICABLE;
    if (shareMode(from, to, 'overlay')) {
      return pathOf(shared.map((family) => ({ family, ...this.#throughTunnel(from, to, family, isReply) })));
    }
    const blocking = this.#endpointFaults(from, to);
    if (blocking.length > 0) return pathOf(shared.map((family) => ({ family, ...settle([outcomeOf(blocking)]) })));
    // A tunnel takes packets from one cloud to another, too.
    if (from.fabric !== to.fabric) return NOT_APPLICABLE;
    return pathOf(shared.map((family) => ({ family, ...this.#traceFamily(from, to, family, isReply) })));
  }

  /** Routing is the overlay's own affair; that its outer packets get through is not. */
  #throughTunnel(from: SurveyedNode, to: SurveyedNode, pods: Family, isReply: boolean): Omit<FamilyPath, 'family'> {
    const faults = this.#tunnelFaults(from, to, pods, isReply);
    return faults.length === 0 ? { verdict: 'not-applicable', faults } : settle([outcomeOf(faults)]);
  }

  #tunnelFaults(from: SurveyedNode, to: SurveyedNode, pods: Family, isReply: boolean): Fault[] {
    const { tunnel } = from.mode;
    const { fabric } = from;
    const filters = fabric === undefined || to.fabric !== fabric ? undefined : this.survey.filters.get(fabric);
    if (filters === undefined || fabric === undefined || tunnel === undefined) return [];
    if (tunnel.name !== to.mode.tunnel?.name) return [];
    const family = outerFamily(from, tunnel, pods);
    // Without its machine a node has no end of a tunnel that could be looked at.
    if (family === undefined || from.endpointFaults.length + to.endpointFaults.length > 0) return [];
    const out = tunnelEnd(from, filters, advertisedAddress(from, family));
    const into = tunnelEnd(to, filters, advertisedAddress(to, family));
    if (out === undefined || into === undefined) return [];
    const ends = { from, to, fabric, filters, isReply };
    return judgeWay(ends, out.face, [into.face], out.place, into.place, tunnel).map(this.#admit);
  }

  #traceFamily(from: SurveyedNode, to: SurveyedNode, family: Family, isReply: boolean): Omit<FamilyPath, 'family'> {
    const sender = this.sender(from, family);
    if ('rule' in sender) return settle([outcomeOf([sender])]);
    const own = ownRanges(from, to);
    const pieces = own.length > 0 ? this.#walk(sender.context, to, own) : this.pieces(sender.context, to);
    if (pieces.some((piece) => piece.via === 'tunnel')) return this.#throughTunnel(from, to, family, isReply);
    const { fabric } = sender.context;
    const filters = this.survey.filters.get(fabric);
    if (filters === undefined) return settle(pieces.map((piece) => throughPiece(sender, piece)));
    const ends = { from, to, fabric, filters, isReply };
    return settle(pieces.flatMap((piece) => this.#throughFilters(ends, sender, piece)));
  }

  /** One outcome per source and destination that filters tell apart. */
  #throughFilters(ends: Ends, sender: Sender, piece: Piece): Outcome[] {
    if (piece.via === 'home') return [throughPiece(sender, piece)];
    const destinations = ends.filters.places(piece.range, ends.to.interfaces);
    const sources = this.sources(ends.from, sender.context.family);
    if (sources.length === 0) return [outcomeOf([gapFault(noSource(ends.from))])];
    return sources.flatMap((source) =>
      destinations.map((destination) =>
        throughPiece(sender, piece, (index, { arrivals }) => {
          const face = piece.via === 'on-link' ? sender.onLinkFace : sender.exitFaces[index];
          if (face === undefined) return [];
          return judgeWay(ends, face, arrivals, source, destination).map(this.#admit);
        }),
      ),
    );
  }

  #endpointFaults(from: SurveyedNode, to: SurveyedNode): Fault[] {
    const faults = [
      ...this.endpointFaults(from),
      ...this.endpointFaults(to).map((fault) => (fault.owner === 'from' ? { ...fault, owner: 'to' as const } : fault)),
    ];
    if (faults.length === 0 && from.fabric !== to.fabric && !shareMode(from, to, 'cross-subnet')) {
      const subject = 'what connects the clouds, accounts or regions of the nodes';
      faults.push(
        gapFault({ facet: 'networks', subject, reason: 'pairs that leave one of them for another are not followed' }),
      );
    }
    const isMixed = from.mode.mode !== to.mode.mode && [from, to].some(({ mode }) => !PLAIN_MODES.includes(mode.mode));
    if (faults.length === 0 && isMixed) {
      const reason = 'they do not put pod packets on the wire in the same form';
      faults.push(gapFault({ facet: 'cni', subject: 'pairs of nodes in different network modes', reason }));
    }
    return faults;
  }

  #walk(context: SenderContext, to: SurveyedNode, own: readonly Prefix[]): readonly Piece[] {
    const pieces = walkTo(this.survey, this.#hostRoutes, context, to, own);
    if (isFaultless(pieces)) return pieces;
    return pieces.map((piece) => ({
      ...piece,
      outcomes: piece.outcomes.map((outcome) =>
        outcome.faults.length === 0 ? outcome : outcomeOf(outcome.faults.map(this.#admit), outcome.arrivals),
      ),
    }));
  }

  #admitSender(sender: Sender | Fault): Sender | Fault {
    if ('rule' in sender) return this.#admit(sender);
    if (sender.onLinkFaults.length === 0 && sender.exitFaults.every((faults) => faults.length === 0)) return sender;
    return {
      context: sender.context,
      onLinkFace: sender.onLinkFace,
      exitFaces: sender.exitFaces,
      onLinkFaults: sender.onLinkFaults.map(this.#admit),
      exitFaults: sender.exitFaults.map((faults) => faults.map(this.#admit)),
      exitGap: sender.exitGap,
    };
  }
}

/** Packets of these modes are the same on the wire, whichever of them the other end has. */
const PLAIN_MODES: readonly DetectedMode[] = ['host-gw', 'fabric'];

function shareMode(from: SurveyedNode, to: SurveyedNode, mode: DetectedMode): boolean {
  return from.mode.mode === mode && to.mode.mode === mode;
}

function sharedFamilies(from: SurveyedNode, to: SurveyedNode): Family[] {
  const families = from.families.filter((family) => to.podCIDRs.some((prefix) => prefix.family === family));
  return families;
}

/** The sender's podCIDRs, where they share addresses with the receiver's. */
function ownRanges(from: SurveyedNode, to: SurveyedNode): Prefix[] {
  if (!from.overlapRoots.some((root) => to.overlapRoots.includes(root))) return [];
  return from.podCIDRs.filter((own) => to.podCIDRs.some((other) => overlaps(own, other)));
}

function noSource(node: SurveyedNode): Gap {
  return {
    facet: 'nodes',
    subject: `addresses of node ${node.name}`,
    reason: 'it has none of this family to send from',
  };
}

/** `more`: faults of the way that neither end alone has. */
function throughPiece(
  sender: Sender,
  piece: Piece,
  more: (index: number, outcome: Outcome) => readonly Fault[] = () => [],
): Outcome {
  const [first, ...others] = piece.outcomes.map((outcome, index) => {
    const atSender =
      piece.via === 'home' ? [] : piece.via === 'on-link' ? sender.onLinkFaults : (sender.exitFaults[index] ?? []);
    const own = [...atSender, ...more(index, outcome)];
    return own.length === 0 ? outcome : outcomeOf([...own, ...outcome.faults], outcome.arrivals);
  });
  if (first === undefined) return outcomeOf([]);
  if (others.length === 0) return first;
  if (others.every((other) => other.verdict === first.verdict)) {
    return outcomeOf(unique([first, ...others].flatMap((outcome) => outcome.faults)));
  }
  return outcomeOf([sender.exitGap]);
}

function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [faultId(fault), fault])).values()];
}

/** Ranges into a verdict. An unknown reason does not matter for addresses that fail anyway. */
export function settle(outcomes: readonly Outcome[]): Omit<FamilyPath, 'family'> {
  const faults = outcomes.flatMap(({ verdict, faults: all }) =>
    verdict === 'fail' ? all.filter((fault) => fault.verdict === 'fail') : all,
  );
  return { verdict: mixVerdicts(outcomes.map((outcome) => outcome.verdict)), faults: unique(faults) };
}

/** Verdicts of parts of one pair (ranges, families). */
export function mixVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'not-applicable';
  if (verdicts.every((verdict) => verdict === 'fail')) return 'fail';
  if (verdicts.some((verdict) => verdict === 'fail' || verdict === 'partial')) return 'partial';
  return verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/** A family that is not applicable leaves the verdict to the other one. */
export function pathOf(all: readonly FamilyPath[]): Path {
  const families = all.filter((path) => path.verdict !== 'not-applicable');
  return { verdict: mixVerdicts(families.map((path) => path.verdict)), families };
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'partial', 'unknown', 'pass'];

/** There and back: the worse of both; a direction that is not applicable leaves the verdict to the other one. */
export function roundTripVerdict(there: Verdict, back: Verdict): Verdict {
  return WORST_FIRST.find((verdict) => verdict === there || verdict === back) ?? 'not-applicable';
}
