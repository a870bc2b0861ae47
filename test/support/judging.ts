/** Judging lab worlds without servers, and comparing findings with what the lab expects. */
import { expect } from '@jest/globals';
import { ec2Cluster } from '../../lab/world/ec2-cluster.ts';
import type { ClusterOptions } from '../../lab/world/ec2-cluster.ts';
import type { Expected, Fault } from '../../lab/world/faults.ts';
import { inject } from '../../lab/world/faults.ts';
import type { World } from '../../lab/world/world.ts';
import type { JudgeConfig } from '../../src/judge/judge.ts';
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { Finding, Judgement, Subjects } from '../../src/model/judgement.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

/** They say how a cause looks from elsewhere, and come with nearly every one: only their own tests want to hear them. */
const EXPLAINING = ['asymmetric-path', 'node-condition-misleading'] as const;

export const AUTO: JudgeConfig = {
  networkModes: 'auto',
  podCIDRs: [],
  rules: Object.fromEntries(EXPLAINING.map((rule) => [rule, 'off'])),
};

/** Three subnets with a table each, nine nodes: the smallest cluster in which every fault can be told from the others. */
export function cluster(mode: ClusterOptions['mode'], options: Partial<ClusterOptions> = {}): World {
  return ec2Cluster({ name: 'unit', mode, nodes: 9, subnets: 3, ...options });
}

export interface JudgedWorld {
  readonly world: World;
  readonly expected: readonly Expected[];
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
}

export function judgeWith(world: World, faults: readonly Fault[], config: Partial<JudgeConfig> = {}): JudgedWorld {
  const injected = inject(world, ...faults);
  const snapshot = snapshotOfWorld(injected.world);
  return { ...injected, snapshot, judgement: judgeSnapshot(snapshot, { ...AUTO, ...config }) };
}

type Named = Pick<Finding, 'rule' | 'verdict' | 'subjects'>;

function plain({
  rule,
  verdict,
  subjects,
}: {
  rule: string;
  verdict: string;
  subjects: Partial<Subjects> | Expected['subjects'];
}): unknown {
  const entries = Object.entries(subjects).filter(([, names]) => names.length > 0);
  return {
    rule,
    verdict,
    subjects: Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, names]) => [kind, [...names].sort()]),
    ),
  };
}

/** The lab names the least that must be named; routes follow from tables and prefix and are compared where it gives them. */
export function namedAs(finding: Named, expected: Expected): boolean {
  const subjects = { ...finding.subjects, ...(expected.subjects.routes === undefined ? { routes: [] } : {}) };
  return JSON.stringify(plain({ ...finding, subjects })) === JSON.stringify(plain(expected));
}

/** Every expected fault is named exactly once, and nothing else is, apart from what only explains other findings. */
export function expectExactly(findings: readonly Finding[], expected: readonly Expected[]): void {
  const wanted = new Set(expected.map(({ rule }) => rule));
  const left = findings.filter(({ rule }) => wanted.has(rule) || !(EXPLAINING as readonly string[]).includes(rule));
  const missing: Expected[] = [];
  for (const item of expected) {
    const index = left.findIndex((finding) => namedAs(finding, item));
    if (index < 0) missing.push(item);
    else left.splice(index, 1);
  }
  const surplus = left.map((finding) => plain(finding));
  expect({ missing: missing.map(plain), surplus }).toEqual({ missing: [], surplus: [] });
}
