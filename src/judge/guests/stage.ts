/** Chains that are asked one after the other, and what they have said before: most packets are alike to all rules. */
import type { FirewallFamily, GuestHook } from '../../model/guest.ts';
import type { Range } from '../../model/prefix.ts';
import { PrefixTable } from '../../model/prefix-table.ts';
import type { Ruling } from './firewall.ts';
import type { CompiledChain } from './firewall-run.ts';
import type { Mark } from './mark.ts';
import { NO_MARK } from './mark.ts';
import type { Cut, Passing } from './matching.ts';

export interface BaseChain {
  readonly chain: CompiledChain;
  readonly hook: GuestHook;
  readonly family?: FirewallFamily;
}

/** Addresses by the rules' prefixes around them. */
class Places {
  readonly #prefixes = new PrefixTable<string>();
  readonly #known = new WeakMap<Range, string>();

  constructor(chains: readonly CompiledChain[], side: Cut['side']) {
    for (const { rules } of chains) {
      for (const match of rules.flatMap(({ matches }) => matches)) {
        if (match.kind !== 'address' || match.side !== side) continue;
        for (const prefix of match.prefixes) {
          if (this.#prefixes.get(prefix) === undefined) this.#prefixes.add(prefix, prefix.text);
        }
      }
    }
  }

  /** Equal for ranges that lie in the same prefixes, of which the longest says all; undefined: one is cut by some. */
  find(range: Range): string | undefined {
    let place = this.#known.get(range);
    if (place === undefined) {
      place = this.#prefixes.isCut(range) ? CUT : (this.#prefixes.longestMatch(range)?.prefix.text ?? '');
      this.#known.set(range, place);
    }
    return place === CUT ? undefined : place;
  }
}

const CUT = 'cut';

export class Stage {
  readonly bases: readonly BaseChain[];
  readonly known = new Map<string, Ruling>();
  readonly #sources: Places;
  readonly #destinations: Places;

  constructor(bases: readonly BaseChain[]) {
    this.bases = bases;
    const chains = withTargets(bases.map(({ chain }) => chain));
    this.#sources = new Places(chains, 'source');
    this.#destinations = new Places(chains, 'destination');
  }

  /** Equal for packets that fare alike; undefined: its addresses may have to be cut. */
  keyOf(packet: Passing, mark: Mark): string | undefined {
    const source = this.#sources.find(packet.source);
    const destination = source === undefined ? undefined : this.#destinations.find(packet.destination);
    if (source === undefined || destination === undefined) return undefined;
    const marked = mark === NO_MARK ? '' : ` ${String(mark.value)}/${String(mark.known)}`;
    // Names of links have no blanks.
    return `${String(packet.destination.family)} ${source} ${destination} ${packet.in ?? ' '} ${packet.out ?? ' '} ${packet.state}${marked}`;
  }
}

function withTargets(chains: readonly CompiledChain[]): CompiledChain[] {
  const found = new Set(chains);
  for (const { rules } of found) {
    for (const action of rules.flatMap(({ actions }) => actions)) {
      if (action.kind === 'jump' || action.kind === 'goto') found.add(action.chain);
    }
  }
  return [...found];
}
