import type { GitHubWorld } from '../../world/github.ts';
import type { Incoming } from '../exchange.ts';
import { GitHubError } from './errors.ts';

/** Of GraphQL only `viewer { login }`; an app's token gets its own name there, although REST's GET /user refuses it. */
export function answerGraphql({ method, body }: Incoming, world: GitHubWorld): object {
  if (method !== 'POST') throw new GitHubError(404, 'Not Found');
  let query: unknown;
  try {
    ({ query } = JSON.parse(body) as { query?: unknown });
  } catch {
    throw new GitHubError(400, 'Problems parsing JSON');
  }
  if (typeof query !== 'string')
    return { errors: [{ message: 'A query attribute must be specified and must be a string.' }] };
  const fields = query.replace(/^\s*query(?:\s+\w+)?\s*/, '').replaceAll(/\s+/g, '');
  if (fields === '{viewer{login}}') return { data: { viewer: { login: world.viewer.login } } };
  return { errors: [{ type: 'undefinedField', message: `The lab answers no such query: ${fields}` }] };
}
