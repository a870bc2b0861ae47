/** One address range of a podCIDR against one route table: where it ends up, and whose fault that is. */
import type { Fault, RouteProblem } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { Prefix, Range } from '../model/prefix.ts';
import { overlaps, parsePrefix, rangeToPrefixes } from '../model/prefix.ts';
import type { Entry } from '../model/prefix-table.ts';
import type { Gap, InterfaceFacts, RouteFacts } from '../model/snapshot.ts';
import { isCovered } from './fabric.ts';
import type { CompiledTable, Fabric } from './fabric.ts';
import type { Exit, SenderContext } from './sender.ts';
import { judgeForwarding } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { gapsOf, nodeInterface } from './survey.ts';

export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly faults: readonly Fault[];
}

export const PASS: Outcome = { verdict: 'pass', faults: [] };

export function outcomeOf(faults: readonly Fault[]): Outcome {
  if (faults.length === 0) return PASS;
  return { verdict: faults.some((fault) => fault.verdict === 'fail') ? 'fail' : 'unknown', faults };
}

/** What is being looked up, and for whom. */
export interface Lookup {
  readonly survey: Survey;
  readonly context: SenderContext;
  readonly exit: Exit;
  readonly table: CompiledTable;
  readonly to: SurveyedNode;
  readonly podCIDR: Prefix;
  readonly slot: string;
  readonly range: Range;
}

type Ending =
  | { readonly kind: 'arrives'; readonly face: InterfaceFacts }
  | { readonly kind: 'own' }
  | {
      readonly kind: 'lost';
      readonly problem: RouteProblem;
      readonly leadsTo?: string;
      readonly because?: string;
    }
  | { readonly kind: 'unclear'; readonly gap: Gap };

/** Arrival at an interface of the receiver: the destination check. */
export function arrive(node: SurveyedNode, fabric: Fabric, face: InterfaceFacts, range: Range): Outcome {
  if (!fabric.behaviour.checksDestination || isCovered(range, fabric.assigned(face))) return PASS;
  return outcomeOf(judgeForwarding(node, fabric, face, 'receiver'));
}

export function judgeMatch(lookup: Lookup, match: Entry<RouteFacts> | undefined): Outcome {
  const { context, table, to, range } = lookup;
  const { fabric } = context;
  const [list] = table.facts.unreadLists ?? [];
  if (list !== undefined) return outcomeOf([gapFault(unreadListGap(fabric, table.facts.id, list))]);
  if (match === undefined) return lost(lookup, undefined, { kind: 'lost', problem: 'none' });
  const best = Math.min(...match.values.map((route) => route.rank));
  const winners = match.values.filter((route) => route.rank === best);
  const outcomes = winners.map((route) => {
    const ending = follow(lookup, route);
    if (ending.kind === 'arrives') return arrive(to, fabric, ending.face, range);
    if (ending.kind === 'own') return PASS;
    return ending.kind === 'lost' ? lost(lookup, route, ending) : outcomeOf([gapFault(ending.gap)]);
  });
  const [first = PASS] = outcomes;
  if (outcomes.every((outcome) => outcome.verdict === first.verdict)) return first;
  const reason = 'several prefix lists hold the same prefix with different targets, and which one counts is arbitrary';
  return outcomeOf([gapFault(routeGap(fabric, `${table.facts.id}/${match.prefix.text}`, reason))]);
}

function follow(lookup: Lookup, route: RouteFacts): Ending {
  const { context, table, to, range } = lookup;
  const { fabric } = context;
  const { target } = route;
  if (target.kind === 'local') {
    const isOwn = to.fabric === fabric && to.interfaces.some((face) => isCovered(range, fabric.assigned(face)));
    return isOwn ? { kind: 'own' } : { kind: 'lost', problem: 'inside-network' };
  }
  if (route.state === 'unknown') {
    const reason = `the route's state is ${route.stateText ?? 'not known'}`;
    return { kind: 'unclear', gap: routeGap(fabric, `${table.facts.id}/${route.prefix}`, reason) };
  }
  switch (target.kind) {
    case 'interface':
    case 'machine':
      return followToMachine(lookup, route, target);
    case 'gateway':
      return followToGateway(lookup, route, target);
    case 'unknown':
      return { kind: 'unclear', gap: routeGap(fabric, `target ${target.text}`, 'it is no target that this version knows') };
  }
}

function followToMachine(
  lookup: Lookup,
  route: RouteFacts,
  target: Extract<RouteFacts['target'], { kind: 'interface' | 'machine' }>,
): Ending {
  const { context, survey, to } = lookup;
  const { fabric } = context;
  const face =
    target.kind === 'interface'
      ? fabric.interfaces.get(target.interface)
      : fabric.interfacesOf(target.machine).find((candidate) => candidate.primary);
  const machineId = face?.machine ?? target.machine;
  const machine = machineId === undefined ? undefined : fabric.machines.get(machineId);
  const name = target.kind === 'interface' ? target.interface : target.machine;
  const dead = (because: string): Ending => ({ kind: 'lost', problem: 'dead', because });
  if (machine !== undefined && (machine.state === 'terminated' || machine.state === 'stopped')) {
    return dead(`instance ${machine.id} is ${machine.stateText}`);
  }
  if (route.state === 'dead') return dead(`the route is marked ${route.stateText ?? 'dead'}`);
  if (face === undefined) {
    const [gap] = gapsOf(fabric.gaps, ['interfaces'], fabric.facts.id);
    if (gap !== undefined) return { kind: 'unclear', gap };
    return dead(`${name} does not exist in this account and region`);
  }
  if (machineId === undefined) {
    if (face.type === undefined || face.type === 'interface') return dead(`${face.id} is attached to nothing`);
    return { kind: 'unclear', gap: routeGap(fabric, `${face.type} ${face.id}`, 'what it does with pod packets is not read') };
  }
  if (to.fabric === fabric && to.machine?.id === machineId) return { kind: 'arrives', face };
  const owner = survey.nodeOfMachine.get(`${fabric.facts.id}/${machineId}`);
  if (owner !== undefined) return { kind: 'lost', problem: 'other-node', leadsTo: owner };
  if (machine === undefined) {
    const [gap] = gapsOf(fabric.gaps, ['machines'], fabric.facts.id);
    return { kind: 'unclear', gap: gap ?? routeGap(fabric, `machine ${machineId}`, 'it is not visible to this account') };
  }
  if (face.forwarding === 'off') return { kind: 'lost', problem: 'other-machine', leadsTo: machineId };
  const reason = 'it forwards for others, and where it sends pod packets is not read';
  return { kind: 'unclear', gap: routeGap(fabric, `instance ${machineId}`, reason) };
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

/** Finds the one cause of a lost packet, in the order of what a person would mend first. */
function lost(lookup: Lookup, route: RouteFacts | undefined, ending: Extract<Ending, { kind: 'lost' }>): Outcome {
  const { survey, context, exit, table, to, podCIDR, slot, range } = lookup;
  const { fabric } = context;
  const fail = (fault: Omit<Fault, 'verdict'>): Outcome => outcomeOf([{ verdict: 'fail', ...fault }]);
  const isMissing = ending.problem === 'none' || ending.problem === 'default-route';
  const network = `${fabric.facts.id}/${table.facts.network}`;
  if (isMissing && !fabric.networksWithPodRoutes.has(network) && context.usesHostRoutes) {
    const subnets = survey.hostGwSubnets.get(network) ?? [];
    const detail = { kind: 'off-link' as const, fabric: fabric.facts.id, network: table.facts.network, subnets };
    return fail({ rule: 'host-gw-off-link', owner: 'shared', slot: network, cause: network, detail });
  }
  if (isMissing && !table.holdsPodRoutes && fabric.networksWithPodRoutes.has(network)) {
    const better = [...fabric.tables.values()].filter(
      (other) => other.holdsPodRoutes && other.facts.network === table.facts.network,
    );
    const cause = `${fabric.facts.id}/${exit.subnet}`;
    const detail = {
      kind: 'association' as const,
      fabric: fabric.facts.id,
      subnet: exit.subnet,
      table: table.facts.id,
      tableBy: fabric.subnets.get(exit.subnet)?.facts.tableBy ?? ('main' as const),
      better: better.map((other) => other.facts.id).sort(),
    };
    return fail({ rule: 'route-table-not-associated', owner: 'shared', slot: cause, cause, detail });
  }
  const overlap = overlapFault(survey, to, range);
  if (overlap !== undefined) return outcomeOf([overlap]);
  const routePrefix = route === undefined ? undefined : parsePrefix(route.prefix);
  const isShadow = routePrefix !== undefined && routePrefix.length > podCIDR.length;
  const ownerInterface = nodeInterface(to)?.id;
  const detail = {
    kind: 'route' as const,
    fabric: fabric.facts.id,
    node: to.name,
    podCIDR: podCIDR.text,
    table: table.facts.id,
    problem: ending.problem,
    ...(route === undefined ? {} : { route }),
    ...(ending.leadsTo === undefined ? {} : { leadsTo: ending.leadsTo }),
    ...(ending.because === undefined ? {} : { because: ending.because }),
    ...(ownerInterface === undefined ? {} : { ownerInterface }),
    ...(isWhole(range, podCIDR) ? {} : { part: rangeToPrefixes(range).map((prefix) => prefix.text) }),
  };
  if (isShadow) {
    const cause = `${fabric.facts.id}/${routePrefix.text}`;
    return fail({ rule: 'route-shadowed', owner: 'to', slot: `longer ${routePrefix.text}`, cause, detail });
  }
  const cause = `${fabric.facts.id}/${podCIDR.text}`;
  return fail({ rule: RULE_OF[ending.problem], owner: 'to', slot, cause, detail });
}

const RULE_OF = {
  none: 'fabric-route-missing',
  'default-route': 'fabric-route-missing',
  'inside-network': 'fabric-route-missing',
  'other-node': 'fabric-route-wrong-target',
  'other-machine': 'fabric-route-wrong-target',
  gateway: 'fabric-route-wrong-target',
  dead: 'fabric-route-dead',
} as const;

function isWhole(range: Range, prefix: Prefix): boolean {
  return range.first === prefix.first && range.last === prefix.last;
}

/** Present where another node claims an address of this range too. */
export function overlapFault(
  survey: Survey,
  to: SurveyedNode,
  range: Range,
  verdict: Fault['verdict'] = 'fail',
): Fault | undefined {
  for (const root of to.overlapRoots) {
    const prefix = parsePrefix(root);
    const group = survey.overlapGroups.get(root);
    if (prefix === undefined || group === undefined || !overlaps(prefix, range)) continue;
    const claims = [...survey.podCIDRs.covering(range), ...survey.podCIDRs.inside(range)];
    const isShared = claims.some((entry) => entry.values.some((name) => name !== to.name && group.has(name)));
    if (!isShared) continue;
    const cause = `cluster/${root}`;
    const detail = { kind: 'overlap' as const, prefix: root, nodes: [...group] };
    return { rule: 'podcidr-overlap', verdict, owner: 'shared', slot: cause, cause, detail };
  }
  return undefined;
}
