/** What earlier runs, and the people who own the cluster, say about the findings of this one. */
import type { RuleId } from './config.ts';

/** A fault that somebody knows and accepts. All that is given has to fit; at least one of the first four is. */
export interface IgnoreEntry {
  readonly rule?: RuleId;
  /** Name of a node at fault; `*` stands for any characters. */
  readonly node?: string;
  /** Canonical; fits what lies in it. */
  readonly prefix?: string;
  /** `route-table-id/prefix`, as subjects name routes. */
  readonly route?: string;
  readonly reason: string;
  /** The last day on which it counts, in UTC: `2026-12-31`. */
  readonly expires?: string;
}

/** `new`: the baseline does not have it, or there is no baseline. */
export type Standing = 'new' | 'standing';

export interface TriagedFinding {
  readonly standing: Standing;
  /** Of what is new since the baseline: who could have changed it, as far as evidence goes. */
  readonly authors?: readonly string[];
  /** The entry by which it is accepted. */
  readonly accepted?: IgnoreEntry;
}

/** A finding of the baseline. */
export interface FormerFinding {
  readonly key: string;
  /** Of an older version perhaps, which had other rules. */
  readonly rule: string;
  readonly title: string;
}

export interface Triage {
  readonly hasBaseline: boolean;
  /** By key; every finding of the judgement has an entry. */
  readonly findings: ReadonlyMap<string, TriagedFinding>;
  /** Failed in the baseline, and are not found any more. */
  readonly resolved: readonly FormerFinding[];
  /** Failed in the baseline, are not found now, and what would show them could not be read: nobody knows. */
  readonly unseen: readonly FormerFinding[];
  readonly expired: readonly IgnoreEntry[];
  /** Fit no finding, although everything could be read. */
  readonly unmatched: readonly IgnoreEntry[];
}

/** What the gate lets through although it fails. */
export interface Excuses {
  /** Keys of findings. */
  readonly keys: ReadonlySet<string>;
  /** How many broken pairs such findings explain wholly. */
  readonly pairs: number;
}
