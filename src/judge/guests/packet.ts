/** A packet between pods of two nodes, followed from kernel to kernel until it arrives, is lost, or nobody can tell. */
import type { GuestDetail } from '../../model/faults.ts';
import type { GuestHop, GuestRoute } from '../../model/guest.ts';
import { contains, containsAddress, parseAddress } from '../../model/prefix.ts';
import type { End, Flight, Journey, Place, Ranges } from './ends.ts';
import { arrived, joined, lost, nodeAddress, unknown } from './ends.ts';
import { comeIn, goOut } from './guard.ts';
import { askerOf, hears } from './hears.ts';
import type { Port } from './links.ts';
import { linkOf } from './links.ts';
import { NO_MARK } from './mark.ts';
import type { Home } from './pods.ts';
import { findVacancy, isPodLink, localPodLink, podLinkOfSource } from './pods.ts';
import { throughPort } from './port-filter.ts';
import type { Answer, Decision } from './routing.ts';
import { throughRouters } from './through-router.ts';
import { arriveAtWindows, closedWayOut, findReserved, sendFromWindows } from './windows.ts';

/** From pods of one node. */
export function send(journey: Journey, from: Home, ranges: Ranges): End[] {
  const { guest } = from;
  const { restores } = journey;
  if (guest.kernel.isWindows) {
    return sendFromWindows(journey, from, { ...START, ...ranges, restores }, (device, flight) =>
      enter(journey, { guest, device }, flight),
    );
  }
  // Where its pods are, it says itself: that is where their packets come in.
  const ways = guest.kernel.decide({ source: ranges.destination, destination: ranges.source, device: 'lo' });
  return ways.flatMap(({ source: destination, destination: source, decision }) => {
    // The node's own address among those of its pods.
    if (decision.kind === 'local') return [];
    const flight: Flight = { ...START, source, destination, restores };
    const link = podLinkOfSource(from, decision);
    if (link?.up === false) return [lost(journey, { guest, device: link.name }, flight, 'link-down')];
    if (link !== undefined) return enter(journey, { guest, device: link.name }, flight);
    const vacancy = findVacancy(from, source);
    if (vacancy === 'idle') return enter(journey, { guest, device: undefined }, flight);
    return [unknown(flight, guest, 'where its pods are is not certain: no route leads to them')];
  });
}

const START = { mark: NO_MARK, before: [], rewrites: [], doubts: [], isSourceSure: true };

/** From the wire. */
function receive(journey: Journey, at: Place, flight: Flight): End[] {
  return throughPort(journey, at, flight, 'destination', (arriving) => enter(journey, at, arriving));
}

function enter(journey: Journey, at: Place, flight: Flight): End[] {
  const isLoop = flight.before.some((stop) => 'guest' in stop && stop.guest === at.guest && stop.device === at.device);
  if (isLoop) return [lost(journey, at, flight, 'loop')];
  return comeIn(journey, at, { ...flight, before: [...flight.before, at] }, (arriving) =>
    admit(journey, at, arriving, (admitted) => {
      const packet = { ...admitted, ...(at.device === undefined ? {} : { device: at.device }) };
      return at.guest.kernel.decide(packet).flatMap((answer) => act(journey, at, admitted, answer));
    }),
  );
}

/** The reverse path filter, on the source. */
function admit(journey: Journey, at: Place, flight: Flight, next: (flight: Flight) => End[]): End[] {
  const { guest, device } = at;
  if (device === undefined) return next(flight);
  const { family } = flight.destination;
  const level = guest.kernel.reversePathFilter(family, device);
  if (level === undefined) return [unknown(flight, guest, `rp_filter of ${device} is not read`)];
  const { source: destination, destination: source } = flight;
  return guest.kernel.decide({ source, destination, device: 'lo' }).flatMap((answer): End[] => {
    const piece = { ...flight, source: answer.destination, destination: answer.source };
    const { decision } = answer;
    // Its own address comes from outside: never on Linux, whatever the filter.
    if (decision.kind === 'local' && guest.kernel.isWindows)
      return [unknown(piece, guest, 'what Windows does with packets from its own addresses is not known')];
    if (decision.kind === 'local') return [lost(journey, at, piece, 'reverse-path', { leadsTo: guest.name })];
    if (level === 0 || family === 6) return next(piece);
    if (decision.kind === 'unclear') return [unknown(piece, guest, decision.reason)];
    const isAdmitted = decision.kind === 'sent' && (level !== 1 || decision.hops.some((hop) => hop.device === device));
    return isAdmitted ? next(piece) : [lost(journey, at, piece, 'reverse-path', routeOf(decision))];
  });
}

function act(journey: Journey, at: Place, before: Flight, { decision, ...ranges }: Answer): End[] {
  const { guest, device } = at;
  const { to, podCIDR } = journey;
  const flight: Flight = { ...before, ...ranges };
  const { family } = ranges.destination;
  if (decision.kind === 'unclear') return [unknown(flight, guest, decision.reason)];
  // An answer may come by where its question's source was changed before it gets there.
  const isAtPods = guest === to && contains(podCIDR, ranges.destination);
  if (decision.kind === 'local') {
    // What is the owner's own is no pod.
    return isAtPods ? [] : [lost(journey, at, flight, 'elsewhere', { leadsTo: guest.name })];
  }
  const isAtLinux = isAtPods && !guest.kernel.isWindows;
  const podLink = isAtLinux ? localPodLink(journey, decision) : undefined;
  const home = { guest: to, podCIDR, pods: journey.pods };
  const vacancy = isAtLinux && podLink === undefined ? findVacancy(home, ranges.destination) : undefined;
  const forwards = guest.kernel.forwards(family, device);
  if (forwards !== true) {
    if (forwards === undefined) return [unknown(flight, guest, `forwarding of ${device ?? 'new links'} is not read`)];
    // The first pod's bridge switches it on.
    const isIdle = device === undefined || vacancy === 'idle';
    if (isIdle) return [unknown(flight, guest, 'no pod runs there yet, and forwarding is off until one does')];
    return [lost(journey, at, flight, 'forwarding')];
  }
  const closed = closedWayOut(guest, decision, family);
  if (closed !== undefined) return [lost(journey, { guest, device: closed }, flight, 'forwarding', {}, 'unknown')];
  if (isAtPods && !isAtLinux) return [arriveAtWindows(journey, at, flight, decision)];
  if (podLink !== undefined || vacancy === 'idle') {
    const way = podLink === undefined ? {} : { out: podLink };
    return goOut(journey, at, flight, way, (leaving) => [arrived(leaving)]);
  }
  if (vacancy === 'missing') return [lost(journey, at, flight, 'no-pod-route', routeOf(decision))];
  if (vacancy === 'unclear')
    return [unknown(flight, guest, 'no route leads to pods there, and whether one runs is not read')];
  if (decision.kind === 'no-route') return [lost(journey, at, flight, 'no-route')];
  if (decision.kind === 'dropped') return [lost(journey, at, flight, 'dropped', routeOf(decision))];
  const ends = decision.hops.map((hop) => pass(journey, at, flight, { ...decision, hop }));
  const [only = []] = ends;
  if (ends.length < 2) return only;
  // Flows are spread over them: as good as the worst.
  return [joined(flight, ends.flat())];
}

type Sent = Extract<Decision, { kind: 'sent' }> & { readonly hop: GuestHop };

/** Over a link to whoever answers there. */
function pass(journey: Journey, at: Place, flight: Flight, sent: Sent): End[] {
  const { guest } = at;
  const { hop, route } = sent;
  const out: Port = { guest, device: hop.device };
  const link = linkOf(out);
  const detail = { route, device: hop.device, ...(hop.gateway === undefined ? {} : { nextHop: hop.gateway }) };
  if (link === undefined) return [unknown(flight, guest, `link ${hop.device} is not read`)];
  if (!link.carrier && guest.kernel.isWindows)
    return [unknown(flight, guest, `${hop.device} is not connected, and which route Windows takes then is not known`)];
  if (!link.up || !link.carrier) return [lost(journey, at, flight, 'link-down', detail)];
  if (isPodLink(guest, hop.device)) return [lost(journey, at, flight, 'elsewhere', { ...detail, leadsTo: guest.name })];
  if (!guest.uplinks.has(hop.device)) {
    return [unknown(flight, guest, `what is behind ${hop.device} (${link.kind ?? 'hardware'}) is not known`)];
  }
  const way = { out: hop.device, ...(hop.gateway === undefined ? {} : { nextHop: hop.gateway }) };
  return goOut(journey, at, flight, way, (leaving) => {
    const gateway = hop.gateway ?? nodeAddress(leaving);
    if (journey.carrier !== undefined) {
      return journey.carrier({ journey, at, flight: leaving, device: hop.device, nextHop: gateway, detail, enter });
    }
    return throughPort(journey, { guest, device: out.device }, leaving, 'source', (sentOut) =>
      gateway === undefined
        ? askForPods(journey, at, out, sentOut, detail)
        : handOver(journey, at, out, sentOut, { gateway, isDefault: sent.prefix.length === 0, detail }),
    );
  });
}

interface Wanted {
  readonly gateway: string;
  readonly isDefault: boolean;
  readonly detail: Partial<GuestDetail>;
}

/** To whoever answers for the next hop. */
function handOver(
  journey: Journey,
  at: Place,
  out: Port,
  flight: Flight,
  { gateway, isDefault, detail }: Wanted,
): End[] {
  const { guest } = at;
  const next = journey.segments.find(out, gateway);
  if (next.kind === 'stranger' || next.kind === 'unclear') {
    const routers = journey.segments.routers.answering(out, gateway);
    if (routers.kind === 'unclear') return [unknown(flight, guest, routers.reason)];
    if (routers.faces.length > 0) return throughRouters({ journey, enter: receive }, routers.faces, flight);
  }
  const reserved = findReserved(journey, out, gateway, next);
  if (reserved !== undefined) return [lost(journey, at, flight, 'reserved', { ...detail, ...reserved })];
  switch (next.kind) {
    case 'silent':
      return [lost(journey, at, flight, 'silent', detail)];
    case 'stranger':
    case 'unclear': {
      if (isDefault) return [lost(journey, at, flight, 'router', detail, 'unknown')];
      const reason = next.kind === 'unclear' ? next.reason : `its next hop ${gateway} is no node that was read`;
      return [unknown(flight, guest, reason)];
    }
    case 'port': {
      const into = linkOf(next.port);
      if (next.port.guest.kernel.isWindows && into?.carrier === false)
        return [unknown(flight, next.port.guest, `${into.name}, at which they come in, is not connected`)];
      const isHeard = hears(next.port, askerOf(out, gateway), gateway);
      if (isHeard !== true) return [unknown(flight, next.port.guest, isHeard)];
      return receive(journey, next.port, flight);
    }
  }
}

/** Without a next hop, the pods' own addresses are asked for on the link, where they are nobody's. */
function askForPods(journey: Journey, at: Place, out: Port, flight: Flight, detail: Partial<GuestDetail>): End[] {
  const { guest } = out;
  const answered = guest.kernel.facts.neighbours.find((one) => {
    const address = parseAddress(one.address);
    return (
      one.device === out.device &&
      one.mac !== undefined &&
      address !== undefined &&
      containsAddress(flight.destination, address)
    );
  });
  if (answered !== undefined)
    return [unknown(flight, guest, `somebody answers on ${out.device} for ${answered.address}`)];
  const proxy = journey.segments.near(out).find((port) => port.guest.kernel.answersForOthers(port.device) !== false);
  if (proxy !== undefined) {
    const whose = proxy.guest.kernel.isWindows ? 'its pods, which are bridged to it' : 'the pods of others (proxy_arp)';
    return [unknown(flight, guest, `${proxy.guest.name} may answer on ${proxy.device} for ${whose}`)];
  }
  return [lost(journey, at, flight, 'silent', detail)];
}

function routeOf(decision: Decision): { readonly route?: GuestRoute } {
  return 'route' in decision ? { route: decision.route } : {};
}
