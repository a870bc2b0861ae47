/** Modes plan and apply: which plan, whether it may be run, and what is written down before anything is changed. */
import type { Config } from '../model/config.ts';
import { ChangeError, ConfigError } from '../model/errors.ts';
import type { Judgement } from '../model/judgement.ts';
import type { Outcome, Plan, PlanReport } from '../model/planned.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Facts } from '../plan/facts.ts';
import { decodePlan, encodePlan } from '../plan/file.ts';
import { makePlan } from '../plan/plan.ts';
import { findObjections } from '../plan/policy.ts';
import { findDrift } from '../plan/still.ts';
import { undoPlan } from '../plan/undo.ts';
import type { Changing, Ports } from '../ports.ts';
import { applyPlan } from './apply.ts';
import { Journal } from './journal.ts';

const DOCS = 'plan-and-apply';

export interface PlanInputs {
  readonly config: Config;
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly accepted: ReadonlySet<string>;
  readonly version: string;
  /** Milliseconds since the epoch: no request that changes something is begun later. */
  readonly deadline: number;
}

/** A plan and, in mode apply, what became of it. Throws ConfigError and ChangeError; nothing is changed by then. */
export async function runPlan(inputs: PlanInputs, ports: Ports): Promise<PlanReport> {
  const { config } = inputs;
  const facts = new Facts(inputs.snapshot, inputs.judgement);
  if (config.mode !== 'apply') {
    const plan = planNow(inputs, ports);
    return { plan, ...(await savePlan(plan, config.planFile ?? `${config.reportDir}/plan.json`, ports)) };
  }
  const { changing } = ports;
  if (changing === undefined) throw new Error('mode apply, and nothing to apply with');
  const plan = config.planFile === undefined ? planNow(inputs, ports) : await readPlan(inputs, config.planFile, ports);
  const refused = refusal(plan, inputs, facts);
  if (refused !== undefined) return { plan, refused, outcomes: plan.changes.map(({ id }) => notRun(id)) };
  if (plan.changes.length === 0) return { plan, outcomes: [] };
  return apply(plan, { config, facts, deadline: inputs.deadline, changing, ports });
}

function planNow(inputs: PlanInputs, { writable }: Ports): Plan {
  return makePlan({ ...inputs, policy: inputs.config.policy, writable });
}

async function readPlan({ config, snapshot }: PlanInputs, path: string, { files }: Ports): Promise<Plan> {
  const plan = decodePlan(await files.read(path), path, config.planDigest ?? '');
  if (plan instanceof ConfigError) throw plan;
  if (plan.cluster === snapshot.cluster.id) return plan;
  throw new ConfigError(`Plan ${path} is about cluster ${plan.cluster}, and this is ${snapshot.cluster.id}.`, {
    hint: 'Apply a plan with the kubeconfig of the cluster that it was made for.',
    docs: DOCS,
  });
}

/** Exactly what was approved, or nothing: a plan that is not allowed as a whole is not run in parts. */
function refusal(plan: Plan, { config, judgement }: PlanInputs, facts: Facts): string | undefined {
  if (config.planDigest !== undefined && plan.digest !== config.planDigest) {
    return `the plan of now has the digest ${plan.digest}, and plan-digest approves ${config.planDigest}: look at it again`;
  }
  if (judgement.nodes.length === 0) return 'no node could be judged';
  if (config.planFile === undefined) return undefined;
  const { most } = config.policy;
  if (plan.changes.length > most) {
    return `the plan holds ${String(plan.changes.length)} changes, and max-changes is ${String(most)}`;
  }
  for (const change of plan.changes) {
    // What does not fit any more is stale by itself, and no reason against the rest.
    if (findDrift(change, facts) !== undefined) continue;
    const [objection] = findObjections(change, config.policy, facts);
    if (objection !== undefined) return `${change.id} is not allowed (${objection.code}): ${objection.text}`;
  }
  return undefined;
}

interface Applying {
  readonly config: Config;
  readonly facts: Facts;
  readonly deadline: number;
  readonly changing: Changing;
  readonly ports: Ports;
}

async function apply(plan: Plan, { config, facts, deadline, changing, ports }: Applying): Promise<PlanReport> {
  const { clock, log, files } = ports;
  const place = `${config.reportDir}/`;
  const mark = plan.digest.slice(0, 12);
  const saved = await savePlan(plan, `${place}plan-${mark}.json`, ports);
  const undo = undoPlan(plan);
  const undoFile = await mustWrite(files.write(`${place}undo-${mark}.json`, encodePlan(undo)));
  const journal = new Journal(`${place}journal-${mark}.jsonl`, ports);
  const journalFile = await mustWrite(files.append(journal.path, ''));
  log.info(`The way back is in ${undoFile} (digest ${undo.digest}).`);
  const outcomes = await log.group(`Applying ${String(plan.changes.length)} changes`, async () => {
    await journal.add({ event: 'begin', digest: plan.digest, changes: plan.changes.length, undo: undoFile });
    const done = await applyPlan(plan, {
      writer: (cloud) => changing.writer(cloud, config),
      drift: (change) => findDrift(change, facts),
      clock,
      log,
      journal,
      interrupted: changing.interrupted,
      deadline,
    });
    await journal.add({ event: 'end', interrupted: changing.interrupted.aborted });
    return done;
  });
  return {
    plan,
    outcomes,
    ...(changing.interrupted.aborted ? { interrupted: true } : {}),
    ...saved,
    undoFile,
    undoDigest: undo.digest,
    journalFile,
  };
}

/** Nothing is changed that could not be taken back. */
async function mustWrite(written: Promise<string>): Promise<string> {
  try {
    return await written;
  } catch (error) {
    throw new ChangeError('Nothing was changed, because the way back could not be written down first.', {
      hint: 'Choose a writable folder with report-dir.',
      docs: DOCS,
      cause: error,
    });
  }
}

async function savePlan(plan: Plan, path: string, { files }: Ports): Promise<{ planFile: string }> {
  return { planFile: await files.write(path, encodePlan(plan)) };
}

function notRun(id: string): Outcome {
  return { id, kind: 'not-run', reason: 'the plan was refused' };
}

/** Whether anything may be different from when it was judged, by our hand or by another's. */
export function hasMoved({ outcomes = [] }: PlanReport): boolean {
  return outcomes.some(({ kind }) => kind !== 'not-run' && kind !== 'denied');
}
