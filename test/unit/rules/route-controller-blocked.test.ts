import { describe, expect, test } from '@jest/globals';
import { azureCluster } from '../../../lab/world/azure-cluster.ts';
import type { Fault } from '../../../lab/world/faults.ts';
import {
  addAppliance,
  becomesFabric,
  cloudController,
  clusterTagged,
  deletingNode,
  newNode,
  strayNode,
  tablesTagged,
  waitingForRoute,
} from '../../../lab/world/faults.ts';
import { gceCluster } from '../../../lab/world/gce-cluster.ts';
import type { World } from '../../../lab/world/world.ts';
import type { JudgeConfig } from '../../../src/judge/judge.ts';
import { judgeSnapshot } from '../../../src/judge/judge.ts';
import type { Finding } from '../../../src/model/judgement.ts';
import { AUTO, cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, denied, ruleSuite } from '../../support/rule-suite.ts';

// The main table is the first in the list and governs no subnet; the second serves all nodes.
const shared = (more: object = {}) => cluster('fabric', { tables: 'shared', ...more });
const tagged = (...places: number[]): Fault[] => [clusterTagged('shop'), tablesTagged('shop', places)];
const POD_RANGE = { podCIDRs: ['10.244.0.0/16'] };

ruleSuite('route-controller-blocked', {
  fails: [
    {
      name: 'two tagged tables while nodes wait for routes',
      world: shared(),
      faults: [...tagged(0, 1), waitingForRoute(4)],
      says: /^2 route tables carry the tag of cluster shop \(rtb-\w+ and rtb-\w+\), and the route controller takes only a single one\.$/,
      advises: /^Take the tag kubernetes\.io\/cluster\/shop off rtb-\w+, which no node’s subnet uses\.$/,
      changes: ['untag-table'],
      severity: 'error',
    },
    {
      name: 'two tagged tables before anybody noticed',
      world: shared(),
      faults: tagged(0, 1),
      says: /^2 route tables carry the tag/,
      changes: ['untag-table'],
      severity: 'warning',
    },
    {
      name: 'no tagged table',
      world: shared(),
      faults: [...tagged(), waitingForRoute(4)],
      says: /^No route table of vpc-\w+ carries the tag kubernetes\.io\/cluster\/shop/,
      advises: /^Tag the table that the nodes’ subnets use/,
      changes: ['tag-table'],
      severity: 'error',
    },
    {
      name: 'no tagged table, by the arguments of the controller alone',
      world: shared({ routeCreated: false }),
      faults: [...tagged(), cloudController(['--cloud-provider=aws', '--cluster-name=shop'])],
      says: /^No route table/,
      changes: ['tag-table'],
      severity: 'warning',
    },
    {
      name: 'a route in the pod range to a machine that is no node',
      world: shared(),
      faults: [...tagged(1), strayNode(5)],
      config: POD_RANGE,
      says: /^The route 10\.244\.5\.0\/24 -> eni-\w+ \(i-\w+\) in rtb-\w+ leads to an instance that is no node of this cluster/,
      advises: /Delete the route, or move it/,
      severity: 'warning',
    },
    {
      name: 'the same where only packets between subnets are in tunnels',
      world: azure('kube-router'),
      faults: [renamed('worker-02'), waiting('worker-02')],
      says: /^The route for podCIDR 10\.244\.1\.0\/24 of node worker-02 in .* is called to-worker-two/,
      changes: ['delete-route'],
      severity: 'error',
    },
    {
      name: 'a route under a name that the controller does not know, on Azure',
      world: azure(),
      faults: [renamed('worker-02'), waiting('worker-02')],
      config: { networkModes: ['fabric'] },
      says: /^The route for podCIDR 10\.244\.1\.0\/24 of node worker-02 in .* is called to-worker-two/,
      advises: /Delete the route to-worker-two/,
      changes: ['delete-route'],
      severity: 'error',
    },
    {
      name: 'second podCIDRs without routes, on Compute Engine',
      world: gce({ ipv6: true }),
      faults: [withoutSecond()],
      says: /^The second podCIDR of worker-01 and worker-02 has no route \(fd00/,
      advises: /Make these routes yourself/,
      severity: 'warning',
    },
    {
      name: 'routes of another cluster name, on Compute Engine',
      world: gce(),
      faults: [cloudController(['--cloud-provider=gce', '--cluster-name=renamed'])],
      says: /^The routes unit-\S+, unit-\S+ and unit-\S+ were made under another cluster name than renamed/,
      advises: /--cluster-name/,
      severity: 'warning',
    },
  ],
  gap: { ...WITHOUT_ROUTES },
  irrelevant: [...tagged(0, 1)],
});

function azure(mode: 'fabric' | 'kube-router' = 'fabric'): World {
  return azureCluster({ name: 'unit', mode, nodes: 3 });
}

function gce(more: object = {}): World {
  return gceCluster({ name: 'unit', mode: 'fabric', nodes: 3, ...more });
}

/** The node's route is called as a person would call it. */
function renamed(node: string, name = 'to-worker-two'): Fault {
  return {
    says: `the route of ${node} is called ${name}`,
    into: (world) => {
      for (const route of world.azure![0]!.routeTables[0]!.routes) if (route.name === node) route.name = name;
      return [];
    },
  };
}

function waiting(name: string): Fault {
  return {
    says: `${name} waits for a route`,
    into: (world) => {
      const node = world.cluster.nodes.find((one) => one.name === name);
      node!.networkUnavailable = { status: 'True', reason: 'NoRouteCreated' };
      return [];
    },
  };
}

function withoutSecond(): Fault {
  return {
    says: 'of the second family only a route by hand is there',
    into: (world) => {
      const [network] = world.gce!;
      const byHand = world.cluster.nodes[2]!.podCIDRs[1];
      network!.routes = network!.routes.filter(
        ({ destRange }) => !destRange.startsWith('fd00') || destRange === byHand,
      );
      return [];
    },
  };
}

function found(world: World, faults: Fault[], config: Partial<JudgeConfig> = {}): Finding[] {
  const { judgement } = judgeWith(world, faults, config);
  return judgement.findings.filter(({ rule }) => rule === 'route-controller-blocked');
}

describe('stays quiet', () => {
  test('where one table is tagged', () => {
    expect(found(shared(), tagged(1))).toEqual([]);
    expect(found(shared(), [...tagged(1), cloudController(['--cloud-provider=aws'])])).toEqual([]);
  });

  test('where the controller is told not to make routes', () => {
    const off = cloudController(['--cloud-provider=aws', '--configure-cloud-routes=false']);
    expect(found(shared(), [...tagged(0, 1), waitingForRoute(4), off])).toEqual([]);
  });

  test('where a controller of another make keeps all tagged tables filled, as Gardener’s does', () => {
    expect(found(cluster('fabric'), tagged(1, 2, 3))).toEqual([]);
    // One of them lacks a node that waits: then it does not.
    expect(found(cluster('fabric'), [...tagged(1, 2, 3), waitingForRoute(4)])).toHaveLength(1);
  });

  test('where nothing shows a controller: no condition, and its flags are hidden by a managed control plane', () => {
    expect(found(shared({ routeCreated: false }), tagged(0, 1))).toEqual([]);
  });

  test('where another agent writes the condition', () => {
    // flannel host-gw: FlannelIsUp.
    expect(found(cluster('host-gw'), tagged(0, 1))).toEqual([]);
  });

  test('where the controller is another cloud’s, or does not say whose', () => {
    for (const provider of ['azure', 'external']) {
      const controller = cloudController([`--cloud-provider=${provider}`]);
      expect(found(shared({ routeCreated: false }), [...tagged(0, 1), controller])).toEqual([]);
    }
  });

  test('where the machines do not say which cluster they belong to', () => {
    expect(found(shared(), [tablesTagged('shop', [0, 1])])).toEqual([]);
    expect(found(shared(), [clusterTagged('shop'), clusterTagged('other'), tablesTagged('shop', [0, 1])])).toEqual([]);
  });

  test('for nodes that have just come, or are going', () => {
    const fresh = [newNode(4), waiting('worker-05')];
    expect(found(shared(), [...tagged(1), ...fresh])).toEqual([]);
    expect(found(shared({ routeCreated: false }), [...tagged(0, 1), ...fresh])).toEqual([]);
    expect(found(shared(), [...tagged(1), deletingNode(4)])).toEqual([]);
  });

  test('about routes outside the pod range, and dead ones, which the controller clears away', () => {
    const appliance: Fault = {
      says: 'a default route to a NAT instance',
      into: (world) => {
        const interfaceId = addAppliance(world, true);
        const route = { target: { kind: 'interface' as const, interfaceId }, origin: 'CreateRoute' as const };
        world.aws[0]!.routeTables[1]!.routes.push({ ...route, destination: { cidr: '192.168.0.0/16' } });
        return [];
      },
    };
    expect(found(shared(), [...tagged(1), appliance], POD_RANGE)).toEqual([]);
  });

  test('about names in a table that people look after', () => {
    const all = ['worker-01', 'worker-02', 'worker-03'].map((node) => renamed(node, `to-${node}`));
    expect(found(azure(), [...all, waiting('worker-02')], { networkModes: ['fabric'] })).toEqual([]);
    // The right name, and nobody waits: the other is a matter of taste.
    expect(found(azure(), [renamed('worker-02')], { networkModes: ['fabric'] })).toEqual([]);
  });

  test('about names of routes on Compute Engine that people gave, or that are right', () => {
    const right = cloudController(['--cloud-provider=gce', '--cluster-name=unit']);
    expect(found(gce(), [right])).toEqual([]);
    const named: Fault = {
      says: 'routes have names of people',
      into: (world) => {
        world.gce![0]!.routes.forEach((route, index) => (route.name = `pods-${String(index)}`));
        return [];
      },
    };
    const other = cloudController(['--cloud-provider=gce', '--cluster-name=renamed']);
    expect(found(gce(), [named, other])).toEqual([]);
    expect(found(gce({ ipv6: true }), [named, withoutSecond()])).toEqual([]);
  });

  test('where a second podCIDR has a route under whatever name', () => {
    expect(found(gce({ ipv6: true }), [])).toEqual([]);
  });
});

test('half a list of tables is no list: what was not read may carry the tag', () => {
  const { snapshot } = judgeWith(shared(), [...tagged(), waitingForRoute(4)]);
  const gaps = [denied('routes', 'ec2:DescribeRouteTables')];
  const { findings } = judgeSnapshot({ ...snapshot, gaps }, AUTO);
  expect(findings.filter(({ rule }) => rule === 'route-controller-blocked')).toEqual([]);
});

test('several tables that nodes use: which is the right one is for people to say', () => {
  const [finding] = found(cluster('fabric'), [...tagged(1, 2), waitingForRoute(4)]);
  expect(finding?.next).toContain('Leave the tag on one table');
  expect(finding?.changes).toEqual([]);
  expect(finding?.why).toContain('worker-05 waits for a route');
  expect(finding?.why).toContain('RouteTableID');
});

test('a cluster that mixes host-gw and routes is judged by the nodes that need routes', () => {
  const world = cluster('host-gw', { tables: 'shared', podRoutes: true });
  const all = Array.from({ length: 9 }, (_, index) => becomesFabric(index));
  expect(found(world, [...all, ...tagged(0, 1), waitingForRoute(4)])).toHaveLength(1);
});
