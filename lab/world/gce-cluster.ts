/** A healthy cluster on Compute Engine: one network with its subnetworks, a route per podCIDR or alias ranges instead. */

import { addressAt, familyOf, subnetOf } from './addresses.ts';
import {
  clusterPodRanges,
  defaultPodCidr,
  emptyWorld,
  finishCluster,
  giveRanges,
  joinCluster,
  routedCidrs,
  seatNodes,
  subnetCidrs,
} from './cluster.ts';
import type { ClusterShape, Seat } from './cluster.ts';
import type {
  GceFirewallWorld,
  GceInstanceWorld,
  GceProjectWorld,
  GceRouteWorld,
  GceSubnetworkWorld,
  GceWorld,
} from './gce.ts';
import { clusterFirewalls } from './gce-firewalls.ts';
import { digits, uid } from './ids.ts';
import { must } from './look.ts';
import { MODES } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import type { World } from './world.ts';

/** `alias`: VPC-native, every node's podCIDR is an alias IP range; no routes, canIpForward off. */
export type GceMode = Exclude<NetworkMode, 'vpc-cni' | 'azure-cni'>;

export interface GceOptions extends ClusterShape {
  mode: GceMode;
  /** Range of which the subnetworks are cut. Default 10.132.0.0/14. */
  networkCidr?: string;
  region?: string;
  /** Project of the instances. */
  project?: string;
  /** Shared VPC: networks and routes are those of this project; default the instances' own. */
  hostProject?: string;
  /** What routes name; Shared VPC leaves only `ip`. Default instance. */
  nextHop?: 'instance' | 'ip';
  /** Network tags of every instance. */
  tags?: string[];
}

const defaultProject = 'shop-prod';
const networkCidr6 = 'fd20:4b1:77a0::/56';

/** The route of one podCIDR, as the cloud's route controller or an administrator would make it. */
export function podRoute(
  plan: { cluster: string; node: string; network: string; mode: GceMode; nth?: number },
  destRange: string,
  target: GceRouteWorld['target'],
): GceRouteWorld {
  const controlled = plan.mode === 'fabric';
  const stem = controlled
    ? `${plan.cluster.slice(0, 26)}-${uid('node', plan.cluster, plan.node)}`
    : `pods-${plan.node}${(plan.nth ?? 0) > 0 ? `-${String(plan.nth)}` : ''}`;
  return {
    name: familyOf(destRange) === 6 ? `${stem.slice(0, 60)}-v6` : stem,
    network: plan.network,
    destRange,
    priority: 1000,
    tags: [],
    description: controlled ? 'k8s-node-route' : '',
    target,
  };
}

function makeSubnetworks(options: GceOptions, network: string, region: string): GceSubnetworkWorld[] {
  const { ipv6 = false, podCidr = defaultPodCidr } = options;
  const cidrs = subnetCidrs(options, options.networkCidr ?? '10.132.0.0/14');
  return cidrs.map((cidr, i) => ({
    name: `${options.name}-nodes-${'abcdef'.charAt(i)}`,
    network,
    region,
    cidr,
    // All podCIDRs come from one range, so the first subnetwork cannot share it with others.
    secondary: options.mode === 'alias' ? secondaryRanges(podCidr, i, cidrs.length) : [],
    ...(ipv6 ? { ipv6Cidr: subnetOf(networkCidr6, 64, i) } : {}),
  }));
}

/** Each subnetwork gets an equal part of the pod range: a secondary range belongs to one subnetwork only. */
function secondaryRanges(podCidr: string, i: number, count: number): GceSubnetworkWorld['secondary'] {
  const bits = Math.ceil(Math.log2(count));
  return [{ name: 'pods', cidr: subnetOf(podCidr, Number(podCidr.split('/')[1]) + bits, i) }];
}

/** Nobody has neighbours, so whatever does not travel in a tunnel is routed. */
function needsRoutes(mode: GceMode): boolean {
  return ['host-gw', 'plain'].includes(MODES[mode].routing) && mode !== 'alias';
}

function makeInstance(options: GceOptions, network: string, seat: Seat, on: GceSubnetworkWorld): GceInstanceWorld {
  const forwards = needsRoutes(options.mode);
  return {
    name: seat.name,
    id: digits(19, options.name, seat.name),
    zone: `${on.region}-${'abc'.charAt(seat.place % 3)}`,
    status: 'RUNNING',
    canIpForward: forwards,
    tags: options.tags ?? [`${options.name}-node`],
    labels: { cluster: options.name },
    metadata: {},
    serviceAccount: `nodes@${options.project ?? defaultProject}.iam.gserviceaccount.com`,
    nics: [
      {
        name: 'nic0',
        network,
        subnetwork: on.name,
        ip: seat.v4,
        ...(seat.v6 === undefined ? {} : { ipv6: seat.v6 }),
        aliasRanges: options.mode === 'alias' ? seat.podCIDRs.map((cidr) => ({ cidr, rangeName: 'pods' })) : [],
      },
    ],
  };
}

/** In alias mode a node's podCIDR is of its own subnetwork's part of the pod range. */
function aliasCidrs(options: GceOptions, subnetworks: GceSubnetworkWorld[], seats: Seat[]): void {
  const used = new Map<string, number>();
  for (const seat of seats) {
    const range = subnetworks[seat.place]?.secondary[0]?.cidr;
    if (range === undefined || options.podCidrs !== undefined) continue;
    const number = used.get(range) ?? 0;
    used.set(range, number + 1);
    seat.podCIDRs = [subnetOf(range, options.podMask ?? 24, number)];
  }
}

/** Who may talk to whom: the nodes by their subnetworks, the pods by the cluster's whole range. */
function makeFirewalls(options: GceOptions, network: string, subnetworks: GceSubnetworkWorld[]): GceFirewallWorld[] {
  const subnets = subnetworks.flatMap(({ cidr, ipv6Cidr }) => [cidr, ...(ipv6Cidr === undefined ? [] : [ipv6Cidr])]);
  return clusterFirewalls(network, subnets, clusterPodRanges(options, options.mode));
}

/** @throws Error when the options contradict each other (a subnet number that is not there, ranges that are full). */
export function gceCluster(options: GceOptions): World {
  const { name, mode, project = defaultProject, region = 'europe-west3' } = options;
  const hostProject = options.hostProject ?? project;
  const shape = mode === 'alias' ? { ...options, ipv6: false } : options;
  const network = `${name}-net`;
  const subnetworks = makeSubnetworks(shape, network, region);
  const service: GceProjectWorld = { project, instances: [], instanceTemplates: [], unreachableZones: [] };
  const gce: GceWorld = {
    hostProject,
    projects: [service],
    networks: [{ name: network }],
    subnetworks,
    routes: [
      {
        name: `default-route-${uid('default', name).slice(0, 8)}`,
        network,
        destRange: '0.0.0.0/0',
        priority: 1000,
        tags: [],
        description: 'Default route to the Internet.',
        target: { kind: 'gateway' },
      },
    ],
    firewalls: makeFirewalls(shape, network, subnetworks),
    policies: [],
  };
  const world = emptyWorld(shape);
  world.gce = [gce];
  // An instance's IPv6 address comes with a /96 of its own.
  const seats = seatNodes(shape, subnetworks, (cidr, number) => addressAt(cidr, BigInt(number) << 32n));
  if (mode === 'alias') aliasCidrs(shape, subnetworks, seats);
  giveRanges(shape, mode, seats);
  for (const seat of seats) {
    const on = must(subnetworks[seat.place], `subnetwork number ${String(seat.place)}`);
    const instance = makeInstance(shape, network, seat, on);
    service.instances.push(instance);
    joinCluster(world, shape, mode, seat, {
      zone: instance.zone,
      region,
      providerID: `gce://${project}/${instance.zone}/${instance.name}`,
      internalDns: `${instance.name}.${instance.zone}.c.${project}.internal`,
      instanceType: 'e2-standard-4',
    });
    if (!(options.podRoutes ?? needsRoutes(mode))) continue;
    for (const [nth, cidr] of routedCidrs(shape, seat).entries()) {
      const ip = familyOf(cidr) === 6 ? (seat.v6 ?? seat.v4) : seat.v4;
      const byIp = options.nextHop === 'ip' || hostProject !== project;
      const target = byIp
        ? ({ kind: 'ip', ip } as const)
        : ({ kind: 'instance', project, zone: instance.zone, name: instance.name } as const);
      gce.routes.push(
        podRoute({ cluster: name, node: seat.name, network, mode, nth: familyOf(cidr) === 6 ? 0 : nth }, cidr, target),
      );
    }
  }
  return finishCluster(world, shape, mode);
}
