/** What a resource's own state says about a change of it. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { PlannedChange, TargetState } from '../../model/planned.ts';
import type { LiveTarget, WriteTrouble } from '../../ports.ts';
import type { ArmWrite } from './write-requests.ts';

/** `token` of a live target. */
export type Token = readonly ArmWrite[];

export interface Seen extends LiveTarget {
  readonly token: Token;
}

export function gone(id: string): Seen {
  return { state: { kind: 'absent' }, drift: `${id} does not exist any more`, token: [] };
}

/** Undefined: nobody is at work on it. Settled are also those whose last change came to nothing. */
export function busyWith(id: string, provisioning: string | undefined): WriteTrouble | undefined {
  if (provisioning === undefined || /^(?:Succeeded|Failed|Canceled)$/i.test(provisioning)) return undefined;
  return { trouble: 'busy', reason: `another operation on ${id} is under way (${provisioning})` };
}

/**
 * Resources show what was asked for also when it failed, and then it may not be in force: the same request, sent again,
 * repairs that.
 */
export function settled(
  seen: TargetState,
  provisioning: string | undefined,
  { before, after }: PlannedChange,
): Pick<LiveTarget, 'state' | 'resumable'> {
  const hasFailed = /^(?:Failed|Canceled)$/i.test(provisioning ?? '');
  return hasFailed && isDeepStrictEqual(seen, after) ? { state: before, resumable: true } : { state: seen };
}
