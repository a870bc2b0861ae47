/** The columns of the node table, and its order by each of them. */
import { parseAddress, parsePrefix } from '../../model/prefix.ts';
import { compareText, verdictRank } from '../view.ts';
import type { PageNode } from './model.ts';
import type { Match } from './search.ts';

interface Column {
  readonly title: string;
  readonly compare: (a: PageNode, b: PageNode) => number;
}

function byText(read: (node: PageNode) => string | undefined): Column['compare'] {
  return (a, b) => compareText(read(a) ?? '', read(b) ?? '');
}

/** Numbers and not texts: .9 comes before .10. */
function byAddress(read: (node: PageNode) => string | undefined): Column['compare'] {
  const value = (node: PageNode): bigint => {
    const text = read(node) ?? '';
    return BigInt(parseAddress(text)?.value ?? parsePrefix(text)?.first ?? -1);
  };
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    return left === right ? 0 : left < right ? -1 : 1;
  };
}

const COLUMN = {
  name: { title: 'Node', compare: byText(({ name }) => name) },
  verdict: { title: 'Verdict', compare: (a, b) => verdictRank(a.verdict) - verdictRank(b.verdict) },
  address: { title: 'Node IP', compare: byAddress(({ internalIPs: [first] }) => first) },
  podCIDR: { title: 'Pod range', compare: byAddress(({ podCIDRs: [first] }) => first) },
  machine: { title: 'Machine', compare: byText(({ machine }) => machine ?? undefined) },
  interface: { title: 'Interface', compare: byText(({ interfaces: [first] }) => first) },
  forwarding: { title: 'Forwarding', compare: byText(({ forwarding }) => forwarding) },
  routeTable: { title: 'Route table', compare: byText(({ routeTables: [first] }) => first) },
} as const satisfies Record<string, Column>;

export interface Order {
  readonly column: keyof typeof COLUMN;
  readonly isDescending: boolean;
}

export const COLUMNS: readonly { readonly id: Order['column']; readonly title: string }[] = (
  Object.keys(COLUMN) as Order['column'][]
).map((id) => ({ id, title: COLUMN[id].title }));

/** Undefined: as they came. Nodes that are equal in the column keep their order. */
export function sortMatches(matches: readonly Match[], order: Order | undefined): readonly Match[] {
  if (order === undefined) return matches;
  const { compare }: Column = COLUMN[order.column];
  return matches.toSorted((a, b) => (order.isDescending ? compare(b.node, a.node) : compare(a.node, b.node)));
}
