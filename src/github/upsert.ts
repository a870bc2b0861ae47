/**
 * Keeps one copy of a text, although others write at the same time and answers get lost: list, decide, write, and list
 * again wherever the last writing could have come to something else than intended.
 */
import type { Calls } from './calls.ts';
import { GitHubTrouble } from './trouble.ts';

interface Kept {
  /** Grows with time. */
  readonly id: number;
}

export interface Upsert<Item extends Kept, Step extends { readonly do: string }> {
  /** What is ours, whichever order. */
  readonly list: () => Promise<readonly Item[]>;
  /** What has to be done so that one copy is left, as it should be; empty: nothing. Gets the oldest first. */
  readonly decide: (ours: readonly Item[]) => readonly Step[];
  /** Returns what a step `create` has made. */
  readonly perform: (step: Step) => Promise<Item | undefined>;
}

export interface Upserted<Item, Step> {
  /** As of the last listing or creation. */
  readonly ours: readonly Item[];
  /** Creations that got no answer too: if there is one copy now, it may be theirs. */
  readonly done: readonly Step[];
}

/** Two rounds are usual (create, look again); more only with lost answers or others at work. */
const ROUNDS = 4;

/** Throws GitHubTrouble. */
export async function upsert<Item extends Kept, Step extends { readonly do: string }>(
  calls: Calls,
  { list, decide, perform }: Upsert<Item, Step>,
): Promise<Upserted<Item, Step>> {
  const created = new Map<number, Item>();
  const done: Step[] = [];
  for (let round = 1; ; round += 1) {
    const ours = merge(await list(), created);
    let again = false;
    for (const step of decide(ours)) {
      try {
        const item = await perform(step);
        done.push(step);
        if (item !== undefined) created.set(item.id, item);
        again ||= item !== undefined;
      } catch (error) {
        if (!(error instanceof GitHubTrouble) || !isWorthALook(error, step) || round === ROUNDS) throw error;
        again = true;
        if (step.do === 'create') done.push(step);
        await calls.settle();
        break;
      }
    }
    if (!again || round === ROUNDS) return { ours: merge(ours, created), done };
  }
}

/** A creation without an answer may have happened; what was to be changed may have been deleted by somebody. */
function isWorthALook({ kind }: GitHubTrouble, step: { readonly do: string }): boolean {
  return step.do === 'create' ? kind === 'unclear' : kind === 'missing';
}

/** A listing can lag behind: what was just created counts, whether it is listed yet or not. */
function merge<Item extends Kept>(listed: readonly Item[], created: ReadonlyMap<number, Item>): Item[] {
  const all = new Map([...created, ...listed.map((item) => [item.id, item] as const)]);
  return [...all.values()].sort((one, other) => one.id - other.id);
}
