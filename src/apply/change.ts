/** One change: read, compare, send, read again. Whether anything is tried again is decided here and nowhere else. */
import { messageOf } from '../model/errors.ts';
import type { Outcome, OutcomeKind, PlannedChange } from '../model/planned.ts';
import { describeState, isSameState } from '../plan/state.ts';
import type { Clock, FabricWriter, LiveTarget, SendStep, WriteTrouble } from '../ports.ts';

export interface ChangeRun {
  readonly writer: FabricWriter;
  readonly step: SendStep;
  readonly clock: Clock;
  /** Why nothing more may be sent; undefined: it may. */
  stopped(): string | undefined;
  /** Ends waiting at once. */
  readonly interrupted: AbortSignal;
}

/** How often a change is tried at most, each time after the target was read again. */
const MOST_ATTEMPTS = 5;
const MOST_READS = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 16_000;
/** EC2, Compute Engine and Azure all may show the former state for some time after a write. */
const LONGEST_LAG_MS = 60_000;

type Ended = Omit<Outcome, 'id'>;

export async function applyChange(change: PlannedChange, run: ChangeRun): Promise<Outcome> {
  try {
    return { id: change.id, ...(await attempt(change, run)) };
  } catch (error) {
    // Most likely the journal's file: without it nothing more is sent.
    return { id: change.id, kind: 'failed', reason: `it was given up: ${messageOf(error)}` };
  }
}

async function attempt(change: PlannedChange, run: ChangeRun): Promise<Ended> {
  // Whether a request of ours may have been carried out although no answer says so.
  let isUnclear = false;
  let last = 'nothing was sent';
  for (let sent = 0; ; sent += 1) {
    const live = await readTarget(change, run);
    if ('trouble' in live) return unread(live, isUnclear);
    if (isSameState(live.state, change.after)) return isUnclear ? confirmedLate(last) : ended('already');
    const drift = driftOf(change, live);
    if (drift !== undefined) return ended('stale', drift);
    const why = run.stopped();
    if (why !== undefined) return isUnclear ? ended('failed', `${why}; ${doubt(last)}`) : ended('not-run', why);
    if (sent === MOST_ATTEMPTS) {
      return ended('failed', `given up after ${String(sent)} attempts: ${isUnclear ? doubt(last) : last}`);
    }
    const answer = await write(change, live, run);
    if (answer === 'done') return verify(change, run);
    last = answer.reason;
    switch (answer.trouble) {
      case 'conflict':
        // Who was faster decides what it is now; the next reading shows that.
        break;
      case 'busy':
        await pause(run, sent, answer.waitMs);
        break;
      case 'unclear':
        isUnclear = true;
        await pause(run, sent, answer.waitMs);
        break;
      case 'denied':
      case 'refused':
        return isUnclear ? await settle(change, run, answer) : refusedFor(answer);
    }
  }
}

/**
 * What was turned away at the door is sent once more, while the reading still counts: where every second call is
 * throttled, the one after a reading always is. A reading counts for as long as it takes where the API itself would
 * notice that it is outdated.
 */
async function write(change: PlannedChange, live: LiveTarget, run: ChangeRun): Promise<'done' | WriteTrouble> {
  const answer = await run.writer.write(change, live, run.step);
  if (answer === 'done' || answer.trouble !== 'busy') return answer;
  if (answer.waitMs !== undefined) {
    if (live.token === undefined || run.stopped() !== undefined) return answer;
    await pause(run, 0, answer.waitMs);
  }
  return run.stopped() === undefined ? run.writer.write(change, live, run.step) : answer;
}

/** What is there is neither what the plan was made for nor what it wants. */
function driftOf(change: PlannedChange, { state, drift, resumable }: LiveTarget): string | undefined {
  if (resumable !== true && !isSameState(state, change.before)) {
    const { target, before } = change;
    return `it is ${describeState(state, target)} now, and was ${describeState(before, target)} when the plan was made`;
  }
  return drift;
}

async function readTarget(change: PlannedChange, run: ChangeRun): Promise<LiveTarget | WriteTrouble> {
  for (let tries = 0; ; tries += 1) {
    const live = await run.writer.read(change);
    const mayPass = 'trouble' in live && (live.trouble === 'busy' || live.trouble === 'unclear');
    if (!mayPass || tries + 1 >= MOST_READS) return live;
    await pause(run, tries, live.waitMs);
  }
}

function unread(trouble: WriteTrouble, isUnclear: boolean): Ended {
  const { kind, permission, reason } = refusedFor(trouble);
  const text = isUnclear ? `${doubt(reason ?? '')}, because it could not be read again` : reason;
  return { ...ended(kind, text), ...(permission === undefined ? {} : { permission }) };
}

function refusedFor({ trouble, reason, permission }: WriteTrouble): Ended {
  const kind = trouble === 'denied' ? 'denied' : 'failed';
  return { ...ended(kind, reason), ...(permission === undefined ? {} : { permission }) };
}

/** A request before this one got no answer; whether it was carried out can only be seen. */
async function settle(change: PlannedChange, run: ChangeRun, trouble: WriteTrouble): Promise<Ended> {
  const live = await readTarget(change, run);
  if (!('trouble' in live) && isSameState(live.state, change.after)) return confirmedLate(trouble.reason);
  return refusedFor(trouble);
}

/** Accepted is not yet visible: it is read until it is, or until it is something else again. */
async function verify(change: PlannedChange, run: ChangeRun): Promise<Ended> {
  const until = run.clock.now() + LONGEST_LAG_MS;
  for (let tries = 0; ; tries += 1) {
    const live = await run.writer.read(change);
    const seen = 'trouble' in live ? undefined : live;
    if (seen !== undefined && isSameState(seen.state, change.after)) return ended('applied');
    if (seen !== undefined && seen.resumable !== true && !isSameState(seen.state, change.before)) {
      const now = describeState(seen.state, change.target);
      return ended('failed', `it was written, and somebody has changed it since: it is ${now} now`);
    }
    const isStopped = run.stopped() !== undefined;
    if (isStopped || run.clock.now() >= until) {
      if ('trouble' in live) return ended('applied', `accepted, but it could not be read again: ${live.reason}`);
      if (isStopped) return ended('applied', 'accepted, but not seen before the run had to end');
      return ended('failed', 'it was accepted, but the former state is still there, or there again');
    }
    await pause(run, tries, undefined);
  }
}

/** Whoever ends the run waits for a request under way, and for nothing else. */
async function pause(run: ChangeRun, failed: number, askedMs: number | undefined): Promise<void> {
  if (run.stopped() !== undefined) return;
  const ms = Math.max(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failed), askedMs ?? 0);
  const over = new AbortController();
  const ended = new Promise<void>((resolve) => {
    run.interrupted.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
  });
  await Promise.race([run.clock.sleep(ms), ended]);
  over.abort();
}

function confirmedLate(reason: string): Ended {
  return ended('applied', `the request was carried out, although its answer was: ${reason}`);
}

function doubt(reason: string): string {
  return `whether the last request was carried out is not known (${reason})`;
}

function ended(kind: OutcomeKind, reason?: string): Ended {
  return reason === undefined ? { kind } : { kind, reason };
}
