/** What judging says: verdicts, faults, paths and findings. */
import type { Family } from './prefix.ts';
import type { RuleId, Severity } from './config.ts';
import type { Change } from './plan.ts';
import type { Gap } from './snapshot.ts';

/** A `partial` pair fails for some of its addresses and counts as failing. */
export const VERDICTS = ['pass', 'fail', 'partial', 'unknown', 'not-applicable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Weakest first. */
export const EVIDENCE_LEVELS = ['fabric', 'fabric+agent', 'guest'] as const;
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number];

export const DETECTED_MODES = ['host-gw', 'static', 'fabric', 'cross-subnet', 'overlay', 'eni', 'unknown'] as const;
export type DetectedMode = (typeof DETECTED_MODES)[number];

/** In which pod packets show themselves to the fabric with their own addresses, between some nodes at least. */
export const DIRECT_MODES: ReadonlySet<DetectedMode> = new Set(['host-gw', 'static', 'fabric', 'cross-subnet']);

/** One thing that was seen, where it was seen. */
export interface Evidence {
  /** Such as `aws eu-west-1 rtb-0a1`, `node a`. */
  readonly source: string;
  readonly text: string;
}

export interface Subjects {
  readonly nodes: readonly string[];
  readonly prefixes: readonly string[];
  readonly interfaces: readonly string[];
  readonly routeTables: readonly string[];
  readonly subnets: readonly string[];
  /** `table-id/prefix` */
  readonly routes: readonly string[];
  /** Security groups, network ACLs, firewalls. */
  readonly filters: readonly string[];
}

export const NO_SUBJECTS: Subjects = {
  nodes: [],
  prefixes: [],
  interfaces: [],
  routeTables: [],
  subnets: [],
  routes: [],
  filters: [],
};

export interface Finding {
  /** rule / scope / cause: unique, the same tomorrow, free of counts, tables and text. */
  readonly key: string;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly verdict: 'fail' | 'unknown';
  readonly title: string;
  /** What is wrong, with the user's own ids; one sentence. */
  readonly what: string;
  /** Why that matters to packets. */
  readonly why: string;
  /** What to do, in words. */
  readonly next: string;
  readonly subjects: Subjects;
  readonly evidence: readonly Evidence[];
  /** Ordered pairs that this cause breaks, alone or together with others. */
  readonly pairsBroken: number;
  readonly roundTripsBroken: number;
  /** Ordered pairs of a node or extra sender and a node's pods, or the other way round; absent: none. */
  readonly otherPathsBroken?: number;
  /** Changes that mend it; empty: nothing that a command could change (`next` says what to do). */
  readonly changes: readonly Change[];
}

export interface PairCounts {
  readonly total: number;
  readonly pass: number;
  readonly fail: number;
  readonly partial: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** Paths one way, and there and back. */
export interface PathCounts {
  readonly oneWay: PairCounts;
  readonly roundTrip: PairCounts;
}

/** From an extra sender to the pods of every node. */
export interface SenderPaths extends PathCounts {
  /** As the user wrote it. */
  readonly sender: string;
  /** The subnet that it is in; absent: not found. */
  readonly where?: string;
}

export interface OtherPaths {
  /** From the address of one node to pods of another. */
  readonly nodeToPod: PathCounts;
  readonly podToNode: PathCounts;
  readonly senders: readonly SenderPaths[];
}

export interface NodeClass {
  readonly id: string;
  readonly nodes: readonly string[];
}

export interface MatrixEntry {
  readonly from: string;
  readonly to: string;
  readonly family: Family;
  readonly verdict: Verdict;
  readonly roundTrip: Verdict;
  /** Keys of the findings on this path. */
  readonly findings: readonly string[];
}

export interface JudgedNode {
  readonly name: string;
  readonly os: string;
  readonly podCIDRs: readonly string[];
  readonly internalIPs: readonly string[];
  readonly machine?: string;
  /** How the machine was found. */
  readonly joinedBy?: 'provider-id' | 'address';
  readonly fabric?: string;
  readonly interfaces: readonly string[];
  readonly subnets: readonly string[];
  readonly routeTables: readonly string[];
  readonly forwarding: 'on' | 'off' | 'unknown';
  readonly mode: DetectedMode;
  readonly modeReason: string;
  readonly evidenceLevel: EvidenceLevel;
  /** Why the node's pairs are not applicable; absent: they are judged. */
  readonly skipped?: string;
  /** Of the node's own part: fail where a finding names it or its subnet as the cause. */
  readonly verdict: Exclude<Verdict, 'partial'>;
}

export interface Judgement {
  readonly verdict: Exclude<Verdict, 'partial'>;
  readonly evidenceLevel: EvidenceLevel;
  readonly modes: readonly DetectedMode[];
  /** False: what security groups, ACLs and firewalls do with packets was left out. */
  readonly filtersJudged: boolean;
  /** Canonical. */
  readonly podCIDRs: readonly string[];
  /** `guess`: the smallest ranges over all podCIDRs; else somebody wrote them down. */
  readonly podCIDRsFrom: 'input' | 'cni' | 'guess';
  readonly pairs: PairCounts;
  readonly roundTrip: PairCounts;
  readonly otherPaths: OtherPaths;
  readonly classes: readonly NodeClass[];
  /** Only entries that do not pass. */
  readonly matrix: readonly MatrixEntry[];
  readonly nodes: readonly JudgedNode[];
  readonly findings: readonly Finding[];
  readonly causes: readonly { readonly finding: string; readonly pairsExplained: number }[];
  /** All gaps; those that a verdict needed also are findings (evidence-incomplete). */
  readonly gaps: readonly Gap[];
}
