/** Snapshots whose security groups have other rules than those of their world. */
import type { FilterRule } from '../../src/model/filter.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

/** Every group lets everything out, and in what these rules say. */
export function withGroupRules(snapshot: Snapshot, rules: readonly FilterRule[]): Snapshot {
  const all: FilterRule = { direction: 'out', action: 'allow', rank: 0, peers: { prefixes: ['0.0.0.0/0'] } };
  return {
    ...snapshot,
    fabrics: snapshot.fabrics.map((fabric) => ({
      ...fabric,
      filters:
        fabric.filters === 'unread'
          ? fabric.filters
          : fabric.filters.map((one) => (one.kind === 'security-group' ? { ...one, rules: [all, ...rules] } : one)),
    })),
  };
}

/** All traffic in from these. */
export function admits(...prefixes: string[]): FilterRule {
  return { direction: 'in', action: 'allow', rank: 0, peers: { prefixes } };
}
