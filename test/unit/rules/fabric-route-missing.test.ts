import { podCidrInsideVpc, routeMissing } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('fabric-route-missing', {
  fails: [
    {
      name: 'a route missing in every table',
      faults: [routeMissing(2)],
      says: /no route for podCIDR 10\.244\.2\.0\/24/,
      changes: ['create-route'],
    },
    {
      name: 'a route missing in one table',
      world: cluster('fabric'),
      faults: [routeMissing(2, [1])],
      says: /route table rtb-/,
      changes: ['create-route'],
    },
    {
      name: 'a podCIDR inside the network, which no route can mend',
      faults: [podCidrInsideVpc(1, '10.40.200.0/24')],
      says: /inside the network’s own range/,
      advises: /pod range outside/,
    },
    {
      name: 'the second family without a route',
      world: cluster('fabric', { ipv6: true }),
      faults: [routeMissing(2, 'all', 6)],
      says: /no route for podCIDR fd00:/,
      changes: ['create-route'],
    },
  ],
  gap: WITHOUT_ROUTES,
  irrelevant: [routeMissing(2)],
});

test('host-gw inside one subnet needs no route', () => {
  const world = cluster('host-gw', { subnets: 1, podRoutes: false });
  expect(judgeWith(world, []).judgement.verdict).toBe('pass');
});

test('two tables without the route are one finding', () => {
  const { judgement } = judgeWith(cluster('fabric'), [routeMissing(2, [0, 1])]);
  expect(withoutEchoes(judgement.findings).map((finding) => finding.subjects.routeTables.length)).toEqual([2]);
});
