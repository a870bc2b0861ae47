/** A packet between pods at a router that is no node: by its table to the next node or router, or to nowhere. */
import type { RuleId } from '../../model/config.ts';
import type { Fault, RouterDetail, RouterProblem } from '../../model/faults.ts';
import { contains, containsAddress, parseAddress, rangeToPrefixes } from '../../model/prefix.ts';
import type { Prefix } from '../../model/prefix.ts';
import { gapFault } from '../../model/faults.ts';
import type { RouterRoute } from '../../model/snapshot.ts';
import type { End, Flight, Journey, Stop } from './ends.ts';
import { joined, nodeAddress, outerRanges } from './ends.ts';
import type { Port } from './links.ts';
import { linkOf } from './links.ts';
import { hears } from './hears.ts';
import type { Face, Reach, Router, Sent } from './routers.ts';

/** What happens at a node that a packet comes to. */
export type Enter = (journey: Journey, at: Port, flight: Flight) => End[];

interface Scene {
  readonly journey: Journey;
  readonly enter: Enter;
}

/** @param faces of whom one has the packet; several where an address is a virtual one */
export function throughRouters(scene: Scene, faces: readonly Face[], flight: Flight): End[] {
  const [first, ...others] = faces.map(({ router }) => throughRouter(scene, router, flight));
  if (first === undefined) return [];
  if (others.length === 0) return first;
  const all = [first, ...others];
  if (all.every((ends) => ends.every(({ faults }) => faults.length === 0))) return first;
  const isLost = all.every((ends) => ends.every(isFailing));
  if (isLost) return [joined(flight, all.flat())];
  const names = faces.map(({ router }) => router.name).join(' or ');
  const reason = `which of them has ${faces[0]?.address ?? ''} at the moment is not known, and they do not do the same`;
  return [unknownAt(names, flight, reason)];
}

function throughRouter(scene: Scene, router: Router, flight: Flight): End[] {
  const { journey } = scene;
  const unread = router.unread(flight.destination.family);
  if (unread !== undefined) return [unknownAt(router.name, flight, unread)];
  const been = flight.before.findIndex((stop) => 'router' in stop && stop.router === router);
  if (been >= 0) return [circleAt(journey, flight, flight.before.slice(been))];
  return router.decide(flight.destination).flatMap(({ destination, decision }) => {
    const piece: Flight = { ...flight, destination };
    switch (decision.kind) {
      case 'unclear':
        return [unknownAt(router.name, piece, decision.reason)];
      case 'no-route':
        return [lostAt(journey, router, piece, 'no-route', {})];
      case 'dropped':
        return [lostAt(journey, router, piece, 'dropped', decision)];
      case 'sent': {
        const ends = decision.ways.map((way) =>
          passOn(scene, router, piece, { route: decision.route, prefix: decision.prefix, way }),
        );
        const [only = []] = ends;
        // Flows are spread over them: as good as the worst.
        return ends.length < 2 ? only : [joined(piece, ends.flat())];
      }
    }
  });
}

function passOn(scene: Scene, router: Router, arrived: Flight, sent: Sent): End[] {
  const { journey } = scene;
  const flight: Flight = { ...arrived, before: [...arrived.before, { router, sent }] };
  const link = sent.way.interface;
  const gateway = sent.way.gateway ?? nodeAddress(flight);
  if (gateway === undefined) return askForPods(journey, router, flight, sent);
  if (router.facts.outside.includes(gateway)) return [lostAt(journey, router, flight, 'outside', sent)];
  const nodes = journey.segments.holders(gateway);
  const faces = journey.segments.routers.beyond(router, { gateway, interface: link });
  if (nodes.length + faces.length === 0) return [strangerAt(journey, router, flight, sent)];
  if (nodes.length === 0) return throughRouters(scene, faces, flight);
  const [guest, other] = nodes;
  if (guest === undefined || other !== undefined || faces.length > 0) {
    return [unknownAt(router.name, flight, `its next hop ${gateway} is an address of several nodes or routers`)];
  }
  const networks = [...router.networks(link)];
  const device = [...guest.uplinks].find((name) =>
    networks.some((network) => journey.segments.isIn({ guest, device: name }, network)),
  );
  if (device === undefined) {
    const reason = `nothing shows that its ${link} and ${guest.name}, which has its next hop ${gateway}, are on one segment`;
    return [unknownAt(router.name, flight, reason)];
  }
  const port = { guest, device };
  const state = linkOf(port);
  const answers = guest.kernel.answersFor(gateway, device);
  if (state?.up !== true || !state.carrier || answers === false) {
    return [lostAt(journey, router, flight, 'silent', { ...sent, leadsTo: guest.name })];
  }
  const own = router.faces.find((face) => face.interface === link && face.network.family === flight.destination.family);
  const isHeard = answers === undefined ? 'whether it answers is not read' : hears(port, own?.address, gateway);
  if (isHeard !== true) return [unknownAt(guest.name, flight, isHeard)];
  const ends = scene.enter(journey, port, flight);
  if (guest === journey.to || nodeAddress(flight) !== undefined) return ends;
  // It need not have gone there: whatever that node makes of it is not the cause.
  const lost = lostAt(journey, router, flight, 'elsewhere', { ...sent, leadsTo: guest.name });
  return ends.map((end) => (isFailing(end) ? { ...end, faults: lost.faults } : end));
}

/** Round and round: to blame is who has the owner in a network of its own, else who has the least to say about its range. */
function circleAt(journey: Journey, flight: Flight, circle: readonly Stop[]): End {
  const stops = circle.filter((stop) => 'router' in stop);
  const { address = '' } = journey;
  const near = stops.find(({ router }) => isNear(router, address));
  const widest = stops.toSorted((a, b) => a.sent.prefix.length - b.sent.prefix.length)[0];
  const culprit = near ?? widest;
  if (culprit === undefined) throw new Error('a circle of routers has a router');
  return lostAt(journey, culprit.router, flight, 'loop', culprit.sent);
}

/** Nobody that was read has the next hop. Nodes on that segment may have asked for it, and got no answer. */
function strangerAt(journey: Journey, router: Router, flight: Flight, sent: Sent): End {
  const networks = [...router.networks(sent.way.interface)];
  const isSilent = journey.segments.sawSilence(sent.way.gateway ?? '', (port) =>
    networks.some((one) => journey.segments.isIn(port, one)),
  );
  return isSilent
    ? lostAt(journey, router, flight, 'silent', sent)
    : lostAt(journey, router, flight, 'stranger', sent, 'unknown');
}

/** Without a next hop, the router asks for the pods' own addresses, where they are nobody's. */
function askForPods(journey: Journey, router: Router, flight: Flight, sent: Sent): End[] {
  const networks = [...router.networks(sent.way.interface)];
  for (const guest of journey.segments.guests) {
    for (const device of guest.uplinks) {
      if (!networks.some((network) => journey.segments.isIn({ guest, device }, network))) continue;
      if (guest.kernel.answersForOthers(device) !== false) {
        const reason = `${guest.name} may answer on ${device} for the pods of others (proxy_arp)`;
        return [unknownAt(router.name, flight, reason)];
      }
    }
  }
  if (networks.length === 0) {
    return [unknownAt(router.name, flight, `what is behind its ${sent.way.interface} is not known`)];
  }
  return [lostAt(journey, router, flight, 'silent', sent)];
}

function isFailing({ faults }: End): boolean {
  return faults.some(({ verdict }) => verdict === 'fail');
}

function unknownAt(name: string, flight: Flight, reason: string): End {
  const gap = { facet: 'guests' as const, subject: `packets to pods at router ${name}`, scope: name, reason };
  return { ...outerRanges(flight), faults: [gapFault(gap), ...flight.doubts] };
}

interface More {
  readonly route?: RouterRoute;
  readonly prefix?: Prefix;
  readonly way?: Reach;
  readonly leadsTo?: string;
}

function lostAt(
  journey: Journey,
  router: Router,
  flight: Flight,
  problem: RouterProblem,
  { route, prefix, way, leadsTo }: More,
  verdict: Fault['verdict'] = 'fail',
): End {
  const { podCIDR, to } = journey;
  const ranges = outerRanges(flight);
  const { destination } = ranges;
  const wanted = wantedHop(journey, router);
  // A route for more than this range is not wrong: what lacks is one of its own.
  const isOwn = prefix !== undefined && contains(podCIDR, prefix);
  const rule: RuleId = isOwn ? 'tor-route-wrong' : 'tor-route-missing';
  const cause = `cluster/${router.name}/${podCIDR.text}`;
  const detail: RouterDetail = {
    kind: 'router',
    router: router.name,
    system: router.facts.system,
    source: router.facts.source,
    problem,
    family: podCIDR.family,
    podCIDR: podCIDR.text,
    owner: to.name,
    ...(contains(destination, podCIDR) ? {} : { part: rangeToPrefixes(destination).map(({ text }) => text) }),
    ...(route === undefined ? {} : { route }),
    ...(way?.gateway === undefined ? {} : { nextHop: way.gateway }),
    ...(way === undefined ? {} : { interface: way.interface }),
    ...(leadsTo === undefined ? {} : { leadsTo }),
    ...(wanted === undefined ? {} : { wanted }),
  };
  return { ...ranges, faults: [{ rule, verdict, owner: 'shared', slot: cause, cause, detail }] };
}

/** What a route to the owner would have to say: its own address, or that of the router that has it in a network. */
function wantedHop({ address, segments }: Journey, router: Router): string | undefined {
  if (address === undefined) return undefined;
  if (isNear(router, address)) return address;
  for (const other of segments.routers.all) {
    if (other === router || !isNear(other, address)) continue;
    const face = other.faces.find((one) => isNear(router, one.address));
    if (face !== undefined) return face.address;
  }
  return undefined;
}

function isNear(router: Router, address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && router.faces.some(({ network }) => containsAddress(network, parsed));
}
