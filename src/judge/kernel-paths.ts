/** Pairs whose nodes' kernels were read: packets are followed through these, and through the cloud between them. */
import type { Fault } from '../model/faults.ts';
import type { Family } from '../model/prefix.ts';
import { carrierAcross, findNextHop, linkOf } from './carry.ts';
import type { Ends } from './filtering.ts';
import { outerRanges } from './guests/ends.ts';
import type { Carriers, Guests } from './guests/guests.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { FamilyPath } from './path.ts';
import { settle } from './path.ts';
import type { Sender } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import type { Piece } from './walk.ts';

/** Both ends, as far as the cloud between them does not say the rest. */
export type Pair = Omit<Ends, 'fabric' | 'filters'>;

export interface KernelPathsOptions {
  readonly survey: Survey;
  readonly admit: (fault: Fault) => Fault;
  readonly sender: (node: SurveyedNode, family: Family) => Sender | Fault;
  /** A piece of the cloud's way with what filters make of it. */
  readonly through: (pair: Pair, sender: Sender, piece: Piece) => readonly Outcome[];
}

const NONE: readonly Fault[] = [];

type FamilyVerdict = Omit<FamilyPath, 'family'>;

export class KernelPaths {
  readonly #options: KernelPathsOptions;

  constructor(options: KernelPathsOptions) {
    this.#options = options;
  }

  /** Outside of clouds; undefined: one of the kernels was not read, or a cloud is between them. */
  betweenLinks(from: SurveyedNode, to: SurveyedNode, family: Family, isReply: boolean): FamilyVerdict | undefined {
    const { guests } = this.#options.survey;
    if (from.fabric !== undefined || guests?.get(from) === undefined || guests.get(to) === undefined) return undefined;
    return this.#settle(isReply ? guests.walkReply(from, to, family) : guests.walk(from, to, family));
  }

  /** Undefined: one of the kernels was not read as far as it matters. */
  acrossCloud(
    from: SurveyedNode,
    to: SurveyedNode,
    family: Family,
    isReply: boolean,
    pieces: readonly Piece[],
  ): FamilyVerdict | undefined {
    const { guests } = this.#options.survey;
    if (guests?.follows(from, to, family) !== true) return undefined;
    // Then the cloud's word is all that is left to say; a thousand nodes would ask for a million walks.
    const isPlain = isReply
      ? this.#isAssumed(guests, from, to, family, 'established', pieces) &&
        this.#isAssumed(guests, to, from, family, 'new')
      : this.#isAssumed(guests, from, to, family, 'new', pieces);
    if (isPlain) return undefined;
    const carriers = this.#carriers;
    return this.#settle(
      isReply ? guests.walkReply(from, to, family, carriers) : guests.walk(from, to, family, carriers),
    );
  }

  /** What is known of a kernel all the same that is not read as far as packets need it. */
  doubts(from: SurveyedNode, to: SurveyedNode, family: Family): readonly Fault[] {
    const { survey, admit } = this.#options;
    return survey.guests === undefined ? NONE : survey.guests.doubts([from, to], family).map(admit);
  }

  /** Both kernels do what is assumed of kernels that were not read. `pieces`: what the cloud does then; absent: that is not asked. */
  #isAssumed(
    guests: Guests,
    from: SurveyedNode,
    to: SurveyedNode,
    family: Family,
    state: 'new' | 'established',
    pieces?: readonly Piece[],
  ): boolean {
    const [guest, receiver] = [guests.get(from), guests.get(to)];
    const [[face, another], [entryFace, more]] = [from.interfaces, to.interfaces];
    if (guest === undefined || receiver === undefined || face === undefined || entryFace === undefined) return false;
    if (another !== undefined || more !== undefined) return false;
    const entry = linkOf(receiver, entryFace);
    const way = entry === undefined ? undefined : guests.handsOver(from, to, family, entry, state);
    if (way === undefined || way.device !== linkOf(guest, face)) return false;
    if (pieces === undefined) return true;
    const sender = this.#options.sender(from, family);
    const destination = to.podCIDRs.find((prefix) => prefix.family === family);
    if ('rule' in sender || destination === undefined) return false;
    const leaving = { at: { guest }, device: way.device, nextHop: way.gateway, flight: { destination } };
    const next = findNextHop({ from, to, sender }, leaving, face);
    const via = next.kind === 'neighbour' ? 'on-link' : next.kind === 'router' ? 'exit' : undefined;
    return via !== undefined && pieces.every((piece) => piece.via === via);
  }

  #settle(outcomes: readonly Outcome[]): FamilyVerdict {
    const { admit } = this.#options;
    return settle(outcomes.map((one) => (one.faults.length === 0 ? one : outcomeOf(one.faults.map(admit)))));
  }

  readonly #carriers: Carriers = (from, to, family, isReply) => {
    const { survey, through } = this.#options;
    const sender = this.#options.sender(from, family);
    if ('rule' in sender) return ({ flight }) => [{ ...outerRanges(flight), faults: [sender] }];
    return carrierAcross({
      survey,
      from,
      to,
      sender,
      through: (chosen, piece) => through({ from, to, isReply }, chosen, piece),
    });
  };
}
