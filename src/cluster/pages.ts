/** Lists that come in pages and may expire between two of them. */
import { nextTurn } from '../net/clock.ts';
import type { Page, PageRequest } from './api.ts';
import type { Call, Outcome } from './call.ts';
import { StrangerError } from './trouble.ts';

/** Objects per page: larger ones save no time and cost memory. */
export const PAGE_SIZE = 500;

// An API server keeps a list for some minutes; a second reading is faster than the first, a third is hope.
const RESTARTS = 2;

export interface PagesOptions<T, F> {
  readonly call: Call;
  /** For the log: `list nodes`. */
  readonly what: string;
  readonly list: (page: PageRequest) => Promise<Page<T>>;
  /** Makes an object small at once, so that no page stays in memory; undefined drops it. */
  readonly translate: (object: T) => F | undefined;
  /** After every page: how many were read, how many are left where the server says so, and what was made of all so far. */
  readonly onPage?: (read: number, left: number | undefined, facts: readonly F[]) => void;
}

/**
 * The whole list. Expired between two pages (410), it is read again from the start; if that keeps happening, its rest
 * is read as it is now, with the token that the server gives for that.
 */
export async function readPages<T, F>(options: PagesOptions<T, F>): Promise<Outcome<F[]>> {
  const { call, what, list, translate, onPage } = options;
  let facts: F[] = [];
  let read = 0;
  let restarts = 0;
  let resumedAt = -1;
  let token: string | undefined;
  const ask = (at: string | undefined): Promise<Outcome<Page<T>>> => {
    const request = { limit: PAGE_SIZE, ...(at === undefined ? {} : { _continue: at }) };
    return call(what, async () => checkedPage(await list(request), at));
  };
  let coming = ask(undefined);
  for (;;) {
    const outcome = await coming;
    if (!outcome.ok) {
      const { trouble } = outcome;
      if (trouble.kind !== 'status' || trouble.status !== 410 || token === undefined) return outcome;
      restarts += 1;
      if (restarts > RESTARTS) {
        // Resuming twice at one place leads nowhere.
        if (trouble.continueToken === undefined || resumedAt === read) return outcome;
        resumedAt = read;
        token = trouble.continueToken;
        coming = ask(token);
        continue;
      }
      token = undefined;
      facts = [];
      read = 0;
      coming = ask(undefined);
      continue;
    }
    const { items, metadata } = outcome.value;
    token = metadata?.continue === '' ? undefined : metadata?.continue;
    if (token !== undefined) {
      coming = ask(token);
      // Only then it is sent, and the server works on the next page while this one is translated.
      await nextTurn();
    }
    read += items?.length ?? 0;
    for (const item of items ?? []) {
      const fact = translate(item);
      if (fact !== undefined) facts.push(fact);
    }
    onPage?.(read, metadata?.remainingItemCount, facts);
    if (token === undefined) return { ok: true, value: facts };
  }
}

// Any object with status 200 would pass for an empty list.
function checkedPage<T>(page: Page<T>, token: string | undefined): Page<T> {
  const { items, metadata } = page;
  const isList = metadata !== undefined && (items === null || items === undefined || Array.isArray(items));
  // A server that names the same page for ever would never let us go.
  if (!isList || (token !== undefined && metadata.continue === token)) throw new StrangerError('no list');
  return page;
}
