import { expect, test } from '@jest/globals';

import { truth, type TruthOptions } from '../../../lab/truth/truth.ts';
import * as faults from '../../../lab/world/faults.ts';
import * as gce from '../../../lab/world/faults/gce.ts';
import { gceCluster, type GceOptions } from '../../../lab/world/gce-cluster.ts';
import { verdictRow } from './rows.ts';

/** Verdicts in the order 1>2 1>3 2>1 2>3 3>1 3>2, one letter each: p f P(artial) u n. */
function row(mode: GceOptions['mode'], list: faults.Fault[], more: Partial<GceOptions> = {}, told: TruthOptions = {}) {
  return verdictRow(gceCluster({ name: 'three', mode, nodes: 3, ...more }), list, told);
}

const toTwo = 'fppppf';

test.each([
  ['no fault', [], 'pppppp'],
  ['canIpForward off at node 2', [gce.gceForwardingOff(1)], 'fpffpf'],
  ['no route to node 2', [gce.gceRouteMissing(1)], toTwo],
  ['the route to node 2 leads to node 3', [gce.gceWrongTarget(1, { node: 2 })], toTwo],
  ['... to a machine that does not forward', [gce.gceWrongTarget(1, { appliance: 'not-forwarding' })], toTwo],
  ['... to one that does', [gce.gceWrongTarget(1, { appliance: 'forwarding' })], 'uppppu'],
  ['... to the internet', [gce.gceWrongTarget(1, { kind: 'internet' })], toTwo],
  ['... into a tunnel', [gce.gceWrongTarget(1, { kind: 'vpn' })], 'uppppu'],
  ['... to a load balancer', [gce.gceWrongTarget(1, { kind: 'load-balancer' })], 'uppppu'],
  ['... to a deleted instance', [gce.gceDeadRoute(1, 'deleted')], toTwo],
  ['... to the same name in another zone', [gce.gceDeadRoute(1, 'zone')], toTwo],
  ['... to an address of nobody', [gce.gceDeadRoute(1, 'address')], toTwo],
  ['... to an alias address of the owner', [gce.gceDeadRoute(1, 'alias')], toTwo],
  ['... to a stopped machine', [gce.gceDeadRoute(1, 'stopped')], toTwo],
  ['half of the range leads elsewhere', [gce.gceShadow(1, { node: 2 })], 'PppppP'],
  ['a stale route', [gce.gceStaleRoute('10.244.200.0/24', 2)], 'pppppp'],
  ['a tag that everybody has', [gce.gceTagged(1)], 'pppppp'],
  ['a tag that node 3 lacks', [gce.gceTagged(1, [2])], 'pppppf'],
  ['a second route of equal priority to nobody', [gce.gceEcmp(1, 'gone')], toTwo],
  ['... to a machine that forwards', [gce.gceEcmp(1, { appliance: 'forwarding' })], 'uppppu'],
  ['a second route that comes later', [gce.gceWorseDuplicate(1, { node: 2 })], 'pppppp'],
  ['an odd priority', [gce.gcePriority(1, 65_535)], 'pppppp'],
  ['a route by address', [gce.gceOtherNextHop(1)], 'pppppp'],
  ['a broader route to the owner', [gce.gceBroaderRoute(1, 23)], 'pppppp'],
  ['an alias range instead of route and canIpForward', [gce.gceAliasRange(1)], 'pppppp'],
  ['a podCIDR in a secondary range of nobody', [gce.gceInsideSecondary(1)], toTwo],
  ['a podCIDR in the range of a subnetwork', [gce.gceInsideSubnet(1, '10.132.5.0/24')], toTwo],
  ['a second interface elsewhere', [gce.gceSecondNic(1)], 'pppppp'],
  ['the default route may leave by another network', [gce.gceNodeIpOnSecond(1)], 'ppuupp'],
  ['a stopped machine', [gce.gceStopped(1)], 'fpffpf'],
  ['a starting machine', [gce.gceStarting(1)], 'pppppp'],
  ['a deleted machine', [gce.gceDeleted(1)], 'upuupu'],
  ['a template without canIpForward', [gce.gceTemplateWithout(1)], 'pppppp'],
  ['no routes at all', [gce.gceNoPodRoutes()], 'ffffff'],
])('%s, in mode host-gw and without an agent alike', (_, list, expected) => {
  expect(row('host-gw', list)).toBe(expected);
  expect(row('fabric', list)).toBe(expected);
});

test('nothing is on-link: neighbours of one subnetwork need routes too', () => {
  expect(row('host-gw', [], { podRoutes: false })).toBe('ffffff');
});

test('the check knows what is an alias range, whole or in part', () => {
  expect(row('alias', [])).toBe('pppppp');
  expect(row('alias', [gce.gceForwardingOff(1)])).toBe('pppppp');
  expect(row('fabric', [gce.gceAliasRange(1), gce.gceForwardingOff(0)])).toBe('fffpfp');
});

test('a zone that does not answer hides its machines and proves nothing', () => {
  expect(row('fabric', [gce.gceUnreachableZone(1)], { subnets: 3 })).toBe('upuupu');
  // The API itself says that nobody has a next hop, whatever it cannot list.
  const dead = [gce.gceUnreachableZone(0), gce.gceDeadRoute(2, 'address')];
  expect(row('fabric', dead, { subnets: 3 })).toBe('uuufup');
});

test('routes of a Shared VPC name addresses', () => {
  expect(row('host-gw', [], { hostProject: 'net-host' })).toBe('pppppp');
  expect(row('host-gw', [gce.gceDeadRoute(1, 'address')], { hostProject: 'net-host' })).toBe(toTwo);
});

test.each<[string, faults.Fault[], string]>([
  ['no rule for pods', [gce.gcePodFirewallMissing()], 'ffffff'],
  ['one that is switched off', [gce.gcePodFirewallMissing('disabled')], 'ffffff'],
  ['one that node 2 is no target of', [gce.gcePodFirewallForTag(1)], 'fppppf'],
  ['one for TCP', [gce.gcePodFirewallOnly([{ protocol: 'tcp' }])], 'uuuuuu'],
  ['half of the podCIDR of node 2 left out', [gce.gcePodFirewallHalf(1)], 'ppPPpp'],
  ['sources by tag', [gce.gcePodFirewallByName('tag')], 'uuuuuu'],
  ['sources by account', [gce.gcePodFirewallByName('account')], 'uuuuuu'],
  ['a denial that goes before', [gce.gceDenied(1, { direction: 'in', priority: 999 })], 'ppffpp'],
  ['a denial of equal priority', [gce.gceDenied(1, { direction: 'in', priority: 1000 })], 'ppffpp'],
  ['a denial that comes too late', [gce.gceDenied(1, { direction: 'in', priority: 1001 })], 'pppppp'],
  ['a denial on the way out', [gce.gceDenied(1, { direction: 'out', priority: 65_535 })], toTwo],
  ['a denial at node 3', [gce.gceDenied(1, { direction: 'in', priority: 7, at: 2 })], 'pppfpp'],
  ['a policy that may decide', [gce.gcePolicy('HIERARCHY')], 'uuuuuu'],
  ['a policy about strangers', [gce.gcePolicy('NETWORK', { srcIpRanges: ['192.0.2.0/24'] })], 'pppppp'],
  ['a policy about what comes from node 2', [gce.gcePolicy('NETWORK', { srcIpRanges: ['10.244.1.0/24'] })], 'ppuupp'],
])('firewall: %s', (_, list, expected) => {
  expect(row('host-gw', list)).toBe(expected);
  expect(row('fabric', list)).toBe(expected);
  expect(row('fabric', list, {}, { filters: 'off' })).toBe('pppppp');
});

test('a firewall remembers what it let through, so answers come back', () => {
  const world = gceCluster({ name: 'three', mode: 'fabric', nodes: 3 });
  const fault = gce.gceDenied(1, { direction: 'out', priority: 0 });
  const { pairs } = truth(faults.inject(world, fault).world);
  const [one, two] = [...pairs.keys()];
  // Nobody can open a connection to the pods of node 2; what these open themselves is answered.
  expect(pairs.get(two ?? '')?.get(one ?? '')).toEqual({ oneWay: 'pass', roundTrip: 'pass' });
  expect(pairs.get(one ?? '')?.get(two ?? '')).toEqual({ oneWay: 'fail', roundTrip: 'fail' });
});

test('a tunnel needs its own packets only, between the nodes', () => {
  const shut: faults.Fault = {
    says: 'the nodes may not talk',
    into: (world) => {
      const { firewalls } = world.gce![0]!;
      for (const rule of firewalls) if (rule.name.endsWith('-internal')) rule.disabled = true;
      return [];
    },
  };
  expect(row('vxlan', [gce.gcePodFirewallMissing()])).toBe('nnnnnn');
  expect(row('vxlan', [shut])).toBe('ffffff');
});

test('Windows in mode host-gw: nobody knows what becomes of next hops that are never on-link', () => {
  expect(row('host-gw', [], { windows: 1 })).toBe('ppppuu');
  expect(row('fabric', [], { windows: 1 })).toBe('pppppp');
});

test('IPv6 is a world of its own, and an instance needs an address of that family', () => {
  expect(row('fabric', [], { ipv6: true })).toBe('pppppp');
  expect(row('fabric', [gce.gceRouteMissing(1, 6)], { ipv6: true })).toBe('PppppP');
  const without: faults.Fault = {
    says: 'node 2 has lost its IPv6 address',
    into: (world) => {
      delete world.gce![0]!.projects[0]!.instances[1]!.nics[0]!.ipv6;
      return [];
    },
  };
  expect(row('fabric', [without], { ipv6: true })[0]).toBe('P');
});

test('a node without providerID is joined in the networks that others name, and never guessed', () => {
  expect(row('host-gw', [faults.noProviderId(1), gce.gceTwinNetwork(1)])).toBe('pppppp');
  expect(row('host-gw', [gce.gceTwinNetwork(1)], { providerIds: false })).toBe('upuupu');
});

test('without agents, static routes to machines show the mode, and alias ranges do', () => {
  const unmarked = { routeCreated: false };
  expect(row('fabric', [], unmarked)).toBe('pppppp');
  expect(row('fabric', [gce.gceNoPodRoutes()], unmarked)).toBe('uuuuuu');
  expect(row('fabric', [gce.gceNoPodRoutes()], unmarked, { mode: 'fabric' })).toBe('ffffff');
  expect(truth(gceCluster({ name: 'v', mode: 'vxlan', nodes: 2 })).oneWay.notApplicable).toBe(2);
});
