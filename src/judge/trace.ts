/** One ordered pair: the sender's part and the receiver's part put together. */
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { RuleId } from '../model/config.ts';
import type { Family, Prefix, Range } from '../model/prefix.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { FamilyPath, Path } from './path.ts';
import { NOT_APPLICABLE, pathOf, settle, unique } from './path.ts';
import type { Place } from './filter-atlas.ts';
import type { Ends } from './filtering.ts';
import { judgeWay, noSource, tunnelEnd } from './filtering.ts';
import { flannelRift } from './flannel.ts';
import type { Filters } from './filters.ts';
import { sourceRanges } from './filters.ts';
import { HostRoutes } from './host-routes.ts';
import { KernelPaths } from './kernel-paths.ts';
import { ownRanges } from './overlaps.ts';
import { estrangement, shareMode, sharedFamilies } from './shared.ts';
import type { Sender, SenderContext } from './sender.ts';
import { Contexts, advertisedAddress, findSender } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { throughPiece } from './through.ts';
import { tunnelFaults } from './tunnels.ts';
import { UsualWays } from './usual-way.ts';
import type { Piece } from './walk.ts';
import { walkTo } from './walk.ts';

const NO_FAULTS: readonly Fault[] = [];
const PASSING: Omit<FamilyPath, 'family'> = { verdict: 'pass', faults: NO_FAULTS };

/** A route is what is missing or wrong. */
const ROUTE_RULES: readonly RuleId[] = [
  'fabric-route-missing',
  'fabric-route-wrong-target',
  'fabric-route-dead',
  'route-shadowed',
  'route-table-not-associated',
  'second-family-uncovered',
];

/** Senders and receivers' parts, each worked out once however many pairs need it. */
export class Tracer {
  readonly survey: Survey;
  readonly #admit: (fault: Fault) => Fault;
  readonly #hostRoutes: HostRoutes;
  readonly #usualWays: UsualWays;
  readonly #kernels: KernelPaths;
  /** By the node's index: keys made of text for every node and context would cost more than the walks. */
  readonly #senders: Record<Family, (Sender | Fault | undefined)[]> = { 4: [], 6: [] };
  readonly #contexts = new Contexts();
  readonly #pieces = new Map<SenderContext, Map<number, readonly Piece[]>>();
  readonly #places: { readonly range: Range; readonly places: readonly Place[] }[] = [];
  readonly #sources: Record<Family, (readonly Place[] | undefined)[]> = { 4: [], 6: [] };

  /** `admit` may weaken a fault that a second reading did not confirm. */
  constructor(survey: Survey, admit: (fault: Fault) => Fault = (fault) => fault) {
    this.survey = survey;
    this.#admit = admit;
    this.#hostRoutes = new HostRoutes(survey);
    this.#usualWays = new UsualWays(this.#hostRoutes);
    this.#kernels = new KernelPaths({
      survey,
      admit,
      sender: (node, family) => this.sender(node, family),
      through: (ends, sender, piece) => this.#through(ends, sender, piece),
    });
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
    const usual = this.#usualWays.find(context, to);
    if (usual !== undefined) return usual;
    let known = this.#pieces.get(context);
    if (known === undefined) {
      known = new Map();
      this.#pieces.set(context, known);
    }
    let pieces = known.get(to.index);
    if (pieces === undefined) {
      pieces = this.#walk(context, to, []);
      known.set(to.index, pieces);
    }
    return pieces;
  }

  /** Some filter remembers questions, so answers fare otherwise. */
  get hasMemory(): boolean {
    return this.survey.filters.size > 0 || this.survey.guests?.hasMemory === true;
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
      this.places(filters, range, node),
    ));
  }

  /** How filters see addresses behind a node. */
  places(filters: Filters, range: Range, node: SurveyedNode): readonly Place[] {
    const known = this.#places[node.index];
    // From context to context it is the same podCIDR that is asked for.
    if (known?.range === range) return known.places;
    const places = filters.places(range, node.interfaces, node.isUnseen);
    this.#places[node.index] = { range, places };
    return places;
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
    const rift = flannelRift(this.survey, from, to);
    if (rift !== undefined) {
      return pathOf(shared.map((family) => ({ family, ...this.#pastFlannel(from, to, family, rift) })));
    }
    if (shareMode(from, to, 'overlay')) {
      return pathOf(shared.map((family) => ({ family, ...this.#throughTunnel(from, to, family, isReply) })));
    }
    const blocking = this.#endpointFaults(from, to);
    if (blocking.length > 0) return pathOf(shared.map((family) => ({ family, ...settle([outcomeOf(blocking)]) })));
    // A tunnel takes packets from one cloud to another, too.
    if (from.fabric !== to.fabric) return NOT_APPLICABLE;
    return pathOf(shared.map((family) => ({ family, ...this.#traceFamily(from, to, family, isReply) })));
  }

  /**
   * Without a route of flannel's, packets follow the default route. What that certainly loses is lost; what it may not
   * lose was never meant to go there, and nobody should rely on it.
   */
  #pastFlannel(from: SurveyedNode, to: SurveyedNode, family: Family, rift: Fault): Omit<FamilyPath, 'family'> {
    const blocking = this.#machineFaults(from, to);
    const isDead = blocking.some((fault) => fault.verdict === 'fail');
    if (isDead) return settle([outcomeOf(blocking)]);
    const unclear = outcomeOf([this.#admit({ ...rift, verdict: 'unknown' })]);
    const isFollowed = blocking.length === 0 && from.fabric === to.fabric;
    const sender = isFollowed ? this.sender(from, family) : undefined;
    if (sender === undefined || 'rule' in sender) return settle([unclear]);
    const lost = outcomeOf([this.#admit(rift)]);
    const pieces = this.#walk(sender.context, to, ownRanges(from, to));
    return settle(pieces.map((piece) => (throughPiece(sender, piece).verdict === 'fail' ? lost : unclear)));
  }

  /** Routing is the overlay's own affair; that its outer packets get through is not. */
  #throughTunnel(from: SurveyedNode, to: SurveyedNode, pods: Family, isReply: boolean): Omit<FamilyPath, 'family'> {
    const faults = tunnelFaults(this.survey, from, to, pods, isReply).map(this.#admit);
    return faults.length === 0 ? { verdict: 'not-applicable', faults } : settle([outcomeOf(faults)]);
  }

  #traceFamily(from: SurveyedNode, to: SurveyedNode, family: Family, isReply: boolean): Omit<FamilyPath, 'family'> {
    const alone = this.#kernels.betweenLinks(from, to, family, isReply);
    if (alone !== undefined) return alone;
    const sender = this.sender(from, family);
    if ('rule' in sender) return settle([outcomeOf([sender])]);
    const own = ownRanges(from, to);
    const pieces = own.length > 0 ? this.#walk(sender.context, to, own) : this.pieces(sender.context, to);
    if (pieces.some((piece) => piece.via === 'tunnel')) return this.#throughTunnel(from, to, family, isReply);
    // Whose a shared address is, kernels do not say.
    const followed = own.length > 0 ? undefined : this.#kernels.acrossCloud(from, to, family, isReply, pieces);
    if (followed !== undefined) return followed;
    const doubts = this.#kernels.doubts(from, to, family);
    const filters = this.survey.filters.get(sender.context.fabric);
    if (filters === undefined && doubts.length === 0 && isFaultless(sender, pieces)) return PASSING;
    const outcomes = pieces.flatMap((piece) => this.#through({ from, to, isReply }, sender, piece));
    return settle(
      doubts.length === 0
        ? outcomes
        : outcomes.map(({ faults, arrivals }) => outcomeOf([...faults, ...doubts], arrivals)),
    );
  }

  /** One outcome per source and destination that filters tell apart. */
  #through(ends: Omit<Ends, 'fabric' | 'filters'>, sender: Sender, piece: Piece): Outcome[] {
    const { fabric } = sender.context;
    const filters = this.survey.filters.get(fabric);
    return filters === undefined
      ? [throughPiece(sender, piece)]
      : this.#throughFilters({ ...ends, fabric, filters }, sender, piece);
  }

  #throughFilters(ends: Ends, sender: Sender, piece: Piece): Outcome[] {
    if (piece.via === 'home') return [throughPiece(sender, piece)];
    const destinations = this.places(ends.filters, piece.range, ends.to);
    const sources = this.sources(ends.from, sender.context.family);
    if (sources.length === 0) return [outcomeOf([gapFault(noSource(ends.from))])];
    return sources.flatMap((source) =>
      destinations.map((destination) =>
        throughPiece(sender, piece, (index, { arrivals }) => {
          const face = piece.via === 'on-link' ? sender.onLinkFace : sender.exitFaces[index];
          if (face === undefined) return [];
          return judgeWay(ends, face, arrivals, source, destination)
            .flatMap((fault) => this.#blameRoutes(ends, fault, sender.context.family))
            .map(this.#admit);
        }),
      ),
    );
  }

  /**
   * Some filters admit what routes lead to (Azure's tag VirtualNetwork). Where the lost packet has no such route, the
   * missing route is the one cause: mended, the filter lets it pass.
   */
  #blameRoutes({ from, to }: Ends, fault: Fault, family: Family): readonly Fault[] {
    const { detail } = fault;
    if (detail.kind !== 'filter' || detail.followsRoutes !== true) return [fault];
    const asker = this.sender(detail.direction === 'in' ? to : from, family);
    if ('rule' in asker) return [fault];
    // The table at the filter says of both ends whether their addresses are the network's.
    const lost = [from, to].flatMap((node) =>
      this.pieces(asker.context, node)
        .flatMap((piece) => piece.outcomes.flatMap((outcome) => outcome.faults))
        .filter((other) => other.verdict === 'fail' && ROUTE_RULES.includes(other.rule))
        .map((other) => (node === from && other.owner === 'to' ? { ...other, owner: 'from' as const } : other)),
    );
    // What is only in doubt at the filter stays in doubt.
    return lost.length === 0 ? [fault] : unique(lost).map((other) => ({ ...other, verdict: fault.verdict }));
  }

  #endpointFaults(from: SurveyedNode, to: SurveyedNode): readonly Fault[] {
    const isSound = from.endpointFaults.length === 0 && to.endpointFaults.length === 0;
    if (isSound && from.fabric === to.fabric && from.mode.mode === to.mode.mode) return NO_FAULTS;
    const faults = this.#machineFaults(from, to);
    return faults.length > 0 ? faults : estrangement(from, to);
  }

  #machineFaults(from: SurveyedNode, to: SurveyedNode): Fault[] {
    return [
      ...this.endpointFaults(from),
      ...this.endpointFaults(to).map((fault) => (fault.owner === 'from' ? { ...fault, owner: 'to' as const } : fault)),
    ];
  }

  #walk(context: SenderContext, to: SurveyedNode, own: readonly Prefix[]): readonly Piece[] {
    return walkTo(this.survey, this.#hostRoutes, context, to, own).map((piece) => ({
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

/** Some way is known, and nothing on any of them is wrong. */
function isFaultless({ onLinkFaults, exitFaults }: Sender, pieces: readonly Piece[]): boolean {
  if (pieces.length === 0 || onLinkFaults.length > 0 || exitFaults.some((faults) => faults.length > 0)) return false;
  return pieces.every(({ outcomes }) => outcomes.every(({ faults }) => faults.length === 0));
}
