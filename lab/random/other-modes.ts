/** Agents beside flannel and none at all, for random worlds of every cloud. */

import type { NetworkMode } from '../world/network-modes.ts';
import type { Dice } from './dice.ts';

/** Modes of agents that every cloud may have, by weight; most of them are walked. */
export const otherModes = [
  [5, 'vxlan-direct'],
  [1, 'wireguard'],
  [1, 'calico-ipip'],
  [5, 'calico-cross-subnet'],
  [4, 'calico-bgp'],
  [1, 'cilium-tunnel'],
  [3, 'cilium-native'],
  [3, 'cilium-direct'],
  [3, 'cilium-pool'],
  [3, 'cilium-pool-direct'],
  [3, 'antrea'],
  [3, 'kube-router'],
  [1, 'ovn'],
] as const satisfies readonly (readonly [number, NetworkMode])[];

/** Few agents know Windows. */
export function windowsNodes(d: Dice, mode: NetworkMode, nodes: number): number {
  const some = d.percent(20) ? d.between(1, Math.min(3, nodes - 1)) : 0;
  return /^(cilium|kube-router|ovn)/.test(mode) ? 0 : some;
}
