/**
 * Where a Windows node's pods are, and how their packets get to its kernel. Pods hang on an L2Bridge network of the Host
 * Networking Service and send everything to the host's own place on it; whatever else may be there is not guessed at.
 */
import type { HnsEndpoint, PodHome } from '../../model/guest.ts';
import type { Family, Prefix } from '../../model/prefix.ts';
import { contains, containsAddress, overlaps, parseAddress, parsePrefixes } from '../../model/prefix.ts';
import { cutAlong } from '../fabric.ts';
import type { End, Flight, Journey, Place } from './ends.ts';
import { arrived, lost, unknown } from './ends.ts';
import type { Decision } from './routing.ts';
import type { Guest, NextHop, Port } from './links.ts';
import { describeHome, findPodNetwork, managementLink, placeOfNewPods } from './pod-network.ts';
import type { Home } from './pods.ts';

/** How a packet goes on at a link of the node's kernel. */
type Enter = (device: string, flight: Flight) => End[];

/** From the pods of a Windows node. */
export function sendFromWindows(journey: Journey, home: Home, flight: Flight, enter: Enter): End[] {
  const { guest, podCIDR } = home;
  const network = findPodNetwork(guest, podCIDR);
  if (network === undefined) return [withoutNetwork(journey, home, flight)];
  if (typeof network === 'string') return [unknown(flight, guest, network)];
  const { pods } = network;
  // The host's own addresses among those of its pods are no pods.
  const enterAsPod: Enter = (device, packet) =>
    guest.kernel
      .decide({ source: packet.destination, destination: packet.source, device: 'lo' })
      .flatMap(({ destination: source, decision }) =>
        decision.kind === 'local' ? [] : enter(device, { ...packet, source }),
      );
  if (pods.length === 0) {
    const place = placeOfNewPods(home, network);
    return typeof place === 'string' ? [unknown(flight, guest, place)] : enterAsPod(place.device, flight);
  }
  const ways = pods.map(({ address: _address, ...way }) => JSON.stringify(way));
  return [...new Set(ways)].flatMap((way) => {
    const pod = pods[ways.indexOf(way)];
    return pod === undefined ? [] : leave(journey, { guest, podCIDR, pod, flight }, enterAsPod);
  });
}

interface Leaving {
  readonly guest: Guest;
  readonly podCIDR: Prefix;
  /** It stands for all that are kept like it. */
  readonly pod: HnsEndpoint;
  readonly flight: Flight;
}

function leave(journey: Journey, { guest, podCIDR, pod, flight }: Leaving, enter: Enter): End[] {
  const { gateway, natExceptions, policyRoutes = [], opaque } = pod;
  const { destination } = flight;
  if (opaque !== undefined) {
    return [unknown(flight, guest, `what HNS does with packets of ${pod.address} is not known (${opaque})`)];
  }
  if (parsePrefixes(policyRoutes).some((prefix) => overlaps(prefix, destination))) {
    return [unknown(flight, guest, `an HNS policy ROUTE of ${pod.address} decides for ${journey.podCIDR.text}`)];
  }
  if (gateway === undefined) return [unknown(flight, guest, `the gateway of its pod ${pod.address} is not read`)];
  const link = guest.kernel.facts.links.find(({ addresses }) => addresses.some(({ address }) => address === gateway));
  const home = describeHome(guest, podCIDR);
  if (link === undefined) {
    const parsed = parseAddress(gateway);
    if (parsed === undefined || !containsAddress(podCIDR, parsed)) {
      return [unknown(flight, guest, `who has ${gateway}, the gateway of its pods, is not known`)];
    }
    return [lost(journey, { guest, device: undefined }, flight, 'pod-gateway', { home: { ...home, gateway } })];
  }
  if (natExceptions === undefined) return enter(link.name, flight);
  const exceptions = parsePrefixes(natExceptions);
  return cutAlong(destination, exceptions).flatMap((piece) => {
    const part = { ...flight, destination: piece };
    if (exceptions.some((prefix) => contains(prefix, piece))) return enter(link.name, part);
    const detail = { home: { ...home, exceptions: natExceptions } };
    return [lost(journey, { guest, device: undefined }, part, 'rewritten', detail, 'unknown')];
  });
}

/** At the node whose pods it is for. */
export function arriveAtWindows(journey: Journey, at: Place, flight: Flight, decision: Decision): End {
  const { to, podCIDR } = journey;
  const network = findPodNetwork(to, podCIDR);
  if (network === undefined) return withoutNetwork(journey, { ...journey, guest: to }, flight);
  if (typeof network === 'string') return unknown(flight, to, network);
  const { facts, bridge, pods } = network;
  const strange = pods.find(({ opaque }) => opaque !== undefined);
  if (strange !== undefined) {
    const reason = `what HNS does with packets to ${strange.address} is not known (${strange.opaque ?? ''})`;
    return unknown(flight, to, reason);
  }
  const places = [bridge?.name, managementLink(to, facts)].filter((name) => name !== undefined);
  const leadsToPods =
    decision.kind === 'sent' &&
    decision.hops.length > 0 &&
    decision.hops.every(({ gateway, device }) => gateway === undefined && places.includes(device)) &&
    (contains(podCIDR, decision.prefix) || facts.subnets.some(({ prefix }) => prefix === decision.prefix.text));
  if (leadsToPods) return arrived(flight);
  const reason = `no route of its own leads to its pods (it came in on ${at.device ?? 'no link'}), and what its virtual switch does without one is not known`;
  return unknown(flight, to, reason);
}

/**
 * The link that packets leave by, where it does not forward. Windows asks the one that they come in on; whether the
 * other has to forward as well is written nowhere.
 */
export function closedWayOut({ kernel }: Guest, decision: Decision, family: Family): string | undefined {
  if (!kernel.isWindows || decision.kind !== 'sent') return undefined;
  return decision.hops.find(({ device }) => kernel.forwards(family, device) === false)?.device;
}

/** HNS keeps the first address of an L2Bridge network for itself: who sends packets there waits for an answer for ever. */
export function findReserved(
  { segments, podCIDR }: Journey,
  { guest, device }: Port,
  gateway: string,
  next: NextHop,
): { readonly leadsTo: string; readonly home: PodHome; readonly wanted: NonNullable<Detail['wanted']> } | undefined {
  if (next.kind !== 'silent' && next.kind !== 'unclear') return undefined;
  if (guest.kernel.neighbour(device, gateway)?.mac !== undefined) return undefined;
  const keeper = segments.keeperOf(gateway);
  const parsed = parseAddress(gateway);
  if (keeper === undefined || parsed === undefined || !containsAddress(podCIDR, parsed)) return undefined;
  const home = describeHome(keeper, podCIDR);
  return { leadsTo: keeper.name, home: { ...home, gateway }, wanted: { gateway: home.wanted, device } };
}

type Detail = Parameters<typeof lost>[4] & object;

/** With another range in its place that is the fault; without any network nobody knows what its pods hang on. */
function withoutNetwork(journey: Journey, { guest, podCIDR, rangeSource }: Home, flight: Flight): End {
  const home = describeHome(guest, podCIDR);
  if (home.networks.length === 0) {
    return unknown(flight, guest, 'it has no HNS network of type L2Bridge, so where its pods are is not known');
  }
  // An agent with ranges of its own may make its networks when the first pod needs one.
  const verdict = rangeSource === undefined ? 'fail' : 'unknown';
  return lost(journey, { guest, device: undefined }, flight, 'pod-network', { home }, verdict);
}
