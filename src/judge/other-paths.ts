/**
 * Paths that no pair of pod ranges shows: from nodes' own addresses to pods and from pods to nodes (host-network pods,
 * kubelets, API servers), and from senders that are no nodes. The same walk judges them, with stand-ins for their ends.
 */
import type { Fault, FaultGroup } from '../model/faults.ts';
import type { OtherPaths, PathCounts, SenderPaths } from '../model/judgement.ts';
import { hostPrefix, parseAddress } from '../model/prefix.ts';
import type { NodeClassIndex } from './classes.ts';
import { Counter } from './counter.ts';
import type { SenderPlace } from './extra-senders.ts';
import { locateSender } from './extra-senders.ts';
import { Ledger } from './ledger.ts';
import { outcomeOf } from './outcome.ts';
import { gapFault } from '../model/faults.ts';
import type { FamilyPath, Path } from './path.ts';
import { NOT_APPLICABLE, mixVerdicts, pathOf, roundTripVerdict, settle } from './path.ts';
import { advertisedAddress } from './sender.ts';
import type { SurveyedNode } from './survey.ts';
import type { Tracer } from './trace.ts';

export interface JudgedOtherPaths {
  readonly paths: OtherPaths;
  /** What breaks them; of pairs between pods these groups count none. */
  readonly groups: readonly FaultGroup[];
}

/** A packet and the answer to it. */
interface Exchange {
  readonly there: Path;
  readonly back: Path;
}

const NO_EXCHANGE: Exchange = { there: NOT_APPLICABLE, back: NOT_APPLICABLE };
/** Of a path to an address that interfaces have; routes to pods say nothing about it. */
const MEANT_FOR_ADDRESSES = ['firewall-excludes-pods', 'cloud-forwarding-off', 'evidence-incomplete'];

/** `classes`: of the selected nodes; what is alike as pods is alike as nodes too. */
export function judgeOtherPaths(
  tracer: Tracer,
  classes: readonly NodeClassIndex[],
  extraSenders: readonly string[],
): JudgedOtherPaths {
  const standIns = new StandIns(tracer.survey.nodes.length);
  const groups: FaultGroup[] = [];
  const between = (exchange: (from: SurveyedNode, to: SurveyedNode) => Exchange): PathCounts => {
    const ledger = new Ledger(tracer, (a, b) => {
      const { there, back } = exchange(a, b);
      return [there, back];
    });
    const counts = countExchanges(classes, classes, ledger, exchange);
    // Of nodes' own paths only what is lost is worth a finding: what is not known of them, pairs of pods say already.
    groups.push(...ledger.groups().filter((group) => group.verdict === 'fail'));
    return counts;
  };
  const nodeToPod = between((from, to) => {
    if (!isFollowed(tracer, from, to)) return NO_EXCHANGE;
    return {
      there: tracer.trace(standIns.host(from), to),
      back: tame(tracer.traceReply(to, standIns.target(from))),
    };
  });
  const podToNode = between((from, to) => {
    if (!isFollowed(tracer, from, to)) return NO_EXCHANGE;
    const target = standIns.target(to);
    // Agents may masquerade what leaves for an address outside the pod range, so both sources have to be looked at.
    return {
      there: inDoubt(tame(tracer.trace(from, target)), tame(tracer.trace(standIns.host(from), target))),
      back: inDoubt(
        tracer.traceReply(standIns.host(to), from),
        tame(tracer.traceReply(standIns.host(to), standIns.target(from))),
      ),
    };
  });
  const senders = extraSenders.flatMap((text) =>
    locateSender(tracer.survey, text).map((place) => {
      const judged = judgeSender(tracer, standIns, classes, place);
      groups.push(...judged.groups);
      return judged.paths;
    }),
  );
  return { paths: { nodeToPod, podToNode, senders }, groups: groups.map(countAsOther) };
}

function countAsOther({ pairsBroken, ...group }: FaultGroup): FaultGroup {
  return { ...group, pairsBroken: 0, roundTripsBroken: 0, otherPathsBroken: pairsBroken };
}

function countExchanges(
  froms: readonly NodeClassIndex[],
  tos: readonly NodeClassIndex[],
  ledger: Ledger,
  exchange: (from: SurveyedNode, to: SurveyedNode) => Exchange,
): PathCounts {
  const oneWay = new Counter();
  const roundTrip = new Counter();
  for (const from of froms) {
    for (const to of tos) {
      const [sender] = from.nodes;
      const receiver = from === to ? to.nodes[1] : to.nodes[0];
      if (sender === undefined || receiver === undefined) continue;
      const many = from.nodes.length * (from === to ? to.nodes.length - 1 : to.nodes.length);
      const { there, back } = exchange(sender, receiver);
      oneWay.add(there.verdict, many);
      roundTrip.add(roundTripVerdict(there.verdict, back.verdict), many);
      ledger.book(from, to, there, back);
    }
  }
  return { oneWay: oneWay.counts(), roundTrip: roundTrip.counts() };
}

function judgeSender(
  tracer: Tracer,
  standIns: StandIns,
  classes: readonly NodeClassIndex[],
  { sender, where, stand, gap }: SenderPlace,
): { readonly paths: SenderPaths; readonly groups: readonly FaultGroup[] } {
  const from = standIns.foreign(stand);
  const target = standIns.target(from);
  const exchange = (to: SurveyedNode): Exchange => {
    if (to.skipped !== undefined || !isRouted(to)) return NO_EXCHANGE;
    if (gap !== undefined) {
      const doubt = unknownPath(to, gapFault(gap));
      return { there: doubt, back: doubt };
    }
    return { there: tracer.trace(from, to), back: tame(tracer.traceReply(to, target)) };
  };
  const ledger = new Ledger(tracer, (_, to) => {
    const { there, back } = exchange(to);
    return [there, back];
  });
  const own: NodeClassIndex = { id: 'sender', nodes: [from] };
  const counts = countExchanges([own], classes, ledger, (_, to) => exchange(to));
  return { paths: { sender, ...(where === undefined ? {} : { where }), ...counts }, groups: ledger.groups() };
}

function unknownPath(to: SurveyedNode, fault: Fault): Path {
  const families = [...new Set(to.podCIDRs.map(({ family }) => family))];
  return pathOf(families.map((family) => ({ family, ...settle([outcomeOf([fault])]) })));
}

function isRouted({ mode }: SurveyedNode): boolean {
  return mode.mode !== 'overlay' && mode.mode !== 'eni';
}

/** How their own addresses fare, nobody has followed from kernel to kernel. */
function isFollowed(tracer: Tracer, from: SurveyedNode, to: SurveyedNode): boolean {
  const { guests } = tracer.survey;
  return isRouted(from) && isRouted(to) && guests?.get(from) === undefined && guests?.get(to) === undefined;
}

/** Why a node's own address might not be found is for other rules to say: here it only means that nothing is known. */
function tame(path: Path): Path {
  const isStrange = (fault: Fault): boolean => !MEANT_FOR_ADDRESSES.includes(fault.rule);
  if (!path.families.some(({ faults }) => faults.some(isStrange))) return path;
  const families = path.families.map((one): FamilyPath => {
    const faults = one.faults.filter((fault) => !isStrange(fault));
    const isFailing = faults.some((fault) => fault.verdict === 'fail');
    return { family: one.family, verdict: isFailing ? one.verdict : 'unknown', faults };
  });
  return { verdict: mixVerdicts(families.map((one) => one.verdict)), families };
}

/** One of the two is what happens; where they differ, nobody knows. */
function inDoubt(a: Path, b: Path): Path {
  if (a.verdict === b.verdict) return a;
  const families = a.families.map((one) => ({ ...one, verdict: 'unknown' as const, faults: [] }));
  return families.length === 0 ? b : { verdict: 'unknown', families };
}

/** Ends of paths that are no pod ranges, in the place of nodes; each has a number of its own, by which walks are known. */
class StandIns {
  readonly #hosts = new Map<SurveyedNode, SurveyedNode>();
  readonly #targets = new Map<SurveyedNode, SurveyedNode>();
  #next: number;

  constructor(first: number) {
    this.#next = first;
  }

  /** The node as a sender with its own address. */
  host(node: SurveyedNode): SurveyedNode {
    return this.#remember(this.#hosts, node, () => {
      const families = node.facts.internalIPs.flatMap((text) => parseAddress(text)?.family ?? []);
      return { podCIDRs: [], families: [...new Set(families)].sort(), standsFor: 'its own address' };
    });
  }

  /** The node's own addresses as the destination. */
  target(node: SurveyedNode): SurveyedNode {
    return this.#remember(this.#targets, node, () => {
      if (node.standsFor === 'an extra sender') return {};
      const hosts = ([4, 6] as const).flatMap((family) => {
        const address = parseAddress(advertisedAddress(node, family) ?? '');
        return address === undefined ? [] : [hostPrefix(address)];
      });
      return { podCIDRs: hosts, standsFor: 'its own address' };
    });
  }

  foreign(stand: Omit<SurveyedNode, 'index'>): SurveyedNode {
    return { ...stand, index: this.#next++ };
  }

  #remember(
    known: Map<SurveyedNode, SurveyedNode>,
    node: SurveyedNode,
    change: () => Partial<SurveyedNode>,
  ): SurveyedNode {
    let standIn = known.get(node);
    if (standIn === undefined) {
      standIn = { ...node, overlapRoots: [], ...change(), index: this.#next++ };
      known.set(node, standIn);
    }
    return standIn;
  }
}
