/** Security groups and network ACLs on EC2: routes and checks are right, and pods are refused all the same. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const podCidr = '10.244.0.0/16';

export const awsGroupWithoutPods: Scenario = {
  name: 'aws-group-without-pods',
  title: 'every route is there and every check is off, and still no pod reaches a pod on another node',
  story:
    'Flannel host-gw in two subnets. The network team replaced the nodes’ security group by one that refuses by default: ' +
    'it lets in the ranges of the VPC, and nobody told them that pods have addresses of their own.',
  situation: (nodes = 4) =>
    injected(ec2Cluster({ name: 'shop', mode: 'host-gw', subnets: 2, nodes, podCidr }), faults.groupLostPods()),
  nodes: { least: 2, most: 240 },
  inputs: { 'pod-cidrs': podCidr },
  expect: { verdict: 'fail', step: 'fail' },
};

export const awsAclBetweenZones: Scenario = {
  name: 'aws-acl-between-zones',
  title: 'pods in one zone reach each other, and nothing that a pod of another zone sends arrives in the second one',
  story:
    'A route controller keeps the tables of two zones complete. A hardening script gave the second zone’s subnet a network ' +
    'ACL that refuses 10.240.0.0/12 as not in use. Inside a subnet no ACL is asked, so most of it still works.',
  situation: (nodes = 6) =>
    injected(
      ec2Cluster({ name: 'shop', mode: 'fabric', subnets: 2, nodes, podCidr }),
      faults.aclDeniesPods(1, '10.240.0.0/12'),
    ),
  nodes: { least: 2, most: 240 },
  inputs: { 'pod-cidrs': podCidr },
  expect: { verdict: 'fail', step: 'fail' },
};
