/** Networks that the cloud routes, and networks that need no pod routes at all. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { subnetOf } from '../world/addresses.ts';
import { injected } from './scenario.ts';
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

export const servicesInside: Scenario = {
  name: 'services-inside',
  title: 'all paths work, and now and then a pod cannot be reached by anybody',
  story:
    'Somebody gave the pods a range inside that of the Services. As long as no Service has the address of a pod, nothing ' +
    'shows; the day one gets it, packets for the pod are redirected on every node.',
  situation: (nodes = 4) => {
    const world = ec2Cluster({ name: 'services-inside', mode: 'fabric', subnets: 2, nodes, podCidr: '10.100.0.0/16' });
    return injected(world, faults.serviceRange('10.96.0.0/12'));
  },
  nodes: { least: 2, most: 240 },
  inputs: { 'network-mode': 'fabric' },
  expect: { verdict: 'pass', step: 'pass' },
};

export const secondFamily: Scenario = {
  name: 'second-family',
  title: 'dual stack was switched on, and IPv6 works on no path',
  story:
    'Nodes got IPv6 podCIDRs beside their IPv4 ones. The route controller makes IPv4 routes only, so every table lacks ' +
    'every IPv6 route: one cause, not one per node.',
  situation: (nodes = 6) =>
    injected(
      ec2Cluster({ name: 'second-family', mode: 'fabric', subnets: 2, nodes, ipv6: true }),
      faults.noRoutesOf(6),
    ),
  nodes: { least: 2, most: 240 },
  inputs: { 'network-mode': 'fabric' },
  expect: { verdict: 'fail', step: 'fail' },
};
