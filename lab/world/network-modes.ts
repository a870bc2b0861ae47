/** What each way of networking a cluster means to its nodes' kernels and to the cloud, as its own documentation says. */

import type { KernelWorld } from './world.ts';

/** How the cluster's network works, in the words of its installer. `alias`: podCIDRs are alias IP ranges. */
export type NetworkMode =
  | 'host-gw'
  | 'fabric'
  | 'vxlan'
  | 'vxlan-direct'
  | 'wireguard'
  | 'vpc-cni'
  | 'azure-cni'
  | 'alias'
  | 'calico-ipip'
  | 'calico-cross-subnet'
  | 'calico-bgp'
  | 'cilium-tunnel'
  | 'cilium-native'
  | 'cilium-direct'
  | 'cilium-pool'
  | 'cilium-pool-direct'
  | 'antrea'
  | 'kube-router'
  | 'ovn';

export interface ModeTraits {
  routing: KernelWorld['routing'];
  /** flannel's word for its backend. */
  flannel?: string;
  /**
   * Whose ranges pods have: the node's podCIDRs; blocks of Calico; what Cilium has cut from its pool; or nobody's but
   * the cloud's, and then nodes have no podCIDR.
   */
  ranges: 'podCIDR' | 'calico' | 'cilium' | 'cloud';
  /** Where it is not flannel's VXLAN, which Windows nodes change. */
  tunnel?: KernelWorld['tunnel'];
}

export const MODES: Record<NetworkMode, ModeTraits> = {
  'host-gw': { routing: 'host-gw', flannel: 'host-gw', ranges: 'podCIDR' },
  fabric: { routing: 'plain', ranges: 'podCIDR' },
  vxlan: { routing: 'overlay', flannel: 'vxlan', ranges: 'podCIDR' },
  'vxlan-direct': { routing: 'cross-subnet', flannel: 'vxlan', ranges: 'podCIDR' },
  wireguard: {
    routing: 'overlay',
    flannel: 'wireguard',
    ranges: 'podCIDR',
    tunnel: { protocol: 'udp', port: 51820, outer: 'ipv4' },
  },
  'vpc-cni': { routing: 'eni', ranges: 'cloud' },
  'azure-cni': { routing: 'eni', ranges: 'cloud' },
  alias: { routing: 'plain', ranges: 'podCIDR' },
  'calico-ipip': { routing: 'overlay', ranges: 'calico', tunnel: { protocol: '4', outer: 'ipv4' } },
  'calico-cross-subnet': { routing: 'cross-subnet', ranges: 'calico', tunnel: { protocol: 'udp', port: 4789 } },
  'calico-bgp': { routing: 'host-gw', ranges: 'calico' },
  'cilium-tunnel': { routing: 'overlay', ranges: 'cilium', tunnel: { protocol: 'udp', port: 8472, outer: 'node' } },
  'cilium-native': { routing: 'plain', ranges: 'podCIDR' },
  'cilium-direct': { routing: 'host-gw', ranges: 'podCIDR' },
  'cilium-pool': { routing: 'plain', ranges: 'cilium' },
  'cilium-pool-direct': { routing: 'host-gw', ranges: 'cilium' },
  antrea: { routing: 'cross-subnet', ranges: 'podCIDR', tunnel: { protocol: 'udp', port: 6081, outer: 'node' } },
  'kube-router': { routing: 'cross-subnet', ranges: 'podCIDR', tunnel: { protocol: '4', outer: 'ipv4' } },
  ovn: { routing: 'overlay', ranges: 'podCIDR', tunnel: { protocol: 'udp', port: 6081, outer: 'node' } },
};

/** Whether the cloud sees packets with pod addresses, so that machines have to forward. */
export function showsPods(mode: NetworkMode): boolean {
  return ['host-gw', 'plain', 'cross-subnet'].includes(MODES[mode].routing) && mode !== 'alias';
}

/** Where agents keep ranges of their own, these are cut from another range than the podCIDRs. */
export const ownPodCidr = '10.48.0.0/16';
export const ownPodCidr6 = 'fd00:10:48::/48';

/** What flannel's backend vxlan is told; Windows nodes understand one setting only, so all nodes beside them have it. */
export interface Vxlan {
  port: number;
  vni: number;
}

export function vxlanOf(hasWindows: boolean): Vxlan {
  return hasWindows ? { port: 4789, vni: 4096 } : { port: 8472, vni: 1 };
}

/** What carries pod packets between nodes. */
export function tunnelOf(mode: NetworkMode, hasWindows: boolean): KernelWorld['tunnel'] {
  const { flannel, tunnel } = MODES[mode];
  return flannel === 'vxlan' ? { protocol: 'udp', ...vxlanOf(hasWindows) } : tunnel;
}
