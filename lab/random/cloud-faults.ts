/** Faults of nodes and agents that any cloud may have, by weight. */

import * as faults from '../world/faults.ts';
import type { Fault } from '../world/faults.ts';
import type { Vxlan } from '../world/network-modes.ts';
import type { World } from '../world/world.ts';
import type { Dice } from './dice.ts';

export type Choice = [number, () => Fault[]];

export interface Draw {
  d: Dice;
  /** A node, and another one. */
  some: number;
  other: number;
  /** Any node. */
  node: () => number;
}

export function draw(world: World, d: Dice): Draw {
  const last = world.cluster.nodes.length - 1;
  const some = d.between(0, last);
  return { d, some, other: (some + d.between(1, last)) % (last + 1), node: () => d.between(0, last) };
}

/** In clusters with VXLAN of flannel's. */
export function vxlanFaults(world: World, d: Dice, some: number): Choice[] {
  const isTunnelled = world.cluster.nodes[some]?.annotations['flannel.alpha.coreos.com/backend-type'] === 'vxlan';
  const values = (): Vxlan =>
    d.pick([
      { vni: 4096, port: 4789 },
      { vni: 2, port: 8472 },
    ]);
  return isTunnelled ? [[6, () => [faults.otherVxlan([some], values())]]] : [];
}

export function nodeFaults(world: World, { d, some, other }: Draw): Choice[] {
  const choices: Choice[] = [
    [3, () => [faults.noProviderId(some)]],
    [4, () => [faults.duplicatePodCidr(some, other)]],
    [4, () => [faults.overlappingPodCidr(some, other, d.percent(50))]],
    [3, () => [faults.noPodCidr(some)]],
    [3, () => [faults.nonCanonicalPodCidr(some)]],
    [3, () => [faults.newNode(some)]],
    [2, () => [faults.deletingNode(some)]],
    [1, () => [faults.virtualNode('virtual-kubelet')]],
    [3, () => [faults.noAgent(some)]],
    [2, () => [faults.agentNotReady(some)]],
  ];
  const hasFlannel = world.cluster.configMaps.some(({ name }) => name === 'kube-flannel-cfg');
  if (hasFlannel && world.cluster.nodes.some((one) => one.kernel.routing === 'host-gw')) {
    const otherIp = world.cluster.nodes[other]?.addresses[0]?.address ?? '10.40.0.99';
    choices.push([2, () => [faults.advertises(some, d.pick([otherIp, '192.168.7.7']))]]);
    choices.push([3, () => [faults.becomesFabric(some)]]);
    choices.push([2, () => [faults.becomesOverlay(some)]]);
  }
  choices.push(...vxlanFaults(world, d, some));
  return choices;
}
