/** Whose fault a lost packet is: one cause, however many tables and pairs show it. */
import type { Fault } from '../model/faults.ts';
import type { Prefix, Range } from '../model/prefix.ts';
import { contains, overlaps, parseAddress, parsePrefix, rangeToPrefixes } from '../model/prefix.ts';
import type { RouteFacts } from '../model/snapshot.ts';
import type { Ending, Lookup, Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { gapsOf, nodeInterface } from './survey.ts';
import { isSeenBy } from './tables.ts';

/** Finds the one cause of a lost packet, in the order of what a person would mend first. */
export function blameLoss(
  lookup: Lookup,
  route: RouteFacts | undefined,
  ending: Extract<Ending, { kind: 'lost' }>,
): Outcome {
  const { survey, context, exit, table, to, podCIDR, slot, range } = lookup;
  const { fabric } = context;
  const fail = (fault: Omit<Fault, 'verdict'>): Outcome => outcomeOf([{ verdict: 'fail', ...fault }]);
  const isMissing = ending.problem === 'none' || ending.problem === 'default-route';
  const network = `${fabric.facts.id}/${table.facts.network}`;
  // Where nothing is on-link anyway, the missing routes are the one cause.
  const couldBeOnLink = context.usesHostRoutes && fabric.behaviour.onLinkBypassesTables;
  const uncovered = isMissing ? familyFault(lookup, network, couldBeOnLink) : undefined;
  if (uncovered !== undefined) return fail(uncovered);
  if (isMissing && couldBeOnLink && !fabric.networksWithPodRoutes.has(network)) {
    const subnets = survey.hostGwSubnets.get(network) ?? [];
    const detail = { kind: 'off-link' as const, fabric: fabric.facts.id, network: table.facts.network, subnets };
    return fail({ rule: 'host-gw-off-link', owner: 'shared', slot: network, cause: network, detail });
  }
  if (isMissing && !table.holdsPodRoutes && fabric.networksWithPodRoutes.has(network)) {
    const better = [...fabric.tables.values()].filter(
      (other) => other.holdsPodRoutes && ['', table.facts.network].includes(other.facts.network),
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
  const ownerAddress = to.facts.internalIPs.find((text) => parseAddress(text)?.family === podCIDR.family);
  const detail = {
    kind: 'route' as const,
    fabric: fabric.facts.id,
    node: to.name,
    podCIDR: podCIDR.text,
    ...(to.rangeSource === undefined ? {} : { rangeSource: to.rangeSource }),
    table: table.facts.id,
    ...(table.facts.implicit === true ? { isImplicit: true as const } : {}),
    problem: ending.problem,
    ...(route === undefined ? {} : { route }),
    ...(ending.leadsTo === undefined ? {} : { leadsTo: ending.leadsTo }),
    ...(ending.because === undefined ? {} : { because: ending.because }),
    ...((ending.equalRoutes ?? 1) > 1 ? { equalRoutes: ending.equalRoutes } : {}),
    ...(ownerInterface === undefined ? {} : { ownerInterface }),
    ...(to.machine === undefined ? {} : { ownerMachine: to.machine.id }),
    ...(ownerAddress === undefined ? {} : { ownerAddress }),
    ...(isMissing ? outOfScope(lookup) : {}),
    ...(isWhole(range, podCIDR) ? {} : { part: rangeToPrefixes(range).map((prefix) => prefix.text) }),
  };
  if (isShadow) {
    const cause = `${fabric.facts.id}/${routePrefix.text}`;
    return fail({ rule: 'route-shadowed', owner: 'to', slot: `longer ${routePrefix.text}`, cause, detail });
  }
  const cause = `${fabric.facts.id}/${podCIDR.text}`;
  return fail({ rule: RULE_OF[ending.problem], owner: 'to', slot, cause, detail });
}

/**
 * Present where the network carries the other family of the receiver's podCIDRs and nothing of this one: one cause,
 * however many nodes there are.
 */
function familyFault(
  { survey, context, to }: Lookup,
  network: string,
  couldBeOnLink: boolean,
): Omit<Fault, 'verdict'> | undefined {
  const { fabric, family } = context;
  const other = to.podCIDRs.find((prefix) => prefix.family !== family)?.family;
  // A table that was not read may hold what seems to be nowhere.
  if (other === undefined || gapsOf(fabric.gaps, ['routes'], fabric.facts.id).length > 0) return undefined;
  const [here, there] = [`${network}/${String(family)}`, `${network}/${String(other)}`];
  const { routelessFamilies } = survey;
  if (fabric.familiesWithPodRoutes.has(here) || routelessFamilies.has(`${here} assigned`)) return undefined;
  const isRouted = fabric.familiesThatRoutePods.has(there) || routelessFamilies.has(`${there} assigned`);
  const isAnnounced = couldBeOnLink && routelessFamilies.has(`${here} neighbour`);
  const wasOnLink = couldBeOnLink && routelessFamilies.has(`${there} neighbour`);
  if (!isRouted && (!wasOnLink || isAnnounced)) return undefined;
  const detail = {
    kind: 'family' as const,
    fabric: fabric.facts.id,
    network: network.slice(fabric.facts.id.length + 1),
    family,
    isAnnounced,
  };
  return { rule: 'second-family-uncovered', owner: 'shared', slot: here, cause: here, detail };
}

/** One route of several equal ones, and where it ended. */
export interface EqualRoute {
  readonly route: RouteFacts;
  readonly ending: Ending;
}

/**
 * Some of the equal routes lead to the owner and some elsewhere: then it is one too many that is wrong. Undefined: none
 * is right, or none is lost, and each is judged by itself.
 */
export function blameDuplicate(lookup: Lookup, prefix: Prefix, equals: readonly EqualRoute[]): Outcome | undefined {
  const { survey, context, table, to, podCIDR, slot, range } = lookup;
  const isRight = ({ ending }: EqualRoute): boolean => ending.kind === 'arrives' || ending.kind === 'own';
  const wrong = equals.flatMap(({ route, ending }) =>
    ending.kind === 'lost' ? [{ route, leadsTo: endOf(ending) }] : [],
  );
  if (equals.length < 2 || wrong.length === 0 || !equals.some(isRight)) return undefined;
  const overlap = overlapFault(survey, to, range);
  if (overlap !== undefined) return outcomeOf([overlap]);
  const detail = {
    kind: 'duplicate' as const,
    fabric: context.fabric.facts.id,
    node: to.name,
    podCIDR: podCIDR.text,
    table: table.facts.id,
    prefix: prefix.text,
    routes: equals.map(({ route }) => route),
    wrong,
  };
  return outcomeOf([
    {
      rule: 'duplicate-cloud-route',
      verdict: 'fail',
      owner: 'to',
      slot: prefix.length > podCIDR.length ? `equal ${prefix.text}` : `equal ${slot}`,
      cause: `${context.fabric.facts.id}/${prefix.text}`,
      detail,
    },
  ]);
}

function endOf({ problem, leadsTo, because }: Extract<Ending, { kind: 'lost' }>): string {
  if (problem === 'dead') return `nothing: ${because ?? 'it is gone'}`;
  if (problem === 'other-node') return `node ${leadsTo ?? 'unknown'}`;
  return leadsTo ?? 'elsewhere';
}

/** Routes that match, but only for senders with other network tags. */
function outOfScope({ table, exit, range }: Lookup): { outOfScope?: string[] } {
  if (table.scopeTags.size === 0) return {};
  const hidden = table.facts.routes.filter((route) => {
    const prefix = parsePrefix(route.prefix);
    return prefix !== undefined && prefix.length > 0 && !isSeenBy(route, exit.tags) && contains(prefix, range);
  });
  return hidden.length === 0 ? {} : { outOfScope: hidden.map((route) => route.name ?? route.prefix).sort() };
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
