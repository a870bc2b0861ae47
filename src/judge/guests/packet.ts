/** A packet between pods of two nodes, followed from kernel to kernel until it arrives, is lost, or nobody can tell. */
import type { GuestDetail } from '../../model/faults.ts';
import type { GuestHop, GuestRoute } from '../../model/guest.ts';
import { containsAddress, hostPrefix, parseAddress } from '../../model/prefix.ts';
import type { End, Journey, Place, Ranges } from './ends.ts';
import { lost, unknown } from './ends.ts';
import type { Answer, Decision } from './kernel.ts';
import type { Port } from './links.ts';
import { linkOf } from './links.ts';
import type { Home } from './pods.ts';
import { findVacancy, isPodLink, localPodLink, podLinkOfSource } from './pods.ts';
import { arriveAtWindows, findReserved, sendFromWindows, closedWayOut } from './windows.ts';

/** From the pods of one node. */
export function send(journey: Journey, from: Home): End[] {
  const { podCIDR: destination } = journey;
  const { guest } = from;
  if (guest.kernel.isWindows) {
    return sendFromWindows(journey, from, (device, ranges) => enter(journey, { guest, device }, ranges, []));
  }
  // Where its pods are, it says itself: that is where their packets come in.
  const ways = guest.kernel.decide({ source: destination, destination: from.podCIDR, device: 'lo' });
  return ways.flatMap(({ destination: source, decision }) => {
    // The node's own address among those of its pods.
    if (decision.kind === 'local') return [];
    const ranges = { source, destination };
    const link = podLinkOfSource(from, decision);
    if (link?.up === false) return [lost(journey, { guest, device: link.name }, ranges, 'link-down')];
    if (link !== undefined) return enter(journey, { guest, device: link.name }, ranges, []);
    const vacancy = findVacancy(from, source);
    if (vacancy === 'idle') return enter(journey, { guest, device: undefined }, ranges, []);
    return [unknown(ranges, guest, 'where its pods are is not certain: no route leads to them')];
  });
}

function enter(journey: Journey, at: Place, ranges: Ranges, before: readonly Place[]): End[] {
  const isLoop = before.some(({ guest, device }) => guest === at.guest && device === at.device);
  if (isLoop) return [lost(journey, at, ranges, 'loop')];
  return admit(journey, at, ranges).flatMap((end) => {
    if (end.faults.length > 0) return [end];
    const packet = { ...end, ...(at.device === undefined ? {} : { device: at.device }) };
    return at.guest.kernel.decide(packet).flatMap((answer) => act(journey, at, answer, [...before, at]));
  });
}

/** The reverse path filter, on the source. */
function admit(journey: Journey, { guest, device }: Place, ranges: Ranges): End[] {
  const passes = [{ ...ranges, faults: [] }];
  if (device === undefined) return passes;
  const level = guest.kernel.reversePathFilter(ranges.destination.family, device);
  if (level === undefined) return [unknown(ranges, guest, `rp_filter of ${device} is not read`)];
  const { source: destination, destination: source } = ranges;
  return guest.kernel.decide({ source, destination, device: 'lo' }).map((answer): End => {
    const piece = { source: answer.destination, destination: answer.source };
    const { decision } = answer;
    // Its own address comes from outside: never on Linux, whatever the filter.
    if (decision.kind === 'local' && guest.kernel.isWindows)
      return unknown(piece, guest, 'what Windows does with packets from its own addresses is not known');
    if (decision.kind === 'local') return lost(journey, { guest, device }, piece, 'reverse-path');
    if (level === 0 || ranges.destination.family === 6) return { ...piece, faults: [] };
    if (decision.kind === 'unclear') return unknown(piece, guest, decision.reason);
    const isAdmitted = decision.kind === 'sent' && (level !== 1 || decision.hops.some((hop) => hop.device === device));
    if (isAdmitted) return { ...piece, faults: [] };
    return lost(journey, { guest, device }, piece, 'reverse-path', routeOf(decision));
  });
}

function act(journey: Journey, at: Place, answer: Answer, before: readonly Place[]): End[] {
  const { guest, device } = at;
  const { to } = journey;
  const { decision, ...ranges } = answer;
  const { family } = ranges.destination;
  if (decision.kind === 'unclear') return [unknown(ranges, guest, decision.reason)];
  if (decision.kind === 'local') {
    // What is the owner's own is no pod.
    return guest === to ? [] : [lost(journey, at, ranges, 'elsewhere', { leadsTo: guest.name })];
  }
  const isAtPods = guest === to && !guest.kernel.isWindows;
  const podLink = isAtPods ? localPodLink(journey, decision) : undefined;
  const home = { guest: to, podCIDR: journey.podCIDR, pods: journey.pods };
  const vacancy = isAtPods && podLink === undefined ? findVacancy(home, ranges.destination) : undefined;
  const forwards = guest.kernel.forwards(family, device);
  if (forwards !== true) {
    if (forwards === undefined) return [unknown(ranges, guest, `forwarding of ${device ?? 'new links'} is not read`)];
    // The first pod's bridge switches it on.
    const isIdle = device === undefined || vacancy === 'idle';
    if (isIdle) return [unknown(ranges, guest, 'no pod runs there yet, and forwarding is off until one does')];
    return [lost(journey, at, ranges, 'forwarding')];
  }
  const unsure = closedWayOut(guest, decision, family);
  if (unsure !== undefined) return [lost(journey, { guest, device: unsure }, ranges, 'forwarding', {}, 'unknown')];
  if (guest === to && guest.kernel.isWindows) return [arriveAtWindows(journey, at, ranges, decision)];
  if (podLink !== undefined || vacancy === 'idle') return [{ ...ranges, faults: [] }];
  if (vacancy === 'missing') return [lost(journey, at, ranges, 'no-pod-route', routeOf(decision))];
  if (vacancy === 'unclear')
    return [unknown(ranges, guest, 'no route leads to pods there, and whether one runs is not read')];
  if (decision.kind === 'no-route') return [lost(journey, at, ranges, 'no-route')];
  if (decision.kind === 'dropped') return [lost(journey, at, ranges, 'dropped', routeOf(decision))];
  const ends = decision.hops.map((hop) => pass(journey, at, ranges, { ...decision, hop }, before));
  const [only = []] = ends;
  if (ends.length < 2) return only;
  // Flows are spread over them: as good as the worst.
  return [{ ...ranges, faults: ends.flat().flatMap((end) => end.faults) }];
}

type Sent = Extract<Decision, { kind: 'sent' }> & { readonly hop: GuestHop };

/** Over a link to whoever answers there. */
function pass(journey: Journey, at: Place, ranges: Ranges, sent: Sent, before: readonly Place[]): End[] {
  const { guest } = at;
  const { hop, route } = sent;
  const out: Port = { guest, device: hop.device };
  const link = linkOf(out);
  const detail = { route, device: hop.device, ...(hop.gateway === undefined ? {} : { nextHop: hop.gateway }) };
  if (link === undefined) return [unknown(ranges, guest, `link ${hop.device} is not read`)];
  if (!link.carrier && guest.kernel.isWindows)
    return [unknown(ranges, guest, `${hop.device} is not connected, and which route Windows takes then is not known`)];
  if (!link.up || !link.carrier) return [lost(journey, at, ranges, 'link-down', detail)];
  if (isPodLink(guest, hop.device)) return [lost(journey, at, ranges, 'elsewhere', { ...detail, leadsTo: guest.name })];
  if (!guest.uplinks.has(hop.device)) {
    return [unknown(ranges, guest, `what is behind ${hop.device} (${link.kind ?? 'hardware'}) is not known`)];
  }
  if (hop.gateway === undefined) return askForPods(journey, at, out, ranges, detail);
  const next = journey.segments.find(out, hop.gateway);
  const reserved = findReserved(journey, out, hop.gateway, next);
  if (reserved !== undefined) return [lost(journey, at, ranges, 'reserved', { ...detail, ...reserved })];
  switch (next.kind) {
    case 'silent':
      return [lost(journey, at, ranges, 'silent', detail)];
    case 'stranger':
    case 'unclear': {
      if (sent.prefix.length === 0) return [lost(journey, at, ranges, 'router', detail, 'unknown')];
      const reason = next.kind === 'unclear' ? next.reason : `its next hop ${hop.gateway} is no node that was read`;
      return [unknown(ranges, guest, reason)];
    }
    case 'port': {
      const isHeard = hears(next.port, out, hop.gateway);
      if (isHeard !== true) return [unknown(ranges, next.port.guest, isHeard)];
      return enter(journey, next.port, ranges, before);
    }
  }
}

/** A question for a hardware address is dropped, too, where its sender's address should come in elsewhere. */
function hears(port: Port, { guest, device }: Port, gateway: string): true | string {
  const own = guest.kernel.links.get(device)?.addresses ?? [];
  const asker = own
    .map(({ address }) => parseAddress(address))
    .find((one) => one?.family === parseAddress(gateway)?.family);
  const wanted = parseAddress(gateway);
  if (asker === undefined || wanted?.family !== 4) return true;
  const level = port.guest.kernel.reversePathFilter(4, port.device);
  if (level === 0) return true;
  const [source, destination] = [hostPrefix(wanted), hostPrefix(asker)];
  const [answer] = port.guest.kernel.decide({ source, destination, device: 'lo' });
  const isHeard = answer?.decision.kind === 'sent' && answer.decision.hops.some((hop) => hop.device === port.device);
  return isHeard || `whether it answers ${asker.text} on ${port.device} is not certain`;
}

/** Without a next hop, the pods' own addresses are asked for on the link, where they are nobody's. */
function askForPods(journey: Journey, at: Place, out: Port, ranges: Ranges, detail: Partial<GuestDetail>): End[] {
  const { guest } = out;
  const answered = guest.kernel.facts.neighbours.find((one) => {
    const address = parseAddress(one.address);
    return (
      one.device === out.device &&
      one.mac !== undefined &&
      address !== undefined &&
      containsAddress(ranges.destination, address)
    );
  });
  if (answered !== undefined)
    return [unknown(ranges, guest, `somebody answers on ${out.device} for ${answered.address}`)];
  const proxy = journey.segments.near(out).find((port) => port.guest.kernel.answersForOthers(port.device) !== false);
  if (proxy !== undefined) {
    const whose = proxy.guest.kernel.isWindows ? 'its pods, which are bridged to it' : 'the pods of others (proxy_arp)';
    return [unknown(ranges, guest, `${proxy.guest.name} may answer on ${proxy.device} for ${whose}`)];
  }
  return [lost(journey, at, ranges, 'silent', detail)];
}

function routeOf(decision: Decision): { readonly route?: GuestRoute } {
  return 'route' in decision ? { route: decision.route } : {};
}
