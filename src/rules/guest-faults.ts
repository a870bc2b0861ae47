/** What the rules about nodes' own kernels share: faults as observations, and words for what was seen. */
import type { RuleId } from '../model/config.ts';
import type { GuestDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { GuestFacts, GuestRoute } from '../model/snapshot.ts';
import { routeWords } from './powershell-words.ts';
import { keepersIn } from './route-keepers.ts';
import type { RouteKeeper } from './route-keepers.ts';
import type { Observation, RuleContext } from './rule.ts';
import { distinctSorted, listNames } from './rule.ts';

export interface GuestData {
  /** The first of them; they have one cause. */
  readonly fault: GuestDetail;
  readonly podCIDRs: readonly string[];
  readonly devices: readonly string[];
  /** The addresses concerned; empty: all of the podCIDR. */
  readonly parts: readonly string[];
  /** Of the node, as it was read. */
  readonly facts: GuestFacts | undefined;
  /** Of the node's routes to its peers. */
  readonly keeper: RouteKeeper;
}

export function observeGuests(context: RuleContext, rule: RuleId): Observation<GuestData>[] {
  const groups = context.faults(rule);
  if (groups.length === 0) return [];
  const facts = new Map((context.snapshot.guests ?? []).map((guest) => [guest.node, guest]));
  const keeperOf = keepersIn(context);
  return groups.flatMap((group): Observation<GuestData>[] => {
    const details = group.details.filter((detail) => detail.kind === 'guest');
    const [fault] = details;
    if (fault === undefined) return [];
    const podCIDRs = distinctSorted(details.map(({ podCIDR }) => podCIDR));
    const isWhole = details.some(({ part }) => part === undefined);
    return [
      {
        ...group,
        subjects: { ...NO_SUBJECTS, nodes: [fault.node], prefixes: podCIDRs },
        evidence: distinctSorted(details.map(describe)).map((text) => ({ source: fault.source, text })),
        data: {
          fault,
          podCIDRs,
          devices: distinctSorted(details.flatMap(({ device }) => device ?? [])),
          facts: facts.get(fault.node),
          keeper: keeperOf(fault.node),
          parts: isWhole ? [] : distinctSorted(details.flatMap(({ part }) => part ?? [])),
        },
      },
    ];
  });
}

/** As `ip route` writes it, or on Windows as Get-NetRoute names its parts. */
export function routeText(route: GuestRoute, os: GuestDetail['os']): string {
  if (os === 'windows') return routeWords(route);
  const { prefix, type, hops, table, metric } = route;
  const ways = hops.map(({ gateway, device }) => `${gateway === undefined ? '' : ` via ${gateway}`} dev ${device}`);
  const kind = type === 'unicast' ? '' : `${type} `;
  return `${kind}${prefix}${ways.join(',')}${metric === 0 ? '' : ` metric ${String(metric)}`}${table === 'main' ? '' : ` table ${table}`}`;
}

function describe(detail: GuestDetail): string {
  const { os, problem, family, podCIDR, route, device, nextHop, leadsTo, filter, home, port } = detail;
  const by =
    route === undefined ? `no route matches ${podCIDR}` : `route ${routeText(route, os)} decides for ${podCIDR}`;
  switch (problem) {
    case 'forwarding':
      if (os === 'windows') return `Forwarding of ${device ?? 'an interface'} is Disabled for IPv${String(family)}`;
      if (family === 6) return 'net.ipv6.conf.all.forwarding is 0';
      return device === undefined ? 'net.ipv4.ip_forward is 0' : `net.ipv4.conf.${device}.forwarding is 0`;
    case 'reverse-path':
      return `packets come in on ${device ?? 'a link'}, and ${route === undefined ? 'no route leads' : `route ${routeText(route, os)} leads elsewhere,`} back to their source`;
    case 'silent':
      return `${by}, and nobody answers for ${nextHop ?? 'its addresses'} on ${device ?? 'its link'}`;
    case 'filtered':
      return filter === undefined ? 'its firewall' : `${filter.chain}: ${filter.text}`;
    case 'link-down':
      return `${device ?? 'the link'} is down`;
    case 'reserved':
      return `${by}, and HNS on ${leadsTo ?? 'the Windows node'} keeps ${nextHop ?? 'the next hop'} for itself`;
    case 'pod-gateway':
      return `HNS endpoints of its pods have GatewayAddress ${home?.gateway ?? ''}, and no interface has that address`;
    case 'pod-network':
      return `its HNS networks of type L2Bridge are ${home?.networks.join(', ') ?? ''}`;
    case 'rewritten':
      return `policy OutBoundNAT of its pods excepts ${home?.exceptions?.join(', ') ?? ''} only`;
    case 'port-security':
      return `its port allows ${listNames(['its own addresses', ...(port?.allowed ?? [])])}`;
    case 'no-route':
    case 'router':
    case 'no-pod-route':
    case 'dropped':
    case 'elsewhere':
    case 'loop':
      return by;
  }
}

/** `10.244.2.0/24`, or the addresses of it that are concerned. */
export function placeText({ fault, parts }: GuestData): string {
  return parts.length === 0 ? fault.podCIDR : `${parts.slice(0, 3).join(', ')} of ${fault.podCIDR}`;
}
