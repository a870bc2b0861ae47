/** One comment on a pull request, kept up to date. */
import type { Delivered, Message } from '../ports.ts';
import type { Calls } from './calls.ts';
import { brokenOff, PER_PAGE } from './calls.ts';
import { isSameLogin, isSameText } from './text.ts';
import { GitHubTrouble } from './trouble.ts';
import { upsert } from './upsert.ts';

export interface OwnComment {
  readonly id: number;
  readonly body: string;
  readonly url: string;
}

export type CommentStep =
  | { readonly do: 'create' }
  | { readonly do: 'update'; readonly id: number }
  | { readonly do: 'delete'; readonly id: number };

/** The oldest stays, because people may have answered to it. `ours`: oldest first. */
export function decideComment(ours: readonly OwnComment[], body: string, create: boolean): CommentStep[] {
  const [oldest, ...younger] = ours;
  if (oldest === undefined) return create ? [{ do: 'create' }] : [];
  return [
    ...(isSameText(oldest.body, body) ? [] : [{ do: 'update', id: oldest.id } as const]),
    ...younger.map(({ id }) => ({ do: 'delete', id }) as const),
  ];
}

/** Throws GitHubTrouble. */
export async function writeComment(
  calls: Calls,
  pullRequest: number,
  message: Message,
  create: boolean,
): Promise<Delivered> {
  const at = { ...calls.repository, issue_number: pullRequest };
  const { marker, body } = message;
  const { ours, done } = await upsert<OwnComment, CommentStep>(calls, {
    list: async () => {
      const login = await calls.viewer();
      const all = await calls.pages((octokit, page) => {
        return octokit.rest.issues.listComments({ ...at, per_page: PER_PAGE, page });
      });
      // Anybody can quote the marker, and whoever may write can edit everybody's comments: only the author decides.
      const own = all.filter((one) => isSameLogin(one.user?.login, login) && (one.body ?? '').includes(marker));
      return own.map(toOwn);
    },
    decide: (found) => decideComment(found, body, create),
    perform: (step) => perform(calls, step, at, body),
  });
  const [kept] = ours;
  if (kept === undefined) return { kind: 'none' };
  return { kind: kindOf(done, kept), url: kept.url };
}

function kindOf(done: readonly CommentStep[], kept: OwnComment): Delivered['kind'] {
  if (done.some((step) => step.do === 'update' && step.id === kept.id)) return 'updated';
  return done.some((step) => step.do === 'create') ? 'created' : 'unchanged';
}

async function perform(
  calls: Calls,
  step: CommentStep,
  at: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  body: string,
): Promise<OwnComment | undefined> {
  const { owner, repo } = at;
  switch (step.do) {
    case 'create':
      return calls.once(async (octokit) => toOwn((await octokit.rest.issues.createComment({ ...at, body })).data));
    case 'update':
      await calls.repeatable((octokit) => {
        return octokit.rest.issues.updateComment({ owner, repo, comment_id: step.id, body });
      });
      return undefined;
    case 'delete':
      await calls
        .repeatable((octokit) => octokit.rest.issues.deleteComment({ owner, repo, comment_id: step.id }))
        .catch(unlessMissing);
      return undefined;
  }
}

/** The other run may have deleted it first. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof GitHubTrouble) || error.kind !== 'missing') throw error;
}

interface ApiComment {
  readonly id?: number;
  readonly body?: string | undefined;
  readonly html_url: string;
}

function toOwn({ id, body = '', html_url }: ApiComment): OwnComment {
  if (id === undefined) throw brokenOff();
  return { id, body, url: html_url };
}
