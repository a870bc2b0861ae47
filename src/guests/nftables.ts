/** `nft -j list ruleset`: all tables of the kernel that nftables holds (libnftables-json(5)). */
import type { FirewallFamily, GuestChain, GuestFirewallRule, GuestHook } from '../model/guest.ts';
import { GUEST_HOOKS } from '../model/firewall.ts';
import type { Entry, Parsed } from './json.ts';
import { isEntry, nameOf, quote } from './json.ts';
import type { NftSets } from './nftables-match.ts';
import { parseNftRule } from './nftables-rule.ts';

const FAMILIES: Readonly<Record<string, FirewallFamily | 'both'>> = { ip: 'ipv4', ip6: 'ipv6', inet: 'both' };

/** Tables by `family name`. */
type Tables = ReadonlyMap<string, { readonly sets: Map<string, Entry> }>;

/**
 * Chains of tables for IP. `isKnown`: tables (`ip filter`) that were read better elsewhere, by the tool that wrote them.
 */
export function parseRuleset(text: string, isKnown: (table: string) => boolean): Parsed<GuestChain> {
  if (text.trim() === '') return { items: [], troubles: ['it is empty, which it never is'] };
  const objects = parseObjects(text);
  if (objects === undefined) return { items: [], troubles: ['what is no JSON of nft, or is cut off'] };
  const troubles: string[] = [];
  const tables: Tables = new Map(pick(objects, 'table').map((table) => [tableOf(table), { sets: new Map() }]));
  for (const set of [...pick(objects, 'set'), ...pick(objects, 'map')]) {
    tables.get(`${textOf(set['family'])} ${textOf(set['table'])}`)?.sets.set(textOf(set['name']), set);
  }
  const chains = new Map<string, { readonly chain: Omit<GuestChain, 'rules'>; readonly rules: GuestFirewallRule[] }>();
  for (const chain of pick(objects, 'chain')) {
    const table = `${textOf(chain['family'])} ${textOf(chain['table'])}`;
    if (isKnown(table)) continue;
    const family = FAMILIES[textOf(chain['family'])];
    if (family === undefined) {
      troubles.push(...strangeTable(chain, objects));
      continue;
    }
    const id = `nft ${table} ${textOf(chain['name'])}`;
    const base = baseOf(chain);
    if (typeof base === 'string') troubles.push(base);
    chains.set(id, {
      chain: {
        id,
        ...(family === 'both' ? {} : { family }),
        ...(typeof base === 'object' ? { base } : {}),
      },
      rules: [],
    });
  }
  for (const rule of pick(objects, 'rule')) {
    const table = `${textOf(rule['family'])} ${textOf(rule['table'])}`;
    const chain = chains.get(`nft ${table} ${textOf(rule['chain'])}`);
    // Of a table that was read elsewhere, or is none for IP.
    if (chain === undefined) continue;
    const sets: NftSets = tables.get(table)?.sets ?? new Map<string, Entry>();
    chain.rules.push(...parseNftRule(rule, { table: `nft ${table}`, sets }));
  }
  return { items: [...chains.values()].map(({ chain, rules }) => ({ ...chain, rules })), troubles };
}

function parseObjects(text: string): Entry[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const list = isEntry(parsed) ? parsed['nftables'] : undefined;
    if (!Array.isArray(list)) return undefined;
    // Every answer begins with the version of its form.
    const objects = list.filter(isEntry);
    const info = objects.find((one) => 'metainfo' in one)?.['metainfo'];
    return isEntry(info) && info['json_schema_version'] === 1 && objects.length === list.length ? objects : undefined;
  } catch {
    return undefined;
  }
}

function pick(objects: readonly Entry[], kind: string): Entry[] {
  return objects.flatMap((one) => (isEntry(one[kind]) ? [one[kind]] : []));
}

function tableOf(table: Entry): string {
  return `${textOf(table['family'])} ${textOf(table['name'])}`;
}

function textOf(value: unknown): string {
  return nameOf(value) ?? '';
}

/** Bridges and devices may filter frames, too. A text: what is not followed. */
function strangeTable(chain: Entry, objects: readonly Entry[]): string[] {
  if (chain['hook'] === undefined) return [];
  const isEmpty =
    chain['policy'] !== 'drop' &&
    !pick(objects, 'rule').some(
      (rule) =>
        rule['family'] === chain['family'] && rule['table'] === chain['table'] && rule['chain'] === chain['name'],
    );
  const where = `${textOf(chain['family'])} ${textOf(chain['table'])} ${textOf(chain['name'])}`;
  return isEmpty ? [] : [`chain ${where}, which looks at frames and not at packets`];
}

/** Undefined: for packets of the node itself, or none at all. */
function baseOf(chain: Entry): GuestHook | string | undefined {
  const { type, hook, prio, policy = 'accept' } = chain;
  if (hook === undefined) return undefined;
  const found = GUEST_HOOKS.find((one) => one === hook);
  if (found === undefined) {
    return hook === 'input' || hook === 'output' ? undefined : `hook ${quote(hook)}`;
  }
  const isWhole = typeof prio === 'number' && (policy === 'accept' || policy === 'drop');
  if (!isWhole || (type !== 'filter' && type !== 'nat')) return `a chain ${quote(chain['name'])}`;
  return { hook: found, type, priority: prio, policy };
}
