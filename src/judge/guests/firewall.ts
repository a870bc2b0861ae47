/** A node's netfilter, ready to be asked what becomes of a forwarded packet at each of its hooks. */
import type { FirewallFamily, GuestChain, GuestHook, GuestLink, GuestMatch } from '../../model/guest.ts';
import type { Prefix, Range } from '../../model/prefix.ts';
import { hostPrefix, parseAddress, parsePrefix, parsePrefixes } from '../../model/prefix.ts';
import { cutAlong } from '../fabric.ts';
import type { CompiledChain, CompiledRule, Result } from './firewall-run.ts';
import { runChain } from './firewall-run.ts';
import type { Mark } from './mark.ts';
import type { CompiledMatch, Passing } from './matching.ts';

/** A rule, or the policy of a chain. */
export interface RuleRef {
  readonly chain: string;
  readonly text: string;
}

export type Fate =
  | { readonly kind: 'passes' }
  | { readonly kind: 'dropped'; readonly by: RuleRef }
  | { readonly kind: 'unclear'; readonly reason: string }
  /** `address` absent: that of the link by which it leaves. */
  | { readonly kind: 'rewritten'; readonly by: RuleRef; readonly address?: string };

export interface Ruling {
  readonly source: Range;
  readonly destination: Range;
  readonly mark: Mark;
  readonly fate: Fate;
}

interface BaseChain {
  readonly chain: CompiledChain;
  readonly hook: GuestHook;
  readonly family?: FirewallFamily;
}

export class Firewall {
  readonly #bases: readonly BaseChain[];

  constructor(chains: readonly GuestChain[], links: readonly GuestLink[]) {
    const own = links.flatMap(({ addresses }) =>
      addresses.flatMap(({ address }) => {
        const parsed = parseAddress(address);
        return parsed === undefined ? [] : [hostPrefix(parsed)];
      }),
    );
    const compiled = compileChains(chains, [...own, ...parsePrefixes(['127.0.0.0/8'])]);
    this.#bases = chains
      .flatMap(({ id, base, family }): BaseChain[] => {
        const chain = compiled.get(id);
        return base === undefined || chain === undefined
          ? []
          : [{ chain, hook: base, ...(family === undefined ? {} : { family }) }];
      })
      .sort((a, b) => a.hook.priority - b.hook.priority);
  }

  /** Every piece of the packet's addresses that is treated alike. `late`: behind the place where answers get their own destination back. */
  ask(hook: GuestHook['hook'], packet: Passing, mark: Mark, late?: boolean): Ruling[] {
    const family = packet.destination.family === 4 ? 'ipv4' : 'ipv6';
    const bases = this.#bases.filter(
      (base) =>
        base.hook.hook === hook &&
        (base.family ?? family) === family &&
        (late === undefined || base.hook.priority > DESTINATION_NAT === late) &&
        // A connection that is known has its addresses already.
        (base.hook.type === 'filter' || packet.state !== 'established'),
    );
    return bases.length === 0
      ? [{ source: packet.source, destination: packet.destination, mark, fate: PASSES }]
      : rule(bases, packet, mark);
  }
}

const DESTINATION_NAT = -100;
const PASSES: Fate = { kind: 'passes' };

function rule(bases: readonly BaseChain[], packet: Passing, before: Mark): Ruling[] {
  let mark = before;
  let doubt: Fate | undefined;
  let rewriting: Fate | undefined;
  for (const { chain, hook } of bases) {
    // The first chain that gives the connection its addresses is the last one.
    if (hook.type === 'nat' && rewriting !== undefined) continue;
    const result = runChain(chain, hook, packet, mark);
    if (result.cut !== undefined) {
      const { side, prefix } = result.cut;
      return cutAlong(packet[side], [prefix]).flatMap((piece) => rule(bases, { ...packet, [side]: piece }, before));
    }
    const fate = fateOf(result, packet);
    if (fate.kind === 'dropped') return [{ ...rangesOf(packet), mark, fate }];
    if (fate.kind === 'unclear') doubt ??= fate;
    if (fate.kind === 'rewritten') rewriting = fate;
    ({ mark } = result);
  }
  return [{ ...rangesOf(packet), mark, fate: doubt ?? rewriting ?? PASSES }];
}

function rangesOf({ source, destination }: Passing): Pick<Ruling, 'source' | 'destination'> {
  return { source, destination };
}

/** Certain only where all that may happen comes to the same. */
function fateOf({ accepts, drops, rewrites, doubts, perhaps }: Result, { state }: Passing): Fate {
  const [drop] = drops;
  const [rewrite, ...more] = rewrites;
  const [doubt] = doubts;
  if (!accepts && doubt === undefined) {
    if (drop !== undefined && rewrite === undefined) return { kind: 'dropped', by: drop };
    const isOne = more.every(({ address }) => address === rewrite?.address);
    // Only what surely begins a connection is surely asked.
    if (drop === undefined && rewrite !== undefined && isOne && state === 'new') {
      return { kind: 'rewritten', by: rewrite, ...(rewrite.address === undefined ? {} : { address: rewrite.address }) };
    }
  }
  const by = perhaps[0] ?? doubt ?? drop ?? rewrite;
  if (by === undefined || (doubt === undefined && drop === undefined && rewrite === undefined)) return PASSES;
  return { kind: 'unclear', reason: `firewall rule “${by.text}” may or may not concern it` };
}

function compileChains(chains: readonly GuestChain[], own: readonly Prefix[]): Map<string, CompiledChain> {
  const compiled = new Map(
    chains.map(({ id }): [string, { id: string; rules: CompiledRule[] }] => [id, { id, rules: [] }]),
  );
  for (const { id, rules } of chains) {
    const list = compiled.get(id)?.rules;
    for (const { matches, actions, text } of rules) {
      list?.push({
        matches: matches.map((match) => compileMatch(match, own)),
        actions: actions.map((action) => {
          if (action.kind !== 'jump' && action.kind !== 'goto') return action;
          const chain = compiled.get(action.chain);
          return chain === undefined ? { kind: 'opaque', text: `chain ${action.chain}` } : { kind: action.kind, chain };
        }),
        text,
      });
    }
  }
  return compiled;
}

function compileMatch(match: GuestMatch, own: readonly Prefix[]): CompiledMatch {
  if (match.kind === 'address') {
    return { ...match, prefixes: match.prefixes.flatMap((text) => parsePrefix(text) ?? []) };
  }
  if (match.kind !== 'own') return match;
  return { kind: 'address', side: match.side, prefixes: own, ...(match.not === undefined ? {} : { not: match.not }) };
}
