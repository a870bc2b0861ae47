/** The nodes' own kernels as one network: which of them can be judged by themselves, and how packets fare between them. */
import type { Fault } from '../../model/faults.ts';
import { gapFault } from '../../model/faults.ts';
import type { Family, Prefix } from '../../model/prefix.ts';
import { containsAddress, parseAddress, parsePrefixes } from '../../model/prefix.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { RuleRewrite } from '../../rules/rule.ts';
import type { Outcome } from '../outcome.ts';
import { PASS, outcomeOf } from '../outcome.ts';
import { advertisedAddress } from '../sender.ts';
import type { SurveyedNode } from '../survey.ts';
import type { Ends, Side } from './conversation.ts';
import { answer, ask } from './conversation.ts';
import type { Carrier, End } from './ends.ts';
import { switchedOff } from './ends.ts';
import type { Guest } from './links.ts';
import { Segments } from './links.ts';
import type { HandedOver } from './plain.ts';
import { PlainWays } from './plain.ts';
import { doubtAt } from './port-filter.ts';
import { noteRewrites } from './rewrites.ts';

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

  /** How the sender's kernel hands over all of it, where both kernels do nothing else with it than let it through. */
  handsOver(
    from: SurveyedNode,
    to: SurveyedNode,
    family: Family,
    entry: string,
    state: 'new' | 'established',
  ): HandedOver | undefined {
    const ends = this.#ends(from, to, family);
    const [source, ...moreSources] = from.podCIDRs.filter((prefix) => prefix.family === family);
    const [destination, ...moreDestinations] = to.podCIDRs.filter((prefix) => prefix.family === family);
    if (ends === undefined || source === undefined || destination === undefined) return undefined;
    if (moreSources.length > 0 || moreDestinations.length > 0) return undefined;
    return this.#plain.handsOver(ends.from, ends.to, { source, destination }, entry, state);
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
