// A metal cluster as a kernel lab builds it: one segment, flannel host-gw, and whatever else a test wants.
import type { KernelNode, Topology } from '../kernel/topology.ts';
import { metalCluster } from '../world/metal-cluster.ts';
import type { World } from '../world/world.ts';

/** Its nodes are in the first segment of the kernel lab. */
export function labCluster(nodes: number): World {
  return metalCluster({ name: 'metal', mode: 'host-gw', nodes, subnetCidrs: ['192.168.50.0/24'] });
}

/** Each node as its agent makes it, with a route to all others' pods. */
export function topologyOf({ cluster }: World): Topology {
  const plans = cluster.nodes.map(({ name, addresses, podCIDRs }) => ({
    name,
    address: addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    podCIDR: podCIDRs[0] ?? '',
    pods: cluster.pods.filter((pod) => pod.nodeName === name && !pod.hostNetwork).flatMap(({ podIPs }) => podIPs),
  }));
  const nodes = plans.map((plan): KernelNode => ({
    name: plan.name,
    segment: 0,
    numbers: {
      address: plan.address,
      podCIDR: plan.podCIDR,
      pods: plan.pods,
      gateway: plan.podCIDR.replace(/\.0\/\d+$/, '.1'),
      podPrefix: plan.podCIDR,
    },
    lines: plans
      .filter((other) => other !== plan)
      .map(({ podCIDR, address }) => `route add ${podCIDR} via ${address} dev eth0`),
    switches: {},
    firewalls: [],
    spreads: false,
  }));
  return { nodes, segments: 1, hasIPv6: false, isWarm: true, says: [] };
}
