/** How a packet's walk from kernel to kernel ends. */
import type { RuleId } from '../../model/config.ts';
import type { Fault, GuestDetail, GuestProblem } from '../../model/faults.ts';
import { gapFault } from '../../model/faults.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { contains, rangeToPrefixes } from '../../model/prefix.ts';
import type { Guest, Segments } from './links.ts';

/** The end of a walk. */
export interface Journey {
  readonly segments: Segments;
  readonly to: Guest;
  readonly podCIDR: Prefix;
  /** Addresses of pods that run on it; absent: not read. */
  readonly pods: readonly string[] | undefined;
  /** Whose word it is that the range is the node's, if not spec.podCIDRs. */
  readonly rangeSource?: string;
  /** The address at which its neighbours know it. */
  readonly address: string | undefined;
}

/** No faults: it arrives. */
export interface End {
  readonly source: Range;
  readonly destination: Range;
  readonly faults: readonly Fault[];
}

const RULES: Readonly<Record<GuestProblem, RuleId>> = {
  'no-route': 'node-route-missing',
  router: 'node-route-missing',
  'no-pod-route': 'node-route-missing',
  dropped: 'node-route-stale-or-wrong',
  silent: 'node-route-stale-or-wrong',
  elsewhere: 'node-route-stale-or-wrong',
  loop: 'node-route-stale-or-wrong',
  'link-down': 'node-route-stale-or-wrong',
  forwarding: 'host-forwarding-off',
  'reverse-path': 'host-rp-filter-strict',
  reserved: 'node-route-stale-or-wrong',
  'pod-gateway': 'windows-hns-network-wrong',
  'pod-network': 'windows-hns-network-wrong',
  rewritten: 'windows-outbound-nat',
};

export interface Ranges {
  readonly source: Range;
  readonly destination: Range;
}

/** Where a packet is; without a device it comes from pods that do not exist yet. */
export interface Place {
  readonly guest: Guest;
  readonly device: string | undefined;
}

export function unknown(ranges: Ranges, guest: Guest, reason: string): End {
  const gap = { facet: 'guests' as const, subject: `packets to pods at node ${guest.name}`, scope: guest.name, reason };
  const { source, destination } = ranges;
  return { source, destination, faults: [gapFault(gap)] };
}

export function lost(
  { to, podCIDR, address, segments }: Journey,
  { guest, device }: Place,
  { source, destination }: Ranges,
  problem: GuestProblem,
  more: Partial<GuestDetail> = {},
  verdict: Fault['verdict'] = 'fail',
): End {
  const isWhole = contains(destination, podCIDR);
  const wanted = address === undefined ? undefined : wantedRoute(segments, guest, to, address);
  const detail: GuestDetail = {
    kind: 'guest',
    node: guest.name,
    os: guest.kernel.facts.os,
    source: guest.kernel.facts.source,
    problem,
    family: podCIDR.family,
    podCIDR: podCIDR.text,
    owner: to.name,
    ...(isWhole ? {} : { part: rangeToPrefixes(destination).map(({ text }) => text) }),
    ...(device === undefined ? {} : { device }),
    ...(wanted === undefined ? {} : { wanted }),
    ...more,
  };
  const rule = RULES[problem];
  const cause = `cluster/${guest.name}/${causeOf(detail, device)}`;
  // The same object for whoever meets it.
  return { source, destination, faults: [{ rule, verdict, owner: 'shared', slot: cause, cause, detail }] };
}

/** One switch, one finding; one podCIDR, one finding. */
function causeOf({ problem, family, podCIDR, home }: GuestDetail, device: string | undefined): string {
  if (home !== undefined && problem !== 'reserved') return home.podCIDR;
  if (problem === 'forwarding') return `ipv${String(family)}`;
  return problem === 'reverse-path' ? (device ?? '') : podCIDR;
}

/** What a direct route would say, where the two are neighbours. */
function wantedRoute(segments: Segments, guest: Guest, to: Guest, gateway: string): GuestDetail['wanted'] {
  if (guest === to) return undefined;
  for (const device of guest.uplinks) {
    const next = segments.find({ guest, device }, gateway);
    if (next.kind === 'port' && next.port.guest === to) return { gateway, device };
  }
  return undefined;
}
