/** One address range of a podCIDR against one route table: where it ends up, and whose fault that is. */
import { gapFault } from '../model/faults.ts';
import type { Range } from '../model/prefix.ts';
import { containsAddress, parseAddress } from '../model/prefix.ts';
import type { Entry } from '../model/prefix-table.ts';
import type { Gap, InterfaceFacts, RouteFacts, RouteTarget } from '../model/snapshot.ts';
import { blameDuplicate, blameLoss } from './blame.ts';
import { isCovered } from './fabric.ts';
import type { Fabric } from './fabric.ts';
import type { Ending, Lookup, Outcome } from './outcome.ts';
import { PASS, outcomeOf } from './outcome.ts';
import { judgeForwarding } from './sender.ts';
import type { SurveyedNode } from './survey.ts';
import { gapsOf } from './survey.ts';

/** Arrival at an interface of the receiver: the destination check. */
export function arrive(node: SurveyedNode, fabric: Fabric, face: InterfaceFacts, range: Range): Outcome {
  // Asked first, because it is what nearly every interface of a working cluster says.
  const isFree =
    !fabric.behaviour.checksDestination || face.forwarding === 'on' || isCovered(range, fabric.assigned(face));
  return outcomeOf(isFree ? [] : judgeForwarding(node, fabric, face, 'receiver'), [face]);
}

export function judgeMatch(lookup: Lookup, match: Entry<RouteFacts> | undefined): Outcome {
  const { context, table } = lookup;
  const { fabric } = context;
  const list = table.facts.unreadLists?.[0];
  if (list !== undefined && !lookup.isNeighbourQuery)
    return outcomeOf([gapFault(unreadListGap(fabric, table.facts.id, list))]);
  if (match === undefined) return blameLoss(lookup, undefined, { kind: 'lost', problem: 'none' });
  const [only, another] = match.values;
  if (only !== undefined && another === undefined) return judgeEnding(lookup, only, follow(lookup, only), 1);
  const best = Math.min(...match.values.map((route) => route.rank));
  const winners = match.values.filter((route) => route.rank === best);
  const equals = winners.map((route) => ({ route, ending: follow(lookup, route) }));
  const duplicate = blameDuplicate(lookup, match.prefix, equals);
  const outcomes = equals.map(({ route, ending }) =>
    duplicate !== undefined && ending.kind === 'lost' ? duplicate : judgeEnding(lookup, route, ending, winners.length),
  );
  const [first = PASS] = outcomes;
  if (outcomes.length === 1) return first;
  const isMixed = outcomes.some((outcome) => outcome.verdict !== first.verdict);
  if (isMixed && winners.every((route) => route.origin === 'prefix-list')) {
    const reason =
      'several prefix lists hold the same prefix with different targets, and which one counts is arbitrary';
    return outcomeOf([gapFault(routeGap(fabric, `${table.facts.id}/${match.prefix.text}`, reason))]);
  }
  // Flows are spread over equal routes: a range is only as good as the worst of them.
  return outcomeOf(
    outcomes.flatMap((outcome) => outcome.faults),
    outcomes.flatMap((outcome) => outcome.arrivals),
  );
}

function judgeEnding(lookup: Lookup, route: RouteFacts, ending: Ending, equalRoutes: number): Outcome {
  if (ending.kind === 'arrives') return arrive(lookup.to, lookup.context.fabric, ending.face, lookup.range);
  if (ending.kind === 'own') return outcomeOf([], [ending.face]);
  if (ending.kind === 'unclear') return outcomeOf([gapFault(ending.gap)]);
  return blameLoss(lookup, route, { ...ending, equalRoutes });
}

function follow(lookup: Lookup, route: RouteFacts): Ending {
  const { context, table, to, range } = lookup;
  const { fabric } = context;
  const { target } = route;
  if (route.state === 'unknown') {
    const reason = `the route's state is ${route.stateText ?? 'not known'}`;
    return { kind: 'unclear', gap: routeGap(fabric, `${table.facts.id}/${route.prefix}`, reason) };
  }
  if (target.kind === 'local') {
    const inNetwork = to.fabric === fabric ? to.interfaces.filter((face) => face.network === table.facts.network) : [];
    const own = inNetwork.filter((face) => isCovered(range, fabric.assigned(face)));
    // A neighbour query is heard in the sender's own subnet only; the router delivers everywhere in the network.
    const face = own.find((one) => !lookup.isNeighbourQuery || one.subnet === lookup.exit.subnet);
    return face === undefined ? { kind: 'lost', problem: 'inside-network' } : { kind: 'own', face };
  }
  switch (target.kind) {
    case 'interface':
    case 'machine':
      return followToMachine(lookup, route, target);
    case 'address':
      return followToAddress(lookup, route, target.address);
    case 'gateway':
      return followToGateway(lookup, route, target);
    case 'none':
      // The fabric's own way of saying that it knows no way, or somebody's will to drop.
      return { kind: 'lost', problem: route.origin === 'system' ? 'none' : 'gateway', leadsTo: 'nothing: it drops' };
    case 'unknown':
      return {
        kind: 'unclear',
        gap: routeGap(fabric, `target ${target.text}`, 'it is no target that this version knows'),
      };
  }
}

/** Comparing with the receiver's ids is cheaper than looking one up, and nearly every route leads to the receiver. */
function ownInterface(
  fabric: Fabric,
  to: SurveyedNode,
  target: Extract<RouteFacts['target'], { kind: 'interface' | 'machine' }>,
): InterfaceFacts | undefined {
  if (target.kind !== 'interface' || to.fabric !== fabric) return undefined;
  return to.interfaces.find((face) => face.id === target.interface);
}

function followToMachine(
  lookup: Lookup,
  route: RouteFacts,
  target: Extract<RouteFacts['target'], { kind: 'interface' | 'machine' }>,
): Ending {
  const { context, survey, to } = lookup;
  const { fabric } = context;
  const face = ownInterface(fabric, to, target) ?? faceBehind(fabric, lookup.table.facts.network, target);
  const machineId = face?.machine ?? target.machine;
  const isOwner = to.fabric === fabric && machineId !== undefined && to.machine?.id === machineId;
  const machine = isOwner ? to.machine : machineId === undefined ? undefined : fabric.machines.get(machineId);
  const name = target.kind === 'interface' ? target.interface : target.machine;
  const dead = (because: string): Ending => ({ kind: 'lost', problem: 'dead', because });
  if (machine !== undefined && (machine.state === 'terminated' || machine.state === 'stopped')) {
    return dead(`instance ${machine.id} is ${machine.stateText}`);
  }
  if (route.state === 'dead') return dead(`the route is marked ${route.stateText ?? 'dead'}`);
  if (face === undefined) {
    const [gap] = gapsOf(fabric.gaps, ['interfaces', 'machines'], fabric.facts.id);
    if (gap !== undefined) return { kind: 'unclear', gap };
    return dead(`${name} does not exist in ${fabric.facts.id}`);
  }
  if (machineId === undefined) {
    if (face.type === undefined || face.type === 'interface') return dead(`${face.id} is attached to nothing`);
    return {
      kind: 'unclear',
      gap: routeGap(fabric, `${face.type} ${face.id}`, 'what it does with pod packets is not read'),
    };
  }
  if (isOwner) return { kind: 'arrives', face };
  const owner = survey.nodeOfMachine.get(`${fabric.facts.id}/${machineId}`);
  if (owner !== undefined) return { kind: 'lost', problem: 'other-node', leadsTo: owner };
  if (machine === undefined) {
    const [gap] = gapsOf(fabric.gaps, ['machines'], fabric.facts.id);
    return {
      kind: 'unclear',
      gap: gap ?? routeGap(fabric, `machine ${machineId}`, 'it is not visible to this account'),
    };
  }
  if (face.forwarding === 'off') return { kind: 'lost', problem: 'other-machine', leadsTo: machineId };
  const reason = 'it forwards for others, and where it sends pod packets is not read';
  return { kind: 'unclear', gap: routeGap(fabric, `instance ${machineId}`, reason) };
}

/** Where packets arrive that a route of this network sends to such a target. */
export function faceBehind(fabric: Fabric, network: string, target: RouteTarget): InterfaceFacts | undefined {
  switch (target.kind) {
    case 'interface':
      return fabric.interfaces.get(target.interface);
    case 'machine':
      return entryOf(fabric, target.machine, network);
    case 'address':
      return fabric.nextHopHolder(network, target.address);
    case 'local':
    case 'none':
    case 'gateway':
    case 'unknown':
      return undefined;
  }
}

/** A route by machine leads to the machine's interface in the route's network. */
function entryOf(fabric: Fabric, machine: string, network: string): InterfaceFacts | undefined {
  const faces = fabric.interfacesOf(machine).filter((face) => face.network === network);
  return faces.find((face) => face.primary) ?? faces[0];
}

function followToAddress(lookup: Lookup, route: RouteFacts, address: string): Ending {
  const { fabric } = lookup.context;
  const { network } = lookup.table.facts;
  const holder = fabric.nextHopHolder(network, address);
  if (holder !== undefined) return followToMachine(lookup, route, { kind: 'interface', interface: holder.id });
  if (route.state === 'dead') {
    return { kind: 'lost', problem: 'dead', because: `the route is marked ${route.stateText ?? 'dead'}` };
  }
  const [gap] = gapsOf(fabric.gaps, ['interfaces', 'machines'], fabric.facts.id);
  if (gap !== undefined) return { kind: 'unclear', gap };
  const host = parseAddress(address);
  const isInside =
    host !== undefined && fabric.networkPrefixes(network).some((prefix) => containsAddress(prefix, host));
  if (isInside) return { kind: 'lost', problem: 'dead', because: `nobody in ${network} has the address ${address}` };
  const reason = 'it is outside the network, and what is there is not read';
  return { kind: 'unclear', gap: routeGap(fabric, `next hop ${address}`, reason) };
}

function followToGateway(
  lookup: Lookup,
  route: RouteFacts,
  target: Extract<RouteFacts['target'], { kind: 'gateway' }>,
): Ending {
  if (route.state === 'dead') {
    return { kind: 'lost', problem: 'dead', because: `the route is marked ${route.stateText ?? 'dead'}` };
  }
  switch (target.gateway) {
    case 'internet':
    case 'nat':
    case 'egress-only':
    case 'carrier': {
      const isDefault = route.prefix.endsWith('/0');
      return { kind: 'lost', problem: isDefault ? 'default-route' : 'gateway', leadsTo: target.id };
    }
    case 'peering':
      return { kind: 'lost', problem: 'gateway', leadsTo: target.id };
    case 'transit':
    case 'vpn':
    case 'endpoint':
    case 'local-gateway':
    case 'core-network':
    case 'other': {
      const reason = 'pod packets are handed to it, and its own routing is not read';
      return { kind: 'unclear', gap: routeGap(lookup.context.fabric, `routing of ${target.id}`, reason) };
    }
  }
}

function routeGap(fabric: Fabric, subject: string, reason: string): Gap {
  return { facet: 'routes', subject, scope: fabric.facts.id, reason };
}

function unreadListGap(fabric: Fabric, table: string, list: string): Gap {
  const known = fabric.gaps.find((gap) => gap.facet === 'prefix-lists' && gap.subject.includes(list));
  const reason = `its entries could not be read, so any address may be in it`;
  return known ?? { facet: 'prefix-lists', subject: `prefix list ${list} in ${table}`, scope: fabric.facts.id, reason };
}
