/** The parts of collect.sh that are about netfilter, put together: what each tool sees of the same kernel. */
import type { FirewallFamily, GuestChain, GuestUnread } from '../model/guest.ts';
import { parseTables } from './iptables.ts';
import type { Parsed } from './json.ts';
import { parseRuleset } from './nftables.ts';

/** A part by its name; `trouble`: why it is not the whole. */
export type TakePart = <T>(
  name: string,
  parse: (text: string) => Parsed<T>,
) => { readonly items: readonly T[]; readonly trouble?: string };

export interface Firewall {
  /** Those that some forwarded packet may come to. */
  readonly chains: readonly GuestChain[];
  readonly unread: readonly GuestUnread[];
}

const FAMILIES = [
  { family: 'ipv4', part: 'firewall4', suffix: '4', nft: 'ip' },
  { family: 'ipv6', part: 'firewall6', suffix: '6', nft: 'ip6' },
] as const;

export function parseFirewall(take: TakePart): Firewall {
  const unread: GuestUnread[] = [];
  const chains: GuestChain[] = [];
  const known = new Set<string>();
  for (const { family, part, suffix, nft } of FAMILIES) {
    const legacy = take(`legacy${suffix}`, (text) => parseTables(text, toolName(family, 'legacy'), family));
    if (legacy.trouble !== undefined) unread.push({ part, reason: explain(legacy.trouble) });
    chains.push(...legacy.items);
    const tool = toolName(family, 'nft');
    const saved = take(`xtables${suffix}`, (text) => parseTables(text, tool, family));
    // nft tells of the same tables, if less of their matches.
    if (saved.trouble !== undefined) continue;
    chains.push(...saved.items);
    for (const { id } of saved.items) known.add(`${nft} ${id.slice(tool.length + 1).split(' ')[0] ?? ''}`);
  }
  const ruleset = take('nft', (text) => parseRuleset(text, (table) => known.has(table)));
  if (ruleset.trouble !== undefined) {
    for (const { part } of FAMILIES) unread.push({ part, reason: explain(ruleset.trouble) });
  }
  chains.push(...ruleset.items);
  const each = new Map(unread.toReversed().map((one) => [one.part, one]));
  return { chains: reachable(chains), unread: [...each.values()] };
}

function toolName(family: FirewallFamily, kind: 'legacy' | 'nft'): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${kind}`;
}

function explain(trouble: string): string {
  return trouble.startsWith('the command ended with')
    ? `${trouble}; run the collector as root, with nft (Debian package nftables) installed`
    : trouble;
}

function reachable(chains: readonly GuestChain[]): GuestChain[] {
  const byId = new Map(chains.map((chain) => [chain.id, chain]));
  const found = new Set<GuestChain>();
  const open = chains.filter(({ base }) => base !== undefined);
  for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
    if (found.has(chain)) continue;
    found.add(chain);
    for (const { actions } of chain.rules) {
      for (const action of actions) {
        const target = action.kind === 'jump' || action.kind === 'goto' ? byId.get(action.chain) : undefined;
        if (target !== undefined) open.push(target);
      }
    }
  }
  return chains.filter((chain) => found.has(chain));
}
