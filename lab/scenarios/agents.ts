/** Network agents that have a way of their own: other ranges, other routes, or pods that belie their configuration. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { nodeOf } from '../world/look.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const calicoCrossSubnet: Scenario = {
  name: 'calico-cross-subnet',
  title: 'Calico encapsulates between subnets only, and one node lost its neighbours',
  story:
    'VXLANCrossSubnet on EC2: inside a subnet packets go from node to node as they are, between subnets they travel in ' +
    'VXLAN. A node was replaced, and its new interface came with the source/destination check on. Pods on it reach ' +
    'every other subnet, and nobody in their own.',
  situation: (nodes = 6) =>
    injected(
      ec2Cluster({ name: 'calico-cross-subnet', mode: 'calico-cross-subnet', subnets: 2, nodes }),
      faults.checkOn(1),
    ),
  nodes: { least: 4, most: 240 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const ciliumClusterPool: Scenario = {
  name: 'cilium-cluster-pool',
  title: 'Cilium gives nodes ranges of its own, and one of them has no route',
  story:
    'Native routing with ipam cluster-pool: what counts are the ranges in the CiliumNode objects. The nodes have ' +
    'spec.podCIDRs, too, which nobody uses. A script that makes the routes missed a node.',
  situation: (nodes = 5) =>
    injected(
      ec2Cluster({ name: 'cilium-cluster-pool', mode: 'cilium-pool', tables: 'shared', subnets: 2, nodes }),
      faults.routeMissing(3),
    ),
  nodes: { least: 4, most: 240 },
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const podsElsewhere: Scenario = {
  name: 'pods-elsewhere',
  title: 'pods of one node have addresses that its podCIDR does not hold',
  story:
    'flannel host-gw, by all that its configuration says. On one node an old CNI configuration file comes first, so its ' +
    'pods get addresses of another range, which nobody routes. What the podCIDRs would say about it means nothing.',
  situation: (nodes = 4) => {
    const world = ec2Cluster({ name: 'pods-elsewhere', mode: 'host-gw', nodes });
    const { name } = nodeOf(world, 2);
    for (const pod of world.cluster.pods) {
      if (pod.nodeName === name && !pod.hostNetwork) pod.podIPs = ['172.30.0.5'];
    }
    return { world, findings: [] };
  },
  nodes: { least: 3, most: 240 },
  inputs: {},
  expect: { verdict: 'unknown', step: 'fail' },
};
