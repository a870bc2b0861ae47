import { addIssue } from '../../world/github.ts';
import { LONGEST_BODY } from './comments.ts';
import { GitHubError, invalid } from './errors.ts';
import { findIssue, type Call, type Operation, type Reply } from './operation.ts';
import { issueView } from './view.ts';

const LONGEST_TITLE = 256;
const STATES = ['open', 'closed'] as const;
const REASONS = ['completed', 'not_planned', 'duplicate', 'reopened'] as const;

function tooLong(field: 'title' | 'body', maximum: number): GitHubError {
  return invalid({
    resource: 'Issue',
    code: 'custom',
    field,
    message: `${field} is too long (maximum is ${maximum} characters)`,
  });
}

/** @throws GitHubError unless it is text of a bearable length. */
function textOf(call: Call, field: 'title' | 'body'): string | undefined {
  const value = call.body[field];
  if (value === undefined) return undefined;
  const maximum = field === 'title' ? LONGEST_TITLE : LONGEST_BODY;
  if (typeof value !== 'string') throw invalid({ resource: 'Issue', code: 'invalid', field });
  if (value.length > maximum) throw tooLong(field, maximum);
  return value;
}

function wordOf<W extends string>(call: Call, field: 'state' | 'state_reason', words: readonly W[]): W | undefined {
  const value = call.body[field];
  if (value === undefined || value === null) return undefined;
  const word = words.find((one) => one === value);
  if (word === undefined) throw invalid({ resource: 'Issue', code: 'invalid', field });
  return word;
}

function labelsOf(call: Call): string[] | undefined {
  const { labels } = call.body;
  if (labels === undefined) return undefined;
  if (!Array.isArray(labels) || !labels.every((one) => typeof one === 'string')) {
    throw invalid({ resource: 'Issue', code: 'invalid', field: 'labels' });
  }
  return labels;
}

function list({ world, query, places }: Call): Reply {
  const state = query.get('state') ?? 'open';
  if (state !== 'all' && !STATES.some((one) => one === state))
    throw invalid({ resource: 'Issue', code: 'invalid', field: 'state' });
  const wanted = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator')?.toLowerCase();
  const found = world.issues.filter((issue) => {
    const isWanted = state === 'all' || issue.state === state;
    const isBy = creator === undefined || issue.author.login.toLowerCase() === creator;
    return isWanted && isBy && wanted.every((name) => issue.labels.includes(name));
  });
  found.sort((one, other) => one.number - other.number);
  // The newest first, unless asked otherwise.
  if (query.get('direction') !== 'asc') found.reverse();
  return { items: found.map((one) => issueView(world, one, places)) };
}

function create(call: Call): Reply {
  const { world, places } = call;
  if (!world.hasIssues) throw new GitHubError(410, 'Issues has been disabled in this repository.');
  const title = textOf(call, 'title') ?? '';
  if (title === '') throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' });
  // Labels that the repository does not have are made.
  const added = addIssue(world, {
    title,
    body: textOf(call, 'body') ?? '',
    state: 'open',
    author: world.viewer,
    labels: labelsOf(call) ?? [],
  });
  return { status: 201, value: issueView(world, added, places) };
}

function update(call: Call): Reply {
  const issue = findIssue(call);
  const state = wordOf(call, 'state', STATES);
  const reason = wordOf(call, 'state_reason', REASONS);
  const labels = labelsOf(call);
  issue.title = textOf(call, 'title') ?? issue.title;
  issue.body = textOf(call, 'body') ?? issue.body;
  if (labels !== undefined) issue.labels = labels;
  if (state !== undefined && state !== issue.state) {
    issue.state = state;
    issue.stateReason = state === 'open' ? 'reopened' : (reason ?? 'completed');
  }
  return { status: 200, value: issueView(call.world, issue, call.places) };
}

export const ISSUE_OPERATIONS: readonly Operation[] = [
  {
    id: 'issues/list-for-repo',
    method: 'GET',
    path: /^\/issues$/,
    needs: [['issues', 'read']],
    query: ['state', 'labels', 'creator', 'sort', 'direction', 'since', 'per_page', 'page'],
    perform: list,
  },
  {
    id: 'issues/create',
    method: 'POST',
    path: /^\/issues$/,
    needs: [['issues', 'write']],
    query: [],
    body: ['title', 'body', 'labels'],
    perform: create,
  },
  {
    id: 'issues/update',
    method: 'PATCH',
    path: /^\/issues\/(\d+)$/,
    needs: [['issues', 'write']],
    query: [],
    body: ['title', 'body', 'state', 'state_reason', 'labels'],
    perform: update,
  },
];
