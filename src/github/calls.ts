/** Calls of GitHub's API, with patience: what may be repeated is, and what GitHub asks to wait for is waited for. */
import type { getOctokit } from '@actions/github';
import { abortAfter } from '../net/clock.ts';
import type { Advice, RetryPolicy } from '../net/retry.ts';
import { retry } from '../net/retry.ts';
import type { Clock, Log } from '../ports.ts';
import type { TroubleKind } from './trouble.ts';
import { GitHubTrouble, toTrouble } from './trouble.ts';

export type Octokit = ReturnType<typeof getOctokit>;

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export interface GitHubOutside {
  readonly repository: Repository;
  /** Absent: no call can be made. */
  readonly token: string | undefined;
  /** As GITHUB_API_URL names it; with the path of an Enterprise Server. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The most that GitHub gives at a time. */
export const PER_PAGE = 100;

const CALL_MS = 30_000;
/** For one delivery with all its calls: long enough for one wait of the minute that GitHub may ask for. */
const PATIENCE_MS = 120_000;
const POLICY: RetryPolicy = { attempts: 4, baseMs: 1000, maxMs: 8000 };

/** The connection; the client is loaded with the first call, because most runs make none. */
export class GitHubApi {
  readonly outside: GitHubOutside;
  #octokit: Promise<Octokit> | undefined;
  #viewer: Promise<string> | undefined;

  constructor(outside: GitHubOutside) {
    this.outside = outside;
  }

  /** Calls that belong together share one deadline. */
  begin(): Calls {
    return new Calls(this, this.outside.clock.now() + PATIENCE_MS);
  }

  octokit(): Promise<Octokit> {
    const { token } = this.outside;
    if (token === undefined)
      return Promise.reject(new GitHubTrouble('bad-credentials', 'the input github-token is empty'));
    this.#octokit ??= connect(this.outside, token);
    return this.#octokit;
  }

  /** Asked once for all; a failure is not kept. */
  viewer(ask: () => Promise<string>): Promise<string> {
    this.#viewer ??= ask().catch((error: unknown) => {
      this.#viewer = undefined;
      throw error;
    });
    return this.#viewer;
  }
}

async function connect({ apiUrl, log }: GitHubOutside, token: string): Promise<Octokit> {
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, { baseUrl: apiUrl });
  octokit.hook.before('request', (options) => {
    options.request = { ...options.request, signal: abortAfter(CALL_MS), log: quiet(log) };
  });
  return octokit;
}

/** Octokit announces deprecations on the process's own streams. */
function quiet(log: Log): Pick<Octokit['log'], 'debug' | 'info' | 'warn' | 'error'> {
  const debug = (text: string): void => {
    log.debug(text);
  };
  return { debug, info: debug, warn: debug, error: debug };
}

/** What of a paged answer is looked at. */
interface Page<T> {
  readonly data: readonly T[];
  readonly headers: { readonly link?: string | undefined };
}

interface Viewer {
  readonly viewer: { readonly login: string };
}

/** Octokit hands out half an answer of JSON as the text that it is, with the status that it came with. */
export function brokenOff(): GitHubTrouble {
  return new GitHubTrouble('unclear', 'the answer broke off');
}

/** All of them throw GitHubTrouble. */
export class Calls {
  readonly repository: Repository;
  readonly #api: GitHubApi;
  readonly #deadline: number;

  constructor(api: GitHubApi, deadline: number) {
    this.repository = api.outside.repository;
    this.#api = api;
    this.#deadline = deadline;
  }

  /** For what comes to the same however often it is done: reading, and setting something to a value. */
  repeatable<T>(work: (octokit: Octokit) => Promise<T>): Promise<T> {
    return this.#call(work, ['limited', 'unclear']);
  }

  /** For what must not be done twice: repeated only where GitHub says that it has not begun. */
  once<T>(work: (octokit: Octokit) => Promise<T>): Promise<T> {
    return this.#call(work, ['limited']);
  }

  async pages<T>(work: (octokit: Octokit, page: number) => Promise<Page<T>>): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page += 1) {
      const { data, headers } = await this.repeatable(async (octokit) => {
        const answer = await work(octokit, page);
        if (!Array.isArray(answer.data)) throw brokenOff();
        return answer;
      });
      all.push(...data);
      if (headers.link?.includes('rel="next"') !== true) return all;
    }
  }

  /**
   * Login of whoever the token belongs to, as comments and issues show it. Only GraphQL tells it for every kind of
   * token: REST's `GET /user` refuses GITHUB_TOKEN (403), and to assume `github-actions[bot]` would be wrong for the
   * token of an app or a person.
   */
  viewer(): Promise<string> {
    return this.#api.viewer(async () => {
      return this.repeatable(async (octokit) => {
        const answer = await octokit.graphql<Viewer | undefined>('query { viewer { login } }');
        if (answer === undefined) throw brokenOff();
        return answer.viewer.login;
      });
    });
  }

  /** Time for a change whose answer was lost to become visible. */
  async settle(): Promise<void> {
    await this.#api.outside.clock.sleep(POLICY.baseMs);
  }

  async #call<T>(work: (octokit: Octokit) => Promise<T>, repeated: readonly TroubleKind[]): Promise<T> {
    const { clock, log, random } = this.#api.outside;
    const classify = (error: unknown): Advice => {
      const { kind, details } = toTrouble(error, clock.now());
      if (!repeated.includes(kind)) return { retry: false };
      return { retry: true, ...(details.waitMs !== undefined && { waitMs: details.waitMs }) };
    };
    const attempted = await retry(async () => work(await this.#api.octokit()), {
      policy: POLICY,
      clock,
      random,
      deadline: this.#deadline,
      classify,
      onWait: (error, ms) => {
        log.debug(
          `GitHub: ${toTrouble(error, clock.now()).message}; the next attempt is in ${(ms / 1000).toFixed(1)} s.`,
        );
      },
    });
    if (attempted.ok) return attempted.value;
    throw toTrouble(attempted.error, clock.now());
  }
}
