/** Which kinds of traffic a list of matching rules admits: every protocol and port, exactly, without trying packets. */
import type { PortRange } from '../model/filter.ts';

/** A rule whose addresses match. */
export interface Candidate {
  readonly action: 'allow' | 'deny';
  /** False: whether its addresses match is disputed. */
  readonly certain: boolean;
  /** Absent: every protocol. */
  readonly protocol?: string;
  /** Absent: every port. */
  readonly ports?: readonly PortRange[];
  readonly name?: string;
  readonly rank: number;
}

/** What has to get through; absent: everything. */
export interface Need {
  readonly protocol: string;
  readonly port?: number;
}

/** `first-match`: in the given order, and what nothing decides is denied. `union`: whatever any rule allows. */
export type Combination = 'first-match' | 'union';

export type Admission =
  | { readonly verdict: 'pass' }
  /** `by`: the rule that denies all of it. */
  | { readonly verdict: 'fail'; readonly by?: Candidate }
  /** `limited`: some of it for certain is not admitted. `disputed`: it hangs on matches that are not certain. */
  | { readonly verdict: 'unknown'; readonly why: 'limited' | 'disputed'; readonly admitted: readonly string[] };

/** A kind of traffic that every rule treats alike. */
interface Cell {
  /** Absent: a protocol that no rule names. */
  readonly protocol?: string;
  readonly from: number;
  readonly to: number;
}

const LAST_PORT = 65535;
const PASS: Admission = { verdict: 'pass' };
const FAIL: Admission = { verdict: 'fail' };

export function admit(candidates: readonly Candidate[], combination: Combination, need?: Need): Admission {
  const cells = need === undefined ? cellsOf(candidates) : [cellFor(need)];
  const sure = cells.filter((cell) => isAdmitted(candidates, combination, cell, 'worst'));
  if (sure.length === cells.length) return PASS;
  const possible = cells.filter((cell) => isAdmitted(candidates, combination, cell, 'best'));
  if (possible.length === 0) {
    const by = candidates.find(
      (rule) => rule.action === 'deny' && rule.certain && cells.every((cell) => includes(rule, cell)),
    );
    return by === undefined ? FAIL : { verdict: 'fail', by };
  }
  const why = possible.length === cells.length ? 'disputed' : 'limited';
  return { verdict: 'unknown', why, admitted: nameCells(sure.length > 0 ? sure : possible, cells.length) };
}

/** `best`: disputed allows hold and disputed denies do not; `worst`: the other way round. */
function isAdmitted(
  candidates: readonly Candidate[],
  combination: Combination,
  cell: Cell,
  bet: 'best' | 'worst',
): boolean {
  const holds = (rule: Candidate): boolean =>
    rule.certain || (rule.action === 'allow' ? bet === 'best' : bet === 'worst');
  const decides = (rule: Candidate): boolean => holds(rule) && includes(rule, cell);
  if (combination === 'union') return candidates.some((rule) => rule.action === 'allow' && decides(rule));
  return candidates.find(decides)?.action === 'allow';
}

function includes(rule: Candidate, cell: Cell): boolean {
  if (rule.protocol === undefined) return true;
  if (rule.protocol !== cell.protocol) return false;
  return rule.ports === undefined || rule.ports.some((range) => range.from <= cell.from && cell.to <= range.to);
}

/** Protocols and port ranges cut so that no rule covers a cell in part. */
function cellsOf(candidates: readonly Candidate[]): Cell[] {
  const cuts = new Map<string, Set<number>>();
  for (const { protocol, ports } of candidates) {
    if (protocol === undefined) continue;
    const starts = cuts.get(protocol) ?? new Set([0]);
    cuts.set(protocol, starts);
    for (const range of ports ?? []) {
      starts.add(Math.max(0, range.from));
      if (range.to < LAST_PORT) starts.add(range.to + 1);
    }
  }
  const named = [...cuts].flatMap(([protocol, starts]) => {
    const sorted = [...starts].sort((a, b) => a - b);
    return sorted.map((from, index) => ({ protocol, from, to: (sorted[index + 1] ?? LAST_PORT + 1) - 1 }));
  });
  return [...named, { from: 0, to: LAST_PORT }];
}

/** Without a port, the protocol has none: then only a rule for the whole protocol admits it. */
function cellFor({ protocol, port }: Need): Cell {
  return { protocol, from: port ?? 0, to: port ?? LAST_PORT };
}

/** Neighbouring ports are one range again; they were only cut for rules. */
function nameCells(cells: readonly Cell[], all: number): string[] {
  if (cells.length === all) return ['everything'];
  const merged: Cell[] = [];
  for (const cell of cells) {
    const last = merged.at(-1);
    if (last !== undefined && last.protocol === cell.protocol && last.to + 1 === cell.from) {
      merged[merged.length - 1] = { ...last, to: cell.to };
    } else merged.push(cell);
  }
  return merged.map(nameCell);
}

function nameCell({ protocol, from, to }: Cell): string {
  if (protocol === undefined) return 'other protocols';
  if (from === 0 && to === LAST_PORT) return protocol;
  return from === to ? `${protocol} ${String(from)}` : `${protocol} ${String(from)}-${String(to)}`;
}
