/** Plans made from what a reader reads of a lab, and run by a real writer. */
import type { World } from '../../lab/world/world.ts';
import { applyPlan } from '../../src/apply/apply.ts';
import { Journal } from '../../src/apply/journal.ts';
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { CloudId } from '../../src/model/config.ts';
import type { Judgement } from '../../src/model/judgement.ts';
import type { ChangePolicy, Outcome, Plan } from '../../src/model/planned.ts';
import { CHANGE_KINDS } from '../../src/model/planned.ts';
import { makePlan } from '../../src/plan/plan.ts';
import type { Clock, FabricReader, FabricWriter, Files } from '../../src/ports.ts';
import { AUTO } from './judging.ts';
import { USUAL_POLICY } from './planning.ts';
import { SILENT } from './quiet.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

export interface PlannedNow {
  readonly plan: Plan;
  readonly judgement: Judgement;
}

/** The plan for what the server shows, every kind of change allowed, and the judgement that it is made from. */
export async function planAndJudge(
  world: World,
  reader: FabricReader,
  cloud: CloudId,
  limits: Partial<ChangePolicy> = {},
): Promise<PlannedNow> {
  const perfect = snapshotOfWorld(world);
  const { facts, gaps } = await reader.read(perfect.cluster.nodes);
  const snapshot = { ...perfect, fabrics: facts, gaps };
  const policy = { ...USUAL_POLICY, kinds: CHANGE_KINDS, most: 500, ...limits };
  const judgement = judgeSnapshot(snapshot, AUTO);
  const input = { snapshot, judgement, accepted: new Set<string>(), policy, version: '0' };
  return { plan: makePlan({ ...input, writable: [cloud] }), judgement };
}

export async function planWith(...wanted: Parameters<typeof planAndJudge>): Promise<Plan> {
  return (await planAndJudge(...wanted)).plan;
}

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** Events of the journal, each with its change. */
  readonly journal: readonly { readonly event: string; readonly change?: string; readonly request?: string }[];
}

/** Waits pass at once. */
export function swift(): Clock {
  let now = 0;
  return { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) };
}

/**
 * `interrupted`: ends the run after the change that is under way. `most`: so many lines the journal takes; the next one
 * cannot be written, and nothing is sent without.
 */
export async function applyWith(
  plan: Plan,
  open: (clock: Clock) => Promise<FabricWriter>,
  interrupted = new AbortController().signal,
  most = Infinity,
): Promise<Applied> {
  const lines: string[] = [];
  const clock = swift();
  const append = (path: string, text: string): Promise<string> => {
    if (lines.length >= most) return Promise.reject(new Error('killed'));
    lines.push(text);
    return Promise.resolve(path);
  };
  const files = { append };
  const outcomes = await applyPlan(plan, {
    writer: () => open(clock),
    drift: () => undefined,
    clock,
    log: SILENT,
    journal: new Journal('j', { files: files as unknown as Files, clock, log: SILENT }),
    interrupted,
    deadline: 3_600_000,
  });
  return { outcomes, journal: lines.map((line) => JSON.parse(line) as Applied['journal'][number]) };
}

export function kindsOf({ outcomes }: Applied): string[] {
  return outcomes.map(({ kind }) => kind);
}
