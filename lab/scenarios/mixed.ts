/** Clusters whose nodes stand in several clouds. */

import { azureCluster } from '../world/azure-cluster.ts';
import { ec2Cluster } from '../world/ec2-cluster.ts';
import * as faults from '../world/faults.ts';
import { azureRouteMissing } from '../world/faults/azure.ts';
import { gceForwardingOff } from '../world/faults/gce.ts';
import { gceCluster } from '../world/gce-cluster.ts';
import type { NetworkMode } from '../world/network-modes.ts';
import { mixedCluster } from '../world/mixed-cluster.ts';
import type { World } from '../world/world.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

function everywhere(name: string, mode: Exclude<NetworkMode, 'vpc-cni' | 'azure-cni' | 'alias'>): World {
  return mixedCluster({
    name,
    mode,
    parts: [
      ec2Cluster({ name, mode, nodes: 3, subnets: 2, nodePrefix: 'ec2-', podCidr: '10.244.0.0/18' }),
      gceCluster({ name, mode, nodes: 3, nodePrefix: 'gce-', podCidr: '10.244.64.0/18' }),
      azureCluster({ name, mode, nodes: 3, nodePrefix: 'azure-', podCidr: '10.244.128.0/18' }),
    ],
    onPremises: [{ name: 'cellar-01', ip: '192.168.50.10', podCidr: '10.244.192.0/24' }],
  });
}

export const mixedClouds: Scenario = {
  name: 'mixed-clouds',
  title: 'one cluster in three clouds and a cellar: each part has a fault of its own',
  story:
    'Nodes on EC2, Compute Engine, Azure, and one at home. Inside each cloud every pair is judged by that cloud’s rules; ' +
    'what connects the clouds is nobody’s to tell, so pairs from one to another are unknown.',
  situation: () =>
    injected(
      everywhere('mixed-clouds', 'host-gw'),
      faults.checkOn('ec2-worker-02'),
      gceForwardingOff('gce-worker-03'),
      azureRouteMissing('azure-worker-01'),
    ),
  inputs: {},
  expect: { verdict: 'fail', step: 'fail' },
};

export const mixedOverlay: Scenario = {
  name: 'mixed-overlay',
  title: 'the same cluster with pod packets in tunnels',
  story: 'Flannel with backend vxlan at both ends of every pair: no cloud sees pod addresses, so none has a say.',
  situation: () => {
    const world = everywhere('mixed-overlay', 'vxlan');
    return { world, findings: [] };
  },
  inputs: {},
  expect: { verdict: 'not-applicable', step: 'pass' },
};
