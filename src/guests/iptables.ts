/** What iptables-save and ip6tables-save print, of the kernel's own tables and of those that nftables holds. */
import type { FirewallFamily, GuestAction, GuestChain, GuestFirewallRule, GuestHook } from '../model/guest.ts';
import { parseSaved } from './iptables-rule.ts';
import type { Parsed } from './json.ts';

type Hooks = Readonly<Record<string, Omit<GuestHook, 'policy'>>>;

/** Where the kernel asks the built-in chains: include/uapi/linux/netfilter_ipv4.h. */
const TABLES: Readonly<Record<string, Hooks>> = {
  raw: { PREROUTING: { hook: 'prerouting', type: 'filter', priority: -300 } },
  mangle: {
    PREROUTING: { hook: 'prerouting', type: 'filter', priority: -150 },
    FORWARD: { hook: 'forward', type: 'filter', priority: -150 },
    POSTROUTING: { hook: 'postrouting', type: 'filter', priority: -150 },
  },
  nat: {
    PREROUTING: { hook: 'prerouting', type: 'nat', priority: -100 },
    POSTROUTING: { hook: 'postrouting', type: 'nat', priority: 100 },
  },
  filter: { FORWARD: { hook: 'forward', type: 'filter', priority: 0 } },
  security: { FORWARD: { hook: 'forward', type: 'filter', priority: 50 } },
};

interface Draft {
  readonly base?: GuestHook;
  readonly rules: GuestFirewallRule[];
}

/** Its chains, those included that no forwarded packet comes to. `tool`: for ids. */
export function parseTables(text: string, tool: string, family: FirewallFamily): Parsed<GuestChain> {
  const troubles: string[] = [];
  const chains = new Map<string, Draft>();
  let table: string | undefined;
  const idOf = (name: string): string => `${tool} ${table ?? ''} ${name}`;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.startsWith('#')) continue;
    if (line.startsWith('*') && table === undefined) {
      table = line.slice(1);
      if (!Object.hasOwn(TABLES, table)) troubles.push(`table ${table}`);
    } else if (line === 'COMMIT' && table !== undefined) table = undefined;
    else if (line.startsWith(':') && table !== undefined) {
      const [, name = '', policy = ''] = /^:(\S+) (\S+)/.exec(line) ?? [];
      const hook = TABLES[table]?.[name];
      if (policy !== '-' && policy !== 'ACCEPT' && policy !== 'DROP') troubles.push(`a line ${line.slice(0, 60)}`);
      const base: GuestHook | undefined = hook && { ...hook, policy: policy === 'DROP' ? 'drop' : 'accept' };
      chains.set(idOf(name), { ...(base === undefined ? {} : { base }), rules: [] });
    } else {
      const saved = table === undefined ? undefined : parseSaved(line);
      const chain = saved === undefined ? undefined : chains.get(idOf(saved.chain));
      if (saved === undefined || chain === undefined) troubles.push(`a line ${line.slice(0, 60)}`);
      else {
        const jump = saved.target === undefined ? undefined : jumpOf(saved, chains, idOf);
        const actions: readonly GuestAction[] = jump === undefined ? saved.actions : [jump];
        // What only counts or logs is passed over.
        if (actions.length > 0) chain.rules.push({ matches: saved.matches, actions, text: line });
      }
    }
  }
  if (table !== undefined) troubles.push(`table ${table}, which does not end`);
  return { items: [...chains].map(([id, chain]): GuestChain => ({ id, family, ...chain })), troubles };
}

/** A target that is a chain of the same table. */
function jumpOf(
  { target = '', isGoto }: { readonly target?: string; readonly isGoto: boolean },
  chains: ReadonlyMap<string, Draft>,
  idOf: (name: string) => string,
): GuestAction | undefined {
  const chain = idOf(target);
  return chains.has(chain) ? { kind: isGoto ? 'goto' : 'jump', chain } : undefined;
}
