/**
 * Nearly every podCIDR of a working cluster is reached in the same way: one route that matches all of it leads to the
 * one interface of its owner, which forwards. That is told here by a few comparisons; whatever is not exactly so is left to
 * the walk. On such podCIDRs both say the same, which a test holds them to.
 */
import type { Family, Prefix } from '../model/prefix.ts';
import { containsAddress, overlaps, parseAddress } from '../model/prefix.ts';
import type { Entry, PrefixTable } from '../model/prefix-table.ts';
import type { InterfaceFacts, MachineFacts, RouteFacts } from '../model/snapshot.ts';
import type { Fabric } from './fabric.ts';
import type { HostRoutes } from './host-routes.ts';
import { hostRoutesDecide } from './host-routes.ts';
import { outcomeOf } from './outcome.ts';
import { faceBehind } from './routes.ts';
import type { SenderContext } from './sender.ts';
import { advertisedAddress } from './sender.ts';
import type { SurveyedNode } from './survey.ts';
import type { Piece } from './walk.ts';

/** A node that takes in all packets for its only podCIDR of a family, once they are at its only interface. */
interface Receiver {
  readonly podCIDR: Prefix;
  readonly face: InterfaceFacts;
  readonly machine: MachineFacts;
  /** It has the address that neighbours send to. */
  readonly isNextHop: boolean;
  readonly byExit: readonly Piece[];
  readonly onLink: readonly Piece[];
}

/** A sender that is certain of its way: one exit, whose table is known. */
interface Departure {
  readonly fabric: Fabric;
  readonly subnet: string;
  /** Ranges in which the guest asks its neighbours instead of sending to the router. */
  readonly neighbours: readonly Prefix[];
  readonly hostRoutes: PrefixTable<SurveyedNode> | undefined;
  readonly routes: PrefixTable<RouteFacts>;
  readonly network: string;
}

export class UsualWays {
  readonly #hostRoutes: HostRoutes;
  /** By the node's index; null: there is none. */
  readonly #receivers: Record<Family, (Receiver | null | undefined)[]> = { 4: [], 6: [] };
  readonly #departures = new Map<SenderContext, Departure | null>();

  constructor(hostRoutes: HostRoutes) {
    this.#hostRoutes = hostRoutes;
  }

  /** Undefined: the way has to be walked. */
  find(context: SenderContext, to: SurveyedNode): readonly Piece[] | undefined {
    const receivers = this.#receivers[context.family];
    const receiver = (receivers[to.index] ??= findReceiver(to, context.family));
    if (receiver === null || to.fabric !== context.fabric) return undefined;
    let departure = this.#departures.get(context);
    if (departure === undefined) {
      departure = findDeparture(context, this.#hostRoutes);
      this.#departures.set(context, departure);
    }
    return departure === null ? undefined : join(departure, receiver, to);
  }
}

function join(departure: Departure, receiver: Receiver, to: SurveyedNode): readonly Piece[] | undefined {
  const { podCIDR, face } = receiver;
  if (departure.hostRoutes !== undefined) {
    if (departure.hostRoutes.isCut(podCIDR)) return undefined;
    const match = departure.hostRoutes.longestMatch(podCIDR);
    if (match !== undefined) {
      const isNeighbour = only(match) === to && receiver.isNextHop && face.subnet === departure.subnet;
      return isNeighbour ? receiver.onLink : undefined;
    }
  }
  for (const prefix of departure.neighbours) if (overlaps(prefix, podCIDR)) return undefined;
  if (departure.routes.isCut(podCIDR)) return undefined;
  const match = departure.routes.longestMatch(podCIDR);
  const route = match === undefined ? undefined : only(match);
  return route !== undefined && leadsTo(route, receiver, departure) ? receiver.byExit : undefined;
}

function only<T>({ values }: Entry<T>): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function leadsTo({ state, target }: RouteFacts, { face, machine }: Receiver, { fabric, network }: Departure): boolean {
  if (state !== 'active' || machine.state === 'terminated' || machine.state === 'stopped') return false;
  // Comparing ids is cheaper than looking one up.
  return target.kind === 'interface' ? target.interface === face.id : faceBehind(fabric, network, target) === face;
}

function findDeparture(context: SenderContext, hostRoutes: HostRoutes): Departure | null {
  const { fabric, exits } = context;
  const [exit, another] = exits;
  const subnet = exit === undefined ? undefined : fabric.subnets.get(exit.subnet);
  if (exit?.table === undefined || another !== undefined || subnet === undefined) return null;
  if (context.isWindows || context.mode === 'cross-subnet' || exit.table.facts.unreadLists !== undefined) return null;
  const { neighbours } = fabric.behaviour;
  return {
    fabric,
    subnet: context.subnet,
    neighbours: neighbours === 'router' || neighbours === 'nobody' ? [] : subnet.prefixes,
    hostRoutes: hostRoutesDecide(context) ? hostRoutes.in(context) : undefined,
    routes: exit.table.lookup(exit.tags),
    network: exit.table.facts.network,
  };
}

function findReceiver(node: SurveyedNode, family: Family): Receiver | null {
  const { fabric, machine, interfaces } = node;
  const face = interfaces[0];
  const podCIDR = onlyOfFamily(node.podCIDRs, family);
  if (podCIDR === undefined || fabric === undefined || machine === undefined) return null;
  if (face === undefined || interfaces.length > 1) return null;
  if (node.facts.os === 'windows' || node.standsFor !== undefined) return null;
  if (fabric.behaviour.checksDestination && face.forwarding !== 'on') return null;
  // What the fabric itself has assigned is delivered otherwise.
  if (face.assignedPrefixes !== undefined || face.addresses.some((text) => isIn(podCIDR, text))) return null;
  const outcomes = [outcomeOf([], [face])];
  return {
    podCIDR,
    face,
    machine,
    isNextHop: fabric.holderOf(face.subnet, advertisedAddress(node, family) ?? '') === face,
    byExit: [{ via: 'exit', range: podCIDR, outcomes }],
    onLink: [{ via: 'on-link', range: podCIDR, outcomes }],
  };
}

function onlyOfFamily(prefixes: readonly Prefix[], family: Family): Prefix | undefined {
  let found: Prefix | undefined;
  for (const prefix of prefixes) {
    if (prefix.family !== family) continue;
    if (found !== undefined) return undefined;
    found = prefix;
  }
  return found;
}

function isIn(prefix: Prefix, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && containsAddress(prefix, address);
}
