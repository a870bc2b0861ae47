/** The changes of a plan, one after the other, in its order. The first hard failure in a cloud ends that cloud. */
import type { CloudId } from '../model/config.ts';
import type { Outcome, Plan, PlannedChange } from '../model/planned.ts';
import type { Clock, FabricWriter, Log } from '../ports.ts';
import { applyChange } from './change.ts';
import type { Journal } from './journal.ts';

export interface PlanRun {
  writer(cloud: CloudId): Promise<FabricWriter>;
  /** Why the change does not fit what was just read of the cluster; undefined: it does. */
  drift(change: PlannedChange): string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: Journal;
  readonly interrupted: AbortSignal;
  /** Milliseconds since the epoch: no request is begun later. */
  readonly deadline: number;
}

export const INTERRUPTED = 'the run was asked to end';
const LATE = "the run's time was over (input timeout)";

/** One outcome per change, in the order of the plan. */
export async function applyPlan(plan: Plan, run: PlanRun): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const writers = new Map<CloudId, Promise<FabricWriter>>();
  const broken = new Map<CloudId, string>();
  const stopped = (): string | undefined => {
    if (run.interrupted.aborted) return INTERRUPTED;
    return run.clock.now() >= run.deadline ? LATE : undefined;
  };
  for (const change of plan.changes) {
    const { cloud } = change.place;
    const outcome = await one(change, stopped() ?? broken.get(cloud), async () => {
      const writer = writers.get(cloud) ?? run.writer(cloud);
      writers.set(cloud, writer);
      const { clock, journal, interrupted } = run;
      return applyChange(change, { writer: await writer, step: journal.stepsOf(change), clock, stopped, interrupted });
    });
    outcomes.push(outcome);
    if (outcome.kind === 'denied' || outcome.kind === 'failed') {
      broken.set(cloud, `${change.id} came to nothing before it, and the rest of that cloud was left alone`);
    }
    await tell(outcome, run);
  }
  return outcomes;

  async function one(
    change: PlannedChange,
    obstacle: string | undefined,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> {
    if (obstacle !== undefined) return { id: change.id, kind: 'not-run', reason: obstacle };
    const drift = run.drift(change);
    return drift === undefined ? work() : { id: change.id, kind: 'stale', reason: drift };
  }
}

async function tell({ id, kind, reason }: Outcome, { log, journal }: PlanRun): Promise<void> {
  const because = reason === undefined ? '' : `: ${reason}`;
  log.info(`${kind} ${id}${because}`);
  try {
    await journal.add({ event: 'outcome', change: id, outcome: kind, ...(reason === undefined ? {} : { reason }) });
  } catch (error) {
    // What was done is done, and the report says it; the next request will find the journal closed.
    log.warning(`The journal could not be continued: ${String(error)}`);
  }
}
