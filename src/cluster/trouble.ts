/** What went wrong while talking to an API server, as data: what it is worth trying again, and what people are told. */
import type { Advice } from '../net/retry.ts';
import { parseRetryAfter } from '../net/retry.ts';

export type Trouble =
  /** The API server answered with an error. `message` is empty where it gave no reason of its own. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message: string;
      readonly waitMs?: number;
      /** Of a list that expired: leads to the rest as it is now. */
      readonly continueToken?: string;
    }
  | { readonly kind: 'network'; readonly code: string }
  | { readonly kind: 'tls'; readonly code: string }
  /** A command of the kubeconfig that should have printed credentials. */
  | { readonly kind: 'plugin'; readonly command: string; readonly problem: PluginProblem; readonly text: string }
  /** A file that the kubeconfig names. */
  | { readonly kind: 'file'; readonly path: string; readonly code: string }
  /** An answer that no API server gives: a login page, an empty answer. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'other'; readonly text: string };

export type PluginProblem = 'missing' | 'not-executable' | 'failed' | 'timeout';

/** Thrown by whatever gets credentials, so that its trouble is not taken for the API server's. */
export class CredentialsError extends Error {
  /** The command that was run, if one was. */
  readonly command: string | undefined;

  constructor(command: string | undefined, cause: unknown) {
    super('credentials could not be had', { cause });
    this.name = 'CredentialsError';
    this.command = command;
  }
}

/** Thrown for an answer with status 200 that is no Kubernetes object. */
export class StrangerError extends Error {}

/** Thrown for an answer that ends before it is whole. */
export class CutError extends Error {}

/** `now` in milliseconds since the epoch, for dates in Retry-After. */
export function parseTrouble(error: unknown, now: number): Trouble {
  if (error instanceof CredentialsError) return parseCredentialsTrouble(error);
  const status = parseStatus(error, now);
  if (status !== undefined) return status;
  if (error instanceof StrangerError || (isError(error) && error.name === 'SyntaxError')) return { kind: 'stranger' };
  if (error instanceof CutError) return { kind: 'network', code: 'broken off' };
  for (const link of causes(error)) {
    if (link.name === 'TimeoutError' || link.name === 'AbortError') return { kind: 'network', code: 'timeout' };
    const code = textOf(link, 'code');
    if (code === undefined) continue;
    if (isTlsCode(code)) return { kind: 'tls', code };
    if (textOf(link, 'syscall') === 'open') return { kind: 'file', path: textOf(link, 'path') ?? '', code };
    // Arguments that the HTTP client refuses stay refused; its other errors are about connections.
    if (/^(E[A-Z]|UND_ERR_(?!INVALID|NOT_SUPPORTED))/.test(code)) return { kind: 'network', code };
  }
  const last = [...causes(error)].at(-1);
  const text = last?.message ?? String(error);
  // undici's words for a connection that broke off, where there is nothing else to say.
  if (text === 'terminated' || text === 'fetch failed') return { kind: 'network', code: 'broken off' };
  if (/Cannot parse content|The mediaType /.test(text)) return { kind: 'stranger' };
  return { kind: 'other', text: withoutSecrets(oneLine(text)) };
}

function parseCredentialsTrouble({ command, cause }: CredentialsError): Trouble {
  const chain = [...causes(cause)];
  const file = chain.find((link) => textOf(link, 'syscall') === 'open');
  if (command === undefined || file !== undefined) {
    const inner = parseTrouble(cause, 0);
    return inner.kind === 'other' ? { kind: 'other', text: `no credentials: ${inner.text}` } : inner;
  }
  const [first] = chain;
  const spawn = chain.find((link) => textOf(link, 'syscall')?.startsWith('spawn') === true);
  const code = spawn === undefined ? undefined : textOf(spawn, 'code');
  if (code === 'ENOENT') return { kind: 'plugin', command, problem: 'missing', text: '' };
  if (code === 'EACCES') return { kind: 'plugin', command, problem: 'not-executable', text: '' };
  if (first?.name === 'TimeoutError') return { kind: 'plugin', command, problem: 'timeout', text: '' };
  // What could not be parsed may have been the credentials themselves.
  const text = first?.name === 'SyntaxError' ? 'it printed no JSON' : lastWords(first?.message ?? String(cause));
  return { kind: 'plugin', command, problem: 'failed', text };
}

/** The client's ApiException, told by its shape: its message holds the whole answer and must not be shown. */
function parseStatus(error: unknown, now: number): Trouble | undefined {
  if (!isError(error) || !('code' in error) || typeof error.code !== 'number' || !('headers' in error))
    return undefined;
  const headers = error.headers as Record<string, string> | undefined;
  const body = 'body' in error ? parseStatusBody(error.body) : {};
  const asked = body.details?.retryAfterSeconds;
  const fromBody = typeof asked === 'number' ? asked * 1000 : undefined;
  const waitMs = parseRetryAfter(headers?.['retry-after'], now) ?? fromBody;
  const continueToken = body.metadata?.continue;
  return {
    kind: 'status',
    status: error.code,
    message: typeof body.message === 'string' ? oneLine(body.message) : '',
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(typeof continueToken === 'string' && continueToken !== '' ? { continueToken } : {}),
  };
}

interface StatusBody {
  readonly message?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown } | null;
  readonly metadata?: { readonly continue?: unknown } | null;
}

// The client hands over an error's body as text, or not at all (401).
function parseStatusBody(body: unknown): StatusBody {
  if (typeof body !== 'string') return typeof body === 'object' && body !== null ? body : {};
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

const RETRIED = new Set([408, 429, 500, 502, 503, 504]);

/** What is over in a moment is worth another try; what somebody has to mend is not. */
export function decideAdvice(trouble: Trouble): Advice {
  switch (trouble.kind) {
    case 'network':
      return { retry: true };
    case 'status':
      if (!RETRIED.has(trouble.status)) return { retry: false };
      return trouble.waitMs === undefined ? { retry: true } : { retry: true, waitMs: trouble.waitMs };
    case 'tls':
    case 'plugin':
    case 'file':
    case 'stranger':
    case 'other':
      return { retry: false };
  }
}

/** One clause for a gap or a log line. */
export function renderTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'status':
      return `HTTP ${String(trouble.status)}${trouble.message === '' ? '' : `: ${trouble.message}`}`;
    case 'network':
      return trouble.code === 'timeout' ? 'no answer in time' : `connection failed (${trouble.code})`;
    case 'tls':
      return `TLS failed (${trouble.code})`;
    case 'plugin':
      return `the credential plugin ${trouble.command} ${PLUGIN_PROBLEMS[trouble.problem]}${trouble.text === '' ? '' : `: ${trouble.text}`}`;
    case 'file':
      return `the file ${trouble.path} of the kubeconfig cannot be read (${trouble.code})`;
    case 'stranger':
      return 'the answer is none of a Kubernetes API';
    case 'other':
      return trouble.text;
  }
}

const PLUGIN_PROBLEMS: Readonly<Record<PluginProblem, string>> = {
  missing: 'is not installed',
  'not-executable': 'is not executable',
  failed: 'failed',
  timeout: 'printed nothing in time',
};

function isTlsCode(code: string): boolean {
  return /CERT|SELF_SIGNED|^UNABLE_TO_|^ERR_(TLS|SSL)|^EPROTO$|HOSTNAME_MISMATCH/.test(code);
}

/** By its shape: errors of Node's own modules may come from another realm, where `instanceof` does not know them. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

function* causes(error: unknown): Generator<Error> {
  let link = error;
  for (let depth = 0; depth < 8 && isError(link); depth += 1) {
    yield link;
    // Several addresses of one host were tried: the first failure stands for all.
    const several: unknown = 'errors' in link ? link.errors : undefined;
    link = link.cause ?? (Array.isArray(several) ? (several[0] as unknown) : undefined);
  }
}

function textOf(error: Error, key: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(error, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A plugin's last line is its verdict. */
function lastWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return withoutSecrets(oneLine(lines.at(-1) ?? ''));
}

/** For words that are not the API server's: they may quote a header, a URL with a password, or a key. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+[^"']+/gi, '$1 ***')
    .replace(/\/\/[^/@\s]+@/g, '//***@')
    .replace(/[A-Za-z0-9+/_=-]{32,}(\.[A-Za-z0-9+/_=-]+)*/g, '***');
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
