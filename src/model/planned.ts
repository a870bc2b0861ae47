/**
 * A change as it is approved: what is there now, what will be there, what has to hold in between, and how to take it
 * back. Plain data: it is saved, digested and read by people before anything is written.
 */
import type { RouteTarget } from './fabric.ts';
import type { HostChange } from './host-change.ts';
import type { Change, Place, RouteManner } from './plan.ts';

/** Raised when a reader of an older version would misread the file. */
export const PLAN_SCHEMA_VERSION = 1;

/** What can be changed, in the order in which it is safe to do: no route ever leads into a closed door. */
export const CHANGE_KINDS = [
  'set-forwarding',
  'set-template-forwarding',
  'create-route',
  'replace-route',
  'associate-table',
  'delete-route',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Least first. `interrupt`: packets are lost for a moment; `restart`, `recreate`: a machine is. */
export const DISRUPTIONS = ['none', 'interrupt', 'restart', 'recreate'] as const;
export type Disruption = (typeof DISRUPTIONS)[number];

/** One thing that one request can change. Ids are those of the snapshot. */
export type ChangeTarget =
  | { readonly kind: 'interface'; readonly interface: string; readonly machine?: string }
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'subnet'; readonly subnet: string }
  /** `name`: of the route, where routes have names. */
  | { readonly kind: 'route'; readonly table: string; readonly prefix: string; readonly name?: string };

/** What a target is like, as far as a change looks at it. */
export type TargetState =
  | { readonly kind: 'forwarding'; readonly forwarding: 'on' | 'off' }
  | ({ readonly kind: 'route'; readonly to: RouteTarget } & RouteManner)
  | { readonly kind: 'association'; readonly table: string }
  /** There is no such route, or the subnet has no table of its own. */
  | { readonly kind: 'absent' };

/** What has to hold besides the target's own state. */
export interface Precondition {
  /** The interface that the route will lead to still belongs to this machine. */
  readonly attached?: { readonly interface: string; readonly machine: string };
  /** The node still has this podCIDR, and runs on this machine. */
  readonly node?: { readonly name: string; readonly machine?: string; readonly podCIDR?: string };
}

/** Why: the finding that the change mends. */
export interface Because {
  readonly finding: string;
  readonly title: string;
}

export type Undo =
  | { readonly possible: true; readonly kind: ChangeKind; readonly disruption: Disruption }
  | { readonly possible: false; readonly reason: string };

export interface PlannedChange {
  /** `set-forwarding aws/123456789012/eu-west-1 eni-0a`: unique in its plan, the same tomorrow. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly place: Place;
  readonly target: ChangeTarget;
  readonly before: TargetState;
  readonly after: TargetState;
  readonly precondition: Precondition;
  readonly disruption: Disruption;
  readonly undo: Undo;
  /** In the cloud's own words, least first. */
  readonly permissions: readonly string[];
  readonly because: readonly Because[];
}

export const WITHHELD_CODES = [
  'unsupported',
  'on-node',
  'undecided',
  'accepted',
  'outside',
  'unproven',
  'gap',
  'owned',
  'conflict',
  'kind',
  'disruption',
  'node',
  'most',
] as const;
/**
 * Why a change is not in the plan. `unsupported`: this version cannot do it; `on-node`:
 * nobody but its operator changes a node; `undecided`: what is wrong is not certain;
 * `accepted`: somebody accepts the fault; `outside`: never touched (a default route, a range that is not the pods', a
 * target that is not known); `unproven`: no live evidence of the network mode; `gap`: something there was not read;
 * `owned`: a controller, stack or service keeps it; `conflict`: two findings want different things. The rest is what
 * the user's own limits say.
 */
export type WithheldCode = (typeof WITHHELD_CODES)[number];

export interface WithheldReason {
  readonly code: WithheldCode;
  readonly text: string;
}

/** A node's own kernel, in whichever cloud, or none. */
export interface NodePlace {
  readonly cloud: 'none';
  readonly node: string;
}

export interface WithheldChange {
  readonly id: string;
  readonly kind: Change['kind'] | HostChange['kind'];
  readonly place: Place | NodePlace;
  /** What it would do, in words. */
  readonly what: string;
  readonly because: readonly Because[];
  /** Never empty. */
  readonly reasons: readonly WithheldReason[];
}

/** What a plan was made from: for people, and no part of what is approved. */
export interface PlanBasis {
  /** Of the snapshot. */
  readonly takenAt: string;
  /** sha256 of the snapshot's text. */
  readonly snapshot: string;
  /** Of the action. */
  readonly version: string;
}

export interface Plan {
  readonly schemaVersion: typeof PLAN_SCHEMA_VERSION;
  /** `undo`: takes an earlier plan back. */
  readonly purpose: 'plan' | 'undo';
  readonly cluster: string;
  readonly basedOn: PlanBasis;
  /** In the order in which they are done. */
  readonly changes: readonly PlannedChange[];
  readonly withheld: readonly WithheldChange[];
  /** sha256 of what will be done; see `digestOf`. */
  readonly digest: string;
}

/** What may be changed, as data. */
export interface ChangePolicy {
  readonly kinds: readonly ChangeKind[];
  readonly disruption: Disruption;
  readonly most: number;
  /** Names; `*` stands for any characters. */
  readonly excludedNodes: readonly string[];
  /** Owners of tables whose tables may be changed all the same. */
  readonly owners: readonly string[];
}

export const OUTCOMES = ['applied', 'already', 'stale', 'denied', 'failed', 'not-run'] as const;
/**
 * `already`: it was as wanted before this run wrote anything; `stale`: it is not as it was when the plan was made, so
 * nothing was written; `denied`: a permission lacks; `not-run`: not tried.
 */
export type OutcomeKind = (typeof OUTCOMES)[number];

export interface Outcome {
  /** Of the change. */
  readonly id: string;
  readonly kind: OutcomeKind;
  /** Why, where it is not as planned. */
  readonly reason?: string;
  readonly permission?: string;
}

/** How the second judgement differs from the first. */
export interface Comparison {
  /** Findings that fail now and did not, or break more pairs than before. What became worse comes first everywhere. */
  readonly worse: readonly ComparedFinding[];
  readonly mended: readonly ComparedFinding[];
  readonly nodesWorse: readonly string[];
  /** fail + partial, of all pairs. */
  readonly brokenBefore: number;
  readonly brokenAfter: number;
  readonly unknownBefore: number;
  readonly unknownAfter: number;
}

export interface ComparedFinding {
  readonly key: string;
  readonly title: string;
}

/** What a run in mode plan or apply has to say besides its judgement. */
export interface PlanReport {
  readonly plan: Plan;
  /** Absent: nothing was to be done (mode plan). In the order of the plan. */
  readonly outcomes?: readonly Outcome[];
  /** Why nothing at all was done in mode apply. */
  readonly refused?: string;
  /** A signal ended it early. */
  readonly interrupted?: true;
  /** Absent: nothing was judged a second time. */
  readonly comparison?: Comparison;
  /** Paths of the files that were written. */
  readonly planFile?: string;
  readonly undoFile?: string;
  readonly undoDigest?: string;
  readonly journalFile?: string;
}
