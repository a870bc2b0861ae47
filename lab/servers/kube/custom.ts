import type { World } from '../../world/world.ts';

/** What a custom resource's object is made of. */
export interface CustomObject {
  name: string;
  spec: Record<string, unknown>;
}

/** One per block and node, under the name that Calico makes of both; `deleted` is a text there. */
export function blockAffinities({ cluster }: World): CustomObject[] {
  return (cluster.rangesIn === 'calico' ? cluster.nodes : []).flatMap(({ name: node, kernel }) =>
    (kernel.ranges ?? []).map((cidr) => ({
      name: `${node}-${cidr.replace(/[.:/]+/g, '-')}`,
      spec: { cidr, deleted: 'false', node, state: 'confirmed', type: 'host' },
    })),
  );
}

/** One per node; without an address management of its own, Cilium repeats the node's podCIDRs. */
export function ciliumNodes({ cluster }: World): CustomObject[] {
  return cluster.nodes.map(({ name, addresses, podCIDRs, kernel }) => ({
    name,
    spec: {
      addresses: addresses.filter(({ type }) => type === 'InternalIP').map(({ type, address: ip }) => ({ ip, type })),
      ipam: { podCIDRs: kernel.ranges ?? podCIDRs, pools: {} },
    },
  }));
}
