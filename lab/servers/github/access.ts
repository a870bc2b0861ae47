/** What the job's token may do, and when it has asked too often. */
import { randomBytes } from 'node:crypto';

import type { Incoming } from '../exchange.ts';
import { GitHubError } from './errors.ts';

/** As `permissions` of a workflow names them: naming one sets all others to none. */
export type GitHubPermissions = Partial<Record<'contents' | 'issues' | 'pull-requests', 'read' | 'write'>>;

export interface GitHubLimit {
  /**
   * primary: the hour's calls are used up. secondary: content is made too fast, with Retry-After; silent: without it, as
   * happens.
   */
  kind: 'primary' | 'secondary' | 'silent';
  /** How many calls are refused; primary: of all calls, else of those that make content. */
  times: number;
  /** Seconds until more calls are let through. Default 30. */
  seconds?: number;
}

/** One of several sets of rights that each are enough, as X-Accepted-GitHub-Permissions lists them. */
export type Needed = readonly (readonly [keyof GitHubPermissions, 'read' | 'write'])[];

const USUAL: GitHubPermissions = { contents: 'read', issues: 'write', 'pull-requests': 'write' };
const LIMIT = 1000;

export class GitHubAccess {
  readonly token = `ghs_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
  readonly #permissions: GitHubPermissions;
  readonly #expired: () => boolean;
  readonly #limit: GitHubLimit | undefined;
  #refused = 0;
  #used = 0;

  constructor(permissions: GitHubPermissions = USUAL, expired: () => boolean, limit?: GitHubLimit) {
    this.#permissions = permissions;
    this.#expired = expired;
    this.#limit = limit;
  }

  /** @throws GitHubError */
  admit({ headers }: Incoming): void {
    if ((headers['user-agent'] ?? '') === '') {
      throw new GitHubError(
        403,
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
      );
    }
    const [, token] = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) throw new GitHubError(401, 'Requires authentication');
    if (token !== this.token || this.#expired()) throw new GitHubError(401, 'Bad credentials');
    this.#used += 1;
  }

  /** @throws GitHubError when this call is one too many. */
  count(makesContent: boolean): void {
    const limit = this.#limit;
    if (limit === undefined || this.#refused >= limit.times || (limit.kind !== 'primary' && !makesContent)) return;
    this.#refused += 1;
    if (limit.kind === 'primary')
      throw new GitHubError(403, 'API rate limit exceeded for installation ID 1234567.', { headers: this.#headers(0) });
    throw tooFast(limit.kind === 'silent' ? undefined : (limit.seconds ?? 30));
  }

  /** @throws GitHubError unless one of the sets is held. */
  demand(needed: Needed): void {
    const held = needed.some(([name, level]) => {
      const own = this.#permissions[name];
      return own === level || own === 'write';
    });
    if (!held) {
      const headers = { 'X-Accepted-GitHub-Permissions': accepted(needed) };
      throw new GitHubError(403, 'Resource not accessible by integration', { headers });
    }
  }

  headers(): Record<string, string> {
    return this.#headers(Math.max(0, LIMIT - this.#used));
  }

  #headers(remaining: number): Record<string, string> {
    const reset = Math.ceil(Date.now() / 1000) + (this.#limit?.seconds ?? 30);
    return {
      'X-RateLimit-Limit': String(LIMIT),
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(reset),
      'X-RateLimit-Used': String(LIMIT - remaining),
      'X-RateLimit-Resource': 'core',
    };
  }
}

export function tooFast(seconds: number | undefined): GitHubError {
  const message =
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
  return new GitHubError(403, message, { headers: seconds === undefined ? {} : { 'Retry-After': String(seconds) } });
}

function accepted(needed: Needed): string {
  return needed.map(([name, level]) => `${name.replace('-', '_')}=${level}`).join('; ');
}
