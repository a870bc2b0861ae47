/** One cluster whose nodes stand in several clouds, and perhaps in none. */

import { emptyWorld, finishCluster } from './cluster.ts';
import { addNode, makeNode } from './kubernetes.ts';
import type { NetworkMode } from './network-modes.ts';
import { before } from './look.ts';
import type { World } from './world.ts';

export interface MixedOptions {
  name: string;
  mode: NetworkMode;
  /** Clusters of one cloud each; names of nodes and podCIDRs must differ among them. */
  parts: World[];
  /** Nodes on machines that no cloud knows. */
  onPremises?: { name: string; ip: string; podCidr: string; os?: 'linux' | 'windows' }[];
  podCidr?: string;
}

/** @throws Error when two parts have a node of the same name. */
export function mixedCluster(options: MixedOptions): World {
  const { name, mode, parts, onPremises = [] } = options;
  const world = emptyWorld({ name });
  for (const part of parts) {
    world.cluster.nodes.push(...part.cluster.nodes);
    world.cluster.pods.push(...part.cluster.pods);
    world.aws.push(...part.aws);
    if (part.gce !== undefined) world.gce = [...(world.gce ?? []), ...part.gce];
    if (part.azure !== undefined) world.azure = [...(world.azure ?? []), ...part.azure];
  }
  const hasWindows = onPremises.some(({ os }) => os === 'windows');
  for (const { name: node, ip, podCidr, os = 'linux' as const } of onPremises) {
    const plan = { cluster: name, name: node, zone: 'rack-1', region: 'cellar', instanceType: 'bare-metal' };
    const createdAt = before(world.now, 90 * 24 * 3600 * 1000);
    const more = { internalDns: `${node}.example.internal`, internalIps: [ip], podCIDRs: [podCidr], createdAt };
    const rest = { os, controlPlane: false, mode, routeCreated: false, hasWindows } as const;
    addNode(world, makeNode({ ...plan, ...more, ...rest }), mode);
  }
  const names = world.cluster.nodes.map((node) => node.name);
  if (new Set(names).size < names.length) throw new Error(`two nodes of ${name} have the same name`);
  return finishCluster(world, options.podCidr === undefined ? { name } : { name, podCidr: options.podCidr }, mode);
}
