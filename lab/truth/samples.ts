/** Which addresses stand for all: behaviour changes only where some prefix of the world begins or ends. */

import { hostRange, overlaps, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { RouteTableWorld, RouteWorld, World } from '../world/world.ts';

/** The prefixes that a route stands for; undefined when it names a prefix list whose entries nobody knows. */
export function rangesOfRoute(world: World, route: RouteWorld): Range[] | undefined {
  if ('cidr' in route.destination) return [rangeOf(route.destination.cidr)];
  if ('ipv6Cidr' in route.destination) return [rangeOf(route.destination.ipv6Cidr)];
  const { prefixListId } = route.destination;
  for (const region of world.aws) {
    const list = region.prefixLists.find((one) => one.id === prefixListId);
    if (list !== undefined) return list.entries.map(rangeOf);
  }
  return undefined;
}

function rangesOfTable(world: World, table: RouteTableWorld): Range[] {
  return table.routes.flatMap((route) => rangesOfRoute(world, route) ?? []);
}

/** Every prefix of the world at which the fate of an address may change. */
export function allRanges(world: World): Range[] {
  const ranges = world.cluster.nodes.flatMap((node) => node.podCIDRs.map(rangeOf));
  for (const region of world.aws) {
    for (const table of region.routeTables) ranges.push(...rangesOfTable(world, table));
    for (const vpc of region.vpcs) ranges.push(...[...vpc.cidrs, ...vpc.ipv6Cidrs].map(rangeOf));
    for (const subnet of region.subnets) ranges.push(...[subnet.cidr, ...subnet.ipv6Cidrs].map(rangeOf));
    for (const one of region.interfaces) {
      ranges.push(...[...one.privateIps, ...one.ipv6Addresses].map(hostRange));
      ranges.push(...[...one.ipv4Prefixes, ...one.ipv6Prefixes].map(rangeOf));
    }
  }
  return ranges;
}

/** First, middle and last address of every piece of a podCIDR within which nothing can change. */
export function samplesOf(pod: Range, ranges: Range[]): Address[] {
  const starts = new Set([pod.first]);
  for (const range of ranges) {
    if (!overlaps(range, pod)) continue;
    if (range.first > pod.first) starts.add(range.first);
    if (range.last < pod.last) starts.add(range.last + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
  const values = new Set<bigint>();
  sorted.forEach((first, i) => {
    const next = sorted[i + 1];
    const last = next === undefined ? pod.last : next - 1n;
    for (const value of [first, (first + last) / 2n, last]) values.add(value);
  });
  return [...values].map((value) => ({ family: pod.family, value }));
}
