/** Packets between the pods of two nodes, and the answers to them. */
import type { Prefix } from '../../model/prefix.ts';
import { contains } from '../../model/prefix.ts';
import type { Carrier, End, Journey, Ranges } from './ends.ts';
import { doubtOf } from './ends.ts';
import type { Guest, Segments } from './links.ts';
import { send } from './packet.ts';

/** A node with its pods. */
export interface Side {
  readonly guest: Guest;
  readonly podCIDRs: readonly Prefix[];
  /** Addresses of pods that run on it; absent: not read. */
  readonly pods: readonly string[] | undefined;
  /** Whose word it is that the ranges are the node's, if not spec.podCIDRs. */
  readonly rangeSource?: string;
  /** The address at which its neighbours know it. */
  readonly address: string | undefined;
}

export interface Ends {
  readonly from: Side;
  readonly to: Side;
  /** Absent: nothing but links is between them. */
  readonly carrier?: Carrier | undefined;
}

/** A first packet from a podCIDR of one to a podCIDR of the other. */
export function ask(segments: Segments, ends: Ends, ranges: Ranges): End[] {
  const { to } = ends;
  const podCIDR = around(to, ranges.destination);
  if (podCIDR === undefined) return [];
  const journey = { segments, to: to.guest, podCIDR, pods: to.pods, ...sourceOf(to), address: to.address };
  return depart({ ...journey, ...carried(ends), state: () => 'new' as const, restores: [] }, ends, ranges);
}

/** What answers a question from `to`. Where that did not arrive, or by nobody knows which way, its answer is still looked at. */
export function answer(segments: Segments, question: End, ends: Ends): End[] {
  const { to, from } = ends;
  const podCIDR = around(to, question.source);
  if (podCIDR === undefined) return [question];
  const { flight } = question;
  const seen = new Set(
    flight?.before.flatMap((stop) => ('guest' in stop ? [stop.guest] : [])) ?? [from.guest, to.guest],
  );
  const unseen = flight === undefined ? 'unclear' : 'lone';
  const ranges = { source: question.destination, destination: flight?.source ?? question.source };
  const journey: Journey = {
    segments,
    to: to.guest,
    podCIDR,
    pods: to.pods,
    ...sourceOf(to),
    address: to.address,
    ...carried(ends),
    state: (guest) => (seen.has(guest) ? 'established' : unseen),
    restores: flight?.rewrites.toReversed() ?? [],
  };
  if (question.isSourceSpread === true) {
    const reason = 'flows are spread over several ways, and some of them change the source';
    return [{ ...question, faults: [doubtOf(to.guest, reason)] }];
  }
  const answers = depart(journey, ends, ranges);
  // Without a certain source nobody knows where it goes.
  return flight?.isSourceSure === false ? answers.map((end) => ({ ...end, faults: flight.doubts })) : answers;
}

function carried({ carrier }: Ends): Pick<Journey, 'carrier'> {
  return carrier === undefined ? {} : { carrier };
}

function depart(journey: Journey, { from }: Ends, ranges: Ranges): End[] {
  const podCIDR = around(from, ranges.source);
  return podCIDR === undefined
    ? []
    : send(journey, { guest: from.guest, podCIDR, pods: from.pods, ...sourceOf(from) }, ranges);
}

function around({ podCIDRs }: Side, range: Ranges['source']): Prefix | undefined {
  return podCIDRs.find((prefix) => contains(prefix, range));
}

function sourceOf({ rangeSource }: Side): Pick<Side, 'rangeSource'> {
  return rangeSource === undefined ? {} : { rangeSource };
}
