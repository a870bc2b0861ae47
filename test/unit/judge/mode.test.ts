import { expect, test } from '@jest/globals';
import type { ModeContext } from '../../../src/judge/mode.ts';
import { decideModes } from '../../../src/judge/mode.ts';
import type { Agent, CniFacts, NodeFacts } from '../../../src/model/snapshot.ts';

const NODE: NodeFacts = {
  name: 'a',
  podCIDRs: ['10.244.0.0/24'],
  internalIPs: ['10.0.0.1'],
  os: 'linux',
  ready: 'True',
  unschedulable: false,
  taints: [],
  labels: {},
};

function decide(
  node: Partial<NodeFacts>,
  agents: readonly Agent[],
  cni: Partial<CniFacts> = {},
  context: Partial<ModeContext> = {},
): { mode: string | undefined; level: string | undefined } {
  const facts: CniFacts = { agents: agents.length === 0 ? [] : [{ node: 'a', agents }], complete: true, ...cni };
  const [decision] = decideModes([{ ...NODE, ...node }], {
    cni: facts,
    gaps: [],
    wanted: 'auto',
    fabricHoldsPodRoutes: () => false,
    fabricAssignsPods: () => false,
    ...context,
  });
  return { mode: decision?.mode, level: decision?.level };
}

const flannel = (backendType: string): Partial<NodeFacts> => ({ flannel: { backendType } });
const pool = (ipipMode: string, vxlanMode: string, disabled = false): Partial<CniFacts> => ({
  calicoPools: [{ name: 'p', cidr: '10.244.0.0/16', ipipMode, vxlanMode, disabled }],
});
const net = (backendType: string, directRouting = false): Partial<CniFacts> => ({
  flannel: { source: 'kube-flannel/kube-flannel-cfg', networks: ['10.244.0.0/16'], backendType, directRouting },
});
const cilium = (routingMode: string, ipam: string): Partial<CniFacts> => ({
  cilium: { source: 'kube-system/cilium-config', routingMode, ipam, autoDirectNodeRoutes: false },
});

test.each<[string, Partial<NodeFacts>, Agent[], Partial<CniFacts>, string]>([
  ['flannel host-gw that runs', flannel('host-gw'), ['flannel'], {}, 'host-gw'],
  ['canal with host-gw', flannel('host-gw'), ['canal', 'calico'], {}, 'host-gw'],
  ['the annotation of a flannel that does not run', flannel('vxlan'), [], {}, 'unknown'],
  ['flannel without annotation, by its configuration', {}, ['flannel'], net('host-gw'), 'host-gw'],
  ['flannel that has said nothing', {}, ['flannel'], {}, 'unknown'],
  ['flannel alloc', flannel('alloc'), ['flannel'], {}, 'fabric'],
  ['the removed aws-vpc backend', flannel('aws-vpc'), ['flannel'], {}, 'fabric'],
  ['flannel vxlan', flannel('vxlan'), ['flannel'], net('vxlan'), 'overlay'],
  ['flannel vxlan with DirectRouting', flannel('vxlan'), ['flannel'], net('vxlan', true), 'unknown'],
  ['a backend that nobody knows', flannel('host_gw'), ['flannel'], {}, 'unknown'],
  ['k3s: flannel without a pod', { ...flannel('host-gw'), k3sNodeArgs: ['server'] }, [], {}, 'host-gw'],
  [
    'k3s on a node that is not Ready',
    { ...flannel('host-gw'), k3sNodeArgs: ['server'], ready: 'False' },
    [],
    {},
    'unknown',
  ],
  ['k3s without flannel', { ...flannel('vxlan'), k3sNodeArgs: ['--flannel-backend=none'] }, [], {}, 'unknown'],
  ['the VPC CNI', {}, ['aws-vpc-cni'], {}, 'eni'],
  ['the VPC CNI beside leftovers of flannel', flannel('host-gw'), ['aws-vpc-cni'], {}, 'eni'],
  ['Calico, always encapsulated', {}, ['calico'], pool('Always', 'Never'), 'overlay'],
  ['Calico across subnets only', {}, ['calico'], pool('Never', 'CrossSubnet'), 'unknown'],
  ['Calico whose only pool is disabled', {}, ['calico'], pool('Always', 'Never', true), 'unknown'],
  ['Cilium in a tunnel', {}, ['cilium'], cilium('tunnel', 'cluster-pool'), 'overlay'],
  ['Cilium with addresses of interfaces', {}, ['cilium'], cilium('native', 'eni'), 'eni'],
  ['Cilium, native', {}, ['cilium'], cilium('native', 'kubernetes'), 'unknown'],
  ['Cilium without its configuration', {}, ['cilium'], {}, 'unknown'],
  ['a route controller', { networkUnavailable: { status: 'False', reason: 'RouteCreated' } }, [], {}, 'fabric'],
  [
    'a route controller that failed',
    { networkUnavailable: { status: 'True', reason: 'NoRouteCreated' } },
    [],
    {},
    'fabric',
  ],
  ['the mark that flannel left', { networkUnavailable: { status: 'False', reason: 'FlannelIsUp' } }, [], {}, 'unknown'],
  ['nothing at all', {}, [], {}, 'unknown'],
  ['agents that could not be read', flannel('host-gw'), [], { complete: false }, 'unknown'],
  ['an agent that is not judged yet', {}, ['kube-router'], {}, 'unknown'],
])('%s', (_, node, agents, cni, mode) => {
  expect(decide(node, agents, cni).mode).toBe(mode);
});

test('without any agent, pod routes in the tables are evidence for fabric', () => {
  expect(decide({}, [], {}, { fabricHoldsPodRoutes: () => true }).mode).toBe('fabric');
  const elsewhere = { agents: [{ node: 'b', agents: ['flannel' as const] }] };
  expect(decide({}, [], elsewhere, { fabricHoldsPodRoutes: () => true }).mode).toBe('unknown');
});

test('a podCIDR that the cloud itself assigns is evidence for fabric', () => {
  expect(decide({}, [], {}, { fabricAssignsPods: () => true }).mode).toBe('fabric');
});

test('the input wins over evidence; a list of modes only chooses among them', () => {
  expect(decide(flannel('vxlan'), ['flannel'], {}, { wanted: ['host-gw'] }).mode).toBe('host-gw');
  expect(decide(flannel('host-gw'), ['flannel'], {}, { wanted: ['host-gw', 'fabric'] }).mode).toBe('host-gw');
  expect(decide(flannel('vxlan'), ['flannel'], {}, { wanted: ['host-gw', 'fabric'] }).mode).toBe('unknown');
});

test('an agent that runs now raises the level of evidence, and only for host routes', () => {
  expect(decide(flannel('host-gw'), ['flannel']).level).toBe('fabric+agent');
  expect(decide({}, [], {}, { wanted: ['host-gw'] }).level).toBe('fabric');
  expect(decide({ networkUnavailable: { status: 'False', reason: 'RouteCreated' } }, []).level).toBe('fabric');
});
