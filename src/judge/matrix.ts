/** All ordered pairs, one way and round trip, by classes; and what every fault breaks. */
import type { Fault, FaultDetail, FaultGroup } from '../model/faults.ts';
import type { MatrixEntry, PairCounts, Verdict } from '../model/judgement.ts';
import type { NodeClassIndex } from './classes.ts';
import type { SurveyedNode } from './survey.ts';
import type { FamilyPath, Path, Tracer } from './trace.ts';
import { faultId, roundTripVerdict } from './trace.ts';

export interface Matrix {
  readonly pairs: PairCounts;
  readonly roundTrip: PairCounts;
  readonly entries: readonly MatrixEntry[];
  readonly groups: readonly FaultGroup[];
  /** Classes with unknown paths and not a single one that passes: nothing good is known of their nodes. */
  readonly dark: ReadonlySet<string>;
}

export function judgeMatrix(tracer: Tracer, classes: readonly NodeClassIndex[]): Matrix {
  const pairs = new Counter();
  const roundTrip = new Counter();
  const ledger = new Ledger(tracer);
  const entries: MatrixEntry[] = [];
  const seen = new Map<string, Set<Verdict>>();
  const paths = classes.map((from) => classes.map((to) => tracePair(tracer, from, to)));
  const replies = tracer.hasMemory ? classes.map((a) => classes.map((b) => tracePair(tracer, a, b, true))) : paths;
  classes.forEach((from, row) => {
    classes.forEach((to, column) => {
      const there = paths[row]?.[column];
      const back = replies[column]?.[row];
      const many = from === to ? from.nodes.length * (from.nodes.length - 1) : from.nodes.length * to.nodes.length;
      if (there === undefined || back === undefined || many === 0) return;
      const both = roundTripVerdict(there.verdict, back.verdict);
      pairs.add(there.verdict, many);
      for (const { id } of [from, to]) seen.set(id, (seen.get(id) ?? new Set()).add(there.verdict));
      roundTrip.add(both, many);
      ledger.book(from, to, there, back);
      entries.push(...describe(ledger, from, to, there, back));
    });
  });
  const dark = [...seen].filter(([, verdicts]) => verdicts.has('unknown') && !verdicts.has('pass')).map(([id]) => id);
  return {
    pairs: pairs.counts(),
    roundTrip: roundTrip.counts(),
    entries,
    groups: ledger.groups(),
    dark: new Set(dark),
  };
}

function tracePair(tracer: Tracer, from: NodeClassIndex, to: NodeClassIndex, isReply = false): Path | undefined {
  const [sender] = from.nodes;
  const receiver = from === to ? to.nodes[1] : to.nodes[0];
  if (sender === undefined || receiver === undefined) return undefined;
  return isReply ? tracer.traceReply(sender, receiver) : tracer.trace(sender, receiver);
}

class Counter {
  readonly #by = new Map<Verdict, number>();

  add(verdict: Verdict, many: number): void {
    this.#by.set(verdict, (this.#by.get(verdict) ?? 0) + many);
  }

  counts(): PairCounts {
    const of = (verdict: Verdict): number => this.#by.get(verdict) ?? 0;
    const total = [...this.#by.values()].reduce((sum, many) => sum + many, 0);
    return {
      total,
      pass: of('pass'),
      fail: of('fail'),
      partial: of('partial'),
      unknown: of('unknown'),
      notApplicable: of('not-applicable'),
    };
  }
}

function describe(ledger: Ledger, from: NodeClassIndex, to: NodeClassIndex, there: Path, back: Path): MatrixEntry[] {
  return there.families.flatMap((path) => {
    const reply = back.families.find((other) => other.family === path.family);
    const roundTrip = roundTripVerdict(path.verdict, reply?.verdict ?? 'not-applicable');
    if (path.verdict === 'pass' && roundTrip === 'pass') return [];
    const findings = path.faults.flatMap((fault) => ledger.keysOf(fault, from, to, path));
    return [
      {
        from: from.id,
        to: to.id,
        family: path.family,
        verdict: path.verdict,
        roundTrip,
        findings: [...new Set(findings)].sort(),
      },
    ];
  });
}

interface Account {
  readonly rule: Fault['rule'];
  readonly cause: string;
  verdict: 'fail' | 'unknown';
  readonly details: Set<FaultDetail>;
  pairs: number;
  roundTrips: number;
}

/** Books every fault of every path on the account of its cause. */
class Ledger {
  readonly #tracer: Tracer;
  readonly #accounts = new Map<string, Account>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  book(from: NodeClassIndex, to: NodeClassIndex, there: Path, back: Path): void {
    const self = from === to ? 1 : 0;
    const forward = collect(there);
    const reverse = collect(back);
    for (const { fault, path } of forward.values()) {
      this.#spread(fault, from, to, path, self, (account, many) => (account.pairs += many));
    }
    const union = new Map([...forward].map(([id, item]) => [id, { ...item, isReply: false }]));
    for (const item of reverse.values()) {
      const id = faultId({ ...item.fault, owner: swap(item.fault.owner) });
      if (!union.has(id)) union.set(id, { ...item, isReply: true });
    }
    for (const { fault, path, isReply } of union.values()) {
      const [a, b] = isReply ? [to, from] : [from, to];
      this.#spread(fault, a, b, path, self, (account, many) => (account.roundTrips += many));
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
        pairsBroken: account.pairs,
        roundTripsBroken: account.roundTrips,
      }));
  }

  #spread(
    fault: Fault,
    from: NodeClassIndex,
    to: NodeClassIndex,
    path: FamilyPath,
    self: number,
    add: (account: Account, many: number) => void,
  ): void {
    const others = fault.owner === 'from' ? to : from;
    this.#eachOwner(fault, from, to, path, (concrete) => {
      const account = this.#account(concrete);
      const many = fault.owner === 'shared' ? from.nodes.length * (to.nodes.length - self) : others.nodes.length - self;
      add(account, many);
    });
  }

  /** The same fault of every node of the class that owns it. */
  #eachOwner(
    fault: Fault,
    from: NodeClassIndex,
    to: NodeClassIndex,
    path: FamilyPath,
    visit: (concrete: Fault) => void,
  ): void {
    if (fault.owner === 'shared') {
      visit(fault);
      return;
    }
    const owners = fault.owner === 'from' ? from.nodes : to.nodes;
    if (owners.length === 1) {
      visit(fault);
      return;
    }
    if (fault.rule === 'firewall-excludes-pods') {
      for (const node of owners) visit(this.#retrace(fault, node, from, to, path) ?? fault);
      return;
    }
    const [sender] = from.nodes;
    for (const node of owners) {
      const own = sender === undefined ? undefined : this.#find(fault, node, sender, path);
      if (own !== undefined) visit(own);
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
    for (const way of [this.#tracer.trace(a, b), this.#tracer.traceReply(a, b)]) {
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
      return [...own.onLinkFaults, ...own.exitFaults.flat(), own.exitGap].find(same);
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
        pairs: 0,
        roundTrips: 0,
      };
      this.#accounts.set(key, account);
    }
    if (fault.verdict === 'fail') account.verdict = 'fail';
    account.details.add(fault.detail);
    return account;
  }
}

/** Equal details may come from several classes; in an order that no class order can change. */
function distinct(details: ReadonlySet<FaultDetail>): FaultDetail[] {
  const byText = new Map([...details].map((detail) => [JSON.stringify(detail), detail]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, detail]) => detail);
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
