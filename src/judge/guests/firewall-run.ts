/** One chain of a firewall gone through: everything that may become of a packet where not all rules are understood. */
import type { GuestAction, GuestHook } from '../../model/guest.ts';
import type { RuleRef } from './firewall.ts';
import type { Mark } from './mark.ts';
import { eitherMark, setMark } from './mark.ts';
import type { CompiledMatch, Cut, Passing } from './matching.ts';
import { fits } from './matching.ts';

export interface CompiledChain {
  readonly id: string;
  readonly rules: readonly CompiledRule[];
}

export interface CompiledRule {
  readonly matches: readonly CompiledMatch[];
  readonly actions: readonly CompiledAction[];
  readonly text: string;
}

export type CompiledAction =
  | Exclude<GuestAction, { readonly kind: 'jump' | 'goto' }>
  | { readonly kind: 'jump' | 'goto'; readonly chain: CompiledChain };

/** What may happen; several: it hangs on what is not known. */
export interface Result {
  readonly accepts: boolean;
  readonly drops: readonly RuleRef[];
  readonly rewrites: readonly (RuleRef & { readonly address?: string })[];
  /** Rules of which nobody knows what they do, or whether they are for the packet. */
  readonly doubts: readonly RuleRef[];
  /** Rules that are for the packet only perhaps. */
  readonly perhaps: readonly RuleRef[];
  readonly mark: Mark;
  /** There is no result for the whole of the packet's addresses. */
  readonly cut: Cut | undefined;
}

export function runChain(chain: CompiledChain, hook: GuestHook, packet: Passing, mark: Mark): Result {
  const run = new Run(packet, mark);
  if (run.walk(chain, 0)) run.end({ kind: hook.policy }, { chain: chain.id, text: `policy ${hook.policy}` });
  return run;
}

/** The kernel refuses deeper ones, and chains that come back to themselves. */
const DEEPEST = 64;
/** More than any real ruleset takes; whoever makes one that doubles with every chain gets no answer. */
const MOST_STEPS = 200_000;

class Run implements Result {
  readonly #packet: Passing;
  accepts = false;
  readonly drops: RuleRef[] = [];
  readonly rewrites: (RuleRef & { address?: string })[] = [];
  readonly doubts: RuleRef[] = [];
  readonly perhaps: RuleRef[] = [];
  mark: Mark;
  cut: Cut | undefined;
  #state: Passing['state'];
  #steps = 0;

  constructor(packet: Passing, mark: Mark) {
    this.#packet = packet;
    this.#state = packet.state;
    this.mark = mark;
  }

  /** True: the packet may come out at its end. */
  walk(chain: CompiledChain, depth: number): boolean {
    let back: Mark | undefined;
    const leave = (): void => {
      back = back === undefined ? this.mark : eitherMark(back, this.mark);
    };
    for (const rule of chain.rules) {
      this.#steps += 1;
      if (depth > DEEPEST || this.#steps > MOST_STEPS) {
        this.doubts.push({ chain: chain.id, text: 'more rules than can be followed' });
        return false;
      }
      const fit = this.#fit(rule);
      if (fit === 'cut') return false;
      if (fit === false) continue;
      const by = { chain: chain.id, text: rule.text };
      const before = this.mark;
      if (fit === undefined) this.perhaps.push(by);
      const isOver = rule.actions.some((action) => this.#act(action, by, depth, leave));
      if (this.cut !== undefined) return false;
      if (fit === true && isOver) return this.#join(back);
      if (fit === undefined) this.mark = eitherMark(before, this.mark);
    }
    leave();
    return this.#join(back);
  }

  /** The end of a chain that the kernel asks itself, or of the whole matter. */
  end(action: CompiledAction, by: RuleRef): void {
    if (action.kind === 'accept') this.accepts = true;
    else if (action.kind === 'drop') this.drops.push(by);
    else if (action.kind === 'source') {
      this.rewrites.push({ ...by, ...(action.address === undefined ? {} : { address: action.address }) });
    } else this.doubts.push(by);
  }

  #join(back: Mark | undefined): boolean {
    if (back === undefined) return false;
    this.mark = back;
    return true;
  }

  /** True: nothing of the chain comes afterwards. `leave`: the packet may go back to where it came from. */
  #act(action: CompiledAction, by: RuleRef, depth: number, leave: () => void): boolean {
    switch (action.kind) {
      case 'mark':
        this.mark = setMark(this.mark, action.value, action.mask);
        return false;
      case 'untrack':
        this.#state = 'unclear';
        return false;
      case 'return':
        leave();
        return true;
      case 'jump':
        return !this.walk(action.chain, depth + 1);
      case 'goto':
        if (this.walk(action.chain, depth + 1)) leave();
        return true;
      case 'accept':
      case 'drop':
      case 'source':
      case 'opaque':
        this.end(action, by);
        return true;
    }
  }

  #fit({ matches }: CompiledRule): boolean | undefined | 'cut' {
    let isSure = true;
    let cut: Cut | undefined;
    const packet = { ...this.#packet, state: this.#state };
    for (const match of matches) {
      const fit = fits(match, packet, this.mark);
      if (fit === false) return false;
      if (typeof fit === 'object') cut ??= fit;
      else if (fit === undefined) isSure = false;
    }
    // A rule that is not for it anyway needs no cut.
    this.cut = cut;
    if (cut !== undefined) return 'cut';
    return isSure ? true : undefined;
  }
}
