/** Which links of a node lead to other nodes and routers. */
import { parseAddress } from '../../model/prefix.ts';
import type { Kernel } from './kernel.ts';

/** Where the node's own address is, where a default route leads, or where another node was seen. */
export function findUplinks(
  { facts, links }: Kernel,
  internalIPs: readonly string[],
  macs: ReadonlySet<string>,
): Set<string> {
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
