/** What a cluster is before any cloud has a say: how many nodes, of which kind, with which addresses and podCIDRs. */

import { addressAt, covers, familyOf, rangeOf, subnetOf } from './addresses.ts';
import { uid } from './ids.ts';
import { ipPools } from './agents.ts';
import { addNode, configMaps, daemonSets, makeNode } from './kubernetes.ts';
import type { NodePlan } from './kubernetes.ts';
import { before, must } from './look.ts';
import { MODES, ownPodCidr, ownPodCidr6 } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import type { World } from './world.ts';

/** The options that the builders of all clouds share. */
export interface ClusterShape {
  name: string;
  title?: string;
  /** Before every node's name, where a cluster has parts in several clouds. */
  nodePrefix?: string;
  /** Default 3. */
  nodes?: number;
  /** Default 1. */
  subnets?: number;
  podCidr?: string;
  /** Length of a node's IPv4 podCIDR. Default 24. */
  podMask?: number;
  /** Dual stack: a second podCIDR per node, IPv6 subnets and routes. */
  ipv6?: boolean;
  /** Default: /20 networks of the network's range, one after the other. */
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
  /** Whether the tables carry pod routes. Default: yes, unless the mode needs none there. */
  podRoutes?: boolean;
  /** Mode fabric: whether a route controller left NetworkUnavailable=False/RouteCreated. Default true. */
  routeCreated?: boolean;
  now?: string;
}

/** A node-to-be, and the machine that it needs. */
export interface Seat {
  name: string;
  /** Number of its subnet. */
  place: number;
  /** How many machines sit in that subnet before it. */
  number: number;
  v4: string;
  v6?: string;
  podCIDRs: string[];
  /** What the agent's own address management gives it, where it has one. */
  ranges?: string[];
  os: 'linux' | 'windows';
  controlPlane: boolean;
  createdAt: string;
  launchedAt: string;
}

/** What kubeadm gives Services; and a range of the second family. */
export const serviceCidr = '10.96.0.0/12';
const serviceCidr6 = 'fd00:10:96::/108';
export const podCidr6 = 'fd00:10:244::/48';
const day = 24 * 3600 * 1000;
const defaultNow = '2026-11-20T09:00:00Z';
export const defaultPodCidr = '10.244.0.0/16';

/** The IPv4 networks of the node subnets. */
export function subnetCidrs(shape: ClusterShape, networkCidr: string): string[] {
  return shape.subnetCidrs ?? Array.from({ length: shape.subnets ?? 1 }, (_, i) => subnetOf(networkCidr, 20, i));
}

function nameOf(i: number, shape: ClusterShape, total: number): string {
  const controls = shape.controlPlanes ?? 0;
  const windows = shape.windows ?? 0;
  if (i < controls) return `control-${String(i + 1)}`;
  const isWindows = i >= total - windows;
  const number = isWindows ? i - (total - windows) + 1 : i - controls + 1;
  return `${isWindows ? 'windows' : 'worker'}-${String(number).padStart(2, '0')}`;
}

/** A world with a cluster that has no nodes yet, and no cloud. */
export function emptyWorld(shape: ClusterShape): World {
  const { name } = shape;
  return {
    name,
    title: shape.title ?? name,
    now: shape.now ?? defaultNow,
    cluster: {
      uid: uid('cluster', name),
      version: 'v1.34.2',
      nodes: [],
      pods: [],
      daemonSets: [],
      configMaps: [],
      serviceCidrs: [{ name: 'kubernetes', cidrs: [serviceCidr, ...(shape.ipv6 === true ? [serviceCidr6] : [])] }],
    },
    aws: [],
  };
}

/**
 * All nodes of the cluster, placed and addressed. `v6`: the IPv6 address of the so-manieth machine of a subnet.
 * @throws Error when the options contradict each other (a subnet number that is not there, ranges that are full).
 */
export function seatNodes(
  shape: ClusterShape,
  subnets: readonly { cidr: string; ipv6Cidr?: string | undefined }[],
  v6: (cidr: string, number: number) => string,
): Seat[] {
  const { ipv6 = false, podCidr = defaultPodCidr, podMask = 24, now = defaultNow } = shape;
  const total = shape.nodes ?? shape.nodeIps?.length ?? 3;
  const used = subnets.map(() => 10);
  return Array.from({ length: total }, (_, i): Seat => {
    const place = shape.placement?.[i] ?? i % subnets.length;
    const subnet = must(subnets[place], `subnet number ${String(place)}`);
    const number = used[place] ?? 10;
    used[place] = number + 1;
    const createdAt = before(now, 30 * day);
    const given = [subnetOf(podCidr, podMask, i), ...(ipv6 ? [subnetOf(podCidr6, 64, i)] : [])];
    return {
      name: `${shape.nodePrefix ?? ''}${nameOf(i, shape, total)}`,
      place,
      number,
      v4: shape.nodeIps?.[i] ?? addressAt(subnet.cidr, number),
      ...(subnet.ipv6Cidr === undefined ? {} : { v6: v6(subnet.ipv6Cidr, number) }),
      podCIDRs: shape.podCidrs?.[i] ?? given,
      os: i >= total - (shape.windows ?? 0) ? 'windows' : 'linux',
      controlPlane: i < (shape.controlPlanes ?? 0),
      createdAt,
      launchedAt: before(createdAt, 5 * 60 * 1000),
    };
  });
}

export type MachineIdentity = Pick<NodePlan, 'zone' | 'region' | 'internalDns' | 'instanceType'> & {
  providerID: string;
};

function hasWindows(shape: ClusterShape): boolean {
  return (shape.windows ?? 0) > 0;
}

/** The node object of a seat, and the pods that its agents run there. */
export function joinCluster(
  world: World,
  shape: ClusterShape,
  mode: NetworkMode,
  seat: Seat,
  on: MachineIdentity,
): void {
  const { providerID, ...rest } = on;
  const node = makeNode({
    cluster: shape.name,
    name: seat.name,
    ...rest,
    ...((shape.providerIds ?? true) ? { providerID } : {}),
    internalIps: seat.v6 === undefined ? [seat.v4] : [seat.v4, seat.v6],
    podCIDRs: seat.podCIDRs,
    ...(seat.ranges === undefined ? {} : { ranges: seat.ranges }),
    os: seat.os,
    controlPlane: seat.controlPlane,
    mode,
    createdAt: seat.createdAt,
    routeCreated: shape.routeCreated ?? true,
    hasWindows: hasWindows(shape),
  });
  addNode(world, node, mode);
}

/** The pod ranges that get routes: those of families that the cluster has. */
export function routedCidrs(shape: ClusterShape, seat: Seat): string[] {
  return (seat.ranges ?? seat.podCIDRs).filter((cidr) => shape.ipv6 === true || familyOf(cidr) === 4);
}

/** All that pods of the cluster may have addresses from: what healthy filters let in. */
export function clusterPodRanges(shape: ClusterShape, mode: NetworkMode): string[] {
  const { ranges } = MODES[mode];
  const isOwn = ranges === 'calico' || ranges === 'cilium';
  const v4 = isOwn ? ownPodCidr : (shape.podCidr ?? defaultPodCidr);
  const v6 = isOwn ? ownPodCidr6 : podCidr6;
  const whole = [v4, ...(shape.ipv6 === true ? [v6] : [])];
  const isOutside = (cidr: string): boolean => !whole.some((range) => covers(rangeOf(range), rangeOf(cidr)));
  return [...whole, ...(shape.podCidrs ?? []).flat().filter(isOutside)];
}

/**
 * What the mode's agent makes of the podCIDRs: two blocks of Calico per node, a range of Cilium's pool, or nothing where
 * the cloud gives pods their addresses.
 */
export function giveRanges(shape: ClusterShape, mode: NetworkMode, seats: readonly Seat[]): void {
  const { ranges } = MODES[mode];
  seats.forEach((seat, i) => {
    if (ranges === 'cloud') seat.podCIDRs = [];
    if (ranges !== 'calico' && ranges !== 'cilium') return;
    const [mask, many, mask6] = ranges === 'calico' ? [26, 2, 122] : [24, 1, 64];
    const v4 = Array.from({ length: many }, (_, number) => subnetOf(ownPodCidr, mask, i * many + number));
    seat.ranges = shape.ipv6 === true ? [...v4, subnetOf(ownPodCidr6, mask6, i)] : v4;
  });
}

/** What follows from the nodes: DaemonSets and the configuration that they mount. */
export function finishCluster(world: World, shape: ClusterShape, mode: NetworkMode): World {
  world.cluster.daemonSets = daemonSets(world, mode);
  const second = shape.ipv6 === true ? podCidr6 : undefined;
  const pools = ipPools(mode, shape.ipv6 === true);
  if (pools !== undefined) world.cluster.ipPools = pools;
  const { ranges } = MODES[mode];
  if (ranges === 'calico' || ranges === 'cilium') world.cluster.rangesIn = ranges;
  world.cluster.configMaps = configMaps(mode, shape.podCidr ?? defaultPodCidr, second, hasWindows(shape));
  return world;
}
