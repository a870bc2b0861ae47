/** Which pod ranges planned nodes get. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { interfaceOf } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import type { JudgeConfig } from '../../../src/judge/judge.ts';
import { overlaps, parsePrefixes } from '../../../src/model/prefix.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { fabricCluster, findings, plan, pool } from '../../support/what-if.ts';

test('no two podCIDRs overlap, whatever lengths pools ask for', () => {
  const snapshot = fabricCluster();
  const asked = fc.record({ count: fc.integer({ min: 1, max: 4 }), length: fc.integer({ min: 22, max: 27 }) });
  fc.assert(
    fc.property(fc.array(asked, { minLength: 2, maxLength: 5 }), (pools) => {
      const { snapshot: expanded } = plan(snapshot, {
        pools: pools.map(({ count, length }, at) =>
          pool({ name: `p${String(at)}`, count, podCIDRLengths: { 4: length } }),
        ),
      });
      const all = parsePrefixes(expanded.cluster.nodes.flatMap(({ podCIDRs }) => podCIDRs));
      expect(all).toHaveLength(9 + pools.reduce((sum, { count }) => sum + count, 0));
      expect(all.filter((one, at) => all.slice(at + 1).some((other) => overlaps(one, other)))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

describe('where the agent has ranges of its own', () => {
  const modes = ['calico-bgp', 'calico-cross-subnet', 'cilium-pool', 'cilium-pool-direct'] as const;
  const own: JudgeConfig = { ...AUTO, podCIDRs: ['10.48.0.0/16', 'fd00:10:48::/48'] };

  test.each(modes)('%s: planned nodes get some of them too, and are judged', (mode) => {
    const { snapshot } = judgeWith(cluster(mode, { subnets: 1, ipv6: true }), [], own);
    const on = plan(snapshot, { pools: [pool({ count: 3 })] }, own).judgement;
    expect({ findings: findings(on), pairs: on.pairs }).toMatchObject({
      findings: [],
      pairs: { total: 132, pass: 132 },
    });
    const [present, planned] = [on.nodes.slice(0, 1), on.nodes.filter(({ name }) => name.startsWith('planned-'))];
    for (const { podCIDRs } of planned) expect(podCIDRs).toHaveLength(present[0]?.podCIDRs.length ?? 0);
    const off = plan(snapshot, { pools: [pool({ count: 1, forwarding: 'off' })] }, own).judgement;
    expect(findings(off)).toEqual([expect.stringContaining('cloud-forwarding-off/')]);
  });

  test('from the IPPool of the node that they resemble', () => {
    const { snapshot } = judgeWith(cluster('calico-bgp'), []);
    const { cni } = snapshot.cluster;
    const tunnels = { name: 'a', cidr: '10.32.0.0/16', ipipMode: 'Always', vxlanMode: 'Never', disabled: false };
    const calicoPools = [tunnels, ...(cni.calicoPools ?? [])];
    const both = { ...snapshot, cluster: { ...snapshot.cluster, cni: { ...cni, calicoPools } } };
    expect(plan(both, { pools: [pool({})] }).judgement.modes).toEqual(['host-gw']);
  });

  test.each([
    ['calico-bgp', 26],
    ['cilium-pool', 10],
  ] as const)('%s: spec.podCIDRs, which no pod has, take no room away: %i more fit', (mode, room) => {
    const small: JudgeConfig = { ...AUTO, podCIDRs: ['10.48.0.0/20'] };
    const { snapshot } = judgeWith(cluster(mode, { nodes: 6, podCidr: '10.48.8.0/21' }), [], small);
    const misfits = (count: number): unknown =>
      plan(snapshot, { pools: [pool({ count })] }, small).snapshot.planned?.misfits;
    expect(misfits(room)).toEqual([]);
    expect(misfits(room + 1)).toMatchObject([{ problem: 'pod-range-full', nodes: 1, fitting: room }]);
  });
});

test.each([
  ['alias ranges on Compute Engine', gceCluster({ name: 'unit', mode: 'alias', nodes: 6, subnets: 2 })],
  ['prefixes that EC2 assigns', withAssigned(cluster('fabric', { podRoutes: false, podCidr: '10.40.128.0/20' }))],
])('%s: planned nodes get theirs assigned', (_, world) => {
  const { snapshot, judgement: before } = judgeWith(world, []);
  expect(before.findings).toEqual([]);
  const { judgement } = plan(snapshot, { pools: [pool({ count: 2 })] });
  expect({ verdict: judgement.verdict, findings: findings(judgement) }).toEqual({ verdict: 'pass', findings: [] });
});

/** Every node's podCIDR is a prefix of its interface. */
function withAssigned(world: World): World {
  for (const node of world.cluster.nodes) interfaceOf(world, node).ipv4Prefixes.push(...node.podCIDRs);
  return world;
}
