/** A healthy cluster in no cloud: nodes without provider ids, on segments that nobody but their kernels knows. */

import { emptyWorld, finishCluster, joinCluster, seatNodes, subnetCidrs } from './cluster.ts';
import type { ClusterShape } from './cluster.ts';
import type { NetworkMode } from './network-modes.ts';
import type { World } from './world.ts';

export interface MetalOptions extends Omit<ClusterShape, 'providerIds' | 'ipv6'> {
  mode: NetworkMode;
  /** Holds the networks of the nodes. Default 192.168.0.0/16. */
  range?: string;
}

export function metalCluster({ mode, range = '192.168.0.0/16', ...rest }: MetalOptions): World {
  const shape: ClusterShape = { ...rest, providerIds: false };
  const world = emptyWorld(shape);
  const subnets = subnetCidrs(shape, range).map((cidr) => ({ cidr }));
  for (const seat of seatNodes(shape, subnets, (cidr) => cidr)) {
    const on = { zone: 'hall-1', region: 'here', internalDns: seat.name, instanceType: 'metal', providerID: '' };
    joinCluster(world, shape, mode, seat, on);
  }
  return finishCluster(world, shape, mode);
}
