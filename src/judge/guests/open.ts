/** Which nodes' kernels are judged, and why others are not. */
import type { DetectedMode } from '../../model/judgement.ts';
import type { Gap, NodeFacts, Snapshot } from '../../model/snapshot.ts';
import { Guests } from './guests.ts';
import { Kernel } from './kernel.ts';
import type { Guest } from './links.ts';
import { portFilters } from './port-filter.ts';
import { isAlone } from './provider.ts';
import { findUplinks } from './uplinks.ts';

/**
 * Of those nodes whose network is nothing but links between them, or where a cloud was read, of those that are in it.
 * Undefined: no kernel was read of any of them.
 * @param isJoined whether the node at this place is in a cloud that was read
 */
export function openGuests(
  snapshot: Snapshot,
  nodeSubnets: readonly string[],
  isJoined: (index: number) => boolean,
): Guests | undefined {
  const { guests = [], cluster, fabrics } = snapshot;
  if (guests.length === 0) return undefined;
  const isMeant = (node: NodeFacts, index: number): boolean => (fabrics.length === 0 ? isAlone(node) : isJoined(index));
  const alone = new Map(cluster.nodes.filter(isMeant).map((node) => [node.name, node]));
  const kernels = guests.filter(({ node }) => alone.has(node)).map((facts) => new Kernel(facts));
  if (kernels.length === 0) return undefined;
  const subnets = fabrics.flatMap((fabric) => fabric.subnets.flatMap(({ prefixes }) => prefixes));
  const macs = new Set(kernels.flatMap(({ facts }) => facts.links.flatMap(({ mac }) => mac ?? [])));
  const filterOf = portFilters(snapshot.portSecurity);
  const found = kernels.map((kernel): [string, Guest] => {
    const name = kernel.facts.node;
    const node = alone.get(name);
    const internalIPs = node?.internalIPs ?? [];
    const uplinks = findUplinks(kernel, internalIPs, macs);
    const own = [...uplinks].flatMap((link) => kernel.links.get(link)?.addresses.map(({ address }) => address) ?? []);
    // In a cloud that was read, the cloud itself says what it lets through.
    const isOutside = node !== undefined && fabrics.length === 0;
    const port = isOutside ? filterOf(node, [...internalIPs, ...own]) : undefined;
    return [name, { name, kernel, uplinks, ...(port === undefined ? {} : { port }) }];
  });
  return new Guests(new Map(found), snapshot, [...nodeSubnets, ...subnets]);
}

/** Why a kernel was not read that somebody asked for, or that alone says where packets go. */
export function guestGap({ gaps, fabrics, routers }: Snapshot, node: NodeFacts, mode: DetectedMode): Gap | undefined {
  const isOutside = isAlone(node) && fabrics.length === 0;
  const found = gaps.find(({ facet, scope }) => facet === 'guests' && scope === node.name);
  if (found !== undefined && isOutside) return found;
  const why =
    mode === 'static' ? 'static routes stand in its own kernel' : 'what goes to a router is up to its own kernel';
  if (mode !== 'static' && !(isOutside && routers !== undefined)) return undefined;
  return {
    facet: 'guests',
    subject: `kernel of node ${node.name}`,
    scope: node.name,
    reason: `${why}, and it was not read`,
    permission: `the output of docs/collect/${node.os === 'windows' ? 'collect.ps1' : 'collect.sh'} on ${node.name}`,
  };
}
