/** The words in which agents and people name a network mode, once for all who read them. */
import type { NetworkMode } from './config.ts';

/**
 * flannel's own word for a backend -> ours. `alloc`, the removed cloud backends and `tencent-vpc` leave routing to
 * somebody else: the fabric. Source: flannel, Documentation/backends.md.
 */
export const FLANNEL_BACKENDS: Readonly<Record<string, NetworkMode>> = {
  'host-gw': 'host-gw',
  alloc: 'fabric',
  'aws-vpc': 'fabric',
  gce: 'fabric',
  'ali-vpc': 'fabric',
  'tencent-vpc': 'fabric',
  vxlan: 'overlay',
  wireguard: 'overlay',
  'wireguard-native': 'overlay',
  ipip: 'overlay',
  ipsec: 'overlay',
  udp: 'overlay',
};

/** Other words for the input network-mode, in lower case: those of flannel, Calico and Antrea, and names of tunnels. */
export const NETWORK_MODE_ALIASES: Readonly<Record<string, NetworkMode>> = {
  ...FLANNEL_BACKENDS,
  geneve: 'overlay',
  crosssubnet: 'cross-subnet',
  vxlancrosssubnet: 'cross-subnet',
  ipipcrosssubnet: 'cross-subnet',
  directrouting: 'cross-subnet',
  hybrid: 'cross-subnet',
};
