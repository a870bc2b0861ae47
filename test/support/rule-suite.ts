/** What every rule owes: silence on a healthy cluster, its finding for each fault, unknown for a gap, silence elsewhere. */
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lab/world/faults.ts';
import type { World } from '../../lab/world/world.ts';
import { judgeSnapshot } from '../../src/judge/judge.ts';
import type { JudgeConfig } from '../../src/judge/judge.ts';
import type { RuleId } from '../../src/model/config.ts';
import type { Gap, Snapshot } from '../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith } from './judging.ts';
import { snapshotOfWorld } from './world-snapshot.ts';

export interface RuleCase {
  readonly name: string;
  readonly world?: World;
  readonly faults: readonly Fault[];
  readonly config?: Partial<JudgeConfig>;
  /** Must be in `what`. */
  readonly says: RegExp;
  /** Must be in `next`. */
  readonly advises?: RegExp;
  /** `kind` of each change that mends it. */
  readonly changes?: readonly string[];
  readonly severity?: 'error' | 'warning' | 'notice';
  readonly verdict?: 'fail' | 'unknown';
}

export interface GapCase {
  readonly gap: Gap;
  /** Takes out of the snapshot what could not be read. */
  readonly strip: (snapshot: Snapshot) => Snapshot;
}

export interface RuleSuite {
  readonly fails: readonly RuleCase[];
  /** Without these facts the rule's own faults must not be claimed. */
  readonly gap?: GapCase;
  /** The faults that a network mode makes irrelevant. */
  readonly irrelevant?: readonly Fault[];
}

export function ruleSuite(id: RuleId, suite: RuleSuite): void {
  describe(id, () => {
    test('is silent on a healthy cluster', () => {
      for (const mode of ['host-gw', 'fabric'] as const) {
        expect(judgeWith(cluster(mode), []).judgement.findings).toEqual([]);
      }
    });

    test.each(suite.fails.map((item) => [item.name, item] as const))('finds %s', (_, item) => {
      const { judgement } = judgeWith(item.world ?? cluster('host-gw'), item.faults, item.config);
      const found = judgement.findings.filter((finding) => finding.rule === id);
      expect(found).toHaveLength(1);
      const [finding] = found;
      expect(finding?.verdict).toBe(item.verdict ?? 'fail');
      expect(finding?.severity).toBe(item.severity ?? 'error');
      expect(finding?.what).toMatch(item.says);
      if (item.advises !== undefined) expect(finding?.next).toMatch(item.advises);
      expect([...new Set(finding?.changes.map((change) => change.kind))]).toEqual(item.changes ?? []);
      expect(finding?.evidence).not.toHaveLength(0);
      expect(finding?.key.startsWith(`${id}/`)).toBe(true);
    });

    const { gap, irrelevant } = suite;
    if (gap !== undefined) {
      test('claims nothing where the evidence is missing, and is not green either', () => {
        for (const item of suite.fails) {
          const { snapshot } = judgeWith(item.world ?? cluster('host-gw'), item.faults, item.config);
          const stripped = gap.strip(snapshot);
          const judgement = judgeSnapshot(
            { ...stripped, gaps: [...stripped.gaps, gap.gap] },
            { ...AUTO, ...item.config },
          );
          expect(judgement.findings.filter((finding) => finding.rule === id && finding.verdict === 'fail')).toEqual([]);
          expect(judgement.verdict).not.toBe('pass');
          expect(judgement.gaps).toContainEqual(gap.gap);
        }
      });
    }
    if (irrelevant !== undefined) {
      test('is silent where pod packets are encapsulated or have addresses of interfaces', () => {
        // Under the VPC CNI nodes have no podCIDR of their own: give them some, as clusters that migrated have.
        const migrated = cluster('vpc-cni');
        migrated.cluster.nodes.forEach((node, index) => node.podCIDRs.push(`10.244.${String(index)}.0/24`));
        for (const world of [cluster('vxlan'), migrated]) {
          expect(judgeWith(world, irrelevant).judgement.findings).toEqual([]);
        }
      });
    }

    test('can be switched off', () => {
      for (const item of suite.fails) {
        const rules = { [id]: 'off' } as const;
        const snapshot = snapshotOfWorld(judgeWith(item.world ?? cluster('host-gw'), item.faults).world);
        const { findings } = judgeSnapshot(snapshot, { ...AUTO, ...item.config, rules });
        expect(findings.filter((finding) => finding.rule === id)).toEqual([]);
      }
    });
  });
}

/** The gap of a denied call. */
export function denied(facet: Gap['facet'], permission: string): Gap {
  return { facet, subject: `${facet} of the account`, scope: 'aws', reason: 'not allowed', permission };
}

export const WITHOUT_ROUTES: GapCase = {
  gap: denied('routes', 'ec2:DescribeRouteTables'),
  strip: (snapshot) => ({
    ...snapshot,
    fabrics: snapshot.fabrics.map((fabric) => ({
      ...fabric,
      tables: [],
      subnets: fabric.subnets.map(({ table: _table, tableBy: _by, ...subnet }) => subnet),
    })),
  }),
};

export const WITHOUT_INTERFACES: GapCase = {
  gap: denied('interfaces', 'ec2:DescribeNetworkInterfaces'),
  strip: (snapshot) => ({
    ...snapshot,
    fabrics: snapshot.fabrics.map((fabric) => ({ ...fabric, interfaces: [] })),
  }),
};

export const WITHOUT_MACHINES: GapCase = {
  gap: denied('machines', 'ec2:DescribeInstances'),
  strip: (snapshot) => ({ ...snapshot, fabrics: snapshot.fabrics.map((fabric) => ({ ...fabric, machines: [] })) }),
};

/** No node could be listed. */
export const WITHOUT_NODES: GapCase = {
  gap: denied('nodes', 'list nodes'),
  strip: (snapshot) => ({ ...snapshot, cluster: { ...snapshot.cluster, nodes: [] } }),
};
