/** Networks that the cloud routes, and networks that need no pod routes at all. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { subnetOf } from '../world/addresses.ts';
import type { Scenario } from './scenario.ts';

export const kubenet: Scenario = {
  name: 'kubenet',
  title: 'no CNI agent: one route per node in one shared table, two of them wrong',
  story:
    "The cloud's route controller compares node names only, so it never saw that a replaced node's route still leads to " +
    'another machine, and it turns the source/destination check off only when it makes a route.',
  situation: (nodes = 6) => {
    const world = ec2Cluster({ name: 'kubenet', mode: 'fabric', subnets: 2, tables: 'shared', nodes });
    const done = faults.inject(world, faults.wrongTarget(2, { node: 3 }), faults.checkOn(1));
    return { world: done.world, findings: done.expected };
  },
  nodes: { least: 4, most: 240 },
  inputs: { 'network-mode': 'fabric' },
  expect: { verdict: 'fail', step: 'fail' },
};

export const blackhole: Scenario = {
  name: 'blackhole',
  title: 'two live nodes, and routes of forty-eight that are gone',
  story:
    'An autoscaled cluster whose old routes were never deleted. Everything works today; the table fills up, and once it ' +
    'is full new nodes get no route.',
  situation: () => {
    const world = ec2Cluster({ name: 'blackhole', mode: 'fabric', nodes: 2, tables: 'main' });
    const dead = Array.from({ length: 48 }, (_, i) => faults.staleRoute(subnetOf('10.244.0.0/16', 24, i + 2)));
    const done = faults.inject(world, ...dead);
    return { world: done.world, findings: done.expected };
  },
  inputs: { 'network-mode': 'fabric', 'pod-cidrs': '10.244.0.0/16' },
  expect: { verdict: 'pass', step: 'pass' },
};

export const vpcCni: Scenario = {
  name: 'vpc-cni',
  title: "pods with addresses of the cloud's own interfaces",
  story: 'The Amazon VPC CNI gives pods addresses that EC2 knows. No pod route is needed; checks may stay on.',
  situation: (nodes = 6) => ({
    world: ec2Cluster({ name: 'vpc-cni', mode: 'vpc-cni', subnets: 3, nodes }),
    findings: [],
  }),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: { verdict: 'not-applicable', step: 'pass' },
};

export const flannelVxlan: Scenario = {
  name: 'flannel-vxlan',
  title: 'pod packets in tunnels between the nodes',
  story: 'Flannel with backend vxlan. The cloud sees node addresses only, so checks and tables do not matter.',
  situation: (nodes = 6) => ({
    world: ec2Cluster({ name: 'flannel-vxlan', mode: 'vxlan', subnets: 3, nodes }),
    findings: [],
  }),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: { verdict: 'not-applicable', step: 'pass' },
};
