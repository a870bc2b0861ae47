/** Finding nodes by whatever one has in hand: a name, an address (of a pod too), a range, the id of a machine. */
import { containsAddress, parseAddress, parsePrefix } from '../../model/prefix.ts';
import type { PageNode } from './model.ts';

export interface Match {
  readonly node: PageNode;
  /** What matched, if not the name: `interface eni-0a1`. */
  readonly because?: string;
}

/** Best first: the name before everything else, all of it before its beginning, that before a part. */
export function searchNodes(nodes: readonly PageNode[], query: string): Match[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return nodes.map((node) => ({ node }));
  const address = parseAddress(wanted);
  const found = nodes.flatMap((node): { match: Match; rank: number }[] => {
    const name = closeness(node.name, wanted);
    if (name !== undefined) return [{ match: { node }, rank: name }];
    let best: { match: Match; rank: number } | undefined;
    for (const [noun, text] of traits(node)) {
      const rank = closeness(text, wanted);
      if (rank === undefined || (best !== undefined && best.rank <= rank + NAME_FIRST)) continue;
      best = { match: { node, because: `${noun} ${text}` }, rank: rank + NAME_FIRST };
    }
    if (best !== undefined) return [best];
    const holder =
      address === undefined
        ? undefined
        : node.podCIDRs.find((text) => {
            const prefix = parsePrefix(text);
            return prefix !== undefined && containsAddress(prefix, address);
          });
    return holder === undefined ? [] : [{ match: { node, because: `pod range ${holder} holds it` }, rank: NAME_FIRST }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ match }) => match);
}

const NAME_FIRST = 3;

function closeness(text: string, wanted: string): number | undefined {
  const place = text.toLowerCase().indexOf(wanted);
  if (place < 0) return undefined;
  if (place > 0) return 2;
  return text.length === wanted.length ? 0 : 1;
}

function* traits(node: PageNode): Iterable<readonly [string, string]> {
  for (const text of node.internalIPs) yield ['address', text];
  for (const text of node.podCIDRs) yield ['pod range', text];
  if (node.machine !== null) yield ['machine', node.machine];
  for (const text of node.interfaces) yield ['interface', text];
  for (const text of node.subnets) yield ['subnet', text];
  for (const text of node.routeTables) yield ['route table', text];
}
