/** How a packet's walk from kernel to kernel ends. */
import type { RuleId } from '../../model/config.ts';
import type { Fault, GuestDetail, GuestProblem } from '../../model/faults.ts';
import { gapFault } from '../../model/faults.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { contains, formatAddress, rangeToPrefixes } from '../../model/prefix.ts';
import type { RuleRef } from './firewall.ts';
import type { Guest, Segments } from './links.ts';
import type { Mark } from './mark.ts';
import type { ConnectionState } from './matching.ts';
import type { Router, Sent } from './routers.ts';

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
  /** What its connection is to each kernel. */
  readonly state: (guest: Guest) => ConnectionState;
  /** Absent: nothing but links is between the nodes. */
  readonly carrier?: Carrier;
  /** Where its destination becomes another one, the last first: it answers what was rewritten there. */
  readonly restores: readonly Rewrite[];
}

/** A packet that leaves a node over a link which a cloud is behind. */
export interface Handover {
  readonly journey: Journey;
  readonly at: Place;
  readonly flight: Flight;
  readonly device: string;
  /** Absent: the destination itself is asked for on the link. */
  readonly nextHop: string | undefined;
  readonly detail: Partial<GuestDetail>;
  readonly enter: (journey: Journey, at: Place, flight: Flight) => End[];
}

/** What the cloud between two kernels makes of a packet. */
export type Carrier = (handover: Handover) => End[];

/** No faults: it arrives. */
export interface End {
  /** Of the pods that sent it. */
  readonly source: Range;
  readonly destination: Range;
  readonly faults: readonly Fault[];
  /** How it arrived, by one way; absent: it did not, or there are several. */
  readonly flight?: Flight;
  /** By several ways, of which some change its source. */
  readonly isSourceSpread?: true;
}

/** A node that gave packets another source. */
export interface Rewrite {
  readonly guest: Guest;
  readonly by: RuleRef;
  /** Before. */
  readonly origin: Range;
  /** After. */
  readonly address: Prefix;
}

/** A packet on its way, with what has happened to it. */
export interface Flight extends Ranges {
  readonly mark: Mark;
  readonly before: readonly Stop[];
  /** Oldest first. */
  readonly rewrites: readonly Rewrite[];
  /** Those of the journey that are still to come. */
  readonly restores: readonly Rewrite[];
  /** What was not known on the way: whatever becomes of it, it does not surely arrive. */
  readonly doubts: readonly Fault[];
  /** Whether it has the source that it seems to have. */
  readonly isSourceSure: boolean;
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
  filtered: 'host-firewall-drops',
  'port-security': 'port-security-drops',
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

/** Where a packet has been. */
export type Stop = Place | RouterStop;

/** A router, and by what it sent the packet on. */
export interface RouterStop {
  readonly router: Router;
  readonly sent: Sent;
}

export function unknown(flight: Flight, guest: Guest, reason: string): End {
  return { ...outerRanges(flight), faults: [doubtOf(guest, reason), ...flight.doubts] };
}

export function doubtOf(guest: Guest, reason: string): Fault {
  return gapFault({ facet: 'guests', subject: `packets to pods at node ${guest.name}`, scope: guest.name, reason });
}

export function arrived(flight: Flight): End {
  return { ...outerRanges(flight), faults: flight.doubts, flight };
}

/** As the sender sees them. */
export function outerRanges({ source, destination, rewrites, restores }: Flight): Ranges {
  return { source: rewrites[0]?.origin ?? source, destination: restores.at(-1)?.origin ?? destination };
}

/** Where an answer goes to the address that some node gave to the question. */
export function nodeAddress({ restores, destination }: Flight): string | undefined {
  const isNode = restores.some(({ address }) => contains(address, destination));
  return isNode ? formatAddress(destination.family, destination.first) : undefined;
}

/** What shares flows is as good as its worst way. */
export function joined(flight: Flight, ends: readonly End[]): End {
  const isSourceSpread = ends.some((end) => (end.flight?.rewrites.length ?? 0) > 0 || end.isSourceSpread === true);
  return {
    ...outerRanges(flight),
    faults: ends.flatMap((end) => end.faults),
    ...(isSourceSpread ? { isSourceSpread } : {}),
  };
}

/** These look at the source. */
const BY_SOURCE: readonly GuestProblem[] = ['reverse-path', 'filtered', 'port-security'];

export function lost(
  { to, podCIDR, address, segments }: Journey,
  { guest, device }: Place,
  flight: Flight,
  problem: GuestProblem,
  more: Partial<GuestDetail> = {},
  verdict: Fault['verdict'] = 'fail',
): End {
  if (!flight.isSourceSure && (BY_SOURCE.includes(problem) || guest.kernel.asksForSources(podCIDR.family))) {
    return { ...outerRanges(flight), faults: flight.doubts };
  }
  const { source, destination } = outerRanges(flight);
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

/**
 * Of a kernel of which the switch for all links is known, and no link. For IPv6 that one decides; for IPv4 it sets those of
 * all links, and somebody may have switched single ones on again.
 */
export function switchedOff({ name, kernel: { facts } }: Guest, podCIDR: Prefix): Fault[] {
  const { family, text } = podCIDR;
  if (facts.links.length > 0 || (family === 4 ? facts.all.forwarding4 : facts.all.forwarding6) !== false) return [];
  const { os, source } = facts;
  const detail = {
    kind: 'guest',
    node: name,
    os,
    source,
    problem: 'forwarding',
    family,
    podCIDR: text,
    owner: name,
  } as const;
  const cause = `cluster/${name}/${causeOf(detail, undefined)}`;
  const verdict = family === 4 ? 'unknown' : 'fail';
  return [{ rule: RULES.forwarding, verdict, owner: 'shared', slot: cause, cause, detail }];
}

/** One switch, one finding; one podCIDR, one finding. */
function causeOf(detail: GuestDetail, device: string | undefined): string {
  const { problem, family, podCIDR, filter, home, table, nextHop } = detail;
  if (home !== undefined && problem !== 'reserved') return home.podCIDR;
  if (problem === 'forwarding' || problem === 'port-security') return `ipv${String(family)}`;
  if (filter !== undefined) return `ipv${String(family)}/${filter.chain}`;
  // A router that nobody has read leaves all pods behind it open.
  if (problem === 'router' && table === undefined) return `router/${nextHop ?? ''}`;
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
