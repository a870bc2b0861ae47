/** A healthy cluster on EC2: one network, some subnets, a table per subnet or one for all, and nodes in them. */

import { addressAt, familyOf, subnetOf } from './addresses.ts';
import { addMachine, addPodRoutes, makeNetwork } from './ec2-network.ts';
import { uid } from './ids.ts';
import { addNode, configMaps, daemonSets, makeNode } from './kubernetes.ts';
import type { NetworkMode } from './kubernetes.ts';
import { before, must } from './look.ts';
import type { AwsRegionWorld, RouteTableWorld, World } from './world.ts';

export interface ClusterOptions {
  name: string;
  title?: string;
  mode: NetworkMode;
  /** Default 3. */
  nodes?: number;
  /** Default 1. */
  subnets?: number;
  /**
   * per-subnet: every node subnet has a table of its own; main: all use the network's main table; shared: all are
   * associated with one table that is not the main one. Default per-subnet.
   */
  tables?: 'per-subnet' | 'main' | 'shared';
  podCidr?: string;
  /** Length of a node's IPv4 podCIDR. Default 24. */
  podMask?: number;
  /** Dual stack: a second podCIDR per node, IPv6 subnets and routes. */
  ipv6?: boolean;
  vpcCidr?: string;
  /** Default: /20 networks of the VPC, one after the other. */
  subnetCidrs?: string[];
  /** Subnet number of each node. Default: in turn. */
  placement?: number[];
  /** InternalIP (IPv4) of each node; default: from .10 of its subnet on. */
  nodeIps?: string[];
  podCidrs?: string[][];
  /** How many of the first nodes are control planes. Default 0. */
  controlPlanes?: number;
  /** How many of the last nodes run Windows. Default 0. */
  windows?: number;
  /** Whether nodes carry a providerID. Default true. */
  providerIds?: boolean;
  /** Whether the tables carry pod routes. Default: yes, unless host-gw in one subnet, overlay or eni need none. */
  podRoutes?: boolean;
  /** Mode fabric: whether a route controller left NetworkUnavailable=False/RouteCreated. Default true. */
  routeCreated?: boolean;
  region?: string;
  accountId?: string;
  now?: string;
}

const day = 24 * 3600 * 1000;
export const podCidr6 = 'fd00:10:244::/48';

function nameOf(i: number, options: ClusterOptions, total: number): string {
  const controls = options.controlPlanes ?? 0;
  const windows = options.windows ?? 0;
  if (i < controls) return `control-${String(i + 1)}`;
  const isWindows = i >= total - windows;
  const number = isWindows ? i - (total - windows) + 1 : i - controls + 1;
  return `${isWindows ? 'windows' : 'worker'}-${String(number).padStart(2, '0')}`;
}

/** The tables into which a healthy cluster's route controller (or its owner) writes. */
function tablesWithPodRoutes(options: ClusterOptions, region: AwsRegionWorld): RouteTableWorld[] {
  const needed =
    options.mode === 'fabric' ||
    (options.mode === 'host-gw' && (options.subnets ?? options.subnetCidrs?.length ?? 1) > 1);
  if (!(options.podRoutes ?? needed)) return [];
  const main = region.vpcs[0]?.mainRouteTableId;
  return region.routeTables.filter((table) => (options.tables === 'main' ? table.id === main : table.id !== main));
}

/** @throws Error when the options contradict each other (a subnet number that is not there, ranges that are full). */
export function ec2Cluster(options: ClusterOptions): World {
  const { name, mode, ipv6 = false, podCidr = '10.244.0.0/16', podMask = 24 } = options;
  const now = options.now ?? '2026-11-20T09:00:00Z';
  const region: AwsRegionWorld = {
    accountId: options.accountId ?? '111122223333',
    region: options.region ?? 'eu-central-1',
    vpcs: [],
    subnets: [],
    routeTables: [],
    instances: [],
    interfaces: [],
    prefixLists: [],
  };
  const subnets = makeNetwork(options, region);
  const world: World = {
    name,
    title: options.title ?? name,
    now,
    cluster: { uid: uid('cluster', name), version: 'v1.34.2', nodes: [], pods: [], daemonSets: [], configMaps: [] },
    aws: [region],
  };
  const routed = tablesWithPodRoutes(options, region);
  const total = options.nodes ?? options.nodeIps?.length ?? 3;
  const used = subnets.map(() => 10);
  for (let i = 0; i < total; i++) {
    const place = options.placement?.[i] ?? i % subnets.length;
    const subnet = must(subnets[place], `subnet number ${String(place)}`);
    const number = used[place] ?? 10;
    used[place] = number + 1;
    const node = nameOf(i, options, total);
    const v4 = options.nodeIps?.[i] ?? addressAt(subnet.cidr, number);
    const v6 = subnet.ipv6Cidrs[0] === undefined ? undefined : addressAt(subnet.ipv6Cidrs[0], 0xa000n + BigInt(number));
    const createdAt = before(now, 30 * day);
    const machine = addMachine(region, {
      cluster: name,
      name: node,
      subnet,
      privateIp: v4,
      ...(v6 === undefined ? {} : { ipv6: v6 }),
      sourceDestCheck: mode === 'vxlan' || mode === 'vpc-cni',
      launchedAt: before(createdAt, 5 * 60 * 1000),
    });
    const given = [subnetOf(podCidr, podMask, i), ...(ipv6 ? [subnetOf(podCidr6, 64, i)] : [])];
    const podCIDRs = mode === 'vpc-cni' ? [] : (options.podCidrs?.[i] ?? given);
    const isWindows = i >= total - (options.windows ?? 0);
    addNode(
      world,
      makeNode({
        cluster: name,
        name: node,
        zone: subnet.zone,
        region: region.region,
        instanceId: machine.instanceId,
        internalIps: v6 === undefined ? [v4] : [v4, v6],
        podCIDRs,
        os: isWindows ? 'windows' : 'linux',
        controlPlane: i < (options.controlPlanes ?? 0),
        mode,
        createdAt,
        providerId: options.providerIds ?? true,
        routeCreated: options.routeCreated ?? true,
      }),
      mode,
    );
    addPodRoutes(
      routed,
      podCIDRs.filter((cidr) => ipv6 || familyOf(cidr) === 4),
      machine.interfaceId,
    );
  }
  world.cluster.daemonSets = daemonSets(world, mode);
  world.cluster.configMaps = configMaps(mode, podCidr, ipv6 ? podCidr6 : undefined);
  return world;
}
