/** One request to the API server: tried again where that helps, its trouble returned. */
import type { Clock, Log } from '../ports.ts';
import { DEFAULT_RETRY, retry, type RetryPolicy } from '../net/retry.ts';
import { decideAdvice, parseTrouble, renderTrouble, type Trouble } from './trouble.ts';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  /** `failed`: how often it was tried. */
  | { readonly ok: false; readonly trouble: Trouble; readonly failed: number };

/** `what` is for the log: `list nodes`. */
export type Call = <T>(what: string, work: () => Promise<T>) => Promise<Outcome<T>>;

export interface CallOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly policy?: RetryPolicy;
  /** Called before another attempt, so that it takes a new connection. */
  readonly onRetry: () => void;
}

export function makeCall({ clock, log, random, deadline, policy = DEFAULT_RETRY, onRetry }: CallOptions): Call {
  return async (what, work) => {
    const attempted = await retry(work, {
      policy,
      clock,
      random,
      deadline,
      classify: (error) => decideAdvice(parseTrouble(error, clock.now())),
      onWait: (error, ms) => {
        const why = renderTrouble(parseTrouble(error, clock.now()));
        log.info(`Kubernetes, ${what}: ${why}; trying again in ${(ms / 1000).toFixed(1)} s`);
        onRetry();
      },
    });
    if (attempted.ok) return { ok: true, value: attempted.value };
    return { ok: false, trouble: parseTrouble(attempted.error, clock.now()), failed: attempted.failed };
  };
}
