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

export const AUTO: JudgeConfig = { networkModes: 'auto', podCIDRs: [], rules: {} };

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

/** They say how a cause looks from elsewhere, and come with nearly every one. */
const EXPLAINING: readonly string[] = ['asymmetric-path', 'node-condition-misleading'];

/** Without the notices that only say how other failing findings look, where there are such. */
export function withoutEchoes<T extends Pick<Finding, 'rule' | 'verdict' | 'severity'>>(findings: readonly T[]): T[] {
  const isCaused = findings.some(({ rule, verdict }) => verdict === 'fail' && !EXPLAINING.includes(rule));
  return findings.filter(({ rule, severity }) => !isCaused || severity !== 'notice' || !EXPLAINING.includes(rule));
}

/** Every expected fault is named exactly once, and nothing else is, apart from echoes that nobody expects. */
export function expectExactly(findings: readonly Finding[], expected: readonly Expected[]): void {
  const wanted = new Set(expected.map(({ rule }) => rule));
  const causes = withoutEchoes(findings);
  const left = findings.filter((finding) => wanted.has(finding.rule) || causes.includes(finding));
  const missing: Expected[] = [];
  for (const item of expected) {
    const index = left.findIndex((finding) => namedAs(finding, item));
    if (index < 0) missing.push(item);
    else left.splice(index, 1);
  }
  const surplus = left.map((finding) => plain(finding));
  expect({ missing: missing.map(plain), surplus }).toEqual({ missing: [], surplus: [] });
}
