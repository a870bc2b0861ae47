/** Nodes that do not exist yet, as a user plans them. */
import type { Family } from './prefix.ts';

export interface WhatIf {
  /** All nodes of the cluster once it has grown, spread as they are now; absent: it does not grow. */
  readonly clusterSize?: number;
  readonly pools: readonly PlannedPool[];
}

export interface PlannedPool {
  readonly name: string;
  readonly count: number;
  /** Ids, or names where the fabric has them; filled in turn. Empty: by zones, else as the pool's pattern. */
  readonly subnets: readonly string[];
  readonly zones: readonly string[];
  /** Absent: that of the pattern. */
  readonly os?: 'linux' | 'windows';
  /** In bits, by family; absent: as long as the pattern's. */
  readonly podCIDRLengths: Readonly<Partial<Record<Family, number>>>;
  /** What the new machines' forwarding setting will be; absent: what their template says, else not known. */
  readonly forwarding?: 'on' | 'off';
  /** Name of the node that the new ones resemble; absent: the first one that fits. */
  readonly like?: string;
}

/** What became of a plan, beside the nodes that are in the snapshot now. */
export interface PlannedFacts {
  /** Names, sorted. */
  readonly nodes: readonly string[];
  /** What found no room, one entry per pool and reason. */
  readonly misfits: readonly Misfit[];
}

export interface Misfit {
  readonly pool: string;
  /** How many nodes it concerns. */
  readonly nodes: number;
  readonly problem: 'pod-range-full' | 'subnet-full';
  /** The pod range or subnet that is full. */
  readonly subject: string;
  /** Length of the podCIDR that found no room, in bits. */
  readonly length?: number;
  /** So many fit. */
  readonly fitting: number;
}
