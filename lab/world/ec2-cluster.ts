/** A healthy cluster on EC2: one network, some subnets, a table per subnet or one for all, and nodes in them. */

import { addressAt } from './addresses.ts';
import { emptyWorld, finishCluster, giveRanges, joinCluster, routedCidrs, seatNodes } from './cluster.ts';
import type { ClusterShape } from './cluster.ts';
import { addMachine, addPodRoutes, makeNetwork } from './ec2-network.ts';
import { must } from './look.ts';
import { MODES, showsPods } from './network-modes.ts';
import type { NetworkMode } from './network-modes.ts';
import type { AwsRegionWorld, RouteTableWorld, World } from './world.ts';

export { podCidr6 } from './cluster.ts';

export type Ec2Mode = Exclude<NetworkMode, 'alias' | 'azure-cni'>;

export interface ClusterOptions extends ClusterShape {
  mode: Ec2Mode;
  /**
   * per-subnet: every node subnet has a table of its own; main: all use the network's main table; shared: all are
   * associated with one table that is not the main one. Default per-subnet.
   */
  tables?: 'per-subnet' | 'main' | 'shared';
  vpcCidr?: string;
  region?: string;
  accountId?: string;
}

/** The tables into which a healthy cluster's route controller (or its owner) writes. */
function tablesWithPodRoutes(options: ClusterOptions, region: AwsRegionWorld): RouteTableWorld[] {
  const { routing } = MODES[options.mode];
  const needed =
    routing === 'plain' || (routing === 'host-gw' && (options.subnets ?? options.subnetCidrs?.length ?? 1) > 1);
  if (!(options.podRoutes ?? needed)) return [];
  const main = region.vpcs[0]?.mainRouteTableId;
  return region.routeTables.filter((table) => (options.tables === 'main' ? table.id === main : table.id !== main));
}

/** @throws Error when the options contradict each other (a subnet number that is not there, ranges that are full). */
export function ec2Cluster(options: ClusterOptions): World {
  const { name, mode } = options;
  const region: AwsRegionWorld = {
    accountId: options.accountId ?? '111122223333',
    region: options.region ?? 'eu-central-1',
    vpcs: [],
    subnets: [],
    routeTables: [],
    instances: [],
    interfaces: [],
    prefixLists: [],
    securityGroups: [],
    networkAcls: [],
  };
  const subnets = makeNetwork(options, region);
  const world = emptyWorld(options);
  world.aws.push(region);
  const routed = tablesWithPodRoutes(options, region);
  const ranges = subnets.map(({ cidr, ipv6Cidrs }) => ({ cidr, ipv6Cidr: ipv6Cidrs[0] }));
  const seats = seatNodes(options, ranges, (cidr, number) => addressAt(cidr, 0xa000n + BigInt(number)));
  giveRanges(options, mode, seats);
  for (const seat of seats) {
    const subnet = must(subnets[seat.place], `subnet number ${String(seat.place)}`);
    const machine = addMachine(region, {
      cluster: name,
      name: seat.name,
      subnet,
      privateIp: seat.v4,
      ...(seat.v6 === undefined ? {} : { ipv6: seat.v6 }),
      sourceDestCheck: !showsPods(mode),
      launchedAt: seat.launchedAt,
    });
    joinCluster(world, options, mode, seat, {
      zone: subnet.zone,
      region: region.region,
      providerID: `aws:///${subnet.zone}/${machine.instanceId}`,
      internalDns: `ip-${seat.v4.replaceAll('.', '-')}.${region.region}.compute.internal`,
      instanceType: 'm6i.xlarge',
    });
    addPodRoutes(routed, routedCidrs(options, seat), machine.interfaceId);
  }
  return finishCluster(world, options, mode);
}
