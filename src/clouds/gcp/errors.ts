/** What went wrong with a call to Compute Engine, and who has to act. */
import { messageOf } from '../../model/errors.ts';
import type { CallTrouble, CommonTroubleKind } from '../../net/trouble.ts';

export type TroubleKind = CommonTroubleKind | 'api-disabled' | 'project';

export type Trouble = CallTrouble<TroubleKind>;

/** What the reader does; `compute.` and the name is also the IAM permission. */
export type Operation =
  | WriteOperation
  | 'instances.list'
  | 'instances.get'
  | 'routes.list'
  | 'subnetworks.list'
  | 'firewalls.list'
  | 'networks.getRegionEffectiveFirewalls'
  | 'instanceTemplates.get';

/** By the permission: a route is inserted with `compute.routes.create`. */
export type WriteOperation = 'instances.update' | 'routes.create' | 'routes.delete';

/** A call that got no usable answer: of the API itself, or of a token endpoint on the way to it. */
export class CallError extends Error {
  readonly stage: 'token' | 'api';
  /** The HTTP status; 0: no answer came. */
  readonly status: number;
  /** What the answer gives as reasons: `rateLimitExceeded`, `SERVICE_DISABLED`; or the code of a network error. */
  readonly codes: readonly string[];
  /** What the other side asked to wait before the next attempt, in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(
    message: string,
    about: {
      readonly stage: 'token' | 'api';
      readonly status: number;
      readonly codes: readonly string[];
      readonly waitMs?: number | undefined;
      readonly cause: unknown;
    },
  ) {
    super(message, { cause: about.cause });
    this.name = 'CallError';
    this.stage = about.stage;
    this.status = about.status;
    this.codes = about.codes;
    this.waitMs = about.waitMs;
  }
}

const THROTTLED = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]);
const DISABLED = new Set(['accessNotConfigured', 'SERVICE_DISABLED']);
const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const BROKEN_OFF = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'TimeoutError',
]);
const CERTIFICATE = /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_SSL)/;

function isNetworkCode(code: string): boolean {
  return UNREACHABLE.has(code) || BROKEN_OFF.has(code) || CERTIFICATE.test(code);
}

const LOG_IN =
  'Run google-github-actions/auth in an earlier step: with workload_identity_provider, and `permissions: id-token: write` in the job, it puts GOOGLE_APPLICATION_CREDENTIALS into the environment';
function roleFor(permission: string): string {
  const role = /\.(?:get|list|getRegionEffectiveFirewalls)$/.test(permission) ? 'gcp-check' : 'gcp-apply';
  return `docs/permissions/${role}.json lists all that is needed, for the project`;
}

/** A machine may be changed only by those who may act as its service account (IAM, roles for service accounts). */
const ACT_AS = /iam\.serviceAccounts\.actAs|iam\.serviceAccountUser|access to service account/i;

/** Whether the same request may get through a moment later. */
export function mayPass({ stage, status, codes }: CallError): boolean {
  if (status === 0) {
    // Without an answer, a token can also fail for want of a file.
    if (stage === 'token' && !codes.some(isNetworkCode)) return false;
    return !codes.some((code) => code === 'ENOTFOUND' || code === 'AbortError' || CERTIFICATE.test(code));
  }
  if (status === 403) return codes.some((code) => THROTTLED.has(code) && code !== 'dailyLimitExceeded');
  return status === 408 || status === 429 || status >= 500;
}

/** Nothing in here is thrown on. */
export function classify(error: unknown, operation: Operation, project: string): Trouble {
  const call = callErrorIn(error);
  if (call === undefined) {
    // gax itself has given up, or the answer was none that it could make sense of.
    const said = tidy(messageOf(error));
    if (/cancelled|deadline exceeded/i.test(said)) return deadline();
    return passing('server', `Compute Engine did not give a usable answer about project ${project} (${said})`);
  }
  const { stage, status, codes } = call;
  const said = tidy(call.message);
  if (codes.includes('AbortError')) return deadline();
  if (status === 0 && (stage === 'api' || codes.some(isNetworkCode))) return classifyNetwork(call, said);
  if (status === 429 || codes.some((code) => THROTTLED.has(code))) {
    const whose = stage === 'token' ? 'the token endpoint' : 'Compute Engine';
    const reason = `${whose} kept throttling after all retries (${said}): the request quota of project ${project} is used up`;
    return passing('throttled', reason);
  }
  if (status >= 500 || status === 408) {
    const whose = stage === 'token' ? 'The token endpoint of the credentials' : 'Compute Engine';
    return passing(
      'server',
      `${whose} did not give a usable answer for project ${project}, also after retries (${said})`,
    );
  }
  return stage === 'token' ? classifyToken(codes, said) : classifyRefusal(call, said, operation, project);
}

function classifyRefusal(call: CallError, said: string, operation: Operation, project: string): Trouble {
  const { status, codes } = call;
  if (status === 401) return classifyRejected(said);
  if (codes.some((code) => DISABLED.has(code))) {
    const hint = `Enable it: gcloud services enable compute.googleapis.com --project ${project}`;
    return final('api-disabled', `the Compute Engine API is not enabled in project ${project} (${said}). ${hint}`);
  }
  if (status === 403 || ACT_AS.test(said)) return classifyDenied(codes, said, operation, project);
  // Of a network of a project: the network has gone, or the endpoint does not know the method.
  const isAboutNetwork = operation === 'networks.getRegionEffectiveFirewalls';
  if ((status === 404 && !isAboutNetwork) || (/project/i.test(said) && /unknown|invalid/i.test(said))) {
    return final('project', `${project} is no project that these credentials can see (${said}). Check gcp-projects`);
  }
  return passing('refused', `Compute Engine refused the request (${said})`);
}

function deadline(): Trouble {
  return final('deadline', "the run's time was over before the answer came. Raise the input timeout");
}

function classifyNetwork({ codes, stage }: CallError, said: string): Trouble {
  const where = stage === 'token' ? 'the token endpoint of the credentials' : 'the Compute Engine API';
  if (codes.some((code) => CERTIFICATE.test(code))) {
    const hint = 'Name the authority that signed it in NODE_EXTRA_CA_CERTS';
    return final('network', `the certificate of ${where} is not trusted (${said}). ${hint}`);
  }
  if (codes.some((code) => UNREACHABLE.has(code))) {
    const hint = 'Check the network of the runner, HTTPS_PROXY and NO_PROXY, and gcp-endpoint if it is set';
    return final('network', `${where} cannot be reached (${said}). ${hint}`);
  }
  return passing('network', `the connection to ${where} broke off or timed out, also after retries (${said})`);
}

function classifyToken(codes: readonly string[], said: string): Trouble {
  if (/Could not load the default credentials/i.test(said)) {
    return final('no-credentials', `no Google Cloud credentials were found. ${LOG_IN}`);
  }
  if (codes.includes('ENOENT') || /ENOENT|does not exist/.test(said)) {
    return final('no-credentials', `a file that the Google Cloud credentials name is not there (${said}). ${LOG_IN}`);
  }
  if (/expired/i.test(said)) {
    return final(
      'expired-credentials',
      `the Google Cloud login has expired (${said}). Log in again right before this step`,
    );
  }
  const denied = /iam\.serviceAccounts\.getAccessToken/.exec(said)?.[0];
  if (denied !== undefined) {
    const hint = 'Grant roles/iam.workloadIdentityUser on the service account to the identity of the workflow';
    return {
      ...final('bad-credentials', `the service account may not be impersonated (${said}). ${hint}`),
      permission: denied,
    };
  }
  return final(
    'bad-credentials',
    `no access token could be had with the Google Cloud credentials (${said}). ${LOG_IN}`,
  );
}

function classifyRejected(said: string): Trouble {
  const hint = 'Log in again right before this step';
  if (/expired/i.test(said)) {
    return final('expired-credentials', `the Google Cloud access token has expired (${said}). ${hint}`);
  }
  return final('bad-credentials', `Google Cloud does not accept the credentials (${said}). ${hint}`);
}

function classifyDenied(codes: readonly string[], said: string, operation: Operation, project: string): Trouble {
  if (codes.includes('SECURITY_POLICY_VIOLATED') || /vpcServiceControls|organization's policy/i.test(said)) {
    const hint = 'Let the runner into the service perimeter';
    return passing('denied', `VPC Service Controls keep the runner out of project ${project} (${said}). ${hint}`);
  }
  if (codes.includes('BILLING_DISABLED')) {
    return final('project', `project ${project} has no billing account (${said}). Check gcp-projects`);
  }
  if (ACT_AS.test(said)) {
    const permission = 'iam.serviceAccounts.actAs';
    const hint = "Grant roles/iam.serviceAccountUser on the machine's service account";
    return { ...passing('denied', `${permission} is denied (${said}). ${hint}`), permission };
  }
  const permission = /'?\b(compute\.[a-zA-Z]+\.[a-zA-Z]+)'? permission/.exec(said)?.[1] ?? `compute.${operation}`;
  return { ...passing('denied', `${permission} is denied (${said}); ${roleFor(permission)} ${project}`), permission };
}

/** The call behind an error: the SDK wraps what its transport throws. */
function callErrorIn(error: unknown): CallError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 4 && at instanceof Error; depth += 1) {
    if (at instanceof CallError) return at;
    at = at.cause;
  }
  return undefined;
}

/** One line of bounded length. */
export function tidy(text: string): string {
  const plain = text
    // eslint-disable-next-line no-control-regex -- answers of strangers must not move the cursor of a log
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return plain.length > 300 ? `${plain.slice(0, 297)}...` : plain;
}

function final(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: true };
}

function passing(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: false };
}
