/** Policy rules and routing tables of one family: where a kernel sends a packet. */
import type { GuestFacts, GuestHop, GuestRoute, GuestRule } from '../../model/guest.ts';
import type { Family, Prefix, Range } from '../../model/prefix.ts';
import { contains, parsePrefix } from '../../model/prefix.ts';
import type { Entry } from '../../model/prefix-table.ts';
import { PrefixTable } from '../../model/prefix-table.ts';
import { cutAlong } from '../fabric.ts';

export interface Packet {
  readonly source: Range;
  readonly destination: Range;
  /** Where it came in; `lo`: the node's own; absent: not known. */
  readonly device?: string;
}

export type Decision =
  /** For the node itself. */
  | { readonly kind: 'local' }
  | { readonly kind: 'dropped'; readonly route?: GuestRoute }
  | { readonly kind: 'no-route' }
  /** Several hops share the flows. */
  | { readonly kind: 'sent'; readonly route: GuestRoute; readonly prefix: Prefix; readonly hops: readonly GuestHop[] }
  | { readonly kind: 'unclear'; readonly reason: string };

/** What is decided for these sources and destinations. */
export interface Answer {
  readonly source: Range;
  readonly destination: Range;
  readonly decision: Decision;
}

interface Rule {
  readonly facts: GuestRule;
  readonly from: Prefix | undefined;
  readonly to: Prefix | undefined;
}

/** Of a table that has none. */
const NO_ROUTES = new PrefixTable<GuestRoute>();

/** What a table says of some destinations. */
export type Ruling = Omit<Answer, 'source'>;

export class Routing {
  /** Do its routes hang on where packets come from? */
  readonly asksForSources: boolean;
  readonly #isWindows: boolean;
  readonly #tables = new Map<string, PrefixTable<GuestRoute>>();
  readonly #rules: readonly Rule[];
  readonly #froms: readonly Prefix[];
  readonly #tos: readonly Prefix[];
  /** Where neither source nor link count, by the range that was asked for: the same podCIDR comes from many nodes. */
  readonly #known: WeakMap<Range, readonly Ruling[]> | undefined;

  constructor(routes: readonly GuestRoute[], rules: readonly GuestRule[], family: Family, os: GuestFacts['os']) {
    this.#isWindows = os === 'windows';
    this.#rules = rules.map(compileRule);
    this.#froms = this.#rules.flatMap(({ from }) => from ?? []);
    this.#tos = this.#rules.flatMap(({ to }) => to ?? []);
    this.asksForSources = this.#froms.length > 0;
    const isSimple = !this.asksForSources && rules.every(({ device }) => device === undefined);
    this.#known = isSimple ? new WeakMap() : undefined;
    for (const route of routes) {
      const prefix = parsePrefix(route.prefix);
      // The kernel passes over a route of which no next hop can be used.
      const isDead = route.hops.length > 0 && route.hops.every((hop) => hop.dead === true);
      if (prefix?.family === family && !isDead) this.#table(route.table).add(prefix, route);
    }
  }

  /** Every piece of the packet's addresses that is treated alike. */
  decide(packet: Packet): readonly Answer[] {
    const { source } = packet;
    if (this.#known === undefined) {
      return cutAll(source, this.#froms).flatMap((piece) =>
        this.#rule({ ...packet, source: piece }).map((ruling) => ({ source: piece, ...ruling })),
      );
    }
    return this.decideAlone(packet.destination).map(({ destination, decision }) => ({ source, destination, decision }));
  }

  /** By the destination alone; none where sources or links count as well. */
  decideAlone(destination: Range): readonly Ruling[] {
    if (this.#known === undefined) return [];
    let known = this.#known.get(destination);
    if (known === undefined) {
      known = this.#rule({ source: destination, destination });
      this.#known.set(destination, known);
    }
    return known;
  }

  /** Routes of all tables for prefixes that hold the range, whether or not they decide. */
  *candidates(range: Range): Generator<{ readonly prefix: Prefix; readonly route: GuestRoute }, undefined> {
    for (const table of this.#tables.values()) {
      for (const { prefix, values } of table.covering(range)) for (const route of values) yield { prefix, route };
    }
    return undefined;
  }

  #table(name: string): PrefixTable<GuestRoute> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new PrefixTable();
      this.#tables.set(name, table);
    }
    return table;
  }

  #rule(packet: Packet): readonly Ruling[] {
    return cutAll(packet.destination, this.#tos).flatMap((destination) => {
      const rulings = this.#ask(this.#rules, 0, { ...packet, destination });
      const [only] = rulings;
      // One and the same range is found again sooner than an equal one.
      return only !== undefined && rulings.length === 1 ? [{ destination, decision: only.decision }] : rulings;
    });
  }

  #ask(rules: readonly Rule[], at: number, packet: Packet): Ruling[] {
    const rule = rules[at];
    const { destination } = packet;
    if (rule === undefined) return [{ destination, decision: { kind: 'no-route' } }];
    const applies = doesApply(rule, packet);
    if (applies === false) return this.#ask(rules, at + 1, packet);
    const { facts } = rule;
    if (facts.action !== 'lookup') {
      const reason = `a rule with priority ${String(facts.priority)} that may or may not drop it`;
      return [{ destination, decision: applies ? { kind: 'dropped' } : { kind: 'unclear', reason } }];
    }
    const table = this.#tables.get(facts.table ?? '') ?? NO_ROUTES;
    return table.segments(destination).flatMap((segment) => {
      const { match, ...range } = segment;
      const next = (): Ruling[] => this.#ask(rules, at + 1, { ...packet, destination: range });
      if (match === undefined || match.prefix.length <= (facts.suppress ?? -1)) return next();
      if (applies === undefined) {
        const reason = `a policy rule with priority ${String(facts.priority)} (${facts.opaque ?? `from ${String(facts.device)}`}) that may send it elsewhere`;
        return [{ destination: range, decision: { kind: 'unclear', reason } }];
      }
      const decision = choose(match, this.#isWindows);
      return decision === undefined ? next() : [{ destination: range, decision }];
    });
  }
}

function compileRule(facts: GuestRule): Rule {
  const { from, to } = facts;
  return {
    facts,
    from: from === undefined ? undefined : parsePrefix(from),
    to: to === undefined ? undefined : parsePrefix(to),
  };
}

/** Undefined: nobody knows. The packet's ranges are cut along the rules' prefixes, so they fit as a whole or not at all. */
function doesApply({ facts, from, to }: Rule, { source, destination, device }: Packet): boolean | undefined {
  const fitsAddresses =
    (from === undefined || contains(from, source)) && (to === undefined || contains(to, destination));
  const isInverted = facts.inverted === true;
  if (facts.opaque !== undefined) return fitsAddresses || isInverted ? undefined : false;
  if (facts.device !== undefined && device === undefined) return fitsAddresses || isInverted ? undefined : false;
  const fits = fitsAddresses && (facts.device === undefined || facts.device === device);
  return fits !== isInverted;
}

/** Undefined: go on with the next rule. */
function choose({ prefix, values }: Entry<GuestRoute>, isWindows: boolean): Decision | undefined {
  const best = Math.min(...values.map(({ metric }) => metric));
  const winners = values.filter(({ metric }) => metric === best);
  const strange = values.find(({ opaque }) => opaque !== undefined);
  if (strange !== undefined) {
    return { kind: 'unclear', reason: `its route to ${prefix.text} with ${String(strange.opaque)}` };
  }
  const [first] = winners;
  if (isWindows && new Set(winners.map(({ type, hops }) => JSON.stringify([type, hops]))).size > 1) {
    return { kind: 'unclear', reason: `several routes to ${prefix.text} with the same sum of metrics` };
  }
  switch (first?.type) {
    case undefined:
    case 'throw':
      return undefined;
    case 'local':
    case 'broadcast':
    case 'anycast':
      return { kind: 'local' };
    case 'multicast':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { kind: 'dropped', route: first };
    case 'unicast': {
      // On Linux, for IPv6, routes of equal metric are one route with several next hops; for IPv4 the first one is taken.
      const sharing = prefix.family === 6 && !isWindows ? winners.filter(({ type }) => type === 'unicast') : [first];
      const hops = sharing.flatMap((route) => route.hops).filter((hop) => hop.dead !== true);
      return { kind: 'sent', route: first, prefix, hops };
    }
  }
}

function cutAll(range: Range, prefixes: readonly Prefix[]): readonly Range[] {
  return prefixes.reduce<readonly Range[]>(
    (pieces, prefix) => pieces.flatMap((piece) => cutAlong(piece, [prefix])),
    [range],
  );
}
