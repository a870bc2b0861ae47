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
}

export const MODES: Record<NetworkMode, ModeTraits> = {
  'host-gw': { routing: 'host-gw', flannel: 'host-gw', ranges: 'podCIDR' },
  fabric: { routing: 'plain', ranges: 'podCIDR' },
  vxlan: { routing: 'overlay', flannel: 'vxlan', ranges: 'podCIDR' },
  'vxlan-direct': { routing: 'cross-subnet', flannel: 'vxlan', ranges: 'podCIDR' },
  wireguard: { routing: 'overlay', flannel: 'wireguard', ranges: 'podCIDR' },
  'vpc-cni': { routing: 'eni', ranges: 'cloud' },
  'azure-cni': { routing: 'eni', ranges: 'cloud' },
  alias: { routing: 'plain', ranges: 'podCIDR' },
  'calico-ipip': { routing: 'overlay', ranges: 'calico' },
  'calico-cross-subnet': { routing: 'cross-subnet', ranges: 'calico' },
  'calico-bgp': { routing: 'host-gw', ranges: 'calico' },
  'cilium-tunnel': { routing: 'overlay', ranges: 'cilium' },
  'cilium-native': { routing: 'plain', ranges: 'podCIDR' },
  'cilium-direct': { routing: 'host-gw', ranges: 'podCIDR' },
  'cilium-pool': { routing: 'plain', ranges: 'cilium' },
  'cilium-pool-direct': { routing: 'host-gw', ranges: 'cilium' },
  antrea: { routing: 'cross-subnet', ranges: 'podCIDR' },
  'kube-router': { routing: 'cross-subnet', ranges: 'podCIDR' },
  ovn: { routing: 'overlay', ranges: 'podCIDR' },
};

/** Whether the cloud sees packets with pod addresses, so that machines have to forward. */
export function showsPods(mode: NetworkMode): boolean {
  return ['host-gw', 'plain', 'cross-subnet'].includes(MODES[mode].routing) && mode !== 'alias';
}

/** Where agents keep ranges of their own, these are cut from another range than the podCIDRs. */
export const ownPodCidr = '10.48.0.0/16';
export const ownPodCidr6 = 'fd00:10:48::/48';
