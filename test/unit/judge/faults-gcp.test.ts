import { expect, test } from '@jest/globals';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import * as nodes from '../../../lab/world/faults.ts';
import * as faults from '../../../lab/world/faults/gce.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import type { World } from '../../../lab/world/world.ts';
import { expectExactly, judgeWith } from '../../support/judging.ts';

const pods = { podCIDRs: ['10.244.0.0/16'] };
const cluster = (mode: 'host-gw' | 'fabric'): World => gceCluster({ name: 'unit', mode, nodes: 9, subnets: 3 });

const FAULTS: readonly (readonly [string, readonly Fault[]])[] = [
  ['nothing', []],
  ['canIpForward off', [faults.gceForwardingOff(3)]],
  ['a missing route', [faults.gceRouteMissing(2)]],
  ['no pod routes at all', [faults.gceNoPodRoutes()]],
  ['a route to another node', [faults.gceWrongTarget(2, { node: 5 })]],
  ['a route to a machine that was deleted', [faults.gceDeadRoute(2)]],
  ['a route to an address that nobody has', [faults.gceDeadRoute(2, 'address')]],
  ['a route by an alias address, which is no next hop', [faults.gceDeadRoute(2, 'alias')]],
  ['a route to the right name in another zone', [faults.gceDeadRoute(2, 'zone')]],
  ['a stale route', [faults.gceStaleRoute('10.244.250.0/24')]],
  ['a /25 that leads elsewhere', [faults.gceShadow(2, { node: 5 })]],
  ['a route that only some senders see', [faults.gceTagged(2, [5, 6])]],
  ['an equal route that leads elsewhere', [faults.gceEcmp(2, { node: 5 })]],
  ['an equal route to a machine that is gone', [faults.gceEcmp(2, 'gone')]],
  ['a wrong route that a better one beats', [faults.gceWorseDuplicate(2, { node: 5 })]],
  ['an odd priority', [faults.gcePriority(2, 77)]],
  ['a next hop by address instead of by name', [faults.gceOtherNextHop(2)]],
  ['an alias range', [faults.gceAliasRange(2)]],
  ['a podCIDR inside a secondary range', [faults.gceInsideSecondary(2)]],
  ['a second NIC', [faults.gceSecondNic(2)]],
  ['a stopped machine', [faults.gceStopped(2)]],
  ['a machine that still starts', [faults.gceStarting(2)]],
  ['a machine that nobody finds', [faults.gceDeleted(2)]],
  ['a node without provider id', [nodes.noProviderId(1)]],
  ['no firewall rule for pods', [faults.gcePodFirewallMissing()]],
  ['one that is switched off', [faults.gcePodFirewallMissing('disabled')]],
  ['one for a tag that a node lacks', [faults.gcePodFirewallForTag(2)]],
  ['one for TCP only', [faults.gcePodFirewallOnly([{ protocol: 'tcp' }])]],
  ['one that leaves out half a podCIDR', [faults.gcePodFirewallHalf(2)]],
  ['one with a source tag instead of ranges', [faults.gcePodFirewallByName('tag')]],
  ['one with a service account instead of ranges', [faults.gcePodFirewallByName('account')]],
  ['a denial that goes before', [faults.gceDenied(2, { direction: 'in', priority: 999 })]],
  ['a denial of equal priority', [faults.gceDenied(2, { direction: 'in', priority: 1000 })]],
  ['a denial that comes too late', [faults.gceDenied(2, { direction: 'in', priority: 1001 })]],
  [
    'a denial of one port',
    [faults.gceDenied(2, { direction: 'in', priority: 7, traffic: [{ protocol: 'tcp', ports: ['25'] }] })],
  ],
  ['a denial at one machine', [faults.gceDenied(2, { direction: 'in', priority: 7, at: 5 })]],
  ['a denial on the way out', [faults.gceDenied(2, { direction: 'out', priority: 65_535 })]],
  ['a policy about strangers', [faults.gcePolicy('HIERARCHY', { srcIpRanges: ['35.235.240.0/20'] })]],
  ['a policy that hands on', [faults.gcePolicy('NETWORK', { action: 'goto_next' })]],
];

test.each(FAULTS)('host-gw: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('host-gw'), list, pods);
  expectExactly(judgement.findings, expected);
});

test.each(FAULTS)('fabric: %s', (_, list) => {
  const { judgement, expected } = judgeWith(cluster('fabric'), list, pods);
  expectExactly(judgement.findings, expected);
});

test('nodes with alias ranges need neither routes nor forwarding', () => {
  const { judgement } = judgeWith(gceCluster({ name: 'alias', mode: 'alias', nodes: 4, subnets: 2 }), []);
  expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
});

test('a zone that does not answer makes its nodes unknown, not missing', () => {
  const { judgement } = judgeWith(cluster('fabric'), [faults.gceUnreachableZone(2)], pods);
  expect(judgement.pairs.fail).toBe(0);
  expect(judgement.findings.map(({ rule }) => rule)).toEqual(['evidence-incomplete']);
});

test('a policy that may decide makes every pair unknown, and is named', () => {
  const { judgement } = judgeWith(cluster('fabric'), [faults.gcePolicy('HIERARCHY')], pods);
  expect([judgement.pairs.pass, judgement.pairs.fail]).toEqual([0, 0]);
  expect(judgement.findings.map(({ rule, verdict }) => [rule, verdict])).toEqual([['evidence-incomplete', 'unknown']]);
  expect(JSON.stringify(judgement.findings)).toContain('hierarchical firewall policy policy-0 (rule 100: deny)');
});

test('a policy about ranges that Cilium gives: pods of that node are unknown, all others pass', () => {
  const world = gceCluster({ name: 'unit', mode: 'cilium-pool', nodes: 4 });
  const { judgement } = judgeWith(world, [faults.gcePolicyAbout(1, 'HIERARCHY', 'from')]);
  expect(judgement.pairs).toMatchObject({ total: 12, pass: 9, fail: 0, unknown: 3 });
  expect(judgement.findings.map(({ rule }) => rule)).toEqual(['evidence-incomplete']);
});

test('canIpForward is named by the machine, and the advice speaks of the template', () => {
  const { judgement } = judgeWith(cluster('host-gw'), [faults.gceForwardingOff(3)], pods);
  expect(judgement.findings[0]?.what).toMatch(
    /^canIpForward of instance \S+\/\S+\/\S+, the machine of node \S+, is false\.$/,
  );
  expect(judgement.findings[0]?.changes.map((change) => change.place.cloud)).toEqual(['gcp']);
});
