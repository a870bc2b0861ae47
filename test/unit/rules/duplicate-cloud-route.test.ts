import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../lab/world/faults.ts';
import { gceEcmp, gceOtherNextHop, gceWorseDuplicate } from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { podRange } from '../../../lab/world/look.ts';
import type { World } from '../../../lab/world/world.ts';
import { AUTO, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

const world = gceCluster({ name: 'unit', mode: 'fabric', nodes: 6, subnets: 2 });

ruleSuite('duplicate-cloud-route', {
  fails: [
    {
      name: 'an equal route to another node',
      world,
      faults: [gceEcmp(2, { node: 4 })],
      says: /^2 routes of equal rank in shop-prod\/unit-net share the packets for 10\.244\.2\.0\/24/,
      advises: /Delete the wrong route/,
      changes: ['delete-route'],
    },
    {
      name: 'an equal route to a machine that is gone, under host-gw',
      world: gceCluster({ name: 'unit', mode: 'host-gw', nodes: 6, subnets: 2 }),
      faults: [gceEcmp(2, 'gone')],
      says: /share the packets for 10\.244\.2\.0\/24/,
      changes: ['delete-route'],
    },
    {
      name: 'an equal route to a machine that may well forward',
      world,
      faults: [gceEcmp(2, { appliance: 'forwarding' })],
      says: /share the packets for 10\.244\.2\.0\/24/,
      severity: 'warning',
    },
  ],
  gap: WITHOUT_ROUTES,
});

/** Another route for the podCIDR of the third node, as good as the first but for what is given. */
function second(change: (copy: NonNullable<World['gce']>[number]['routes'][number], into: World) => void): Fault {
  return {
    says: 'a second route',
    into: (one) => {
      const gce = one.gce?.[0];
      const prefix = podRange(one.cluster.nodes[2]!);
      const route = gce?.routes.find(({ destRange }) => destRange === prefix);
      const copy = { ...structuredClone(route!), name: 'second' };
      change(copy, one);
      gce?.routes.push(copy);
      return [];
    },
  };
}

const toFirst = (one: World): NonNullable<World['gce']>[number]['routes'][number]['target'] => ({
  kind: 'ip',
  ip: one.cluster.nodes[0]?.addresses[0]?.address ?? '',
});

describe('is silent about', () => {
  test.each<[string, Fault[]]>([
    ['a route of a worse priority', [gceWorseDuplicate(2, { node: 4 })]],
    [
      'two routes to the same machine, by name and by address',
      [
        second((copy, one) => {
          copy.target = { kind: 'ip', ip: one.cluster.nodes[2]?.addresses[0]?.address ?? '' };
        }),
      ],
    ],
    [
      'a route for machines with a tag that no node has',
      [
        second((copy, one) => {
          copy.target = toFirst(one);
          copy.tags = ['bastion'];
        }),
      ],
    ],
    ['one route, whatever names its next hop', [gceOtherNextHop(2)]],
  ])('%s', (_, list) => {
    const { judgement } = judgeWith(world, list);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('routes with disjoint tags, of which every sender sees one', () => {
    const list: Fault[] = [
      second((copy, one) => {
        const [gce] = one.gce ?? [];
        gce?.projects.forEach(({ instances }) =>
          instances.forEach((instance, index) => instance.tags.push(index < 3 ? 'blue' : 'green')),
        );
        for (const route of gce?.routes ?? []) if (route.destRange === copy.destRange) route.tags = ['blue'];
        copy.target = toFirst(one);
        copy.tags = ['green'];
      }),
    ];
    // Those that see the wrong one alone are lost by it alone.
    const { judgement } = judgeWith(world, list);
    expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['fabric-route-wrong-target']);
  });

  // On Compute Engine nobody is a neighbour, so kube-router encapsulates always.
  test.each(['vxlan', 'kube-router'] as const)('packets that are encapsulated: %s', (mode) => {
    const overlay = gceCluster({ name: 'unit', mode, nodes: 6, podRoutes: true });
    expect(judgeWith(overlay, [gceEcmp(2, { node: 4 })]).judgement.findings).toEqual([]);
  });
});

test('one cause is one finding, and breaks what it breaks', () => {
  const healthy = judgeWith(world, []).judgement;
  const { judgement } = judgeWith(world, [gceEcmp(2, { node: 4 })], { ...AUTO, podCIDRs: ['10.244.0.0/16'] });
  expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['duplicate-cloud-route']);
  const [finding] = judgement.findings;
  expect(finding?.pairsBroken).toBe(healthy.pairs.pass - judgement.pairs.pass);
  expect(finding?.roundTripsBroken).toBe(healthy.roundTrip.pass - judgement.roundTrip.pass);
  expect(finding?.changes).toEqual([
    {
      kind: 'delete-route',
      place: { cloud: 'gcp', project: 'shop-prod' },
      table: 'shop-prod/unit-net',
      prefix: '10.244.2.0/24',
      route: expect.not.stringMatching(/^unit-[0-9a-f-]{36}$/),
    },
  ]);
});

test('where every one of the equal routes is wrong, each is judged by itself', () => {
  const { judgement } = judgeWith(world, [
    second((copy, one) => {
      copy.target = toFirst(one);
      for (const route of one.gce?.[0]?.routes ?? [])
        if (route.destRange === copy.destRange) route.target = toFirst(one);
    }),
  ]);
  expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['fabric-route-wrong-target']);
});
