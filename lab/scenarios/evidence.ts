/** Runs that cannot see everything, or nothing: what is not known must never look like a pass. */

import { ec2Cluster } from '../world/ec2-cluster.ts';
import { twinNetwork } from '../world/faults.ts';
import type { World } from '../world/world.ts';
import { ec2HostGw } from './host-gw.ts';
import type { Scenario } from './scenario.ts';

function healthy(name: string, nodes: number): World {
  return ec2Cluster({ name, mode: 'host-gw', subnets: 3, nodes });
}

const unknown = { verdict: 'unknown', step: 'fail' } as const;

export const wrongAccount: Scenario = {
  name: 'wrong-account',
  title: 'the credentials belong to another account',
  story: 'The step logged in to an account that holds none of the nodes: reads succeed, and find strangers.',
  situation: (nodes = 6) => {
    const world = healthy('wrong-account', nodes);
    const other = ec2Cluster({ name: 'billing', mode: 'vpc-cni', nodes: 2, accountId: '444455556666' });
    return { world: { ...world, aws: other.aws }, findings: [] };
  },
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: unknown,
};

export const zeroNodes: Scenario = {
  name: 'zero-nodes',
  title: 'the cluster has no nodes',
  story: 'Scaled to nothing, or the wrong cluster: there is no pair to judge, and that is no pass.',
  situation: () => ({ world: healthy('zero-nodes', 0), findings: [] }),
  inputs: {},
  expect: unknown,
};

export const noPermission: Scenario = {
  name: 'no-permission',
  title: 'the role may not read route tables',
  story: 'Everything is healthy, but the IAM policy lacks one action: pairs of different subnets stay unknown.',
  situation: (nodes = 6) => ({ world: healthy('no-permission', nodes), findings: [] }),
  nodes: { least: 2, most: 240 },
  inputs: {},
  deny: ['ec2:DescribeRouteTables'],
  expect: unknown,
};

export const noClusterPermission: Scenario = {
  name: 'no-cluster-permission',
  title: 'the service account may not list nodes',
  story: 'The token is good, but its role does not allow to list nodes: nothing can be judged.',
  situation: (nodes = 6) => ({ world: healthy('no-cluster-permission', nodes), findings: [] }),
  nodes: { least: 2, most: 240 },
  inputs: {},
  kubeDeny: ['list nodes'],
  expect: unknown,
};

export const apiUnreachable: Scenario = {
  name: 'api-unreachable',
  title: 'the API server does not answer',
  story: 'Nobody listens at the address in the kubeconfig.',
  situation: (nodes = 3) => ({ world: healthy('api-unreachable', nodes), findings: [] }),
  nodes: { least: 2, most: 240 },
  inputs: { timeout: '60s' },
  apiUnreachable: true,
  expect: unknown,
};

export const tokenExpired: Scenario = {
  name: 'token-expired',
  title: 'the cloud credentials have expired',
  story: 'The cluster was read; EC2 refuses the session token, which was good an hour ago.',
  situation: (nodes = 6) => ({ world: healthy('token-expired', nodes), findings: [] }),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expiredToken: 'aws',
  expect: unknown,
};

export const twoNetworks: Scenario = {
  name: 'two-networks',
  title: 'nodes without provider ids, and a second network with the same addresses',
  story: 'No cloud provider runs in the cluster, and staging uses the same ranges: one node may be either machine.',
  situation: (nodes = 3) => {
    const world = ec2Cluster({ name: 'two-networks', mode: 'host-gw', nodes, providerIds: false });
    twinNetwork(0).into(world);
    return { world, findings: [] };
  },
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: unknown,
};

export const snapshotReplay: Scenario = {
  ...ec2HostGw,
  name: 'snapshot-replay',
  title: 'the same verdict again, from a saved snapshot, with no credentials at all',
  story:
    'A first run reads the broken twelve-node cluster and saves what it saw. The run that you see gets that file and ' +
    'nothing else: no kubeconfig, no cloud.',
  replay: true,
};
