import { describe, expect, test } from '@jest/globals';
import { groupLostPods } from '../../../lab/world/faults/ec2-filters.ts';
import { checkOn, routeMissing } from '../../../lab/world/faults.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { FilterFacts, FilterRule } from '../../../src/model/filter.ts';
import type { PairCounts } from '../../../src/model/judgement.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { admits, withGroupRules } from '../../support/group-rules.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';

function brief({ total, pass, fail, partial, unknown }: PairCounts): string {
  return `${String(total)}: ${String(pass)} pass, ${String(fail + partial)} fail, ${String(unknown)} unknown`;
}

describe('nodes and pods', () => {
  test.each(['host-gw', 'fabric'] as const)('of a healthy %s cluster reach each other', (mode) => {
    const { otherPaths } = judgeWith(cluster(mode), []).judgement;
    for (const { oneWay, roundTrip } of [otherPaths.nodeToPod, otherPaths.podToNode]) {
      expect([brief(oneWay), brief(roundTrip)]).toEqual([
        '72: 72 pass, 0 fail, 0 unknown',
        '72: 72 pass, 0 fail, 0 unknown',
      ]);
    }
  });

  test('a check that is on drops packets to its pods, and replies of its pods, but nothing from its own address', () => {
    const { otherPaths, findings } = judgeWith(cluster('fabric'), [checkOn(3)]).judgement;
    expect(brief(otherPaths.nodeToPod.oneWay)).toBe('72: 64 pass, 8 fail, 0 unknown');
    expect(brief(otherPaths.nodeToPod.roundTrip)).toBe('72: 64 pass, 8 fail, 0 unknown');
    // Whether an agent masquerades what pods send to nodes is not known, so these packets may pass.
    expect(brief(otherPaths.podToNode.oneWay)).toBe('72: 64 pass, 0 fail, 8 unknown');
    const [finding] = findings.filter(({ rule }) => rule === 'cloud-forwarding-off');
    expect(finding).toMatchObject({ pairsBroken: 16, otherPathsBroken: 8 });
  });

  test('where pods are admitted and nodes are not, only their paths are lost, and that is an error', () => {
    const { snapshot } = judgeWith(cluster('fabric'), []);
    const judgement = judgeSnapshot(withGroupRules(snapshot, [admits('10.244.0.0/16')]), AUTO);
    expect(judgement.pairs).toMatchObject({ total: 72, pass: 72 });
    expect(brief(judgement.otherPaths.nodeToPod.oneWay)).toBe('72: 0 pass, 72 fail, 0 unknown');
    expect(judgement.verdict).toBe('fail');
    const [finding] = judgement.findings.filter(({ rule }) => rule === 'firewall-excludes-pods');
    expect(finding).toMatchObject({ verdict: 'fail', pairsBroken: 0, otherPathsBroken: 72 });
    expect(finding?.what).toMatch(/admits nothing from the address of 9 nodes/);
  });

  test('under an overlay nobody looks at them', () => {
    const { otherPaths } = judgeWith(cluster('vxlan'), []).judgement;
    expect(otherPaths.nodeToPod.oneWay).toMatchObject({ total: 72, notApplicable: 72 });
  });
});

describe('extra senders', () => {
  /** A subnet for control planes beside those of the nodes, with a table of its own. */
  function withControlPlane(snapshot: Snapshot, knowsPods: boolean): Snapshot {
    return {
      ...snapshot,
      fabrics: snapshot.fabrics.map((fabric) => {
        const [network] = fabric.networks;
        const [pattern] = fabric.tables.filter((table) =>
          table.routes.some(({ prefix }) => prefix.startsWith('10.244.')),
        );
        const id = network?.id ?? '';
        const local = (pattern?.routes ?? []).filter(({ origin }) => origin === 'local');
        const routes = knowsPods ? (pattern?.routes ?? []) : local;
        return {
          ...fabric,
          subnets: [
            ...fabric.subnets,
            {
              id: 'subnet-control',
              name: 'control',
              network: id,
              prefixes: ['10.40.240.0/24'],
              table: 'rtb-control',
              tableBy: 'association' as const,
            },
          ],
          tables: [...fabric.tables, { id: 'rtb-control', network: id, main: false, routes }],
        };
      }),
    };
  }

  const { snapshot: healthy } = judgeWith(cluster('fabric'), []);

  test.each(['10.40.240.7', '10.40.240.0/24', 'subnet-control', 'control'])(
    '%s is found and reaches all pods',
    (who) => {
      const judgement = judgeSnapshot(withControlPlane(healthy, true), { ...AUTO, extraSenders: [who] });
      const [sender] = judgement.otherPaths.senders;
      expect(sender).toMatchObject({ sender: who, where: 'subnet-control' });
      expect([brief(sender!.oneWay), brief(sender!.roundTrip)]).toEqual([
        '9: 9 pass, 0 fail, 0 unknown',
        '9: 9 pass, 0 fail, 0 unknown',
      ]);
      expect(judgement.verdict).toBe('pass');
    },
  );

  test.each(['host-gw', 'kube-router'] as const)('reach pods of nodes in mode %s by the route tables', (mode) => {
    const { snapshot } = judgeWith(cluster(mode, { podRoutes: true }), []);
    const { otherPaths } = judgeSnapshot(withControlPlane(snapshot, true), { ...AUTO, extraSenders: ['10.40.240.7'] });
    const [sender] = otherPaths.senders;
    expect([brief(sender!.oneWay), brief(sender!.roundTrip)]).toEqual([
      '9: 9 pass, 0 fail, 0 unknown',
      '9: 9 pass, 0 fail, 0 unknown',
    ]);
  });

  test('a subnet whose table has no pod routes is the cause that pairs of nodes never show', () => {
    const judgement = judgeSnapshot(withControlPlane(healthy, false), { ...AUTO, extraSenders: ['10.40.240.7'] });
    expect(judgement.pairs).toMatchObject({ total: 72, pass: 72 });
    expect(brief(judgement.otherPaths.senders[0]!.oneWay)).toBe('9: 0 pass, 9 fail, 0 unknown');
    expect(judgement.verdict).toBe('fail');
    expect(judgement.findings.map(({ key, otherPathsBroken }) => [key, otherPathsBroken])).toEqual([
      [expect.stringMatching(/^route-table-not-associated\/.*subnet-control$/), 9],
    ]);
  });

  test('one missing route is one path lost', () => {
    const { snapshot } = judgeWith(cluster('fabric'), [routeMissing(2)]);
    const judgement = judgeSnapshot(withControlPlane(snapshot, true), { ...AUTO, extraSenders: ['10.40.240.7'] });
    expect(brief(judgement.otherPaths.senders[0]!.oneWay)).toBe('9: 8 pass, 1 fail, 0 unknown');
    expect(judgement.findings.filter(({ rule }) => rule === 'fabric-route-missing')).toHaveLength(1);
  });

  test('who is nowhere is unknown, never green', () => {
    const judgement = judgeSnapshot(healthy, { ...AUTO, extraSenders: ['192.0.2.1'] });
    expect(judgement.verdict).toBe('unknown');
    expect(judgement.findings.map(({ what }) => what)).toEqual([
      expect.stringMatching(/xtra sender 192\.0\.2\.1: it is in none of the subnets that were read/),
    ]);
  });

  describe('of which no interface was read', () => {
    const byGroup = { ...admits(), peers: { prefixes: [], groups: ['sg-of-control-planes'] } };
    const denied = { ...byGroup, action: 'deny' as const };
    const known = withControlPlane(healthy, true);

    test.each(['10.40.240.7', '10.40.240.128/25', 'subnet-control'])('%s may be in any group', (who) => {
      const judge = (...rules: FilterRule[]): string => {
        const judgement = judgeSnapshot(withGroupRules(known, rules), { ...AUTO, extraSenders: [who] });
        return brief(judgement.otherPaths.senders[0]!.oneWay);
      };
      expect(judge(admits('10.244.0.0/16'), byGroup)).toBe('9: 0 pass, 0 fail, 9 unknown');
      expect(judge(admits('10.40.240.0/24'), byGroup)).toBe('9: 9 pass, 0 fail, 0 unknown');
      expect(judge(admits('10.244.0.0/16'))).toBe('9: 0 pass, 9 fail, 0 unknown');
    });

    test('so what is denied by group is not green', () => {
      const firewall: FilterFacts = { id: 'fw', kind: 'vpc-firewall', rules: [denied, admits('0.0.0.0/0')] };
      const out: FilterRule = { ...admits('0.0.0.0/0'), direction: 'out' };
      const filters = [{ ...firewall, rules: [...firewall.rules, out] }];
      const snapshot = {
        ...known,
        fabrics: known.fabrics.map((fabric) => ({
          ...fabric,
          filters,
          networks: fabric.networks.map((network) => ({ ...network, filters: ['fw'] })),
          interfaces: fabric.interfaces.map(({ filters: _, ...face }) => face),
          subnets: fabric.subnets.map(({ filters: _, ...subnet }) => subnet),
        })),
      };
      const { otherPaths } = judgeSnapshot(snapshot, { ...AUTO, extraSenders: ['subnet-control'] });
      expect(brief(otherPaths.senders[0]!.oneWay)).toBe('9: 0 pass, 0 fail, 9 unknown');
    });
  });

  test('an address that an interface has brings that interface’s own filters', () => {
    const address = healthy.cluster.nodes[0]?.internalIPs[0] ?? '';
    const { snapshot } = judgeWith(cluster('fabric'), [groupLostPods()]);
    const judgement = judgeSnapshot(snapshot, { ...AUTO, extraSenders: [address] });
    // The network's own ranges are admitted, and replies of pods come back through what remembers the question.
    expect(brief(judgement.otherPaths.senders[0]!.roundTrip)).toBe('9: 9 pass, 0 fail, 0 unknown');
  });
});
