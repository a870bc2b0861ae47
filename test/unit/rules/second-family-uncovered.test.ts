import { describe, expect, test } from '@jest/globals';
import { delegatedPrefix, noRoutesOf, routeMissing } from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

const dual = { ipv6: true };

/** As the route controller of Compute Engine leaves a dual-stack cluster. */
const gceWithoutIPv6: Fault = {
  says: 'no IPv6 pod route in the network',
  into: ({ gce = [] }) => {
    for (const one of gce) one.routes = one.routes.filter(({ destRange }) => !destRange.startsWith('fd00:10:244'));
    return [];
  },
};

ruleSuite('second-family-uncovered', {
  fails: [
    {
      name: 'IPv6 that no table carries',
      world: cluster('fabric', dual),
      faults: [noRoutesOf(6)],
      says: /^No route table of vpc-\w+ holds a route for any of the 9 IPv6 podCIDRs \(such as fd00:10:244::\/64\), while IPv4 works\.$/,
      advises: /Add a route for each IPv6 podCIDR to rtb-/,
      changes: ['create-route'],
    },
    {
      name: 'IPv4 that no table carries',
      world: cluster('fabric', dual),
      faults: [noRoutesOf(4)],
      says: /any of the 9 IPv4 podCIDRs .*while IPv6 works/,
      changes: ['create-route'],
    },
    {
      name: 'IPv6 between the subnets of host-gw nodes',
      world: cluster('host-gw', dual),
      faults: [noRoutesOf(6)],
      says: /any of the 9 IPv6 podCIDRs/,
      changes: ['create-route'],
    },
    {
      name: 'IPv6 on Compute Engine',
      world: gceCluster({ name: 'unit', mode: 'fabric', nodes: 4, ...dual }),
      faults: [gceWithoutIPv6],
      says: /^No route table of shop-prod\/unit-net/,
      changes: ['create-route'],
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [],
});

test('it is one finding, and breaks what a world without it would have more', () => {
  for (const mode of ['fabric', 'host-gw'] as const) {
    const healthy = judgeWith(cluster(mode, dual), []).judgement;
    const { judgement } = judgeWith(cluster(mode, dual), [noRoutesOf(6)]);
    expect(healthy.verdict).toBe('pass');
    expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['second-family-uncovered']);
    const [finding] = judgement.findings;
    expect(finding?.pairsBroken).toBe(healthy.pairs.pass - judgement.pairs.pass);
    expect(finding?.roundTripsBroken).toBe(healthy.roundTrip.pass - judgement.roundTrip.pass);
    expect(finding?.changes).toHaveLength(27);
  }
});

describe('says why, where a controller is at work:', () => {
  test('EC2', () => {
    const { judgement } = judgeWith(cluster('fabric', dual), [noRoutesOf(6)]);
    expect(judgement.findings[0]?.why).toMatch(/AWS cloud controller manager makes IPv4 routes only/);
  });

  test('Compute Engine', () => {
    const world = gceCluster({ name: 'unit', mode: 'fabric', nodes: 4, ...dual });
    const { findings } = judgeWith(world, [gceWithoutIPv6]).judgement;
    // The rule about route controllers would say the same.
    expect(withoutEchoes(findings).map(({ rule }) => rule)).toEqual(['second-family-uncovered']);
    expect(findings[0]?.why).toMatch(/names a route by its node alone/);
  });

  test('nobody is blamed where none is', () => {
    const { judgement } = judgeWith(cluster('host-gw', dual), [noRoutesOf(6)]);
    expect(judgement.findings[0]?.why).toMatch(/^Nodes of one subnet reach each other without a route/);
    expect(judgement.findings[0]?.why).not.toMatch(/controller/);
  });
});

test('host-gw nodes that announce no IPv6 address, in a network without pod routes', () => {
  const world = cluster('host-gw', { ...dual, subnets: 1, podRoutes: false });
  for (const node of world.cluster.nodes) {
    node.addresses = node.addresses.filter(({ address }) => !address.includes(':'));
    node.kernel.advertised = node.kernel.advertised.filter((ip) => !ip.includes(':'));
    delete node.annotations['flannel.alpha.coreos.com/public-ipv6'];
  }
  const { judgement } = judgeWith(world, []);
  expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['second-family-uncovered']);
  expect(judgement.findings[0]?.what).toMatch(/and no node announces an IPv6 address as next hop, while IPv4 works/);
});

describe('is silent about', () => {
  test('IPv6 that EC2 routes by prefix delegation', () => {
    const podCidrs = [0, 1, 2].map((i) => [`10.244.${String(i)}.0/24`, `2600:1f14:aa:bb0${String(i)}:cc::/80`]);
    const world = cluster('fabric', { ...dual, nodes: 3, podCidrs });
    const own = world.aws[0]?.vpcs[0];
    own?.ipv6Cidrs.push('2600:1f14:aa:bb00::/56');
    const list = podCidrs.map((cidrs, i) => delegatedPrefix(i, [cidrs[1] ?? '']));
    for (const table of world.aws[0]?.routeTables ?? []) {
      table.routes = table.routes.filter(
        ({ destination }) => !('ipv6Cidr' in destination) || !destination.ipv6Cidr.startsWith('2600:'),
      );
    }
    const { judgement } = judgeWith(world, list);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('a cluster of one family', () => {
    const { judgement } = judgeWith(cluster('fabric'), [routeMissing(2)]);
    expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual(['fabric-route-missing']);
  });

  test('single routes that are missing', () => {
    const { judgement } = judgeWith(cluster('fabric', dual), [routeMissing(2, 'all', 6), routeMissing(3, 'all', 6)]);
    expect(withoutEchoes(judgement.findings).map(({ rule }) => rule)).toEqual([
      'fabric-route-missing',
      'fabric-route-missing',
    ]);
  });
});
