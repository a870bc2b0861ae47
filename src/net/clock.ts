/** The real clock and the only real timers of the readers. */
import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports.ts';

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: async (ms) => {
      await wait(ms);
    },
  };
}

/** Fires after the given milliseconds; does not keep the process alive. */
export function abortAfter(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}

/** Lets requests that were begun be written to their sockets, before a computation that would keep them waiting. */
export async function nextTurn(): Promise<void> {
  await immediate();
}
