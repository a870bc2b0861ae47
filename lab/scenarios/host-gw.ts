/** Flannel host-gw on EC2: what goes wrong when nodes talk to each other without a tunnel. */

import { subnetOf } from '../world/addresses.ts';
import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

/** A /24 for each node, and some to spare. */
function podRangeFor(nodes: number): string {
  return nodes <= 200 ? '10.244.0.0/16' : '100.64.0.0/10';
}

const cluster = { name: 'shop', mode: 'host-gw', subnets: 3, tables: 'per-subnet' } as const;

export const ec2HostGw: Scenario = {
  name: 'ec2-host-gw',
  title: 'twelve nodes in three subnets: all are Ready, and some pods do not answer some others',
  story:
    'Flannel host-gw on EC2, one route table per zone. Two nodes were replaced and came up with their source/destination ' +
    'check on; the script that writes routes missed a table; somebody pointed a route at the wrong node; a route of a ' +
    'deleted node is still there; and a test left a longer route behind.',
  situation: (nodes = 12) => {
    const podCidr = podRangeFor(nodes);
    return injected(
      ec2Cluster({ ...cluster, nodes, podCidr }),
      faults.checkOn('worker-03'),
      faults.checkOn('worker-08'),
      faults.routeMissing('worker-05', [0]),
      faults.wrongTarget('worker-07', { node: 'worker-10' }, [1]),
      faults.shadow('worker-12', { node: 'worker-02' }, [0]),
      faults.staleRoute(subnetOf(podCidr, 24, nodes + 30)),
      faults.secondInterface('worker-04'),
    );
  },
  nodes: { least: 12, most: 5000 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const ec2Healthy: Scenario = {
  name: 'ec2-healthy',
  title: 'the same cluster as it should be',
  story: 'Flannel host-gw in three subnets, checks off, every table complete: neighbours directly, the rest by table.',
  situation: (nodes = 12) => injected(ec2Cluster({ ...cluster, nodes, podCidr: podRangeFor(nodes) })),
  nodes: { least: 2, most: 5000 },
  inputs: {},
  expect: { verdict: 'pass', step: 'pass' },
};

export const oneSubnet: Scenario = {
  name: 'one-subnet',
  title: 'three nodes in one subnet, and pods of one of them are reached from nowhere else',
  story: 'Routes look right everywhere; the second node still has its source/destination check on.',
  situation: () =>
    injected(
      ec2Cluster({
        name: 'one-subnet',
        mode: 'host-gw',
        vpcCidr: '172.31.0.0/16',
        subnetCidrs: ['172.31.16.0/20'],
        nodeIps: ['172.31.17.99', '172.31.18.80', '172.31.24.121'],
        podCidr: '192.168.0.0/16',
        tables: 'main',
      }),
      faults.checkOn(1),
    ),
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

const twoAzNetwork = {
  mode: 'host-gw',
  subnetCidrs: ['10.40.2.0/26', '10.40.2.64/26'],
  nodeIps: ['10.40.2.28', '10.40.2.85', '10.40.2.111'],
  placement: [0, 1, 1],
} as const;

function twoAzCluster(name: string, podRoutes: boolean): ReturnType<typeof ec2Cluster> {
  const { subnetCidrs, nodeIps, placement, mode } = twoAzNetwork;
  return ec2Cluster({
    name,
    mode,
    subnetCidrs: [...subnetCidrs],
    nodeIps: [...nodeIps],
    placement: [...placement],
    podRoutes,
  });
}

export const twoAz: Scenario = {
  name: 'two-az',
  title: 'pods in one zone reach each other, pods in two zones do not',
  story:
    'Flannel host-gw was stretched over two subnets. Next hops in another subnet are no neighbours; no table helps.',
  situation: () => injected(twoAzCluster('two-az', false), faults.noPodRoutes()),
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const twoAzFixed: Scenario = {
  name: 'two-az-fixed',
  title: 'the same two zones, with a route per node in both tables',
  story: 'Nodes of one subnet talk directly; between the subnets the tables carry the packets.',
  situation: () => injected(twoAzCluster('two-az-fixed', true)),
  inputs: {},
  expect: { verdict: 'pass', step: 'pass' },
};

export const foreignTable: Scenario = {
  name: 'foreign-table',
  title: 'since a change to the network, one zone cannot reach the others',
  story: 'One node subnet was associated with a table that knows no pod route. The table beside it would be right.',
  situation: (nodes = 6) => injected(ec2Cluster({ ...cluster, nodes }), faults.foreignTable(1)),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const dualStack: Scenario = {
  name: 'dual-stack',
  title: 'IPv4 works, IPv6 does not, and only towards one node',
  story: 'A dual-stack cluster in two subnets. The IPv6 pod route of one node is missing in the other subnet.',
  situation: (nodes = 4) =>
    injected(
      ec2Cluster({ name: 'dual-stack', mode: 'host-gw', subnets: 2, nodes, ipv6: true }),
      faults.routeMissing(1, [0], 6),
    ),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};
