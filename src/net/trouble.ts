/** What a call to a cloud's API can come to, whichever cloud it is. Each adds kinds of its own. */

import type { WriteTrouble } from '../ports.ts';

export type CommonTroubleKind =
  | 'no-credentials'
  | 'bad-credentials'
  | 'expired-credentials'
  | 'denied'
  | 'throttled'
  | 'network'
  | 'deadline'
  | 'server'
  | 'refused';

export interface CallTrouble<Kind extends string> {
  readonly kind: Kind;
  /** What happened and what to do, as one or two sentences without a full stop at the end. */
  readonly reason: string;
  /** The permission that would help, in the cloud's own words. */
  readonly permission?: string;
  /** Every further call would fail in the same way. */
  readonly isFinal: boolean;
}

/** What it means for a change. Kinds that only one cloud has are all refusals. */
export function writeTroubleFor({ kind, reason, permission, isFinal }: CallTrouble<string>): WriteTrouble {
  switch (kind) {
    case 'denied':
      return { trouble: 'denied', reason, ...(permission === undefined ? {} : { permission }) };
    case 'throttled':
      return { trouble: 'busy', reason };
    case 'network':
      // What never got through was not done; what broke off may have been.
      return { trouble: isFinal ? 'busy' : 'unclear', reason };
    case 'server':
      return { trouble: 'unclear', reason };
    default:
      return { trouble: 'refused', reason };
  }
}
