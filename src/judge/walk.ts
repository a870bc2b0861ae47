/** From a sender's context to a receiver: every range of the receiver's podCIDRs with what happens to it. */
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { Prefix, Range } from '../model/prefix.ts';
import { contains, overlaps } from '../model/prefix.ts';
import { overlapFault } from './blame.ts';
import type { Segment } from '../model/prefix-table.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import { cutAlong, cutRange } from './fabric.ts';
import type { HostRoutes } from './host-routes.ts';
import { decidingMatch, hostRoutesDecide } from './host-routes.ts';
import type { Outcome } from './outcome.ts';
import { PASS, outcomeOf } from './outcome.ts';
import { arrive, judgeMatch } from './routes.ts';
import type { Exit, SenderContext } from './sender.ts';
import { advertisedAddress, isTunnelled, seesNeighbour } from './sender.ts';
import type { Survey, SurveyedNode } from './survey.ts';
import { gapsOf } from './survey.ts';
import type { CompiledTable } from './tables.ts';

/** What happens to some addresses of a podCIDR; equal pieces are one. */
export interface Piece {
  /** `home`: the packet never leaves the sender. `tunnel`: it travels inside a packet between nodes. */
  readonly via: 'on-link' | 'exit' | 'home' | 'tunnel';
  readonly range: Range;
  /** One per exit of the context; one only for the other ways, and none for a tunnel. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Every piece of the receiver's podCIDRs of the context's family. `own`: the sender's podCIDRs where they overlap
 * the receiver's, because those addresses never leave the sender unless a longer host route takes them.
 */
export function walkTo(
  survey: Survey,
  hostRoutes: HostRoutes,
  context: SenderContext,
  to: SurveyedNode,
  own: readonly Prefix[],
): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, podCIDR] of to.podCIDRs.entries()) {
    if (podCIDR.family !== context.family) continue;
    if (isTunnelled(context, to)) {
      pieces.push({ via: 'tunnel', range: podCIDR, outcomes: [] });
      continue;
    }
    const target = { survey, context, to, podCIDR, slot: `podCIDR${String(index)}`, own };
    for (const range of cutForReceiver(podCIDR, to)) {
      for (const segment of hostSegments(hostRoutes, context, range, own)) {
        for (const piece of walkSegment(target, segment)) pieces.push(piece);
      }
    }
  }
  return pieces;
}

/** The same for a range whose way the sender's own kernel has chosen: to a neighbour's interface, or to the router. */
export function walkChosen(
  survey: Survey,
  context: SenderContext,
  to: SurveyedNode,
  range: Range,
  neighbour: InterfaceFacts | undefined,
): Piece[] {
  const index = to.podCIDRs.findIndex((prefix) => contains(prefix, range));
  const podCIDR = to.podCIDRs[index];
  if (podCIDR === undefined) return [];
  const target = { survey, context, to, podCIDR, slot: `podCIDR${String(index)}`, own: [] };
  return cutForReceiver(range, to).flatMap((piece): Piece[] => {
    if (neighbour === undefined) return walkExits(target, piece, context.exits);
    return [{ via: 'on-link', range: piece, outcomes: [arrive(to, context.fabric, neighbour, piece)] }];
  });
}

/** Assigned prefixes are delivered without the destination check, so they are walked apart. */
function cutForReceiver(podCIDR: Range, to: SurveyedNode): readonly Range[] {
  const { fabric, interfaces } = to;
  if (fabric === undefined) return [podCIDR];
  const [only] = interfaces;
  if (only !== undefined && interfaces.length === 1) return cutAlong(podCIDR, fabric.assigned(only));
  const assigned = interfaces.flatMap((face) => fabric.assigned(face));
  return cutAlong(podCIDR, assigned);
}

function hostSegments(
  hostRoutes: HostRoutes,
  context: SenderContext,
  range: Range,
  own: readonly Prefix[],
): Segment<SurveyedNode>[] {
  const pieces = cutAlong(range, own);
  if (!hostRoutesDecide(context)) {
    return pieces.map(({ family, first, last }) => ({ family, first, last, match: undefined }));
  }
  const table = hostRoutes.in(context);
  const [whole] = pieces;
  if (whole !== undefined && pieces.length === 1) return table.segments(whole);
  return pieces.flatMap((piece) => table.segments(piece));
}

interface Target {
  readonly survey: Survey;
  readonly context: SenderContext;
  readonly to: SurveyedNode;
  readonly podCIDR: Prefix;
  readonly slot: string;
  readonly own: readonly Prefix[];
}

function walkSegment(target: Target, segment: Segment<SurveyedNode>): Piece[] {
  const { survey, context, to, own } = target;
  const match = decidingMatch(context, to, segment.match);
  const home = longestAround(segment, own);
  if (home >= 0 && home >= (segment.match?.prefix.length ?? -1)) {
    const fault = overlapFault(survey, to, segment);
    return [{ via: 'home', range: segment, outcomes: [fault === undefined ? PASS : outcomeOf([fault])] }];
  }
  // A host route that is longer than the receiver's own, or leads to it, is certain on Windows too.
  const isCertain =
    match === undefined
      ? isFabricNeighbour(context, to)
      : match.values.includes(to) || match.prefix.length > target.podCIDR.length;
  const onLink = (outcome: Outcome): Piece => ({ via: 'on-link', range: segment, outcomes: [outcome] });
  const windows = windowsGap(context, to, isCertain);
  if (windows !== undefined) return [onLink(outcomeOf([gapFault(windows)]))];
  if (match === undefined) return walkExits(target, segment, context.exits);
  if (!match.values.includes(to)) return [onLink(lostToOther(target, segment, 'fail'))];
  if (match.values.length > 1) return [onLink(lostToOther(target, segment, 'unknown'))];
  return [onLink(deliverOnLink(target, segment))];
}

/** The length of the longest of these prefixes that holds the whole range; -1: none does. */
function longestAround(range: Range, prefixes: readonly Prefix[]): number {
  let longest = -1;
  for (const prefix of prefixes) if (prefix.length > longest && contains(prefix, range)) longest = prefix.length;
  return longest;
}

function lostToOther(target: Target, range: Range, verdict: Fault['verdict']): Outcome {
  const { survey, to, podCIDR } = target;
  const fault = overlapFault(survey, to, range, verdict);
  if (fault !== undefined) return outcomeOf([fault]);
  const cause = `cluster/${podCIDR.text}`;
  const detail = { kind: 'overlap' as const, prefix: podCIDR.text, nodes: [to.name] };
  return outcomeOf([{ rule: 'podcidr-overlap', verdict, owner: 'shared', slot: cause, cause, detail }]);
}

/** The guest finds the next hop in its own subnet, and the fabric then routes by destination all the same. */
function isFabricNeighbour(context: SenderContext, to: SurveyedNode): boolean {
  return context.fabric.behaviour.neighbours === 'router' && seesNeighbour(context, to);
}

/** flannel on Windows keeps IPv4 host routes only, and what Windows does with an off-link next hop is not known. */
function windowsGap(context: SenderContext, to: SurveyedNode, isCertain: boolean): Gap | undefined {
  // No agent makes host routes to what is no pod range.
  if (!context.usesHostRoutes || to.standsFor !== undefined) return undefined;
  if (context.family === 6 && (context.isWindows || to.facts.os === 'windows')) {
    return {
      facet: 'guests',
      subject: 'IPv6 pod routes of Windows nodes',
      reason: 'flannel host-gw on Windows keeps IPv4 routes only',
    };
  }
  if (!context.isWindows || isCertain || to.mode.mode !== 'host-gw') return undefined;
  const reason = 'what Windows does with an off-link next hop shows only in its own route table';
  return { facet: 'guests', subject: 'routes of Windows nodes towards other subnets', reason };
}

/** The frame goes to whoever holds the receiver's advertised address in the sender's subnet. */
function deliverOnLink(target: Target, range: Range): Outcome {
  const { context, to } = target;
  const { fabric } = context;
  const address = advertisedAddress(to, context.family) ?? '';
  const holder = fabric.holderOf(context.subnet, address);
  if (holder?.machine !== undefined && to.fabric === fabric && holder.machine === to.machine?.id) {
    return arrive(to, fabric, holder, range);
  }
  const [gap] = gapsOf(fabric.gaps, ['interfaces'], fabric.facts.id);
  if (holder === undefined && gap !== undefined) return outcomeOf([gapFault(gap)]);
  const cause = `${fabric.facts.id}/${address}`;
  const detail = {
    kind: 'next-hop' as const,
    fabric: fabric.facts.id,
    node: to.name,
    address,
    subnet: context.subnet,
    ...(holder === undefined ? {} : { holder: holder.id }),
  };
  return outcomeOf([
    {
      rule: 'host-gw-off-link',
      verdict: 'fail',
      owner: 'to',
      slot: `next hop ${String(context.family)}`,
      cause,
      detail,
    },
  ]);
}

/** Cuts the range until it is uniform for every exit. */
function walkExits(target: Target, range: Range, exits: readonly Exit[]): Piece[] {
  const [only] = exits;
  if (only !== undefined && exits.length === 1) {
    return walkExit(target, range, only).map((step) => ({ via: 'exit', range: step.range, outcomes: [step.outcome] }));
  }
  let pieces: { range: Range; outcomes: Outcome[] }[] = [{ range, outcomes: [] }];
  for (const exit of exits) {
    pieces = pieces.flatMap((piece) =>
      walkExit(target, piece.range, exit).map((step) => ({
        range: step.range,
        outcomes: [...piece.outcomes, step.outcome],
      })),
    );
  }
  return pieces.map((piece) => ({ via: 'exit', ...piece }));
}

/** A part of the range, and how it fares at one exit. */
interface Step {
  readonly range: Range;
  readonly outcome: Outcome;
}

function walkExit(target: Target, range: Range, exit: Exit): Step[] {
  const { context, to } = target;
  const { fabric } = context;
  const { table } = exit;
  const subnet = fabric.subnets.get(exit.subnet);
  if (table === undefined || subnet === undefined) {
    return [{ range, outcome: outcomeOf([gapFault(tableGap(context, exit))]) }];
  }
  const { neighbours } = fabric.behaviour;
  const asksNobody = neighbours === 'router' || neighbours === 'nobody';
  // Pod ranges next to never lie in a subnet's own range.
  if (asksNobody || !subnet.prefixes.some((prefix) => overlaps(prefix, range))) {
    return walkTable(target, exit, table, range);
  }
  const { inside, outside } = cutRange(range, subnet.prefixes);
  const neighbour = to.interfaces.find((face) => face.subnet === exit.subnet && to.fabric === fabric);
  const hears = neighbours === 'guests' && neighbour !== undefined;
  const askNeighbours = (piece: Range): Step => ({
    range: piece,
    outcome: hears
      ? arrive(to, fabric, neighbour, piece)
      : judgeMatch({ ...target, exit, table, range: piece, isNeighbourQuery: true }, table.localFor(piece)),
  });
  return [...inside.map(askNeighbours), ...outside.flatMap((piece) => walkTable(target, exit, table, piece))];
}

function walkTable(target: Target, exit: Exit, table: CompiledTable, range: Range): Step[] {
  const { survey, context, to, podCIDR, slot } = target;
  return table
    .lookup(exit.tags)
    .segments(range)
    .map((segment) => {
      const lookup = { survey, context, exit, table, to, podCIDR, slot, range: segment, isNeighbourQuery: false };
      return { range: segment, outcome: judgeMatch(lookup, segment.match) };
    });
}

function tableGap(context: SenderContext, exit: Exit): Gap {
  const { fabric } = context;
  const [gap] = gapsOf(fabric.gaps, ['routes', 'subnets', 'networks'], fabric.facts.id);
  const reason = 'which table governs it could not be told';
  return gap ?? { facet: 'routes', subject: `route table of subnet ${exit.subnet}`, scope: fabric.facts.id, reason };
}
