/**
 * Where a Windows node's pods are, and how their packets get to its kernel. Pods hang on an L2Bridge network of the Host
 * Networking Service and send everything to the host's own place on it; whatever else may be there is not guessed at.
 */
import type { GuestLink, HnsEndpoint, HnsNetwork, PodHome } from '../../model/guest.ts';
import type { Family, Prefix, Range } from '../../model/prefix.ts';
import {
  contains,
  containsAddress,
  formatAddress,
  nextValue,
  overlaps,
  parseAddress,
  parsePrefixes,
} from '../../model/prefix.ts';
import { cutAlong } from '../fabric.ts';
import type { End, Flight, Journey, Place } from './ends.ts';
import { arrived, lost, unknown } from './ends.ts';
import type { Decision } from './kernel.ts';
import type { Guest, NextHop, Port } from './links.ts';
import type { Home } from './pods.ts';

interface PodNetwork {
  readonly facts: HnsNetwork;
  /** The link of the host that hangs on it, at which its pods' packets come in; absent: there is none. */
  readonly bridge?: GuestLink;
  /** Those of its pods. */
  readonly pods: readonly HnsEndpoint[];
}

/** How a packet goes on at a link of the node's kernel. */
type Enter = (device: string, flight: Flight) => End[];

/** From the pods of a Windows node. */
export function sendFromWindows(journey: Journey, home: Home, flight: Flight, enter: Enter): End[] {
  const { guest, podCIDR } = home;
  const network = findPodNetwork(guest, podCIDR);
  if (network === undefined) return [withoutNetwork(journey, home, flight)];
  const { facts, bridge, pods } = network;
  if (facts.type !== 'l2bridge') return [unknown(flight, guest, strangeNetwork(facts))];
  // The host's own addresses among those of its pods are no pods.
  const enterAsPod: Enter = (device, packet) =>
    guest.kernel
      .decide({ source: packet.destination, destination: packet.source, device: 'lo' })
      .flatMap(({ destination: source, decision }) =>
        decision.kind === 'local' ? [] : enter(device, { ...packet, source }),
      );
  if (pods.length === 0) {
    if (bridge !== undefined) return enterAsPod(bridge.name, flight);
    return [
      unknown(flight, guest, `no interface of it hangs on the HNS network ${facts.name}, where its pods will be`),
    ];
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
  const { facts, bridge, pods } = network;
  if (facts.type !== 'l2bridge') return unknown(flight, to, strangeNetwork(facts));
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

function findPodNetwork({ kernel }: Guest, podCIDR: Prefix): PodNetwork | undefined {
  const { networks = [], endpoints = [] } = kernel.facts.hns ?? {};
  const facts = networks.find(({ subnets }) =>
    parsePrefixes(subnets.map(({ prefix }) => prefix)).some((prefix) => contains(prefix, podCIDR)),
  );
  if (facts === undefined) return undefined;
  const all = endpoints.filter(({ network }) => network === facts.name);
  const bridge = kernel.facts.links.find(({ addresses }) =>
    addresses.some(({ address }) => all.some((one) => one.address === address)),
  );
  const isHosts = ({ address }: HnsEndpoint): boolean =>
    bridge?.addresses.some((one) => one.address === address) ?? false;
  const pods = all.filter((one) => !isHosts(one) && isIn(one.address, podCIDR));
  return { facts, pods, ...(bridge === undefined ? {} : { bridge }) };
}

function managementLink({ kernel }: Guest, { managementIP }: HnsNetwork): string | undefined {
  return kernel.facts.links.find(({ addresses }) => addresses.some(({ address }) => address === managementIP))?.name;
}

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

function strangeNetwork({ name, type }: HnsNetwork): string {
  return `its pods are on the HNS network ${name} of type ${type}, and what becomes of their packets there is not known`;
}

function describeHome({ kernel }: Guest, podCIDR: Prefix): PodHome {
  const { networks = [] } = kernel.facts.hns ?? {};
  return {
    podCIDR: podCIDR.text,
    wanted: formatAddress(podCIDR.family, nextValue(nextValue(podCIDR.first))),
    networks: networks
      .filter(({ type }) => type === 'l2bridge')
      .map(({ name, subnets }) => `${name} (${subnets.map(({ prefix }) => prefix).join(', ')})`),
  };
}

function isIn(text: string, range: Range): boolean {
  const address = parseAddress(text);
  return address !== undefined && containsAddress(range, address);
}
