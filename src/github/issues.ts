/** One issue of the repository, opened, kept up to date and closed. */
import type { Delivered, GitHub } from '../ports.ts';
import type { Calls } from './calls.ts';
import { brokenOff, PER_PAGE } from './calls.ts';
import { isSameLogin, isSameText } from './text.ts';
import { upsert } from './upsert.ts';

/**
 * By it the issue is found again: the search index lags behind, and reading all issues of a large repository takes
 * hundreds of calls. GitHub makes the label when an issue asks for it.
 */
export const ISSUE_LABEL = 'pod-route-check';

export type IssueMessage = Parameters<GitHub['issue']>[0];
export type WantedState = Parameters<GitHub['issue']>[1];

export interface OwnIssue {
  /** Its number. */
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly isOpen: boolean;
  readonly url: string;
}

export type IssueStep =
  | { readonly do: 'create' }
  | { readonly do: 'update' | 'reopen' | 'close'; readonly id: number }
  /** It says the same as an older one. */
  | { readonly do: 'retire'; readonly id: number };

/** Of several, the oldest open one stays; if none is open, the oldest. `ours`: oldest first. */
export function decideIssue(ours: readonly OwnIssue[], message: IssueMessage, wanted: WantedState): IssueStep[] {
  const kept = keptOf(ours);
  if (kept === undefined) return wanted === 'open' ? [{ do: 'create' }] : [];
  const { id } = kept;
  const others = ours
    .filter((one) => one.isOpen && one.id !== id)
    .map((one) => ({ do: 'retire', id: one.id }) as const);
  const isSame = isSameText(kept.body, message.body) && isSameText(kept.title, message.title);
  if (!kept.isOpen) return wanted === 'open' ? [{ do: 'reopen', id }, ...others] : others;
  if (wanted === 'closed') return [{ do: 'close', id }, ...others];
  return [...(isSame ? [] : [{ do: 'update', id } as const]), ...others];
}

function keptOf(ours: readonly OwnIssue[]): OwnIssue | undefined {
  return ours.find(({ isOpen }) => isOpen) ?? ours[0];
}

/** Throws GitHubTrouble. */
export async function writeIssue(calls: Calls, message: IssueMessage, wanted: WantedState): Promise<Delivered> {
  const { ours, done } = await upsert<OwnIssue, IssueStep>(calls, {
    list: async () => {
      const labelled = await list(calls, message.marker, { labels: ISSUE_LABEL, state: 'all' });
      // GitHub drops the label without a word where the token may not set any, and people take labels off.
      return labelled.length > 0
        ? labelled
        : list(calls, message.marker, { creator: await calls.viewer(), state: 'open' });
    },
    decide: (found) => decideIssue(found, message, wanted),
    perform: (step) => perform(calls, step, message),
  });
  const kept = keptOf(ours);
  if (kept === undefined) return { kind: 'none' };
  return { kind: kindOf(done, kept), url: kept.url };
}

const KINDS = { update: 'updated', reopen: 'reopened', close: 'closed' } as const;

function kindOf(done: readonly IssueStep[], kept: OwnIssue): Delivered['kind'] {
  const last = done.findLast((step) => step.do !== 'create' && step.do !== 'retire' && step.id === kept.id);
  if (last !== undefined && last.do in KINDS) return KINDS[last.do as keyof typeof KINDS];
  return done.some((step) => step.do === 'create') ? 'created' : 'unchanged';
}

async function list(
  calls: Calls,
  marker: string,
  filter: { readonly labels?: string; readonly creator?: string; readonly state: 'all' | 'open' },
): Promise<OwnIssue[]> {
  const login = await calls.viewer();
  const all = await calls.pages((octokit, page) => {
    return octokit.rest.issues.listForRepo({
      ...calls.repository,
      ...filter,
      direction: 'asc',
      per_page: PER_PAGE,
      page,
    });
  });
  return all
    .filter((one) => one.pull_request === undefined && isSameLogin(one.user?.login, login))
    .filter((one) => (one.body ?? '').includes(marker))
    .map(toOwn);
}

async function perform(calls: Calls, step: IssueStep, { title, body }: IssueMessage): Promise<OwnIssue | undefined> {
  if (step.do === 'create') {
    return calls.once(async (octokit) => {
      const wanted = { ...calls.repository, title, body, labels: [ISSUE_LABEL] };
      return toOwn((await octokit.rest.issues.create(wanted)).data);
    });
  }
  await calls.repeatable((octokit) => {
    return octokit.rest.issues.update({
      ...calls.repository,
      issue_number: step.id,
      ...changeOf(step.do, title, body),
    });
  });
  return undefined;
}

interface Change {
  title?: string;
  body?: string;
  state?: 'open' | 'closed';
  state_reason?: 'completed' | 'not_planned';
}

/** `not_planned` and not `duplicate`, which younger servers only know. */
function changeOf(todo: Exclude<IssueStep['do'], 'create'>, title: string, body: string): Change {
  switch (todo) {
    case 'update':
      return { title, body };
    case 'reopen':
      return { title, body, state: 'open' };
    case 'close':
      return { title, body, state: 'closed', state_reason: 'completed' };
    case 'retire':
      return { state: 'closed', state_reason: 'not_planned' };
  }
}

interface ApiIssue {
  readonly number?: number;
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly state: string;
  readonly html_url: string;
}

function toOwn({ number, title, body, state, html_url }: ApiIssue): OwnIssue {
  if (number === undefined) throw brokenOff();
  return { id: number, title, body: body ?? '', isOpen: state === 'open', url: html_url };
}
