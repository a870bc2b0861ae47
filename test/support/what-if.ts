/** Plans on top of lab worlds, judged without servers. */
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { JudgeConfig } from '../../src/judge/judge.ts';
import type { Judgement } from '../../src/model/judgement.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { PlannedPool, WhatIf } from '../../src/model/what-if.ts';
import type { Expanded } from '../../src/whatif/expand.ts';
import { expandSnapshot } from '../../src/whatif/expand.ts';
import { AUTO, cluster, judgeWith, withoutEchoes } from './judging.ts';

export function pool(changes: Partial<PlannedPool>): PlannedPool {
  return { name: 'new', count: 2, subnets: [], zones: [], podCIDRLengths: {}, forwarding: 'on', ...changes };
}

export function plan(
  snapshot: Snapshot,
  whatIf: WhatIf,
  config: JudgeConfig = AUTO,
): Expanded & { judgement: Judgement } {
  const now = judgeSnapshot(snapshot, config);
  const expanded = expandSnapshot(snapshot, whatIf, {
    nodes: now.nodes,
    podRanges: now.podCIDRs,
    podRangesAreKnown: now.podCIDRsFrom !== 'guess',
  });
  return { ...expanded, judgement: judgeSnapshot(expanded.snapshot, config) };
}

export function findings(judgement: Judgement): string[] {
  return withoutEchoes(judgement.findings).map(({ key }) => key);
}

/** Subnet, VPC and table of a healthy cluster without host routes. */
export function fabricCluster(changes: Parameters<typeof cluster>[1] = {}): Snapshot {
  return judgeWith(cluster('fabric', changes), []).snapshot;
}
