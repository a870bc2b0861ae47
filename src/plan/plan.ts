/** What findings suggest -> one sorted plan, and what it leaves out, with the reasons. Pure. */
import type { CloudId } from '../model/config.ts';
import type { Finding, Judgement } from '../model/judgement.ts';
import { fabricIdOf } from '../model/place.ts';
import type { Change } from '../model/plan.ts';
import type { Because, ChangePolicy, Plan, PlannedChange, WithheldChange, WithheldReason } from '../model/planned.ts';
import { CHANGE_KINDS, PLAN_SCHEMA_VERSION } from '../model/planned.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { encodeSnapshot } from '../snapshot/encode.ts';
import { describeFix, subjectOf } from './describe.ts';
import { digestOf, sha256 } from './digest.ts';
import { Facts } from './facts.ts';
import { findObjections } from './policy.ts';
import { withholdHostChange } from './on-node.ts';
import { describeChange, isSameState, targetKey } from './state.ts';

export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  /** Keys of findings that somebody accepts. */
  readonly accepted: ReadonlySet<string>;
  readonly policy: ChangePolicy;
  /** Clouds that this version can change. */
  readonly writable: readonly CloudId[];
  /** Of the action. */
  readonly version: string;
}

/** The same input gives the same plan, whatever the order of the findings. */
export function makePlan(input: PlanInput): Plan {
  const { snapshot, judgement, policy } = input;
  const facts = new Facts(snapshot, judgement);
  const { wanted, withheld } = gather(input, facts);
  const allowed: PlannedChange[] = [];
  for (const change of wanted) {
    const reasons = [...conflicts(change, wanted), ...findObjections(change, policy, facts)];
    if (reasons.length === 0) allowed.push(change);
    else withheld.push(withholdPlanned(change, reasons));
  }
  const changes = allowed.slice(0, policy.most);
  const tooMany = `max-changes is ${String(policy.most)}; run again when these are done`;
  withheld.push(...allowed.slice(policy.most).map((one) => withholdPlanned(one, [{ code: 'most', text: tooMany }])));
  return sealPlan({
    schemaVersion: PLAN_SCHEMA_VERSION,
    purpose: 'plan',
    cluster: snapshot.cluster.id,
    basedOn: { takenAt: snapshot.takenAt, snapshot: sha256(encodeSnapshot(snapshot)), version: input.version },
    changes,
    withheld: withheld.sort((a, b) => compareText(a.id, b.id)),
  });
}

export function sealPlan(plan: Omit<Plan, 'digest'>): Plan {
  return { ...plan, digest: digestOf(plan) };
}

interface Gathered {
  /** Sorted; each thing that is to be changed in one way is there once. */
  readonly wanted: readonly PlannedChange[];
  readonly withheld: WithheldChange[];
}

function gather({ judgement, accepted, writable }: PlanInput, facts: Facts): Gathered {
  const wanted = new Map<string, PlannedChange>();
  const withheld = new Map<string, WithheldChange>();
  for (const finding of judgement.findings) {
    for (const fix of finding.changes) {
      const reason = findingObjection(finding, accepted) ?? cloudObjection(fix, writable);
      const described = reason === undefined ? describeFix(fix, finding, facts) : { reason };
      if ('change' in described) merge(wanted, described.change);
      else merge(withheld, withholdFix(fix, finding, described.reason));
    }
    for (const change of finding.hostChanges ?? []) {
      merge(withheld, withholdHostChange(change, finding, findingObjection(finding, accepted)));
    }
  }
  return { wanted: [...wanted.values()].sort(compareChanges), withheld: [...withheld.values()] };
}

/** Two findings may ask for the same; both are then reasons for it. */
function merge<T extends PlannedChange | WithheldChange>(into: Map<string, T>, change: T): void {
  const key = 'after' in change ? `${change.id} ${JSON.stringify(change.after)}` : change.id;
  const before = into.get(key);
  const because = [...(before?.because ?? []), ...change.because];
  const byKey = new Map(because.map((one) => [one.finding, one]));
  into.set(key, { ...change, because: [...byKey.values()].sort((a, b) => compareText(a.finding, b.finding)) });
}

function findingObjection({ key, verdict }: Finding, accepted: ReadonlySet<string>): WithheldReason | undefined {
  if (verdict !== 'fail') return { code: 'undecided', text: 'whether anything is wrong could not be decided' };
  return accepted.has(key) ? { code: 'accepted', text: 'somebody accepts the fault (input config)' } : undefined;
}

function cloudObjection({ place }: Change, writable: readonly CloudId[]): WithheldReason | undefined {
  if (writable.includes(place.cloud)) return undefined;
  return { code: 'unsupported', text: 'this version changes nothing in this cloud; the commands of the finding do' };
}

function conflicts(change: PlannedChange, all: readonly PlannedChange[]): WithheldReason[] {
  const key = placeKey(change);
  const other = all.find((one) => one !== change && placeKey(one) === key && !isSameState(one.after, change.after));
  if (other === undefined) return [];
  return [{ code: 'conflict', text: `another finding wants something else: ${describeChange(other)}` }];
}

function placeKey({ place, target }: PlannedChange): string {
  return `${fabricIdOf(place)} ${targetKey(target)}`;
}

function withholdPlanned(change: PlannedChange, reasons: readonly WithheldReason[]): WithheldChange {
  const { id, kind, place, because } = change;
  return { id, kind, place, what: describeChange(change), because, reasons };
}

function withholdFix(fix: Change, { key, title }: Finding, reason: WithheldReason): WithheldChange {
  const because: readonly Because[] = [{ finding: key, title }];
  const subject = subjectOf(fix);
  const id = `${fix.kind} ${fabricIdOf(fix.place)} ${subject}`;
  return { id, kind: fix.kind, place: fix.place, what: `${fix.kind} ${subject}`, because, reasons: [reason] };
}

/** Forwarding first, deletions last: the order of CHANGE_KINDS. */
function compareChanges(a: PlannedChange, b: PlannedChange): number {
  return CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind) || compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
