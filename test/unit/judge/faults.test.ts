import { expect, test } from '@jest/globals';
import * as faults from '../../../lab/world/faults.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import { AUTO, cluster, expectExactly, judgeWith } from '../../support/judging.ts';

const pods = { podCIDRs: ['10.244.0.0/16'] };

const BOTH_MODES: readonly (readonly [string, readonly Fault[]])[] = [
  ['nothing', []],
  ['a check left on', [faults.checkOn(3)]],
  ['three checks left on', [faults.checkOn(1), faults.checkOn(3), faults.checkOn(8)]],
  ['a route missing everywhere', [faults.routeMissing(2)]],
  ['a route missing in one table', [faults.routeMissing(2, [0])]],
  ['a route to another node', [faults.wrongTarget(2, { node: 5 })]],
  ['a route to a machine that forwards nothing', [faults.wrongTarget(2, { appliance: 'not-forwarding' })]],
  ['a route into a peering', [faults.wrongTarget(2, { kind: 'peering' })]],
  ['a route to an interface that is gone', [faults.deadRoute(2)]],
  ['the same, and the server still says active', [faults.deadRoute(2, 'all', true)]],
  ['a stale route', [faults.staleRoute('10.244.250.0/24')]],
  ['a /25 that leads elsewhere', [faults.shadow(2, { node: 5 })]],
  ['a node without provider id', [faults.noProviderId(1)]],
  ['two nodes with one podCIDR', [faults.duplicatePodCidr(1, 2)]],
  ['a podCIDR inside another', [faults.overlappingPodCidr(1, 2)]],
  ['a harmless second interface with the check on', [faults.secondInterface(1)]],
  ['a subnet on a foreign table', [faults.foreignTable(1)]],
  ['a node without podCIDR', [faults.noPodCidr(1)]],
  ['a terminated machine', [faults.terminated(1)]],
  ['a stopped machine', [faults.stopped(1)]],
  ['a machine that nobody finds', [faults.vanished(1)]],
  ['a podCIDR with host bits', [faults.nonCanonicalPodCidr(1)]],
  ['a podCIDR inside the network', [faults.podCidrInsideVpc(1, '10.40.200.0/24')]],
  ['a new node', [faults.newNode(1)]],
  ['a node being deleted', [faults.deletingNode(1)]],
  ['a Fargate node', [faults.virtualNode('fargate')]],
  ['no pod routes at all', [faults.noPodRoutes()]],
  ['a route propagated inside the network', [faults.propagatedRoute('10.40.1.0/24')]],
  ['a group that does not let pods in', [faults.groupLostPods()]],
  ['a group that lets in its members', [faults.groupByReference()]],
  ['a group that opens one port to pods', [faults.groupOnePort('tcp', 443)]],
  ['a group that knows half of a podCIDR', [faults.groupHalfRange(2)]],
  ['a group that names the pods by prefix list', [faults.groupByPrefixList(['10.244.0.0/16'])]],
  ['a group whose prefix list is too short', [faults.groupByPrefixList(['10.244.0.0/22'])]],
  ['a node that may send to no pod', [faults.egressClosed(4)]],
  ['an ACL that refuses pods', [faults.aclDeniesPods(1, '10.244.0.0/16')]],
  ['an ACL that refuses the pods of a node', [faults.aclDeniesPods(1, '10.244.3.0/24')]],
  ['an ACL that refuses pods that nobody has', [faults.aclDeniesPods(1, '10.244.128.0/17')]],
  [
    'a check, a missing route and a shadow at three nodes',
    [faults.checkOn(3), faults.routeMissing(4), faults.shadow(6, { node: 5 })],
  ],
];

test.each(BOTH_MODES)('host-gw: %s', (_, list) => {
  const { judgement, expected, world } = judgeWith(cluster('host-gw'), list, pods);
  // A network-wide cause names the subnets, which the lab leaves to the checker.
  const subnets = world.aws[0]?.subnets.map((subnet) => subnet.id).sort() ?? [];
  const exact = expected.map((item) => (item.rule === 'host-gw-off-link' ? { ...item, subjects: { subnets } } : item));
  expectExactly(judgement.findings, exact);
});

test.each(BOTH_MODES)('fabric: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('fabric'), list, pods);
  expectExactly(judgement.findings, expected);
});

test('a finding breaks as many pairs as the world without it would have more', () => {
  const healthy = judgeWith(cluster('fabric'), []).judgement;
  for (const fault of [faults.checkOn(3), faults.routeMissing(2), faults.foreignTable(1)]) {
    const { judgement } = judgeWith(cluster('fabric'), [fault]);
    const [finding] = judgement.findings;
    expect(finding?.pairsBroken).toBe(healthy.pairs.pass - judgement.pairs.pass);
    expect(finding?.roundTripsBroken).toBe(healthy.roundTrip.pass - judgement.roundTrip.pass);
    expect(judgement.causes).toEqual([{ finding: finding?.key, pairsExplained: finding?.pairsBroken }]);
  }
});

test('the order in which things were read never matters', () => {
  const list = [
    faults.checkOn(3),
    faults.routeMissing(4),
    faults.shadow(6, { node: 5 }),
    faults.duplicatePodCidr(1, 2),
  ];
  const { world, judgement } = judgeWith(cluster('host-gw'), list);
  const turned = structuredClone(world);
  for (const region of turned.aws) {
    for (const items of [region.instances, region.interfaces, region.routeTables, region.subnets]) items.reverse();
    for (const table of region.routeTables) table.routes.reverse();
  }
  expect(judgeWith(turned, []).judgement).toEqual(judgement);
});

test('one node has no pairs, and no nodes are unknown', () => {
  expect(judgeWith(cluster('host-gw', { nodes: 1, subnets: 1 }), []).judgement.verdict).toBe('not-applicable');
  const world = cluster('host-gw');
  world.cluster.nodes = [];
  const { judgement } = judgeWith(world, []);
  expect(judgement.verdict).toBe('unknown');
  expect(judgement.findings.map((finding) => finding.rule)).toEqual(['evidence-incomplete']);
});

test('overlays and addresses of interfaces are not judged', () => {
  for (const mode of ['vxlan', 'vpc-cni'] as const) {
    const { judgement } = judgeWith(cluster(mode), [faults.checkOn(1)]);
    expect({ verdict: judgement.verdict, pairs: judgement.pairs.notApplicable }).toEqual({
      verdict: 'not-applicable',
      pairs: 72,
    });
    expect(judgement.findings).toEqual([]);
  }
});

test('an explicit mode needs no evidence of agents', () => {
  const { judgement } = judgeWith(cluster('fabric', { routeCreated: false, podRoutes: false }), [], {
    networkModes: ['fabric'],
  });
  expect(judgement.verdict).toBe('fail');
  expect(judgeWith(cluster('fabric', { routeCreated: false, podRoutes: false }), [], AUTO).judgement.verdict).toBe(
    'unknown',
  );
});
