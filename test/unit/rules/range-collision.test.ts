import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import {
  delegatedPrefix,
  peeringRoute,
  podCidrInsideVpc,
  serviceRange,
  shadow,
  wrongTarget,
} from '../../../lab/world/faults.ts';
import { gceInsideSecondary } from '../../../lab/world/faults/gce.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { RouteFacts, Snapshot } from '../../../src/model/snapshot.ts';
import { AUTO, cluster, judgeWith, withoutEchoes } from '../../support/judging.ts';
import { WITHOUT_NODES, ruleSuite } from '../../support/rule-suite.ts';

const oneSubnet = cluster('host-gw', { subnets: 1, podRoutes: false });

ruleSuite('range-collision', {
  fails: [
    {
      name: 'pods inside the range of Services',
      faults: [serviceRange('10.244.0.0/16')],
      says: /service range 10\.244\.0\.0\/16 and podCIDR 10\.244\.0\.0\/24 of node worker-01 and 8 other podCIDRs/,
      advises: /--service-cluster-ip-range/,
      severity: 'warning',
    },
    {
      name: 'the same where packets are direct inside a subnet only',
      world: cluster('calico-cross-subnet'),
      faults: [serviceRange('10.48.0.0/16')],
      says: /service range 10\.48\.0\.0\/16 and podCIDR 10\.48\./,
      severity: 'warning',
    },
    {
      name: 'Services inside one podCIDR',
      world: cluster('fabric'),
      faults: [serviceRange('10.244.3.128/25')],
      says: /service range 10\.244\.3\.128\/25 and podCIDR 10\.244\.3\.0\/24 of node worker-04 share/,
      severity: 'warning',
    },
    {
      name: 'pods inside the range of a peered network',
      faults: [peeringRoute('10.244.0.0/17')],
      says: /range 10\.244\.0\.0\/17 of the peered network pcx-\w+ and podCIDR/,
      severity: 'warning',
    },
    {
      name: 'a node whose address is in the podCIDR of another one',
      world: oneSubnet,
      faults: [podCidrInsideVpc(1, '10.40.0.8/29')],
      says: /^The address 10\.40\.0\.10 of node worker-01 lies in podCIDR 10\.40\.0\.8\/29 of node worker-02/,
      severity: 'error',
    },
    {
      name: 'a podCIDR of which the subnet may give addresses to machines',
      world: oneSubnet,
      faults: [podCidrInsideVpc(1, '10.40.8.0/24')],
      says: /podCIDR 10\.40\.8\.0\/24 of node worker-02 lies in a range of VPC vpc-\w+: subnet subnet-\w+ \(10\.40\.0\.0\/20\)/,
      severity: 'warning',
    },
    {
      name: 'a podCIDR in the network, where no subnet is yet',
      world: oneSubnet,
      faults: [podCidrInsideVpc(1, '10.40.200.0/24')],
      says: /in a range of VPC vpc-\w+: 10\.40\.0\.0\/16\.$/,
      severity: 'warning',
    },
    {
      name: 'pods inside a virtual network, which is legal',
      world: azureCluster({ name: 'unit', mode: 'fabric', nodes: 3, podCidr: '10.224.128.0/17' }),
      faults: [],
      says: /in a range of virtual network unit-vnet: 10\.224\.0\.0\/16|virtual network .*unit-vnet: 10\.224\.0\.0\/16/,
      severity: 'notice',
    },
    {
      name: 'a node of a virtual network whose packets the route of a podCIDR takes',
      world: azureCluster({
        name: 'unit',
        mode: 'fabric',
        nodes: 2,
        podCidrs: [['10.244.0.0/24'], ['10.224.0.8/29']],
      }),
      faults: [],
      says: /address 10\.224\.0\.10 of node worker-01 lies in podCIDR 10\.224\.0\.8\/29 of node worker-02/,
      severity: 'error',
    },
  ],
  gap: WITHOUT_NODES,
  irrelevant: [serviceRange('10.244.0.0/16'), peeringRoute('10.0.0.0/9')],
});

function rulesOf(snapshot: Snapshot): string[] {
  return judgeSnapshot(snapshot, AUTO).findings.map(({ rule }) => rule);
}

describe('is silent about', () => {
  test('a range that is never routed: docker0 of every node', () => {
    const { judgement } = judgeWith(cluster('fabric', { podCidr: '172.17.0.0/16' }), []);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('link-local addresses, which every segment has', () => {
    const { snapshot } = judgeWith(cluster('fabric', { podCidr: '169.254.0.0/16' }), []);
    const [fabric] = snapshot.fabrics;
    const routes: RouteFacts[] = [
      {
        prefix: '169.254.0.0/16',
        target: { kind: 'gateway', gateway: 'peering', id: 'pcx-1' },
        state: 'active',
        rank: 1,
        origin: 'static',
      },
    ];
    const nodes = snapshot.cluster.nodes.map((node) => ({
      ...node,
      internalIPs: [...node.internalIPs, '169.254.1.7', 'fe80::1'],
    }));
    const tables = fabric?.tables.map((table) => ({ ...table, routes: [...table.routes, ...routes] })) ?? [];
    const networks = fabric?.networks.map((one) => ({ ...one, prefixes: [...one.prefixes, '169.254.0.0/16'] })) ?? [];
    const fabrics = fabric === undefined ? [] : [{ ...fabric, tables, networks }];
    expect(rulesOf({ ...snapshot, fabrics, cluster: { ...snapshot.cluster, nodes } })).toEqual([]);
  });

  test('a secondary range whose prefixes EC2 has assigned to the nodes', () => {
    const inside = podCidrInsideVpc(1, '10.40.200.0/28');
    const { judgement } = judgeWith(oneSubnet, [inside, delegatedPrefix(1, ['10.40.200.0/28'])]);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('alias ranges', () => {
    const { judgement } = judgeWith(gceCluster({ name: 'unit', mode: 'alias', nodes: 3, subnets: 2 }), []);
    expect({ verdict: judgement.verdict, findings: judgement.findings }).toEqual({ verdict: 'pass', findings: [] });
  });

  test('a service range that nobody tells, which is no gap either', () => {
    const { judgement, snapshot } = judgeWith(cluster('fabric', { podCidr: '10.96.0.0/16' }), [
      serviceRange(undefined),
    ]);
    expect(snapshot.cluster.serviceCIDRs).toBeUndefined();
    expect({ verdict: judgement.verdict, gaps: judgement.gaps }).toEqual({ verdict: 'pass', gaps: [] });
    expect(judgement.findings).toEqual([]);
  });

  test('a catch-all route into a peering', () => {
    expect(judgeWith(cluster('fabric'), [peeringRoute('10.0.0.0/8')]).judgement.findings).toEqual([]);
  });

  test('nodes that are not judged', () => {
    const { snapshot } = judgeWith(cluster('fabric'), [serviceRange('10.244.3.0/24')]);
    const nodes = snapshot.cluster.nodes.map((node) =>
      node.name === 'worker-04' ? { ...node, deletingSince: snapshot.takenAt } : node,
    );
    expect(rulesOf({ ...snapshot, cluster: { ...snapshot.cluster, nodes } })).toEqual([]);
  });
});

describe('one cause is one finding where paths tell it already:', () => {
  test.each([
    [
      'a podCIDR inside the network',
      cluster('host-gw'),
      [podCidrInsideVpc(1, '10.40.200.0/24')],
      'fabric-route-missing',
    ],
    [
      'a podCIDR in a secondary range of nobody',
      gceCluster({ name: 'unit', mode: 'fabric', nodes: 3 }),
      [gceInsideSecondary(1)],
      'fabric-route-missing',
    ],
    ['a route into a peering', cluster('fabric'), [wrongTarget(2, { kind: 'peering' })], 'fabric-route-wrong-target'],
    ['a longer route into a peering', cluster('fabric'), [shadow(2, { kind: 'peering' })], 'route-shadowed'],
  ] as const)('%s', (_, world, list, rule) => {
    expect(withoutEchoes(judgeWith(world, list).judgement.findings).map((finding) => finding.rule)).toEqual([rule]);
  });
});

test('the cloud’s own routes to a peered network are its ranges, however broad', () => {
  const { snapshot } = judgeWith(azureCluster({ name: 'unit', mode: 'fabric', nodes: 2 }), []);
  const route: RouteFacts = {
    prefix: '10.240.0.0/12',
    target: { kind: 'gateway', gateway: 'peering', id: 'hub-vnet' },
    state: 'active',
    rank: 3,
    origin: 'system',
  };
  const fabrics = snapshot.fabrics.map((fabric) => ({
    ...fabric,
    tables: fabric.tables.map((table) => ({ ...table, routes: [...table.routes, route] })),
  }));
  const { verdict, findings } = judgeSnapshot({ ...snapshot, fabrics }, AUTO);
  expect(verdict).toBe('pass');
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['range-collision', 'warning']]);
});

test('a node without a machine speaks for itself', () => {
  const world = cluster('host-gw', { subnets: 1, podCidrs: [['10.40.0.32/29'], ['10.244.1.0/24']], nodes: 2 });
  const { snapshot } = judgeWith(world, []);
  const bare: Snapshot = { ...snapshot, fabrics: [] };
  const { findings } = judgeSnapshot(bare, { ...AUTO, networkModes: ['host-gw'] });
  expect(findings.filter(({ rule }) => rule === 'range-collision')).toEqual([]);
  const nodes = bare.cluster.nodes.map((node, index) => ({
    ...node,
    internalIPs: [index === 0 ? '10.40.0.34' : '10.40.0.33'],
  }));
  const moved = judgeSnapshot(
    { ...bare, cluster: { ...bare.cluster, nodes } },
    { ...AUTO, networkModes: ['host-gw'] },
  ).findings.filter(({ rule }) => rule === 'range-collision');
  expect(moved.map(({ severity, key }) => [severity, key])).toEqual([
    ['error', 'range-collision/cluster/node addresses'],
  ]);
});

test('a warning does not make its nodes fail', () => {
  const { judgement } = judgeWith(cluster('fabric'), [serviceRange('10.244.0.0/16')]);
  expect(judgement.verdict).toBe('pass');
  expect([...new Set(judgement.nodes.map(({ verdict }) => verdict))]).toEqual(['pass']);
});

test('says little about many', () => {
  const { judgement } = judgeWith(cluster('fabric', { nodes: 40 }), [serviceRange('10.244.0.0/16')]);
  expect(judgement.findings[0]?.evidence.length).toBeLessThan(10);
  expect(judgement.findings[0]?.subjects.nodes).toHaveLength(40);
});
