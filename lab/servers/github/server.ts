import { randomUUID } from 'node:crypto';

import type { GitHubWorld } from '../../world/github.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import { GitHubAccess, tooFast } from './access.ts';
import { COMMENT_OPERATIONS } from './comments.ts';
import { CONTENT_OPERATIONS } from './contents.ts';
import { errorAnswer, GitHubError, notFound } from './errors.ts';
import { answerGraphql } from './graphql.ts';
import { ISSUE_OPERATIONS } from './issues.ts';
import type { Operation, Reply } from './operation.ts';
import { cutPage } from './paging.ts';
import type { Places } from './view.ts';

const OPERATIONS = [...COMMENT_OPERATIONS, ...ISSUE_OPERATIONS, ...CONTENT_OPERATIONS];
// Enterprise Server has both below a path of its own.
const GRAPHQL = /^(?:\/api)?\/graphql$/;
const REST = /^(?:\/api\/v3)?\/repos\/([^/]+)\/([^/]+)(\/.*)$/;

interface Target {
  operation: Operation;
  owner: string;
  repo: string;
  blanks: string[];
}

function targetOf({ method, url }: Incoming): Target | undefined {
  const [, owner = '', repo = '', rest = ''] = REST.exec(new URL(url, 'http://lab.invalid').pathname) ?? [];
  for (const operation of OPERATIONS) {
    const found = operation.method === method ? operation.path.exec(rest) : null;
    if (found === null) continue;
    const blanks = found.slice(1).map((text: string | undefined) => decodeURIComponent(text ?? ''));
    return { operation, owner, repo, blanks };
  }
  return undefined;
}

/** GitHub's API over one repository: REST as far as it is needed, and the one GraphQL query that tells whose token it is. */
export class GitHubApi implements Service {
  readonly name = 'github';
  readonly access: GitHubAccess;
  readonly #desk: Desk;
  #lost = 0;

  constructor(desk: Desk) {
    const { options } = desk;
    this.#desk = desk;
    const expired = (): boolean => options.expiredToken === true || options.expiredToken === 'github';
    this.access = new GitHubAccess(options.githubPermissions, expired, options.githubLimit);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    if (GRAPHQL.test(request.url)) return { operation: 'graphql', write: false };
    const target = targetOf(request);
    if (target === undefined) return { operation: 'unknown', write: request.method !== 'GET' };
    const { operation, blanks } = target;
    return { operation: [operation.id, ...blanks].join(' ').trim(), write: operation.method !== 'GET' };
  }

  throttled(): Answer {
    return this.#finish(errorAnswer(tooFast(1)));
  }

  answer(request: Incoming): Answer {
    try {
      return this.#finish(this.#perform(request));
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      return this.#finish(errorAnswer(error));
    }
  }

  #perform(request: Incoming): Answer {
    const world = this.#desk.world.github;
    if (world === undefined) throw notFound();
    this.access.admit(request);
    if (GRAPHQL.test(request.url)) {
      this.access.count(false);
      return json(200, answerGraphql(request, world));
    }
    const target = targetOf(request);
    if (target === undefined) throw notFound();
    const { operation, owner, repo } = target;
    this.access.count(operation.method === 'POST');
    if (!isSame(owner, world.owner) || !isSame(repo, world.repo)) throw notFound();
    this.access.demand(operation.needs);
    const answer = this.#reply(request, target, world);
    const { githubLostAnswers = 0 } = this.#desk.options;
    if (operation.method === 'GET' || this.#lost >= githubLostAnswers) return answer;
    this.#lost += 1;
    throw new GitHubError(502, 'Server Error');
  }

  #reply(request: Incoming, { operation, blanks }: Target, world: GitHubWorld): Answer {
    const url = new URL(request.url, this.#places(request).api);
    const unknown = [...url.searchParams.keys()].find((name) => !operation.query.includes(name));
    if (unknown !== undefined) throw new GitHubError(422, `Invalid request.\n\n"${unknown}" is not a permitted key.`);
    const places = this.#places(request);
    const accept = request.headers.accept ?? '';
    const body = parseBody(request, operation);
    const reply = operation.perform({ world, places, blanks, query: url.searchParams, body, accept });
    return render(reply, url);
  }

  #places({ headers, url }: Incoming): Places {
    const host = `http://${headers.host ?? '127.0.0.1'}`;
    const api = url.startsWith('/api/v3/') ? `${host}/api/v3` : host;
    return { api, html: 'https://github.com', now: this.#desk.world.now };
  }

  #finish(answer: Answer): Answer {
    const fixed = {
      Server: 'github.com',
      'X-GitHub-Media-Type': 'github.v3; format=json',
      'X-GitHub-Request-Id': randomUUID().slice(0, 18).toUpperCase(),
      ...this.access.headers(),
    };
    const type = answer.body === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
    return { ...answer, headers: { ...fixed, ...type, ...answer.headers } };
  }
}

function render(reply: Reply, url: URL): Answer {
  if ('text' in reply) return { status: 200, headers: { 'Content-Type': reply.type }, body: reply.text };
  if (!('items' in reply)) return json(reply.status, reply.value);
  const { items, link } = cutPage(reply.items, url);
  return { ...json(200, items), headers: link === undefined ? {} : { Link: link } };
}

function json(status: number, value: unknown): Answer {
  return { status, headers: {}, body: value === undefined ? '' : JSON.stringify(value) };
}

/** Fields that an operation does not have are refused, so that a client's slip is seen. */
function parseBody({ body }: Incoming, operation: Operation): Record<string, unknown> {
  if (body === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new GitHubError(400, 'Problems parsing JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GitHubError(400, 'Body should be a JSON object');
  }
  const unknown = Object.keys(value).find((name) => operation.body?.includes(name) !== true);
  if (unknown !== undefined) throw new GitHubError(422, `Invalid request.\n\n"${unknown}" is not a permitted key.`);
  return value as Record<string, unknown>;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
