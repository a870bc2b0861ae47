/** Where network agents have ways of their own, nothing is alarmed about that is right there. */
import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import { ec2Cluster } from '../../../lab/world/ec2-cluster.ts';
import * as faults from '../../../lab/world/faults.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { MODES } from '../../../lab/world/network-modes.ts';
import type { NetworkMode } from '../../../lab/world/network-modes.ts';
import type { World } from '../../../lab/world/world.ts';
import type { Judgement } from '../../../src/model/judgement.ts';
import { judgeWith, withoutEchoes } from '../../support/judging.ts';

const MODE_NAMES = Object.keys(MODES) as NetworkMode[];
const shape = { name: 'quiet', nodes: 6, subnets: 2 };

function judged(world: World, ...list: faults.Fault[]): Judgement {
  return judgeWith(world, list, { podCIDRs: ['10.244.0.0/16', '10.48.0.0/16'] }).judgement;
}

function quiet(world: World): void {
  const judgement = judged(world);
  expect(judgement.findings).toEqual([]);
  expect(['pass', 'not-applicable']).toContain(judgement.verdict);
}

describe('a healthy cluster has no finding', () => {
  test.each(MODE_NAMES.filter((mode) => mode !== 'alias' && mode !== 'azure-cni'))('EC2, %s', (mode) => {
    quiet(ec2Cluster({ ...shape, mode }));
  });

  test.each(MODE_NAMES.filter((mode) => mode !== 'vpc-cni' && mode !== 'azure-cni'))('Compute Engine, %s', (mode) => {
    quiet(gceCluster({ ...shape, mode }));
  });

  test.each(MODE_NAMES.filter((mode) => mode !== 'vpc-cni' && mode !== 'alias'))('Azure, %s', (mode) => {
    quiet(azureCluster({ ...shape, mode }));
  });

  test.each(['calico-bgp', 'cilium-pool', 'calico-cross-subnet', 'kube-router'] as const)('dual stack, %s', (mode) => {
    quiet(ec2Cluster({ ...shape, mode, ipv6: true }));
    quiet(gceCluster({ ...shape, mode, ipv6: true }));
    quiet(azureCluster({ ...shape, mode, ipv6: true }));
  });
});

describe('direct inside a subnet, tunnels between subnets', () => {
  const modes = ['calico-cross-subnet', 'vxlan-direct', 'antrea', 'kube-router'] as const;

  test.each(modes)('%s: a check left on breaks the paths inside its subnet and no others', (mode) => {
    const { findings, pairs } = judged(ec2Cluster({ ...shape, mode }), faults.checkOn(0));
    expect(withoutEchoes(findings).map(({ rule }) => rule)).toEqual(['cloud-forwarding-off']);
    // Two subnets of three nodes: 12 pairs are direct, of which 4 touch the node; 18 travel in tunnels.
    expect(pairs).toMatchObject({ total: 30, pass: 8, fail: 4, notApplicable: 18 });
  });

  test.each(modes)('%s: no route table matters on EC2', (mode) => {
    const { findings, pairs } = judged(ec2Cluster({ ...shape, mode, podRoutes: false }));
    expect(findings).toEqual([]);
    expect(pairs).toMatchObject({ pass: 12, notApplicable: 18 });
  });

  test.each(modes)('%s: on Compute Engine nobody is a neighbour, so nothing is to be judged', (mode) => {
    const { findings, pairs } = judged(gceCluster({ ...shape, mode }));
    expect(findings).toEqual([]);
    expect(pairs).toMatchObject({ notApplicable: 30 });
  });

  test('on Azure, neighbours are routed by destination: without routes they do not reach each other', () => {
    const { findings, pairs } = judged(
      azureCluster({ ...shape, mode: 'calico-cross-subnet', podRoutes: false, securityGroups: 'none' }),
    );
    expect([...new Set(withoutEchoes(findings).map(({ rule }) => rule))]).toEqual(['fabric-route-missing']);
    expect(pairs).toMatchObject({ fail: 12, notApplicable: 18 });
  });

  test('a node alone in its subnet has nothing to be judged', () => {
    const { nodes } = judged(ec2Cluster({ ...shape, nodes: 3, mode: 'calico-cross-subnet', placement: [0, 0, 1] }));
    expect(nodes.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'not-applicable']);
  });
});

describe('where the agent has ranges of its own', () => {
  const modes = ['calico-bgp', 'cilium-pool-direct'] as const;

  test.each(modes)('%s: spec.podCIDRs may be empty, equal or overlap', (mode) => {
    const world = ec2Cluster({ ...shape, mode });
    world.cluster.nodes.forEach((node, index) => {
      node.podCIDRs = index < 2 ? [] : ['10.244.7.0/24'];
    });
    quiet(world);
  });

  test.each(modes)('%s: routes for spec.podCIDRs are no orphans', (mode) => {
    const world = ec2Cluster({ ...shape, mode });
    const [region] = world.aws;
    for (const table of region?.routeTables ?? []) {
      for (const node of world.cluster.nodes) {
        const [cidr = ''] = node.podCIDRs;
        const interfaceId = region?.interfaces[world.cluster.nodes.indexOf(node)]?.id ?? '';
        table.routes.push({ destination: { cidr }, target: { kind: 'interface', interfaceId }, origin: 'CreateRoute' });
      }
    }
    quiet(world);
  });

  test.each(modes)('%s: a missing route is named by its range, and where that is from', (mode) => {
    const { findings } = judged(ec2Cluster({ ...shape, mode }), faults.routeMissing(0));
    const [finding, ...others] = withoutEchoes(findings);
    expect(others).toEqual([]);
    expect(finding?.rule).toBe('fabric-route-missing');
    expect(finding?.subjects.prefixes[0]).toMatch(/^10\.48\./);
    expect(finding?.evidence[0]?.text).toMatch(/is from (Calico's BlockAffinities|CiliumNode spec\.ipam)$/);
    expect(finding?.next).toMatch(/may change/);
  });

  test.each(modes)('%s: the report shows the ranges that pods have', (mode) => {
    const { nodes } = judged(ec2Cluster({ ...shape, mode }));
    for (const { podCIDRs } of nodes) for (const cidr of podCIDRs) expect(cidr).toMatch(/^10\.48\./);
  });
});

test('a pod outside the podCIDR makes its own node unknown, and no other', () => {
  const world = ec2Cluster({ ...shape, mode: 'host-gw' });
  const pod = world.cluster.pods.find(({ hostNetwork }) => !hostNetwork);
  pod!.podIPs = ['172.30.1.5'];
  const { findings, pairs, nodes } = judged(world);
  expect(findings.map(({ rule, verdict }) => [rule, verdict])).toEqual([['evidence-incomplete', 'unknown']]);
  expect(findings[0]?.what).toContain(`pod default/${pod!.name} runs here with address 172.30.1.5`);
  expect(pairs).toMatchObject({ pass: 20, unknown: 10, fail: 0 });
  expect(nodes.filter(({ verdict }) => verdict !== 'pass').map(({ name }) => name)).toEqual([pod!.nodeName]);
});

test('EKS without an agent in a pod: addresses of interfaces are seen by the pods themselves', () => {
  const world = ec2Cluster({ ...shape, mode: 'vpc-cni' });
  const [region] = world.aws;
  world.cluster.pods = [];
  world.cluster.daemonSets = [];
  world.cluster.nodes.forEach((node, index) => {
    const face = region?.interfaces[index];
    const [first = ''] = face?.privateIps ?? [];
    const prefix = `${first.split('.').slice(0, 3).join('.')}.${String(128 + 16 * (index % 4))}/28`;
    face?.ipv4Prefixes.push(prefix);
    const ip = prefix.replace(/\d+\/28$/, String(128 + 16 * (index % 4) + 3));
    const labels = { app: 'shop' };
    world.cluster.pods.push({
      ...{ namespace: 'default', name: `shop-${String(index)}`, nodeName: node.name, labels, podIPs: [ip] },
      ...{ phase: 'Running', ready: true, hostNetwork: false, containers: [] },
    });
  });
  const { findings, verdict, nodes } = judged(world);
  expect({ findings, verdict }).toEqual({ findings: [], verdict: 'not-applicable' });
  expect(new Set(nodes.map(({ mode }) => mode))).toEqual(new Set(['eni']));
});
