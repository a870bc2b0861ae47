/** The ranges of nodes' pods: where they stand, and the pods that live in them. */

import { DoesNotFit, addressAt, canonical, covers, familyOf, rangeOf } from './addresses.ts';
import type { NodeWorld, World } from './world.ts';

/** What pods on the node have their addresses from. */
export function podRanges(node: NodeWorld): string[] {
  return node.kernel.ranges ?? node.podCIDRs;
}

/** One address of each family: that of the number, or the last one of a range that is smaller. */
export function podAddresses(ranges: readonly string[], number: number): string[] {
  const first = [4, 6].flatMap((family) => ranges.find((cidr) => familyOf(cidr) === family) ?? []);
  return first.map((cidr) => {
    const { first: lowest, last } = rangeOf(cidr);
    const most = last - lowest;
    return addressAt(canonical(cidr), most < BigInt(number) ? most : number);
  });
}

/** The node has these ranges now, and so say the objects in which somebody looks; pods that ran there start anew. */
export function setPodRanges(world: World, node: NodeWorld, ranges: string[]): void {
  const pools = world.cluster.rangesIn === 'calico' ? world.cluster.ipPools : undefined;
  const isInPool = (range: string): boolean =>
    pools?.some(({ spec }) => covers(rangeOf(String(spec['cidr'])), rangeOf(range))) ?? true;
  if (node.kernel.ranges !== undefined && !ranges.every(isInPool)) throw new DoesNotFit('blocks come from pools');
  if (node.kernel.ranges === undefined) node.podCIDRs = ranges;
  else node.kernel.ranges = ranges;
  restartPods(world, node);
}

/** Pods of the node get addresses of its present ranges; without any they cannot run. */
export function restartPods(world: World, node: NodeWorld): void {
  const isOwn = (pod: World['cluster']['pods'][number]): boolean => pod.nodeName === node.name && !pod.hostNetwork;
  const ranges = podRanges(node);
  if (ranges.length === 0) world.cluster.pods = world.cluster.pods.filter((pod) => !isOwn(pod));
  for (const pod of world.cluster.pods) if (isOwn(pod)) pod.podIPs = podAddresses(ranges, 5);
}
