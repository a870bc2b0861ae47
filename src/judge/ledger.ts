/** What every fault breaks: paths one way and there and back, counted by cause. */
import type { Fault, FaultDetail, FaultGroup } from '../model/faults.ts';
import type { NodeClassIndex } from './classes.ts';
import type { FamilyPath, Path } from './path.ts';
import { faultId } from './path.ts';
import type { SurveyedNode } from './survey.ts';
import type { Tracer } from './trace.ts';

interface Account {
  readonly rule: Fault['rule'];
  readonly cause: string;
  verdict: Fault['verdict'];
  readonly details: Set<FaultDetail>;
  /** Where it loses packets, and where it only may. */
  readonly pairs: Record<Fault['verdict'], number>;
  readonly roundTrips: Record<Fault['verdict'], number>;
}

/** Two faults of one path may have one cause (a filter that refuses some addresses and doubts others): counted once. */
class Tally {
  readonly #seen = new Map<Account, Set<SurveyedNode | undefined>>();
  readonly #kind: 'pairs' | 'roundTrips';

  constructor(kind: 'pairs' | 'roundTrips') {
    this.#kind = kind;
  }

  add(account: Account, { verdict }: Fault, node: SurveyedNode | undefined, many: number): void {
    let nodes = this.#seen.get(account);
    if (nodes === undefined) {
      nodes = new Set();
      this.#seen.set(account, nodes);
    }
    if (nodes.has(node)) return;
    nodes.add(node);
    account[this.#kind][verdict] += many;
  }
}

/** A cause that loses packets of a pair and leaves others in doubt has broken it. */
function worstFirst<T extends { readonly fault: Fault }>(items: Iterable<T>): T[] {
  const all = [...items];
  return [
    ...all.filter(({ fault }) => fault.verdict === 'fail'),
    ...all.filter(({ fault }) => fault.verdict !== 'fail'),
  ];
}

/** Books every fault of every path on the account of its cause. */
export class Ledger {
  readonly #tracer: Tracer;
  readonly #ways: (from: SurveyedNode, to: SurveyedNode) => readonly Path[];
  readonly #accounts = new Map<string, Account>();

  /** `ways`: the paths between two nodes that are booked here. */
  constructor(
    tracer: Tracer,
    ways: (from: SurveyedNode, to: SurveyedNode) => readonly Path[] = (a, b) => [
      tracer.trace(a, b),
      tracer.traceReply(a, b),
    ],
  ) {
    this.#tracer = tracer;
    this.#ways = ways;
  }

  book(from: NodeClassIndex, to: NodeClassIndex, there: Path, back: Path): void {
    if (isFaultless(there) && isFaultless(back)) return;
    const forward = collect(there);
    const reverse = collect(back);
    const oneWay = new Tally('pairs');
    for (const { fault, path } of worstFirst(forward.values())) this.#spread(fault, from, to, path, oneWay);
    const roundTrip = new Tally('roundTrips');
    const union = new Map([...forward].map(([id, item]) => [id, { ...item, isReply: false }]));
    for (const item of reverse.values()) {
      const id = faultId({ ...item.fault, owner: swap(item.fault.owner) });
      if (!union.has(id)) union.set(id, { ...item, isReply: true });
    }
    for (const { fault, path, isReply } of worstFirst(union.values())) {
      const [a, b] = isReply ? [to, from] : [from, to];
      this.#spread(fault, a, b, path, roundTrip);
    }
  }

  /** The finding keys of one fault of a class's path. */
  keysOf(fault: Fault, from: NodeClassIndex, to: NodeClassIndex, path: FamilyPath): string[] {
    const keys: string[] = [];
    this.#eachOwner(fault, from, to, path, (concrete) => keys.push(`${concrete.rule}/${concrete.cause}`));
    return keys;
  }

  groups(): FaultGroup[] {
    return [...this.#accounts.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, account]) => ({
        rule: account.rule,
        cause: account.cause,
        verdict: account.verdict,
        details: distinct(account.details),
        pairsBroken: account.pairs[account.verdict],
        roundTripsBroken: account.roundTrips[account.verdict],
      }));
  }

  #spread(fault: Fault, from: NodeClassIndex, to: NodeClassIndex, path: FamilyPath, tally: Tally): void {
    const self = from === to ? 1 : 0;
    const others = fault.owner === 'from' ? to : from;
    this.#eachOwner(fault, from, to, path, (concrete, node) => {
      const many = fault.owner === 'shared' ? from.nodes.length * (to.nodes.length - self) : others.nodes.length - self;
      tally.add(this.#account(concrete), concrete, node, many);
    });
  }

  /** The same fault of every node of the class that owns it. */
  #eachOwner(
    fault: Fault,
    from: NodeClassIndex,
    to: NodeClassIndex,
    path: FamilyPath,
    visit: (concrete: Fault, node: SurveyedNode | undefined) => void,
  ): void {
    if (fault.owner === 'shared') {
      visit(fault, undefined);
      return;
    }
    const owners = fault.owner === 'from' ? from.nodes : to.nodes;
    if (owners.length === 1) {
      visit(fault, owners[0]);
      return;
    }
    const [sender] = from.nodes;
    for (const node of owners) {
      const own = sender === undefined ? undefined : this.#find(fault, node, sender, path);
      const found = own ?? this.#retrace(fault, node, from, to, path);
      if (found !== undefined) visit(found, node);
    }
  }

  /** A filter's answer hangs on both ends, so another node's share of it takes a path of its own. */
  #retrace(
    fault: Fault,
    node: SurveyedNode,
    from: NodeClassIndex,
    to: NodeClassIndex,
    path: FamilyPath,
  ): Fault | undefined {
    const id = faultId(fault);
    const [a, b] =
      fault.owner === 'from'
        ? [node, to.nodes.find((other) => other !== node)]
        : [from.nodes.find((other) => other !== node), node];
    if (a === undefined || b === undefined) return undefined;
    for (const way of this.#ways(a, b)) {
      const faults = way.families.find(({ family }) => family === path.family)?.faults ?? [];
      const own = faults.find((candidate) => faultId(candidate) === id);
      if (own !== undefined) return own;
    }
    return undefined;
  }

  #find(fault: Fault, node: SurveyedNode, sender: SurveyedNode, path: FamilyPath): Fault | undefined {
    const id = faultId(fault);
    const same = (candidate: Fault): boolean => faultId(candidate) === id;
    const endpoint = this.#tracer
      .endpointFaults(node)
      .map((item) => ({ ...item, owner: fault.owner }))
      .find(same);
    if (endpoint !== undefined) return endpoint;
    if (fault.owner === 'from') {
      const own = this.#tracer.sender(node, path.family);
      if ('rule' in own) return own;
      return [...own.onLinkFaults, ...own.exitFaults.flat(), own.exitGap()].find(same);
    }
    const context = this.#tracer.sender(sender, path.family);
    if ('rule' in context) return undefined;
    const pieces = this.#tracer.pieces(context.context, node);
    return pieces.flatMap((piece) => piece.outcomes.flatMap((outcome) => outcome.faults)).find(same);
  }

  #account(fault: Fault): Account {
    const key = `${fault.rule}/${fault.cause}`;
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = {
        rule: fault.rule,
        cause: fault.cause,
        verdict: fault.verdict,
        details: new Set(),
        pairs: { fail: 0, unknown: 0 },
        roundTrips: { fail: 0, unknown: 0 },
      };
      this.#accounts.set(key, account);
    }
    if (fault.verdict === 'fail') account.verdict = 'fail';
    account.details.add(fault.detail);
    return account;
  }
}

/** Equal details may come from several classes; in an order that no class order can change. */
export function distinct(details: Iterable<FaultDetail>): FaultDetail[] {
  const byText = new Map([...details].map((detail) => [JSON.stringify(detail), detail]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, detail]) => detail);
}

function isFaultless(path: Path): boolean {
  return path.families.every(({ faults }) => faults.length === 0);
}

function swap(owner: Fault['owner']): Fault['owner'] {
  return owner === 'from' ? 'to' : owner === 'to' ? 'from' : owner;
}

function collect(path: Path): Map<string, { fault: Fault; path: FamilyPath }> {
  const result = new Map<string, { fault: Fault; path: FamilyPath }>();
  for (const family of path.families) {
    for (const fault of family.faults)
      if (!result.has(faultId(fault))) result.set(faultId(fault), { fault, path: family });
  }
  return result;
}
