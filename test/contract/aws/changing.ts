/** Plans against a server that speaks EC2: made from what the reader reads, run by the real writer. */
import { applyPlan } from '../../../src/apply/apply.ts';
import { Journal } from '../../../src/apply/journal.ts';
import { openAwsWriter } from '../../../src/clouds/aws/write.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Outcome, Plan } from '../../../src/model/planned.ts';
import { CHANGE_KINDS } from '../../../src/model/planned.ts';
import { makePlan } from '../../../src/plan/plan.ts';
import type { Clock, FabricWriter, Files } from '../../../src/ports.ts';
import type { AwsRegionWorld, World } from '../../../lab/world/world.ts';
import { destination, destinationOf } from '../../../lab/world/look.ts';
import { AUTO } from '../../support/judging.ts';
import { USUAL_POLICY } from '../../support/planning.ts';
import { SILENT } from '../../support/quiet.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';
import { openReader } from './expected.ts';

export type Env = Readonly<Record<string, string>>;

/** The plan for what the server shows, every kind of change allowed. */
export async function planAgainst(world: World, env: Env): Promise<Plan> {
  const perfect = snapshotOfWorld(world);
  const { facts, gaps } = await openReader(env).read(perfect.cluster.nodes);
  const snapshot = { ...perfect, fabrics: facts, gaps };
  const policy = { ...USUAL_POLICY, kinds: CHANGE_KINDS, most: 500 };
  const judgement = judgeSnapshot(snapshot, AUTO);
  return makePlan({ snapshot, judgement, accepted: new Set(), policy, writable: ['aws'], version: '0' });
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

export function applyAgainst(plan: Plan, env: Env): Promise<Applied> {
  return applyWith(plan, () => openAwsWriter({ env, log: SILENT }), swift());
}

/** `most`: how many lines the journal takes; the next one cannot be written, and nothing is sent without. */
export async function applyWith(
  plan: Plan,
  writer: () => Promise<FabricWriter>,
  clock: Clock,
  most = Infinity,
): Promise<Applied> {
  const lines: string[] = [];
  const append = (path: string, text: string): Promise<string> => {
    if (lines.length >= most) return Promise.reject(new Error('killed'));
    lines.push(text);
    return Promise.resolve(path);
  };
  const outcomes = await applyPlan(plan, {
    writer,
    drift: () => undefined,
    clock,
    log: SILENT,
    journal: new Journal('j', { files: { append } as unknown as Files, clock, log: SILENT }),
    interrupted: new AbortController().signal,
    deadline: 3_600_000,
  });
  return { outcomes, journal: lines.map((line) => JSON.parse(line) as Applied['journal'][number]) };
}

export function kindsOf({ outcomes }: Applied): string[] {
  return outcomes.map(({ kind }) => kind);
}

/** The whole world, but for the order of routes in a table, which has no meaning. */
export function settled(world: World): World {
  const copy = structuredClone(world);
  for (const table of copy.aws.flatMap(({ routeTables }) => routeTables)) {
    table.routes.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return copy;
}

/** The world with exactly what the plan says changed in it, worked out without any server. */
export function withPlan(world: World, plan: Plan): World {
  const copy = structuredClone(world);
  for (const { target, after } of plan.changes) {
    for (const region of copy.aws) {
      if (target.kind === 'interface' && after.kind === 'forwarding') {
        for (const face of region.interfaces) {
          if (face.id === target.interface) face.sourceDestCheck = after.forwarding === 'off';
        }
      } else if (target.kind === 'route') setRoute(region, target.table, target.prefix, after);
    }
  }
  return settled(copy);
}

function setRoute(region: AwsRegionWorld, id: string, prefix: string, after: Plan['changes'][number]['after']): void {
  const table = region.routeTables.find((one) => one.id === id);
  if (table === undefined) return;
  const rest = table.routes.filter((route) => route.origin !== 'CreateRoute' || destinationOf(route) !== prefix);
  const made =
    after.kind === 'route' && after.to.kind === 'interface'
      ? [
          {
            destination: destination(prefix),
            target: { kind: 'interface' as const, interfaceId: after.to.interface },
            origin: 'CreateRoute' as const,
          },
        ]
      : [];
  table.routes = [...rest, ...made];
}
