/** Classified retry: whoever calls says which errors may pass, the other side may say how long to wait. */
import type { Clock } from '../ports.ts';

/** What a failed attempt is worth. */
export type Advice =
  | { readonly retry: false }
  /** `waitMs`: what the other side asked for, in milliseconds. */
  | { readonly retry: true; readonly waitMs?: number };

export interface RetryPolicy {
  /** At least 1: how often the work is tried at most. */
  readonly attempts: number;
  /** Longest wait after the first failure, in milliseconds; doubles with every further one. */
  readonly baseMs: number;
  /** Longest wait of our own choice, in milliseconds; the other side may ask for more. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 500, maxMs: 15_000 };

export type GivingUp = 'final' | 'attempts' | 'deadline' | 'cancelled';

export interface Failure {
  readonly advice: Advice;
  /** How many attempts have failed, this one included. */
  readonly failed: number;
  /** Milliseconds until the deadline; negative when it has passed. */
  readonly leftMs: number;
  /** From 0 up to, not including, 1. */
  readonly chance: number;
}

export type RetryDecision =
  { readonly then: 'wait'; readonly ms: number } | { readonly then: 'give-up'; readonly because: GivingUp };

/**
 * Waits between half and all of an exponentially growing time, so that runs that failed together do not return
 * together. A wait that the other side asked for is kept to the full, plus up to a tenth.
 */
export function decideRetry({ advice, failed, leftMs, chance }: Failure, policy: RetryPolicy): RetryDecision {
  if (!advice.retry) return { then: 'give-up', because: 'final' };
  if (failed >= policy.attempts) return { then: 'give-up', because: 'attempts' };
  const longest = Math.min(policy.maxMs, policy.baseMs * 2 ** (failed - 1));
  const own = longest * (0.5 + chance / 2);
  const asked = (advice.waitMs ?? 0) * (1 + chance / 10);
  const ms = Math.round(Math.max(own, asked));
  // Sleeping into the deadline would only fail later.
  return ms >= leftMs ? { then: 'give-up', because: 'deadline' } : { then: 'wait', ms };
}

export type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown; readonly failed: number; readonly because: GivingUp };

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  readonly classify: (error: unknown) => Advice;
  readonly onWait?: (error: unknown, ms: number) => void;
}

/** Tries until it works, must not, or may not; never throws what the work threw, but returns it. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<Attempted<T>> {
  const { policy, clock, random, deadline, signal, classify, onWait } = options;
  for (let failed = 0; ;) {
    if (signal?.aborted === true) return { ok: false, error: signal.reason, failed, because: 'cancelled' };
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      failed += 1;
      const failure = { advice: classify(error), failed, leftMs: deadline - clock.now(), chance: random() };
      const decision = decideRetry(failure, policy);
      if (decision.then === 'give-up') return { ok: false, error, failed, because: decision.because };
      onWait?.(error, decision.ms);
      await clock.sleep(decision.ms);
    }
  }
}

/**
 * The value of a `Retry-After` header in milliseconds, never negative: seconds, or a date compared with `now`
 * (milliseconds since the epoch). Undefined for anything else. RFC 9110, 10.2.3.
 */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  const value = text?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse also takes forms that no server sends here, such as a bare negative number.
  if (!/^[A-Za-z]{3},/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
