/** What went wrong with a call to Resource Manager, and who has to act. */
import { messageOf } from '../../model/errors.ts';
import type { CallTrouble, CommonTroubleKind } from '../../net/trouble.ts';
import type { Advice } from '../../net/retry.ts';

/** `gone`: there is no such resource (any more). */
export type TroubleKind = CommonTroubleKind | 'subscription' | 'gone';

export type Trouble = CallTrouble<TroubleKind>;

/** An answer of Resource Manager that is none. */
export class ArmError extends Error {
  readonly status: number;
  /** `AuthorizationFailed`; empty where the answer names none. */
  readonly code: string;
  /** What the answer asks to wait before the next attempt, in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(status: number, code: string, message: string, waitMs?: number) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
    this.waitMs = waitMs;
  }
}

/** What of an error is looked at, whoever threw it: ours, the SDK's or Node's. */
interface Shape {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly text: string;
}

const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const CERTIFICATE = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/;
const CREDENTIAL = new Set(['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError']);
const EXPIRED = new Set(['ExpiredAuthenticationToken', 'AuthenticationFailedExpired']);
const UNKNOWN_SUBSCRIPTION = new Set([
  'SubscriptionNotFound',
  'InvalidSubscriptionId',
  'SubscriptionNotRegistered',
  'DisabledSubscription',
  'ReadOnlyDisabledSubscription',
]);
/** Entra ID: an assertion, a password or a refresh token that is too old. */
const EXPIRED_LOGIN = /AADSTS(?:700024|700082|7000222|50173|70043)|token (?:is|has) expired/;

const LOG_IN =
  'Run azure/login in an earlier step of the same job, with client-id, tenant-id and subscription-id, and `permissions: id-token: write` in the job: it leaves a session of the az command line, which this step uses (it exports no AZURE_ variables). Without az on the runner, give this step AZURE_CLIENT_ID and AZURE_TENANT_ID as env, and it logs in by itself';
const LOG_IN_AGAIN = 'Log in again right before this step';
/** Needed by changes only. */
const OF_CHANGES =
  /\/(?:write|delete|action)$|\/locations\/operations\/read$|\/subnets\/read$|\/virtualMachines\/networkInterfaces\/read$/i;

/** Whether the same request may get through a moment later. */
export function adviseRetry(error: unknown): Advice {
  const { name, code, status } = shapeOf(error);
  if (error instanceof ArmError) {
    const mayPass = status === 429 || status === 408 || (status >= 500 && status !== 501);
    return mayPass
      ? { retry: true, ...(error.waitMs === undefined ? {} : { waitMs: error.waitMs }) }
      : { retry: false };
  }
  const isHopeless = CREDENTIAL.has(name) || code === 'ENOTFOUND' || CERTIFICATE.test(code);
  return { retry: !isHopeless };
}

/**
 * Nothing in here is thrown on. `permission`: the action that the call needs; `place`: what it was about, in the user's
 * words.
 */
export function classify(error: unknown, permission: string, place: string, isOver: boolean): Trouble {
  const shape = shapeOf(error);
  const { name, code, status, text } = shape;
  const said = code === '' || text.includes(code) ? text : `${code}: ${text}`;
  if (isOver) return final('deadline', "the run's time was over before the answer came. Raise the input timeout");
  if (CREDENTIAL.has(name) || /AADSTS\d+/.test(text)) return classifyLogin(shape);
  if (error instanceof ArmError) return classifyAnswer(error, said, permission, place);
  if (CERTIFICATE.test(code)) {
    const hint = 'Name the authority that signed it in NODE_EXTRA_CA_CERTS';
    return final('network', `the certificate of Azure Resource Manager is not trusted (${said}). ${hint}`);
  }
  if (UNREACHABLE.has(code)) {
    const hint = 'Check the network of the runner, HTTPS_PROXY and NO_PROXY, and azure-endpoint if it is set';
    return final('network', `Azure cannot be reached (${said}). ${hint}`);
  }
  if (status > 0 && status < 500 && status !== 200) return passing('refused', `Azure refused the request (${said})`);
  return passing('network', `the connection to Azure broke off or timed out, also after retries (${said})`);
}

function classifyAnswer(error: ArmError, said: string, permission: string, place: string): Trouble {
  const { status, code, message } = error;
  if (status === 407)
    return final('network', 'the proxy refuses the connection to Azure (HTTP 407). Check HTTPS_PROXY');
  if (EXPIRED.has(code) || (status === 401 && /expired/i.test(message))) {
    return final('expired-credentials', `the Azure login has expired (${said}). ${LOG_IN_AGAIN}`);
  }
  if (code === 'InvalidAuthenticationTokenTenant') {
    const hint = 'Log in to the tenant of the subscription (tenant-id of azure/login, or AZURE_TENANT_ID)';
    return final('bad-credentials', `the login belongs to another tenant than ${place} (${said}). ${hint}`);
  }
  if (status === 401) return final('bad-credentials', `Azure does not accept the login (${said}). ${LOG_IN_AGAIN}`);
  if (UNKNOWN_SUBSCRIPTION.has(code)) {
    const hint = 'Check azure-subscriptions, and that the login has a role in that subscription';
    return final('subscription', `the login sees no usable ${place} (${said}). ${hint}`);
  }
  if (status === 404) return passing('gone', `there is no such resource (${said})`);
  if (status === 403) return classifyDenied(error, said, permission);
  if (status === 429) {
    return passing('throttled', `Azure kept throttling after all retries (${said}): the request limit is used up`);
  }
  if (status >= 500 || status === 408 || status === 200) {
    return passing('server', `Azure did not give a usable answer about ${place}, also after retries (${said})`);
  }
  return passing('refused', `Azure refused the request about ${place} (${said})`);
}

/**
 * The answer names action and scope; where it does not (a deny assignment, a policy), the call is known to need it. Where
 * something is linked to what may not be used (LinkedAuthorizationFailed), it first names the action that is allowed.
 */
function classifyDenied({ code, message }: ArmError, said: string, permission: string): Trouble {
  const isLinked = code === 'LinkedAuthorizationFailed';
  // Such an answer is long, and what lacks comes last in it.
  const text = isLinked ? message : said;
  const action = [...text.matchAll(/perform action '([^']+)'/g)].at(-1)?.[1] ?? permission;
  const scope = (isLinked ? /linked scope\(s\) '([^']+)'/ : /over scope '([^']+)'/).exec(text)?.[1];
  // Answers spell actions in any case; the role spells them in one.
  const named = action.toLowerCase() === permission.toLowerCase() ? permission : action;
  const what = scope === undefined ? `${named} is denied (${said})` : `${named} is denied over ${scope} (${code})`;
  const role = OF_CHANGES.test(named) ? 'azure-apply' : 'azure-check';
  const hint = `docs/permissions/${role}.json allows all that is needed`;
  return { ...passing('denied', `${what}; ${hint}`), permission: named };
}

/** No token: nobody is logged in, or Entra ID does not let them in. */
function classifyLogin({ name, text }: Shape): Trouble {
  const isLoggedOut = /az login|could not be found|Azure CLI/i.test(text) && !/AADSTS\d+/.test(text);
  if (EXPIRED_LOGIN.test(text)) {
    const hint = 'The token of a job that azure/login hands to az is good for minutes only';
    return final('expired-credentials', `the Azure login has expired (${text}). ${LOG_IN_AGAIN}. ${hint}`);
  }
  // The SDK's own client for Entra ID keeps the cause of this to itself.
  if (/endpoints_resolution_error|network_error/.test(text)) {
    const hint =
      'Check the network of the runner, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS, AZURE_AUTHORITY_HOST if it is set, and AZURE_TENANT_ID';
    return final('network', `Entra ID cannot be reached, or does not know the tenant (${text}). ${hint}`);
  }
  if (isLoggedOut || name === 'CredentialUnavailableError') {
    return final('no-credentials', `no Azure login was found (${text}). ${LOG_IN}`);
  }
  if (/AADSTS(?:70021|700211|700212|700213|7002137)/.test(text)) {
    const hint =
      'Add a federated credential to the application whose subject is that of this workflow (repository, and branch, environment or pull request)';
    return final('bad-credentials', `Entra ID does not know this workflow (${text}). ${hint}`);
  }
  return final('bad-credentials', `no token for Azure could be had (${text}). Check who the step logs in as`);
}

function shapeOf(error: unknown): Shape {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const cause = fields['cause'] as Record<string, unknown> | undefined;
  const code = fields['code'] ?? cause?.['code'];
  const status = fields['status'] ?? fields['statusCode'];
  return {
    name: typeof fields['name'] === 'string' ? fields['name'] : '',
    code: typeof code === 'string' ? code : '',
    status: typeof status === 'number' ? status : 0,
    text: tidy(messageOf(error)),
  };
}

/** One line of bounded length; what Entra ID appends for its own support is left out. */
function tidy(text: string): string {
  const entra = /AADSTS\d+:[^\r\n]*/.exec(text)?.[0];
  const plain = (entra ?? text)
    .replace(/\s*(?:Trace ID|Correlation ID|Timestamp):.*$/s, '')
    .replace(/:? ?See https:\/\/aka\.ms\/\S+ for details/g, '')
    // eslint-disable-next-line no-control-regex -- answers of strangers must not move the cursor of a log
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .replace(/[.,]$/, '');
  return plain.length > 300 ? `${plain.slice(0, 297)}...` : plain;
}

function final(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: true };
}

function passing(kind: TroubleKind, reason: string): Trouble {
  return { kind, reason, isFinal: false };
}
