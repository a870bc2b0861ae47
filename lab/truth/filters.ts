/**
 * What filters do to a packet, whatever their cloud calls them. A ground says which stages a packet meets and which of
 * their lines are for its two addresses; here kinds of traffic are sent through them, one after the other. Needed is all
 * traffic: a stage that lets only some through is neither open nor closed.
 */

import type { Address } from '../world/addresses.ts';
import { fate, oneOf, worst } from './fate.ts';
import type { Fate, Way } from './fate.ts';
import type { Machine } from './ground.ts';

/** Who talks to whom. */
export interface Ends {
  /** An address of the machine that sends, or of a pod on it. */
  source: Address;
  /** An address of `owner`, or of a pod on it. */
  target: Address;
  owner: Machine;
}

/** A packet as the filters on its way see it. */
export type Crossing = Way & Ends;

export interface FilterStage {
  /** All that its verdict depends on: of stages with the same name in one ground only the first is looked at. */
  name: string;
  /** It remembers what it let through, and lets the answers pass. */
  stateful: boolean;
  /** The lines that are for these addresses, in the order in which they decide; unread: nobody knows them. */
  lines: () => FilterLine[] | 'unread';
}

/** What no line decides is refused. */
export interface FilterLine {
  does: 'allow' | 'deny';
  /** Whether it is certain that the line is for these addresses. */
  certain: boolean;
  /** Absent: all. */
  protocol?: string;
  /** Inclusive; absent: all. */
  ports?: { from: number; to: number }[];
}

/** One kind of traffic; without a port all ports of the protocol are meant. */
export interface Traffic {
  protocol: string;
  port?: number;
}

/** A packet out of nothing, or the answer to one that came through. */
export type Occasion = 'new' | 'answer';

const lastPort = 65_535;

/** The ports at which the fate of a protocol may change. */
function portsAmong(lines: FilterLine[], protocol: string): number[] {
  const ranges = lines.flatMap((line) => (line.protocol === protocol ? (line.ports ?? []) : []));
  const edges = ranges.flatMap(({ from, to }) => [from - 1, from, to, to + 1]);
  return [...new Set([0, lastPort, ...edges])].filter((port) => port >= 0 && port <= lastPort);
}

/** Traffic that stands for all: every protocol that a line names, at its edges, and one that none names. */
function everyKind(lines: FilterLine[]): Traffic[] {
  const named = new Set(lines.flatMap((line) => line.protocol ?? []));
  const kinds = [...named].flatMap((protocol) => portsAmong(lines, protocol).map((port) => ({ protocol, port })));
  return [...kinds, { protocol: 'none that a line names', port: 0 }];
}

function isFor(line: FilterLine, { protocol, port }: Required<Traffic>): boolean {
  if (line.protocol !== undefined && line.protocol !== protocol) return false;
  return line.ports?.some(({ from, to }) => from <= port && port <= to) ?? true;
}

/** Whether the traffic gets through if every doubt is settled for it (`hoping`), or against it. */
function getsThrough(lines: FilterLine[], traffic: Required<Traffic>, hoping: boolean): boolean {
  const deciding = lines.find((line) => isFor(line, traffic) && (line.certain || (line.does === 'allow') === hoping));
  return deciding?.does === 'allow';
}

function stageFate(stage: FilterStage, only: Traffic | undefined): Fate {
  const lines = stage.lines();
  if (lines === 'unread') return fate('unknown', `nobody could read ${stage.name}`);
  const wanted = only === undefined ? everyKind(lines) : [only];
  const kinds = wanted.flatMap(({ protocol, port }) =>
    (port === undefined ? portsAmong(lines, protocol) : [port]).map((each) => ({ protocol, port: each })),
  );
  const lost = kinds.find((traffic) => !getsThrough(lines, traffic, false));
  if (lost === undefined) return fate('pass', `${stage.name} lets it through`);
  const isClosed = kinds.every((traffic) => !getsThrough(lines, traffic, true));
  const what = `${lost.protocol} ${String(lost.port)}`;
  return isClosed ? fate('fail', `${stage.name} refuses it`) : fate('unknown', `${stage.name}: not sure about ${what}`);
}

/** One ground's filters as they stand, with their verdicts remembered. `only`: nothing else needs to get through. */
export class Filters {
  private readonly known = new Map<string, Fate>();
  private readonly stages: (crossing: Crossing) => FilterStage[];

  constructor(stages: (crossing: Crossing) => FilterStage[]) {
    this.stages = stages;
  }

  /** What all stages on the way say together, on top of what became of the packet otherwise. */
  judge(routed: Fate, ends: Ends, occasion: Occasion, only?: Traffic): Fate {
    if (routed.either !== undefined) {
      return oneOf(
        routed.either.map((one) => this.judge(one, ends, occasion, only)),
        routed.why,
      );
    }
    if (routed.verdict === 'fail' || routed.way === undefined) return routed;
    const met = this.stages({ ...routed.way, ...ends }).filter((stage) => occasion === 'new' || !stage.stateful);
    return worst([routed, ...met.map((stage) => this.ask(stage, only))]);
  }

  /** The same filters, of which nobody knows more than that they are there. */
  unread(): Filters {
    return new Filters((crossing) => this.stages(crossing).map((stage) => ({ ...stage, lines: () => 'unread' })));
  }

  private ask(stage: FilterStage, only: Traffic | undefined): Fate {
    const name = only === undefined ? stage.name : `${stage.name} ${only.protocol} ${String(only.port)}`;
    const answer = this.known.get(name) ?? stageFate(stage, only);
    this.known.set(name, answer);
    return answer;
  }
}
