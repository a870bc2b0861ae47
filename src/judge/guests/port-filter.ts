/** Where a machine hangs on its hypervisor or switch: that may let only some addresses through, whatever its kernel does. */
import type { Fault } from '../../model/faults.ts';
import { gapFault } from '../../model/faults.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { contains, hostPrefix, parseAddress, parsePrefixes, rangeToPrefixes } from '../../model/prefix.ts';
import type { NodeFacts, PortFacts, PortSecurityFacts } from '../../model/snapshot.ts';
import { cutRange, isCovered } from '../fabric.ts';
import type { End, Flight, Journey, Place } from './ends.ts';
import { lost } from './ends.ts';
import { hypervisorOf } from './provider.ts';

/** What the ports of a node do with addresses. */
export interface PortFilter {
  /** What they surely let through: the node's own addresses, and what somebody has said. */
  readonly allowed: readonly Prefix[];
  /** As somebody has said it. */
  readonly stated: readonly string[];
  /** Where. */
  readonly source: string;
  /** The node's podCIDRs: what is wrong there is told of all of one, whatever of it a packet happens to be about. */
  readonly podCIDRs: readonly Prefix[];
  /** Whether anything else is surely dropped where it leaves. */
  readonly drops: boolean;
  /** Why nobody knows what becomes of it otherwise. */
  readonly doubt: Fault;
}

/** @returns what the ports of a node filter, by its own addresses; undefined: nothing, as far as anybody knows */
export function portFilters(
  security: PortSecurityFacts | undefined,
): (node: NodeFacts, addresses: readonly string[]) => PortFilter | undefined {
  const entries = new Map((security?.ports ?? []).map((port): [string, PortFacts] => [port.node, port]));
  return (node, addresses) => {
    // The word of whoever knows.
    if (security !== undefined && security.ports === undefined) return undefined;
    const entry = entries.get(node.name);
    if (entry !== undefined && entry.allowed === undefined) return undefined;
    const { allowed: stated = [] } = entry ?? {};
    const doubt = entry === undefined ? doubtOfPort(node, security) : doubtInward(entry, security);
    if (doubt === undefined) return undefined;
    const own = addresses.flatMap((text) => parseAddress(text) ?? []).map(hostPrefix);
    return {
      allowed: [...own, ...parsePrefixes(stated)],
      stated,
      podCIDRs: parsePrefixes(node.podCIDRs),
      source: security?.source ?? 'input port-security',
      drops: entry !== undefined,
      doubt,
    };
  };
}

/** Undefined: nothing shows that somebody may filter there. */
function doubtOfPort(node: NodeFacts, security: PortSecurityFacts | undefined): Fault | undefined {
  const hypervisor = hypervisorOf(node);
  if (hypervisor === undefined) return undefined;
  const facet = 'ports';
  const question = 'whether the hypervisor lets packets with addresses of pods through is not known';
  if (security === undefined) {
    // One question for all of them.
    const reason = `${question}, and the input port-security does not say it`;
    return gapFault({ facet, subject: `ports of nodes with provider ids ${hypervisor}://`, reason });
  }
  const reason = `${question}: ${security.source} of input port-security has no entry for the node`;
  return gapFault({ facet, subject: `port of node ${node.name}`, scope: node.name, reason });
}

/** Some filters look at where packets go that come in, too (OVN does), and some do not (Open vSwitch). */
function doubtInward({ node }: PortFacts, security: PortSecurityFacts | undefined): Fault {
  const source = security?.source ?? '';
  const reason = `what comes in for addresses that ${source} does not allow there is let in by some filters and not by others`;
  return gapFault({ facet: 'ports', subject: `port of node ${node}`, scope: node, reason });
}

/** All of it gets through, or may. */
export function mayPass(port: PortFilter | undefined, range: Range): boolean {
  return port === undefined || !port.drops || isCovered(range, port.allowed);
}

/** Undefined: it surely gets through. Only for what may pass. */
export function doubtAt(port: PortFilter | undefined, range: Range): Fault | undefined {
  return port === undefined || isCovered(range, port.allowed) ? undefined : port.doubt;
}

/** Through the port of a node. What leaves is looked at by its source: that is what all of these filters do. */
export function throughPort(
  journey: Journey,
  at: Place,
  flight: Flight,
  side: 'source' | 'destination',
  next: (flight: Flight) => End[],
): End[] {
  const { port } = at.guest;
  if (port === undefined || isCovered(flight[side], port.allowed)) return next(flight);
  const { inside, outside } = cutRange(flight[side], port.allowed);
  const on = (piece: Range): Flight => ({ ...flight, [side]: piece });
  return [
    ...inside.flatMap((piece) => next(on(piece))),
    ...outside.flatMap((piece): End[] => {
      if (!port.drops || side === 'destination') return next(inDoubt(on(piece), port.doubt));
      const detail = { source: port.source, port: { allowed: port.stated, refused: refusedAround(piece, port) } };
      return [lost(journey, at, on(piece), 'port-security', detail)];
    }),
  ];
}

/** Kernels cut their own addresses out of what they send; the port knows nothing of that. */
function refusedAround(piece: Range, { podCIDRs, allowed }: PortFilter): string[] {
  const range = podCIDRs.find((podCIDR) => contains(podCIDR, piece)) ?? piece;
  return cutRange(range, allowed)
    .outside.flatMap(rangeToPrefixes)
    .map(({ text }) => text);
}

function inDoubt(flight: Flight, doubt: Fault): Flight {
  return flight.doubts.includes(doubt) ? flight : { ...flight, doubts: [...flight.doubts, doubt] };
}
