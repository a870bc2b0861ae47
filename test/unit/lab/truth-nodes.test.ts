import { expect, test } from '@jest/globals';

import { truth, type TruthOptions } from '../../../lab/truth/truth.ts';
import { ec2Cluster, type ClusterOptions } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';

/** Verdicts in the order 1>2 1>3 2>1 2>3 3>1 3>2, one letter each: p f P(artial) u n. */
function row(mode: ClusterOptions['mode'], list: faults.Fault[], options: TruthOptions = {}, more = {}): string {
  const { world } = faults.inject(ec2Cluster({ name: 'three', mode, nodes: 3, ...more }), ...list);
  const letters = { pass: 'p', fail: 'f', partial: 'P', unknown: 'u', 'not-applicable': 'n' };
  return [...truth(world, options).pairs.values()]
    .flatMap((to) => [...to.values()].map((pair) => letters[pair.oneWay]))
    .join('');
}

test.each([
  ['terminated', faults.terminated(1), 'fpffpf'],
  ['stopped', faults.stopped(1), 'fpffpf'],
  ['unknown to the account', faults.vanished(1), 'upuupu'],
  ['pending', faults.pending(1), 'pppppp'],
  ['new', faults.newNode(1), 'npnnpn'],
  ['being deleted', faults.deletingNode(1), 'npnnpn'],
  ['without an agent', faults.noAgent(1), 'upuupu'],
  ['with an agent that does not run', faults.agentNotReady(1), 'upuupu'],
  ['on vxlan while the others are not', faults.becomesOverlay(1), 'fpffpf'],
  ['with host bits in its podCIDR', faults.nonCanonicalPodCidr(1), 'pppppp'],
  ['with a second interface', faults.secondInterface(1), 'pppppp'],
  ['without a providerID', faults.noProviderId(1), 'pppppp'],
])('a node that is %s', (_, fault, expected) => {
  expect(row('host-gw', [fault])).toBe(expected);
});

test('a node without podCIDR sends with its own address, and nothing is sent to it', () => {
  expect(row('fabric', [faults.noPodCidr(1), faults.checkOn(1)])).toBe('nppppn');
  expect(row('fabric', [faults.noPodCidr(1), faults.routeMissing(0)])).toBe('npfpfn');
});

test('nodes that are no machines are listed and left alone', () => {
  const { world } = faults.inject(
    ec2Cluster({ name: 'three', mode: 'host-gw', nodes: 2 }),
    faults.virtualNode('fargate'),
    faults.virtualNode('virtual-kubelet'),
    faults.virtualNode('hybrid'),
  );
  expect(truth(world).oneWay).toEqual({ total: 20, pass: 2, fail: 0, partial: 0, unknown: 0, notApplicable: 18 });
});

test('overlay and cloud addresses: not applicable', () => {
  expect(row('vxlan', [])).toBe('nnnnnn');
  expect(row('vpc-cni', [])).toBe('nnnnnn');
});

test('a node that a route controller serves, in a flannel cluster: tables to it, and from it', () => {
  expect(row('host-gw', [faults.becomesFabric(1)])).toBe('fpffpf');
  expect(row('host-gw', [faults.becomesFabric(1)], {}, { podRoutes: true })).toBe('pppppp');
});

test('what the user tells counts where the cluster shows nothing', () => {
  const unmarked = { routeCreated: false };
  expect(row('fabric', [], {}, unmarked)).toBe('pppppp');
  expect(row('fabric', [faults.noPodRoutes()], {}, unmarked)).toBe('uuuuuu');
  expect(row('fabric', [faults.noPodRoutes()], { mode: 'fabric' }, unmarked)).toBe('ffffff');
  expect(row('host-gw', [], { mode: 'fabric' })).toBe('ffffff');
  expect(row('host-gw', [faults.noAgent(1)], { mode: 'host-gw' })).toBe('pppppp');
});

test('an address of two machines in two networks is never guessed', () => {
  const none = { providerIds: false };
  expect(row('host-gw', [], {}, none)).toBe('pppppp');
  expect(row('host-gw', [faults.twinNetwork(1)], {}, none)).toBe('upuupu');
  // The other nodes' provider ids say which network is meant.
  expect(row('host-gw', [faults.noProviderId(1), faults.twinNetwork(1)])).toBe('pppppp');
});

test('an advertised address of nobody, or of somebody else, is a dead end', () => {
  expect(row('host-gw', [faults.advertises(1, '10.40.0.77')])).toBe('fppppf');
  expect(row('host-gw', [faults.advertises(1, '10.40.0.12')])).toBe('fppppf');
});

test('the node address on a second interface: neighbours use that one, the default route may use either', () => {
  const second = (check: boolean): faults.Fault => faults.nodeIpOnSecond(1, check);
  expect(row('host-gw', [second(true)])).toBe('fpffpf');
  expect(row('host-gw', [second(false)])).toBe('pppppp');
  expect(row('fabric', [second(false)])).toBe('pppppp');
  // Sent through the primary one (check off) or the second one (check on): nobody knows.
  expect(row('fabric', [second(true)])).toBe('fpuupf');
  expect(row('fabric', [faults.nodeIpOnSecond(1, true, 'primary')])).toBe('ppuupp');
});

test('a subnet with a table of its own that holds no pod route cannot send to the others', () => {
  expect(row('host-gw', [faults.foreignTable(0)], {}, { subnets: 3 })).toBe('ffpppp');
  expect(row('host-gw', [faults.foreignTable(0)], {}, { subnets: 1 })).toBe('pppppp');
});
