/** What a call to GitHub's API came to when it did not work. Pure, and nothing of the request is kept: it holds the token. */
import { parseRetryAfter } from '../net/retry.ts';

export type TroubleKind =
  /** No token, or one that is not valid. */
  | 'bad-credentials'
  /** The token may not. */
  | 'denied'
  | 'missing'
  /** The conversation is locked. */
  | 'locked'
  /** The repository has no issues. */
  | 'disabled'
  /** Too many calls; this one was not begun. */
  | 'limited'
  /** No answer, or one of a server in trouble: a change may have been made. */
  | 'unclear'
  /** GitHub does not take it. */
  | 'refused';

export interface TroubleDetails {
  readonly status?: number;
  /** limited: milliseconds that GitHub asks to wait. */
  readonly waitMs?: number;
  /** As GitHub lists them: sets of rights, each of which would be enough. */
  readonly accepted?: string;
}

export class GitHubTrouble extends Error {
  readonly kind: TroubleKind;
  readonly details: TroubleDetails;

  constructor(kind: TroubleKind, message: string, details: TroubleDetails = {}) {
    super(message);
    this.name = 'GitHubTrouble';
    this.kind = kind;
    this.details = details;
  }
}

type Headers = Readonly<Record<string, string | number | undefined>>;

/** As far as errors of octokit have it (RequestError, GraphqlResponseError). */
interface Thrown {
  readonly status?: number;
  readonly response?: { readonly headers?: Headers; readonly data?: unknown };
  readonly headers?: Headers;
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[];
}

/** How long to wait where GitHub does not say: "at least one minute" (docs, "Rate limits for the REST API"). */
const UNTOLD_WAIT_MS = 60_000;

/** `now`: milliseconds since the epoch. */
export function toTrouble(error: unknown, now: number): GitHubTrouble {
  if (error instanceof GitHubTrouble) return error;
  const { status, response, headers, errors } = (typeof error === 'object' && error !== null ? error : {}) as Thrown;
  if (errors !== undefined) return graphqlTrouble(errors, headers ?? {}, now);
  // Octokit gives the status 500 to what never came.
  if (status === undefined || response === undefined) return new GitHubTrouble('unclear', brief(error));
  const text = wordsOf(response.data) ?? `HTTP ${status}`;
  const waitMs = waitOf(status, text, response.headers ?? {}, now);
  if (waitMs !== undefined) return new GitHubTrouble('limited', text, { status, waitMs });
  const accepted = response.headers?.['x-accepted-github-permissions'];
  const details = { status, ...(typeof accepted === 'string' && accepted !== '' && { accepted }) };
  return new GitHubTrouble(kindOf(status, text), text, details);
}

function kindOf(status: number, text: string): TroubleKind {
  if (status === 401) return 'bad-credentials';
  if (status === 403) return /issue is locked|conversation is locked/i.test(text) ? 'locked' : 'denied';
  if (status === 404) return 'missing';
  if (status === 410) return 'disabled';
  return status >= 500 || status === 408 ? 'unclear' : 'refused';
}

/** Undefined: it is no limit. Secondary limits come as 403 or 429, with or without Retry-After. */
function waitOf(status: number, text: string, headers: Headers, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const asked = parseRetryAfter(headers['retry-after']?.toString(), now);
  if (asked !== undefined) return asked;
  if (String(headers['x-ratelimit-remaining']) === '0') return untilReset(headers, now);
  return status === 429 || /secondary rate limit|abuse detection/i.test(text) ? UNTOLD_WAIT_MS : undefined;
}

function untilReset(headers: Headers, now: number): number {
  const seconds = Number(headers['x-ratelimit-reset'] ?? NaN);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000 - now) : UNTOLD_WAIT_MS;
}

/** GraphQL says with 200 what REST says with a status. */
function graphqlTrouble(errors: NonNullable<Thrown['errors']>, headers: Headers, now: number): GitHubTrouble {
  const text = errors.map(({ message }) => message ?? '').join('; ');
  if (errors.some(({ type }) => type === 'RATE_LIMITED')) {
    return new GitHubTrouble('limited', text, { waitMs: untilReset(headers, now) });
  }
  return new GitHubTrouble(errors.some(({ type }) => type === 'FORBIDDEN') ? 'denied' : 'refused', text);
}

/** GitHub's message with its reasons, and never the values that it quotes: those are what was sent. */
function wordsOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  if (typeof message !== 'string') return undefined;
  const reasons = (Array.isArray(errors) ? (errors as unknown[]) : []).map(reasonOf).filter((one) => one !== '');
  return reasons.length === 0 ? message : `${message}: ${reasons.join('; ')}`;
}

function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  const { message, field, code } = error as { message?: unknown; field?: unknown; code?: unknown };
  if (typeof message === 'string') return message;
  return [field, code].filter((one) => typeof one === 'string').join(' ');
}

function brief(error: unknown): string {
  return error instanceof Error ? error.message : 'no answer';
}
