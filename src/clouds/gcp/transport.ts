/** What stands between the typed clients and the wire: partial answers, retries, deadline, proxies. */
import { AuthClient } from 'google-auth-library';
import { messageOf } from '../../model/errors.ts';
import { DEFAULT_RETRY, parseRetryAfter, retry } from '../../net/retry.ts';
import type { Clock, Log } from '../../ports.ts';
import { CallError, mayPass } from './errors.ts';

type Options = Parameters<AuthClient['request']>[0];
type Answer<T> = ReturnType<AuthClient['request']> extends Promise<infer A> ? A & { data: T } : never;

/** Request headers by which a call tells the transport what no typed request has a field for; never sent. */
export const FIELDS_HEADER = 'x-transport-fields';
export const PARTIAL_HEADER = 'x-transport-partial';

/** Longer than Compute Engine takes for a full page of any list. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface TransportOutside {
  /** Signs the requests. */
  readonly credentials: AuthClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Ends what is under way when the run's time is over. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** How often a request is sent at most; absent: as often as a reading may be. */
  readonly attempts?: number;
}

/**
 * The clients (google-gax 6.17) know neither `fields` nor `returnPartialSuccess`, retry neither 429 nor 403
 * rateLimitExceeded, and hand an agent of their own to every request, which makes gaxios pass by HTTPS_PROXY. All of it
 * is settled here, once, below all of them.
 */
export class Transport extends AuthClient {
  readonly #outside: TransportOutside;
  /** Paths' last segments for which the server refused a parameter. */
  readonly #refused = { fields: new Set<string>(), partial: new Set<string>() };
  #sent = 0;

  constructor(outside: TransportOutside) {
    super({ universeDomain: outside.credentials.universeDomain });
    this.#outside = outside;
  }

  /** How many requests were sent to the API, retries included. */
  get sent(): number {
    return this.#sent;
  }

  getRequestHeaders(url?: string | URL): Promise<Headers> {
    return this.#outside.credentials.getRequestHeaders(url);
  }

  getAccessToken(): ReturnType<AuthClient['getAccessToken']> {
    return this.#outside.credentials.getAccessToken();
  }

  /** Throws CallError. */
  async request<T>(options: Options): Promise<Answer<T>> {
    const headers = new Headers(options.headers);
    const fields = headers.get(FIELDS_HEADER);
    const wantsPartial = headers.get(PARTIAL_HEADER) !== null;
    headers.delete(FIELDS_HEADER);
    headers.delete(PARTIAL_HEADER);
    // gax lets 401 and 403 through to here only so that tokens are renewed, and decodes all else itself.
    const { agent: _agent, validateStatus: _status, ...rest } = options;
    const url = new URL(String(options.url));
    // A method is known by its collection: .../aggregated/instances
    const method = url.pathname.split('/').slice(-2).join('/');
    const plain = new URL(url);
    plain.searchParams.set('prettyPrint', 'false');
    for (;;) {
      const asked = new URL(plain);
      const hasFields = fields !== null && !this.#refused.fields.has(method);
      const hasPartial = wantsPartial && !this.#refused.partial.has(method);
      if (hasFields) asked.searchParams.set('fields', fields);
      if (hasPartial) asked.searchParams.set('returnPartialSuccess', 'true');
      try {
        return await this.#send<T>({ ...rest, headers, url: asked });
      } catch (error) {
        const isRefusal = error instanceof CallError && error.stage === 'api' && error.status === 400;
        if (!isRefusal || !(hasFields || hasPartial)) throw error;
        const isAboutPartial = hasPartial && (!hasFields || /returnPartialSuccess/i.test(error.message));
        this.#refused[isAboutPartial ? 'partial' : 'fields'].add(method);
        this.#outside.log.debug(
          `Compute Engine: ${method} is asked without ${isAboutPartial ? 'partial success' : 'a field mask'} (${error.message})`,
        );
      }
    }
  }

  async #send<T>(options: Options): Promise<Answer<T>> {
    const { clock, random, deadline, signal, log, attempts = DEFAULT_RETRY.attempts } = this.#outside;
    const attempt = await retry(() => this.#once<T>(options), {
      policy: { ...DEFAULT_RETRY, attempts },
      clock,
      random,
      deadline,
      signal,
      classify: (error) => {
        if (!(error instanceof CallError) || !mayPass(error)) return { retry: false };
        return { retry: true, ...(error.waitMs === undefined ? {} : { waitMs: error.waitMs }) };
      },
      onWait: (error, ms) => log.debug(`Compute Engine: again in ${String(ms)} ms (${messageOf(error)})`),
    });
    if (attempt.ok) return attempt.value;
    if (attempt.error instanceof CallError) throw attempt.error;
    throw callError('api', attempt.error, signal, clock.now());
  }

  async #once<T>(options: Options): Promise<Answer<T>> {
    const { credentials, signal, clock } = this.#outside;
    try {
      // Held until it ends, so this asks nobody; a token endpoint's answer must not be taken for the API's.
      await credentials.getAccessToken();
    } catch (error) {
      throw callError('token', error, signal, clock.now());
    }
    this.#sent += 1;
    try {
      const caller = options.signal ? [options.signal] : [];
      const answer = await credentials.request<T>({
        ...options,
        signal: AbortSignal.any([signal, ...caller]),
        timeout: REQUEST_TIMEOUT_MS,
        responseType: 'stream',
      });
      // Read to its end here, where a body that breaks off can still be asked for again.
      const body = await answer.arrayBuffer();
      const { status, config, data } = answer;
      return Object.assign(new Response(body, { status }), { config, data });
    } catch (error) {
      throw callError('api', error, signal, clock.now());
    }
  }
}

interface Failure {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly response?: { readonly status?: unknown; readonly data?: unknown; readonly headers?: unknown };
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string;
    readonly status?: string;
    readonly errors?: readonly { readonly reason?: string }[];
    readonly details?: readonly { readonly reason?: string }[];
  };
}

/** `now` in milliseconds since the epoch, to reckon how long the other side asks to wait. */
export function callError(stage: 'token' | 'api', error: unknown, signal: AbortSignal, now: number): CallError {
  const failure = (typeof error === 'object' && error !== null ? error : {}) as Failure;
  const { response } = failure;
  const status = [failure.status, response?.status].find((value) => typeof value === 'number') ?? 0;
  // A body that was asked for as a stream comes back as the message.
  const body = { ...parseBody(messageOf(error)), ...parseBody(response?.data) };
  const codes = new Set<string>();
  if (signal.aborted) codes.add('AbortError');
  for (const { reason } of [...(body.error?.errors ?? []), ...(body.error?.details ?? [])]) codes.add(reason ?? '');
  codes.add(body.error?.status ?? '');
  for (const code of networkCodes(failure)) codes.add(code);
  codes.delete('');
  const waits = response?.headers instanceof Headers ? response.headers.get('retry-after') : null;
  const message = body.error?.message ?? messageOf(error).replaceAll(/(https?:\/\/[^\s?]+)\?\S*?(?=:?(?:\s|$))/g, '$1');
  const waitMs = parseRetryAfter(waits ?? undefined, now);
  return new CallError(message, { stage, status, codes: [...codes], waitMs, cause: error });
}

function parseBody(data: unknown): ErrorBody {
  if (typeof data !== 'string') return typeof data === 'object' && data !== null ? data : {};
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Codes of Node's network errors, which the libraries wrap once or twice. */
function networkCodes(failure: Failure): string[] {
  const codes: string[] = [];
  let at: unknown = failure;
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth += 1) {
    const { code, cause } = at as Failure;
    if (typeof code === 'string') codes.push(code);
    at = cause;
  }
  return codes;
}
