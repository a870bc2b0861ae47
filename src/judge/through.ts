/** A sender's part of a path and a receiver's piece of it put together. */
import type { Fault } from '../model/faults.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import { unique } from './path.ts';
import type { Sender } from './sender.ts';
import type { Piece } from './walk.ts';

/** `more`: faults of the way that neither end alone has. */
export function throughPiece(
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
  return outcomeOf([sender.exitGap()]);
}
