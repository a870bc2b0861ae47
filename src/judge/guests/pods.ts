/** Where on a node its pods are. */
import type { GuestLink, GuestRoute } from '../../model/guest.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { contains, containsAddress, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { Journey } from './ends.ts';
import type { Decision } from './routing.ts';
import type { Guest } from './links.ts';

/** Where pods hang: a bridge, or one link each. Their nodes' own links look alike only inside of containers. */
const POD_LINKS: readonly (string | undefined)[] = ['bridge', 'veth', 'netkit'];

export function isPodLink(guest: Guest, device: string): boolean {
  const link = guest.kernel.links.get(device);
  return link !== undefined && !guest.uplinks.has(device) && POD_LINKS.includes(link.kind);
}

export function podLinkOf(guest: Guest, decision: Decision): string | undefined {
  if (decision.kind !== 'sent') return undefined;
  return decision.hops.find((hop) => hop.gateway === undefined && isPodLink(guest, hop.device))?.device;
}

/** The link on which the pods of the node's own range hang. */
export function localPodLink({ to, podCIDR }: Journey, decision: Decision): string | undefined {
  return decision.kind === 'sent' && contains(podCIDR, decision.prefix) ? podLinkOf(to, decision) : undefined;
}

/** A node with a range of its own, and addresses of pods that run there; absent: not read. */
export interface Home {
  readonly guest: Guest;
  readonly podCIDR: Prefix;
  readonly pods: readonly string[] | undefined;
  /** Whose word it is that the range is the node's, if not spec.podCIDRs. */
  readonly rangeSource?: string;
}

/**
 * What it means that a node's own kernel leads these of its addresses to no pod. `idle`: no pod is there; undefined:
 * some other route takes them from the pods.
 */
export function findVacancy({ guest, podCIDR, pods }: Home, range: Range): 'idle' | 'missing' | 'unclear' | undefined {
  const covering = [...guest.kernel.candidates(range)];
  if (covering.some(({ route }) => leadsToPods(guest, route, podCIDR))) return undefined;
  const runs = (where: Range): boolean | undefined => pods?.some((text) => isIn(text, where));
  if (runs(range) === true) return 'missing';
  const inside = guest.kernel.facts.routes.filter((route) => leadsToPods(guest, route, podCIDR));
  if (inside.length === 0) {
    const isInUse = runs(podCIDR);
    return isInUse === undefined ? 'unclear' : isInUse ? 'missing' : 'idle';
  }
  // With a route for each pod, where there is none there is no pod.
  return inside.every((route) => /\/(32|128)$/.test(route.prefix)) ? 'idle' : 'unclear';
}

/** The link at which packets of these pods come in, as routes have it, else the only one with an address among them. */
export function podLinkOfSource({ guest, podCIDR }: Home, decision: Decision): GuestLink | undefined {
  const name = podLinkOf(guest, decision);
  if (name !== undefined) return guest.kernel.links.get(name);
  const near = guest.kernel.facts.links.filter(
    (link) => isPodLink(guest, link.name) && link.addresses.some(({ address }) => isIn(address, podCIDR)),
  );
  return near.length === 1 ? near[0] : undefined;
}

function leadsToPods(guest: Guest, { prefix, type, hops }: GuestRoute, podCIDR: Prefix): boolean {
  if (type !== 'unicast') return false;
  const parsed = parsePrefix(prefix);
  return parsed !== undefined && contains(podCIDR, parsed) && hops.some((hop) => isPodLink(guest, hop.device));
}

function isIn(text: string, range: Range): boolean {
  const address = parseAddress(text);
  return address !== undefined && containsAddress(range, address);
}
