/** The nodes' own kernels as one network: which of them can be judged by themselves, and how packets fare between them. */
import type { Fault } from '../../model/faults.ts';
import { gapFault } from '../../model/faults.ts';
import type { DetectedMode } from '../../model/judgement.ts';
import type { Family, Prefix } from '../../model/prefix.ts';
import { containsAddress, parseAddress, parsePrefixes } from '../../model/prefix.ts';
import type { Gap, NodeFacts, Snapshot } from '../../model/snapshot.ts';
import type { RuleRewrite } from '../../rules/rule.ts';
import type { Outcome } from '../outcome.ts';
import { PASS, outcomeOf } from '../outcome.ts';
import { advertisedAddress } from '../sender.ts';
import type { SurveyedNode } from '../survey.ts';
import type { Ends, Side } from './conversation.ts';
import { answer, ask } from './conversation.ts';
import type { Carrier, End } from './ends.ts';
import { switchedOff } from './ends.ts';
import { Kernel } from './kernel.ts';
import type { Guest } from './links.ts';
import { Segments } from './links.ts';
import { PlainWays } from './plain.ts';
import { doubtAt, portFilters } from './port-filter.ts';
import { isAlone } from './provider.ts';
import { noteRewrites } from './rewrites.ts';
import { findUplinks } from './uplinks.ts';

const ARRIVED: readonly Outcome[] = [PASS];

/** Of which indexes are told apart, stand-ins of nodes included. */
const MOST_NODES = 2 ** 24;

export class Guests {
  readonly #guests: ReadonlyMap<string, Guest>;
  readonly #segments: Segments;
  readonly #pods: ReadonlyMap<string, readonly string[]> | undefined;

  /** A pair is asked for more than once: there, back, and for what it breaks. */
  readonly #walks = new Map<number, readonly End[]>();
  readonly #answers = new Map<number, readonly End[]>();
  readonly #sides: Record<Family, (Side | undefined)[]> = { 4: [], 6: [] };
  readonly #plain: PlainWays;
  #hasMemory: boolean | undefined;

  constructor(guests: ReadonlyMap<string, Guest>, { cluster, routers = [] }: Snapshot, nodeSubnets: readonly string[]) {
    this.#guests = guests;
    this.#segments = new Segments([...guests.values()], parsePrefixes(nodeSubnets), routers);
    this.#plain = new PlainWays(this.#segments);
    const { samples } = cluster.cni;
    this.#pods =
      samples === undefined
        ? undefined
        : new Map(
            [...Map.groupBy(samples, ({ node }) => node)].map(([node, pods]) => [
              node,
              pods.flatMap(({ addresses }) => addresses),
            ]),
          );
  }

  has(name: string): boolean {
    return this.#guests.has(name);
  }

  /** More of it than a switch. */
  hasRead(name: string): boolean {
    return (this.#guests.get(name)?.kernel.links.size ?? 0) > 0;
  }

  get(node: SurveyedNode): Guest | undefined {
    return node.standsFor === undefined ? this.#guests.get(node.name) : undefined;
  }

  /** To how many of these ranges of other nodes its kernel has a route with a next hop; and with one inside the range. */
  countDirect(
    name: string,
    ranges: readonly Prefix[],
  ): { readonly directRoutes: number; readonly gatewayRoutes: number } {
    const guest = this.#guests.get(name);
    const gateways = new Map<string, string>();
    for (const { prefix, hops } of guest?.kernel.facts.routes ?? []) {
      const hop = hops.find(({ gateway, device }) => gateway !== undefined && guest?.uplinks.has(device) === true);
      if (hop?.gateway !== undefined) gateways.set(prefix, hop.gateway);
    }
    const direct = ranges.filter(({ text }) => gateways.has(text));
    const isInside = (range: Prefix): boolean => {
      const gateway = parseAddress(gateways.get(range.text) ?? '');
      return gateway !== undefined && containsAddress(range, gateway);
    };
    return { directRoutes: direct.length, gatewayRoutes: direct.filter(isInside).length };
  }

  /** Both kernels are Linux and read as far as packets of the family need them. */
  follows(from: SurveyedNode, to: SurveyedNode, family: Family): boolean {
    const ends = this.#ends(from, to, family);
    return ends !== undefined && !ends.from.guest.kernel.isWindows && !ends.to.guest.kernel.isWindows;
  }

  /** Some kernel treats answers otherwise than questions, or may do so. */
  get hasMemory(): boolean {
    return (this.#hasMemory ??= [...this.#guests.values()].some(({ kernel }) => kernel.remembers()));
  }

  /** Outcomes of all pieces of both nodes' ranges. */
  walk(from: SurveyedNode, to: SurveyedNode, family: Family, carriers?: Carriers): readonly Outcome[] {
    if (carriers === undefined) {
      const plain = this.#plainly(from, to, family, 'new');
      if (plain !== undefined) return plain;
    }
    return this.#questions(from, to, family, carriers).map(({ faults }) => outcomeOf(faults));
  }

  /** Of answers to what `to` asked: they go where the questions came from, and kernels that these came by know them. */
  walkReply(from: SurveyedNode, to: SurveyedNode, family: Family, carriers?: Carriers): readonly Outcome[] {
    if (carriers === undefined) {
      if (!this.hasMemory) return this.walk(from, to, family);
      const question = this.#plainly(to, from, family, 'new');
      const plain = question && this.#plainly(from, to, family, 'established');
      if (plain !== undefined) return plain;
    }
    return this.#remember(this.#answers, from, to, family, () => {
      const ends = this.#ends(from, to, family);
      if (ends === undefined) return this.#questions(from, to, family, carriers);
      const carried = { ...ends, carrier: carriers?.(from, to, family, true) };
      return this.#questions(to, from, family, carriers).flatMap((question) =>
        answer(this.#segments, question, carried),
      );
    }).map(({ faults }) => outcomeOf(faults));
  }

  /** Nodes that give packets between pods another source. */
  rewrites(): RuleRewrite[] {
    return noteRewrites(this.#walks.values());
  }

  #questions(from: SurveyedNode, to: SurveyedNode, family: Family, carriers?: Carriers): readonly End[] {
    return this.#remember(this.#walks, from, to, family, () => {
      const found = this.#ends(from, to, family);
      if (found === undefined) return this.#unread([from, to], family);
      const ends = { ...found, carrier: carriers?.(from, to, family, false) };
      return to.podCIDRs.flatMap((destination) =>
        from.podCIDRs.flatMap((source) =>
          source.family === family && destination.family === family
            ? ask(this.#segments, ends, { source, destination })
            : [],
        ),
      );
    });
  }

  /** Undefined: that has to be looked at. */
  #plainly(
    from: SurveyedNode,
    to: SurveyedNode,
    family: Family,
    state: 'new' | 'established',
  ): readonly Outcome[] | undefined {
    const ends = this.#ends(from, to, family);
    if (ends === undefined || ends.from.guest.kernel.isWindows || ends.to.guest.kernel.isWindows) return undefined;
    const [source, ...moreSources] = from.podCIDRs.filter((prefix) => prefix.family === family);
    const [destination, ...moreDestinations] = to.podCIDRs.filter((prefix) => prefix.family === family);
    if (source === undefined || destination === undefined) return undefined;
    if (moreSources.length > 0 || moreDestinations.length > 0) return undefined;
    const arrives = this.#plain.arrives(keyOf(from, to, family), ends.from, ends.to, { source, destination }, state);
    if (!arrives) return undefined;
    const doubts = [doubtAt(ends.from.guest.port, source), doubtAt(ends.to.guest.port, destination)];
    const faults = [...new Set(doubts)].filter((one) => one !== undefined);
    return faults.length === 0 ? ARRIVED : [outcomeOf(faults)];
  }

  /** Switches that are known of kernels of which nothing else is. */
  doubts(nodes: readonly SurveyedNode[], family: Family): Fault[] {
    return nodes.flatMap((node) => {
      const guest = this.get(node);
      const own = node.podCIDRs.find((prefix) => prefix.family === family);
      return guest === undefined || own === undefined ? [] : switchedOff(guest, own);
    });
  }

  #unread(nodes: readonly SurveyedNode[], family: Family): End[] {
    const faults = nodes.flatMap((node) => {
      const guest = this.get(node);
      return guest === undefined ? [] : unreadFault(guest, family);
    });
    faults.push(...this.doubts(nodes, family));
    const [destination] = nodes.flatMap(({ podCIDRs }) => podCIDRs);
    return faults.length === 0 || destination === undefined ? [] : [{ source: destination, destination, faults }];
  }

  #remember(
    known: Map<number, readonly End[]>,
    from: SurveyedNode,
    to: SurveyedNode,
    family: Family,
    find: () => readonly End[],
  ): readonly End[] {
    const key = keyOf(from, to, family);
    let ends = known.get(key);
    if (ends === undefined) {
      ends = find();
      known.set(key, ends);
    }
    return ends;
  }

  /** Undefined: one of them is not read. */
  #ends(from: SurveyedNode, to: SurveyedNode, family: Family): Ends | undefined {
    const [sender, receiver] = [this.get(from), this.get(to)];
    if (sender === undefined || receiver === undefined) return undefined;
    if (sender.kernel.unread(family) !== undefined || receiver.kernel.unread(family) !== undefined) return undefined;
    const podsOf = ({ name }: SurveyedNode): readonly string[] | undefined =>
      this.#pods === undefined ? undefined : (this.#pods.get(name) ?? []);
    const endOf = (node: SurveyedNode, guest: Guest): Side => {
      const sides = this.#sides[family];
      return (sides[node.index] ??= {
        guest,
        podCIDRs: node.podCIDRs,
        pods: podsOf(node),
        ...(node.rangeSource === undefined ? {} : { rangeSource: node.rangeSource }),
        address: advertisedAddress(node, family),
      });
    };
    return { from: endOf(from, sender), to: endOf(to, receiver) };
  }
}

/** What is between two nodes; made for questions from the first one, or for its answers. */
export type Carriers = (from: SurveyedNode, to: SurveyedNode, family: Family, isReply: boolean) => Carrier;

function keyOf(from: SurveyedNode, to: SurveyedNode, family: Family): number {
  return (from.index * MOST_NODES + to.index) * 2 + (family === 4 ? 0 : 1);
}

function unreadFault({ name, kernel }: Guest, family: Family): Fault[] {
  const reason = kernel.unread(family);
  return reason === undefined
    ? []
    : [gapFault({ facet: 'guests', subject: `kernel of node ${name}`, scope: name, reason })];
}

/**
 * Of those nodes whose network is nothing but links between them, or where a cloud was read, of those that are in it.
 * Undefined: no kernel was read of any of them.
 * @param isJoined whether the node at this place is in a cloud that was read
 */
export function openGuests(
  snapshot: Snapshot,
  nodeSubnets: readonly string[],
  isJoined: (index: number) => boolean,
): Guests | undefined {
  const { guests = [], cluster, fabrics } = snapshot;
  if (guests.length === 0) return undefined;
  const isMeant = (node: NodeFacts, index: number): boolean => (fabrics.length === 0 ? isAlone(node) : isJoined(index));
  const alone = new Map(cluster.nodes.filter(isMeant).map((node) => [node.name, node]));
  const kernels = guests.filter(({ node }) => alone.has(node)).map((facts) => new Kernel(facts));
  if (kernels.length === 0) return undefined;
  const subnets = fabrics.flatMap((fabric) => fabric.subnets.flatMap(({ prefixes }) => prefixes));
  const macs = new Set(kernels.flatMap(({ facts }) => facts.links.flatMap(({ mac }) => mac ?? [])));
  const filterOf = portFilters(snapshot.portSecurity);
  const found = kernels.map((kernel): [string, Guest] => {
    const name = kernel.facts.node;
    const node = alone.get(name);
    const internalIPs = node?.internalIPs ?? [];
    const uplinks = findUplinks(kernel, internalIPs, macs);
    const own = [...uplinks].flatMap((link) => kernel.links.get(link)?.addresses.map(({ address }) => address) ?? []);
    // In a cloud that was read, the cloud itself says what it lets through.
    const isOutside = node !== undefined && fabrics.length === 0;
    const port = isOutside ? filterOf(node, [...internalIPs, ...own]) : undefined;
    return [name, { name, kernel, uplinks, ...(port === undefined ? {} : { port }) }];
  });
  return new Guests(new Map(found), snapshot, [...nodeSubnets, ...subnets]);
}

/** Why a kernel was not read that somebody asked for, or that alone says where packets go. */
export function guestGap({ gaps, fabrics, routers }: Snapshot, node: NodeFacts, mode: DetectedMode): Gap | undefined {
  const isOutside = isAlone(node) && fabrics.length === 0;
  const found = gaps.find(({ facet, scope }) => facet === 'guests' && scope === node.name);
  if (found !== undefined && isOutside) return found;
  const why =
    mode === 'static' ? 'static routes stand in its own kernel' : 'what goes to a router is up to its own kernel';
  if (mode !== 'static' && !(isOutside && routers !== undefined)) return undefined;
  return {
    facet: 'guests',
    subject: `kernel of node ${node.name}`,
    scope: node.name,
    reason: `${why}, and it was not read`,
    permission: `the output of docs/collect/${node.os === 'windows' ? 'collect.ps1' : 'collect.sh'} on ${node.name}`,
  };
}
