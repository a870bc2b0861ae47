/** Which nodes' kernels are judged, and why others are not. */
import type { DetectedMode } from '../../model/judgement.ts';
import { parseAddress } from '../../model/prefix.ts';
import type { Gap, NodeFacts, Snapshot } from '../../model/snapshot.ts';
import { Guests } from './guests.ts';
import { Kernel } from './kernel.ts';
import type { Guest } from './links.ts';

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
  const found = kernels.map((kernel): [string, Guest] => {
    const name = kernel.facts.node;
    return [name, { name, kernel, uplinks: findUplinks(kernel, alone.get(name)?.internalIPs ?? [], macs) }];
  });
  return new Guests(new Map(found), snapshot, [...nodeSubnets, ...subnets]);
}

/** Distributions that run anywhere, and hypervisors that only carry frames. */
const PLAIN = ['k3s', 'rke2', 'kind', 'vsphere', 'proxmox', 'metal3', 'byoh'];

/** Its provider, if any, has no route tables and no say in packets. */
function isAlone({ providerID = '' }: NodeFacts): boolean {
  return providerID === '' || PLAIN.includes(/^([a-z0-9-]+):\/\//i.exec(providerID)?.[1]?.toLowerCase() ?? '');
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

/** Where the node's own address is, where a default route leads, or where another node was seen. */
function findUplinks({ facts, links }: Kernel, internalIPs: readonly string[], macs: ReadonlySet<string>): Set<string> {
  const uplinks = new Set<string>();
  const own = new Set(internalIPs.map((text) => parseAddress(text)?.text ?? text));
  const ownMacs = new Set(facts.links.flatMap(({ mac }) => mac ?? []));
  for (const { name, addresses, kind } of facts.links) {
    if (addresses.some(({ address }) => own.has(address))) uplinks.add(name);
    // Hardware, and what bundles or divides it.
    if (name !== 'lo' && (kind === undefined || kind === 'bond' || kind === 'vlan' || kind === 'team'))
      uplinks.add(name);
  }
  for (const { prefix, hops } of facts.routes) {
    if (prefix === '0.0.0.0/0' || prefix === '::/0') for (const { device } of hops) uplinks.add(device);
  }
  for (const { device, mac } of facts.neighbours) {
    if (mac !== undefined && macs.has(mac) && !ownMacs.has(mac)) uplinks.add(device);
  }
  // A default route may lead into a tunnel.
  for (const name of uplinks) if (TUNNELS.includes(links.get(name)?.kind ?? '')) uplinks.delete(name);
  return uplinks;
}

const TUNNELS = 'vxlan geneve ipip sit ip6tnl gre gretap ip6gre wireguard tun vti xfrm'.split(' ');
