import { addComment, type CommentWorld } from '../../world/github.ts';
import type { Needed } from './access.ts';
import { GitHubError, invalid, notFound } from './errors.ts';
import { findIssue, type Call, type Operation, type Reply } from './operation.ts';
import { commentView } from './view.ts';

// A comment on a pull request is one on its issue, and either right is enough.
const READ: Needed = [
  ['issues', 'read'],
  ['pull-requests', 'read'],
];
const WRITE: Needed = [
  ['issues', 'write'],
  ['pull-requests', 'write'],
];
export const LONGEST_BODY = 65_536;

/** @throws GitHubError */
function bodyOf({ body: { body } }: Call): string {
  if (body === undefined) throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  const refuse = (message: string): GitHubError =>
    invalid({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message });
  if (typeof body !== 'string' || body.trim() === '') throw refuse('Body cannot be blank');
  if (body.length > LONGEST_BODY) throw refuse(`Body is too long (maximum is ${LONGEST_BODY} characters)`);
  return body;
}

function findComment({ world, blanks }: Call): CommentWorld {
  const found = world.comments.find(({ id }) => id === Number(blanks[0]));
  if (found === undefined) throw notFound();
  return found;
}

function list(call: Call): Reply {
  const { number } = findIssue(call);
  const own = call.world.comments.filter(({ issue }) => issue === number);
  return { items: own.map((one) => commentView(call.world, one, call.places)) };
}

function create(call: Call): Reply {
  const { world, places } = call;
  const issue = findIssue(call);
  if (issue.locked === true) throw new GitHubError(403, 'Unable to create comment because issue is locked.');
  const added = addComment(world, { issue: issue.number, author: world.viewer, body: bodyOf(call) });
  return { status: 201, value: commentView(world, added, places) };
}

/** Whoever may write may also edit what others wrote: nothing at GitHub stops a careless client. */
function update(call: Call): Reply {
  const found = findComment(call);
  found.body = bodyOf(call);
  return { status: 200, value: commentView(call.world, found, call.places) };
}

function remove(call: Call): Reply {
  const { comments } = call.world;
  comments.splice(comments.indexOf(findComment(call)), 1);
  return { status: 204 };
}

const OF_ISSUE = /^\/issues\/(\d+)\/comments$/;
const ONE = /^\/issues\/comments\/(\d+)$/;

export const COMMENT_OPERATIONS: readonly Operation[] = [
  {
    id: 'issues/list-comments',
    method: 'GET',
    path: OF_ISSUE,
    needs: READ,
    query: ['since', 'per_page', 'page'],
    perform: list,
  },
  {
    id: 'issues/create-comment',
    method: 'POST',
    path: OF_ISSUE,
    needs: WRITE,
    query: [],
    body: ['body'],
    perform: create,
  },
  { id: 'issues/update-comment', method: 'PATCH', path: ONE, needs: WRITE, query: [], body: ['body'], perform: update },
  { id: 'issues/delete-comment', method: 'DELETE', path: ONE, needs: WRITE, query: [], perform: remove },
];
