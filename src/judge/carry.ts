/**
 * The join of guest and fabric: a packet that leaves one node's kernel, by the way that this kernel has chosen, through
 * the cloud to the other node's kernel.
 */
import type { GuestProblem } from '../model/faults.ts';
import { overlaps, parseAddress } from '../model/prefix.ts';
import type { InterfaceFacts } from '../model/snapshot.ts';
import type { Carrier, End, Handover } from './guests/ends.ts';
import { lost, outerRanges, unknown } from './guests/ends.ts';
import type { Guest } from './guests/links.ts';
import type { Outcome } from './outcome.ts';
import type { Sender } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import type { Piece } from './walk.ts';
import { walkChosen } from './walk.ts';

export interface Crossing {
  readonly survey: Survey;
  readonly from: SurveyedNode;
  readonly to: SurveyedNode;
  readonly sender: Sender;
  /** With what filters make of it: one outcome for all addresses that they do not tell apart. */
  readonly through: (sender: Sender, piece: Piece) => readonly Outcome[];
}

/** Where the sender's kernel sends it; `router`: what the fabric's tables say decides. */
type NextHop =
  | { readonly kind: 'neighbour'; readonly face: InterfaceFacts }
  | { readonly kind: 'router' }
  | { readonly kind: 'lost'; readonly problem: GuestProblem }
  | { readonly kind: 'unclear'; readonly reason: string };

export function carrierAcross(crossing: Crossing): Carrier {
  return (handover) => carry(crossing, handover);
}

function carry(crossing: Crossing, handover: Handover): End[] {
  const { survey, from, to, sender } = crossing;
  const { journey, at, flight, device, detail } = handover;
  const { guest } = at;
  if (guest.name !== from.name) {
    return [unknown(flight, guest, `they pass through ${guest.name}, and the cloud's part of that is not followed`)];
  }
  if (flight.rewrites.length > 0 || flight.restores.length > 0) {
    return [unknown(flight, guest, 'their source is changed there, and the cloud’s part of that is not followed')];
  }
  const face = faceOf(from, guest, device);
  if (face === undefined) return [unknown(flight, guest, `which interface of its machine ${device} is was not found`)];
  const next = findNextHop(crossing, handover, face);
  if (next.kind === 'unclear') return [unknown(flight, guest, next.reason)];
  if (next.kind === 'lost') return [lost(journey, at, flight, next.problem, detail)];
  const chosen = next.kind === 'neighbour' ? onLinkOnly(sender, face) : exitOnly(sender, face);
  if (chosen === undefined) {
    return [unknown(flight, guest, `${device} is another interface than that of the node’s own address`)];
  }
  const neighbour = next.kind === 'neighbour' ? next.face : undefined;
  return walkChosen(survey, sender.context, to, flight.destination, neighbour).flatMap((piece) => {
    const way = chosen.only(piece);
    // Mended, the node's own route makes the table's answer of no account.
    if (next.kind === 'router' && isNeighbour(crossing, face) && failsWhole(way)) {
      const table = sender.context.exits[chosen.index]?.table?.facts.id;
      const missing = { ...detail, ...(table === undefined ? {} : { table }) };
      return [lost(journey, at, { ...flight, destination: piece.range }, 'router', missing)];
    }
    return arriveOrNot(handover, to, piece, crossing.through(chosen.sender, way));
  });
}

function failsWhole({ outcomes }: Piece): boolean {
  return outcomes.length > 0 && outcomes.every(({ verdict }) => verdict === 'fail');
}

/** The sender's agent is meant to keep a route to a neighbour. */
function isNeighbour({ from, to, sender }: Crossing, face: InterfaceFacts): boolean {
  const { onLinkBypassesTables } = sender.context.fabric.behaviour;
  return (
    onLinkBypassesTables && from.mode.mode === 'host-gw' && to.interfaces.some(({ subnet }) => subnet === face.subnet)
  );
}

/** Equal arrivals go on once, however many addresses filters tell apart. */
function arriveOrNot(handover: Handover, to: SurveyedNode, piece: Piece, outcomes: readonly Outcome[]): End[] {
  const { journey, enter } = handover;
  const flight = { ...handover.flight, destination: piece.range };
  const ranges = outerRanges(flight);
  const ends: End[] = [];
  const arrivals = new Set<InterfaceFacts>();
  for (const { faults, arrivals: faces } of outcomes) {
    if (faults.length > 0) ends.push({ ...ranges, faults: [...faults, ...flight.doubts] });
    else for (const face of faces) arrivals.add(face);
  }
  for (const face of arrivals) {
    const device = linkOf(journey.to, face);
    if (device === undefined) {
      ends.push(unknown(flight, journey.to, `on which link interface ${face.id} of ${to.name} is was not found`));
    } else ends.push(...enter(journey, { guest: journey.to, device }, flight));
  }
  return ends;
}

/** The part of a handover that the choice of the way hangs on. */
type Leaving = Pick<Handover, 'nextHop' | 'device'> & {
  readonly at: Pick<Handover['at'], 'guest'>;
  readonly flight: Pick<Handover['flight'], 'destination'>;
};

export function findNextHop(
  { from, to, sender }: Pick<Crossing, 'from' | 'to' | 'sender'>,
  { at, nextHop, device, flight }: Leaving,
  face: InterfaceFacts,
): NextHop {
  const { fabric } = sender.context;
  const { neighbours, onLinkBypassesTables } = fabric.behaviour;
  if (nextHop === undefined) {
    if (neighbours === 'router') return { kind: 'router' };
    const isAssigned = to.interfaces.some((one) =>
      fabric.assigned(one).some((own) => overlaps(own, flight.destination)),
    );
    const isSilent = neighbours === 'assigned' && !isAssigned;
    return isSilent
      ? { kind: 'lost', problem: 'silent' }
      : { kind: 'unclear', reason: `who answers on ${device} for addresses of pods is not known` };
  }
  // Such a fabric routes every packet by its destination.
  if (!onLinkBypassesTables) return { kind: 'router' };
  const holder = fabric.holderOf(face.subnet, nextHop);
  if (holder?.machine !== undefined) {
    if (holder.machine === to.machine?.id) return { kind: 'neighbour', face: holder };
    const reason = `its next hop ${nextHop} is interface ${holder.id}, which is not ${to.name}'s`;
    return holder.machine === from.machine?.id ? { kind: 'lost', problem: 'loop' } : { kind: 'unclear', reason };
  }
  if (isDefaultRouter(at.guest, nextHop)) return { kind: 'router' };
  const gap = fabric.gaps.find(({ facet }) => facet === 'interfaces');
  if (holder === undefined && gap === undefined) return { kind: 'lost', problem: 'silent' };
  return { kind: 'unclear', reason: `who has its next hop ${nextHop} is not known` };
}

/** What its default route leads to is the cloud's own router, unless a machine has the address. */
function isDefaultRouter({ kernel }: Guest, address: string): boolean {
  let routers = ROUTERS.get(kernel);
  if (routers === undefined) {
    const routes = kernel.facts.routes.filter(({ prefix }) => prefix === '0.0.0.0/0' || prefix === '::/0');
    const gateways = routes.flatMap(({ hops }) => hops.flatMap(({ gateway }) => gateway ?? []));
    routers = new Set(gateways.map((gateway) => parseAddress(gateway)?.text ?? gateway));
    ROUTERS.set(kernel, routers);
  }
  return routers.has(address);
}

/** Asked for again by every pair. */
const ROUTERS = new WeakMap<Guest['kernel'], ReadonlySet<string>>();

interface Chosen {
  readonly sender: Sender;
  /** Of the exit. */
  readonly index: number;
  /** The piece with the outcome at that one interface. */
  readonly only: (piece: Piece) => Piece;
}

function onLinkOnly(sender: Sender, face: InterfaceFacts): Chosen | undefined {
  return sender.onLinkFace === face ? { sender, index: 0, only: (piece) => piece } : undefined;
}

/** The kernel has chosen one of the exits. */
function exitOnly(sender: Sender, face: InterfaceFacts): Chosen | undefined {
  const at = sender.exitFaces.indexOf(face);
  if (at < 0) return undefined;
  return {
    index: at,
    sender: { ...sender, exitFaces: [face], exitFaults: [sender.exitFaults[at] ?? []] },
    only: (piece) => ({ ...piece, outcomes: piece.outcomes.slice(at, at + 1) }),
  };
}

function faceOf(node: SurveyedNode, guest: Guest, device: string): InterfaceFacts | undefined {
  const faces = node.interfaces.filter((face) => linkOf(guest, face) === device);
  return faces.length === 1 ? faces[0] : undefined;
}

/** The link that has an address of the interface. */
export function linkOf({ kernel }: Guest, { addresses }: InterfaceFacts): string | undefined {
  return kernel.facts.links.find((link) => link.addresses.some(({ address }) => addresses.includes(address)))?.name;
}
