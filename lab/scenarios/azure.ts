/** Clusters on Azure: the virtual network routes every packet, also inside one subnet, by user-defined routes. */

import { subnetOf } from '../world/addresses.ts';
import { azureCluster } from '../world/azure-cluster.ts';
import * as faults from '../world/faults.ts';
import type { Expected } from '../world/faults.ts';
import * as azure from '../world/faults/azure.ts';
import type { World } from '../world/world.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const broken = { verdict: 'fail', step: 'fail' } as const;
const fabric = { 'network-mode': 'fabric' } as const;

function cluster(nodes: number, more: Partial<Parameters<typeof azureCluster>[0]> = {}): World {
  const shape = { name: 'shop', mode: 'host-gw', subnets: 3, podCidr: '100.64.0.0/10' } as const;
  return azureCluster({ ...shape, nodes, ...more });
}

export const azureUdr: Scenario = {
  name: 'azure-udr',
  title: 'nine nodes on Azure: all are Ready, and some pods do not answer',
  story:
    'Flannel host-gw on Azure, where the network routes every packet by user-defined routes. A subnet lost its route ' +
    'table when the network was applied again; one interface came up without IP forwarding; one node came back under ' +
    'another address, and its route still names the old one; a route was set to None while somebody looked for a fault.',
  situation: (nodes = 9) =>
    injected(
      cluster(nodes),
      azure.azureNoTable(2),
      azure.azureForwardingOff('worker-04'),
      azure.azureIpChanged('worker-05'),
      azure.azureWrongTarget('worker-07', { kind: 'none' }),
      azure.azureStaleRoute(subnetOf('100.64.0.0/10', 24, nodes + 30), 'all', 'worker-01'),
      azure.azureSecondNic('worker-08'),
      azure.azureUnrelatedTable(),
    ),
  nodes: { least: 9, most: 400 },
  inputs: {},
  expect: broken,
};

export const azureHealthy: Scenario = {
  name: 'azure-healthy',
  title: 'the same cluster on Azure as it should be',
  story: 'One route table with a route for every podCIDR, associated with all node subnets; all interfaces forward.',
  situation: (nodes = 9) => injected(cluster(nodes)),
  nodes: { least: 2, most: 400 },
  inputs: {},
  expect: { verdict: 'pass', step: 'pass' },
};

export const azureScaleSet: Scenario = {
  name: 'azure-scale-set',
  title: 'a Uniform scale set: new nodes work, two old ones do not',
  story:
    'IP forwarding was switched on in the model of the scale set. Two instances never got the new model; their network ' +
    'interfaces are in no list of the subscription’s interfaces, only below the scale set.',
  situation: (nodes = 6) =>
    injected(
      cluster(nodes, { machines: 'scale-set-uniform', subnets: 1, mode: 'fabric' }),
      azure.azureOldModel('worker-01'),
      azure.azureOldModel('worker-02'),
    ),
  nodes: { least: 3, most: 400 },
  inputs: fabric,
  expect: broken,
};

export const azureFlexible: Scenario = {
  name: 'azure-flexible',
  title: 'a Flexible scale set that works today, and will not after the next node is made',
  story: 'All interfaces forward, because somebody switched them one by one; the model of the scale set does not.',
  situation: (nodes = 4) =>
    injected(cluster(nodes, { machines: 'scale-set-flexible', subnets: 1, mode: 'fabric' }), azure.azureModelWithout()),
  nodes: { least: 2, most: 400 },
  inputs: fabric,
  expect: { verdict: 'pass', step: 'pass' },
};

function hardWay(name: string): World {
  return azureCluster({
    name,
    mode: 'fabric',
    vnetCidr: '10.240.0.0/16',
    subnetCidrs: ['10.240.0.0/24'],
    nodeIps: ['10.240.0.20', '10.240.0.21', '10.240.0.22'],
    podCidr: '10.200.0.0/16',
    routeCreated: false,
  });
}

export const azureHardWay: Scenario = {
  name: 'azure-hard-way',
  title: 'built by hand, and only pods on the first worker can be reached',
  story: 'Three workers, made step by step from a tutorial. The step with the routes was done for the first one only.',
  situation: () => injected(hardWay('hard-way'), azure.azureRouteMissing(1), azure.azureRouteMissing(2)),
  inputs: fabric,
  expect: broken,
};

export const azureSamePodCidr: Scenario = {
  name: 'azure-same-podcidr',
  title: 'DNS fails, and pods on three workers have the same addresses',
  story: 'The same POD_CIDR was typed in three terminals.',
  situation: () => {
    const done = injected(hardWay('same-podcidr'), faults.duplicatePodCidr(0, 1), faults.duplicatePodCidr(0, 2));
    const nodes = done.world.cluster.nodes.map((node) => node.name);
    const subjects = { nodes, prefixes: ['10.200.0.0/24'] };
    const findings: Expected[] = [{ rule: 'podcidr-overlap', verdict: 'fail', subjects }];
    return { world: done.world, findings };
  },
  inputs: fabric,
  expect: broken,
};

export const azureIpChange: Scenario = {
  name: 'azure-ip-change',
  title: 'a node was made anew, its address changed, and nothing reaches its pods',
  story:
    'The route controller compares node names and podCIDRs, not next hops: it found the route of 10.244.3.0/24 and left ' +
    'it alone. The old address belongs to another node now.',
  situation: () => injected(azureCluster({ name: 'ip-change', mode: 'fabric', nodes: 5 }), azure.azureIpChanged(3, 1)),
  inputs: {},
  expect: broken,
};

export const azureNoTable: Scenario = {
  name: 'azure-no-table',
  title: 'kubenet in a network of the user’s own: pods of one pool reach only themselves',
  story: 'The route table is complete, and the subnet of the second pool is not associated with it.',
  situation: (nodes = 4) =>
    injected(azureCluster({ name: 'own-network', mode: 'fabric', subnets: 2, nodes }), azure.azureNoTable(1)),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: broken,
};

export const azureForwarding: Scenario = {
  name: 'azure-forwarding',
  title: 'everything was created, routes included, and no pod reaches another node',
  story: 'IP forwarding of a network interface is off unless somebody asks for it, and the template did not.',
  situation: () => {
    const world = azureCluster({ name: 'defaults', mode: 'fabric', nodes: 3 });
    return injected(world, ...[0, 1, 2].map((i) => azure.azureForwardingOff(i)));
  },
  inputs: {},
  expect: broken,
};

export const azureNsgDeniesPods: Scenario = {
  name: 'azure-nsg-denies-pods',
  title: 'routes are complete, all interfaces forward, and pods of one subnet do not answer',
  story:
    'The network security groups let the virtual network in, and user routes make pods a part of it. Then somebody ' +
    'closed one of them for the ranges of an old data centre, 10.244.0.0/16 among them.',
  situation: (nodes = 6) => {
    const world = azureCluster({ name: 'guarded', mode: 'fabric', subnets: 2, nodes });
    return injected(world, azure.azureDeniesPods({ subnet: 1 }, '10.244.0.0/16'));
  },
  nodes: { least: 3, most: 240 },
  inputs: {},
  expect: broken,
};

export const azureNoPermission: Scenario = {
  name: 'azure-no-permission',
  title: 'the role may not read route tables',
  story: 'Everything is healthy, but the role lacks one action: no pair can be judged.',
  situation: (nodes = 4) => injected(azureCluster({ name: 'denied', mode: 'host-gw', nodes })),
  nodes: { least: 2, most: 240 },
  inputs: {},
  azureDeny: ['Microsoft.Network/routeTables/read'],
  expect: { verdict: 'unknown', step: 'fail' },
};
