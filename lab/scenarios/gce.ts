/** Clusters on Compute Engine: the network routes every packet, and static routes, tags and alias ranges say where to. */

import { subnetOf } from '../world/addresses.ts';
import * as faults from '../world/faults.ts';
import * as gce from '../world/faults/gce.ts';
import { dropGceRoutes, gceAt, putGceRoute } from '../world/gce-look.ts';
import { gceCluster } from '../world/gce-cluster.ts';
import { podRange } from '../world/look.ts';
import type { World } from '../world/world.ts';
import { injected } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const broken = { verdict: 'fail', step: 'fail' } as const;
const sound = { verdict: 'pass', step: 'pass' } as const;

function cluster(nodes: number, more: Partial<Parameters<typeof gceCluster>[0]> = {}): World {
  return gceCluster({ name: 'shop', mode: 'host-gw', nodes, subnets: 2, podCidr: '10.64.0.0/10', ...more });
}

export const gceHostGw: Scenario = {
  name: 'gce-host-gw',
  title: 'flannel host-gw on Compute Engine: all nodes are Ready, and some pods do not answer',
  story:
    'On Compute Engine a node has no neighbours: flannel’s routes are refused, and the network’s own routes carry all. ' +
    'One route was forgotten, one instance came up without canIpForward, one route has a network tag that two machines ' +
    'lack, one podCIDR has a second route of equal priority to a machine that was deleted, and a test left a longer ' +
    'route behind. A wrong route of lower priority and one by address look odd and harm nobody.',
  situation: (nodes = 9) =>
    injected(
      cluster(nodes),
      gce.gceForwardingOff('worker-03'),
      gce.gceRouteMissing('worker-05'),
      gce.gceTagged('worker-07', ['worker-01', 'worker-02']),
      gce.gceEcmp('worker-04', 'gone'),
      gce.gceShadow('worker-08', { node: 'worker-02' }),
      gce.gceWorseDuplicate('worker-06', { node: 'worker-01' }),
      gce.gceOtherNextHop('worker-09'),
      gce.gceStaleRoute(subnetOf('10.64.0.0/10', 24, nodes + 30), 'worker-01'),
    ),
  nodes: { least: 9, most: 5000 },
  inputs: {},
  expect: broken,
};

export const gceHealthy: Scenario = {
  name: 'gce-healthy',
  title: 'the same cluster on Compute Engine as it should be',
  story:
    'A static route for every podCIDR, canIpForward everywhere: flannel host-gw works although nothing is on-link.',
  situation: (nodes = 9) => injected(cluster(nodes)),
  nodes: { least: 2, most: 5000 },
  inputs: {},
  expect: sound,
};

export const gceAlias: Scenario = {
  name: 'gce-alias',
  title: 'a VPC-native cluster: no routes, canIpForward off, and all is well',
  story:
    'Every podCIDR is an alias IP range of its node, so the network itself knows where pods are. Asking for routes or ' +
    'canIpForward here would be wrong.',
  situation: (nodes = 6) => injected(gceCluster({ name: 'native', mode: 'alias', nodes, subnets: 2 })),
  nodes: { least: 2, most: 60 },
  inputs: {},
  expect: sound,
};

export const gceTwoNodes: Scenario = {
  name: 'gce-two-nodes',
  title: 'two nodes, flannel says network is unreachable, and a NodePort answers on its own node only',
  story:
    'Flannel host-gw was installed as on a LAN. Instances have /32 addresses, so the peer is not on-link, and nobody ' +
    'made routes in the network instead.',
  situation: () => {
    const world = gceCluster({
      name: 'two-nodes',
      mode: 'host-gw',
      networkCidr: '10.132.0.0/16',
      nodeIps: ['10.132.0.3', '10.132.0.4'],
      podCidr: '192.168.0.0/16',
      podCidrs: [['192.168.1.0/24'], ['192.168.2.0/24']],
    });
    return injected(world, gce.gceNoPodRoutes());
  },
  inputs: {},
  expect: broken,
};

export const gceStalePodCidr: Scenario = {
  name: 'gce-stale-podcidr',
  title: 'the node has a route, but for a range that it had before',
  story:
    'A node came back under its old name and got another podCIDR. The route of the former one is still there and leads ' +
    'to it; for the present one there is none.',
  situation: () => {
    const done = injected(gceCluster({ name: 'stale', mode: 'fabric', nodes: 4 }), gce.gceRouteMissing(2));
    const old = injected(done.world, gce.gceStaleRoute('10.244.90.0/24', 2));
    return { world: old.world, findings: [...done.findings, ...old.findings] };
  },
  inputs: { 'network-mode': 'fabric', 'pod-cidrs': '10.244.0.0/16' },
  expect: broken,
};

/** The route of a node leads to the address of another one. */
function recycledAddress(world: World): void {
  const owner = gceAt(world, 1);
  const prefix = podRange(owner.node);
  dropGceRoutes(owner.gce, prefix);
  putGceRoute(owner.gce, owner.nic.network, prefix, { target: { kind: 'ip', ip: gceAt(world, 3).nic.ip } });
}

export const gceSharedVpc: Scenario = {
  name: 'gce-shared-vpc',
  title: 'Shared VPC: the instances are in one project, the routes in another, and one address was given out again',
  story:
    'Routes of a Shared VPC can name addresses only. A node was replaced and got another address; its old one went to ' +
    'another node, and so do the pod packets.',
  situation: (nodes = 5) => {
    const world = gceCluster({ name: 'shared', mode: 'fabric', nodes, subnets: 2, hostProject: 'net-host' });
    recycledAddress(world);
    const owner = gceAt(world, 1);
    const subjects = { nodes: [owner.node.name], prefixes: [podRange(owner.node)], routeTables: [owner.table] };
    return { world, findings: [{ rule: 'fabric-route-wrong-target', verdict: 'fail', subjects }] };
  },
  nodes: { least: 4, most: 240 },
  inputs: {},
  expect: broken,
};

export const gceFirewallWithoutPods: Scenario = {
  name: 'gce-firewall-without-pods',
  title: 'routes are right, the nodes reach each other, and no pod answers one of another node',
  story:
    'The network was made for this cluster, so it denies everything by itself. Its rules admit the subnetwork of the ' +
    'nodes, and nobody thought of the pods, whose addresses are no part of it.',
  situation: () => {
    const podCidrs = [['192.168.0.0/24'], ['192.168.1.0/24']];
    const world = gceCluster({ name: 'capg', mode: 'fabric', nodes: 2, podCidr: '192.168.0.0/16', podCidrs });
    return injected(world, gce.gcePodFirewallMissing());
  },
  inputs: {},
  expect: broken,
};

export const gceFirewallPolicy: Scenario = {
  name: 'gce-firewall-policy',
  title: 'the network’s own rules admit pods, and a policy of the organization goes before them',
  story:
    'A hierarchical firewall policy denies SSH between private addresses. What it leaves of the pods’ packets is not ' +
    'worked out, so nothing is claimed to work. A second one is about administrators from outside, and is no matter.',
  situation: (nodes = 4) =>
    injected(
      cluster(nodes),
      gce.gcePolicy('HIERARCHY', { traffic: [{ protocol: 'tcp', ports: ['22'] }] }),
      gce.gcePolicy('HIERARCHY', { srcIpRanges: ['35.235.240.0/20'], action: 'allow' }),
    ),
  nodes: { least: 2, most: 240 },
  inputs: {},
  expect: { verdict: 'unknown', step: 'fail' },
};

export const gceUnreachableZone: Scenario = {
  name: 'gce-unreachable-zone',
  title: 'one zone does not answer',
  story: 'Compute Engine lists everything but the instances of one zone. They may be well; nobody knows.',
  situation: (nodes = 6) => injected(cluster(nodes), gce.gceUnreachableZone(1)),
  nodes: { least: 3, most: 240 },
  inputs: {},
  expect: { verdict: 'unknown', step: 'fail' },
};

export const gceNoPermission: Scenario = {
  name: 'gce-no-permission',
  title: 'the service account may not list routes of the host project',
  story: 'The role was granted in the service project only; the network and its routes are in the host project.',
  situation: (nodes = 4) =>
    injected(
      gceCluster({ name: 'denied', mode: 'host-gw', nodes, hostProject: 'net-host' }),
      faults.nonCanonicalPodCidr(1),
    ),
  nodes: { least: 2, most: 240 },
  inputs: {},
  gceDeny: ['compute.routes.list net-host'],
  expect: { verdict: 'unknown', step: 'fail' },
};
