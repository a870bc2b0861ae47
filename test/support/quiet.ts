/** A clock and a log for readers whose waiting and talking is not looked at. */
import type { Clock, Log } from '../../src/ports.ts';

/** Waits for nothing and counts on. */
export function countingClock(): Clock {
  let now = 0;
  return { now: () => (now += 1), sleep: () => Promise.resolve() };
}

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  fold: () => undefined,
  group: (_title, work) => work(),
};
