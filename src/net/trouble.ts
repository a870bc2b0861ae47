/** What a call to a cloud's API can come to, whichever cloud it is. Each adds kinds of its own. */

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
