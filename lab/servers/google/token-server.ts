import type { GoogleRole } from '../../permissions/google.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import { googleRole } from '../../permissions/google.ts';
import { HEADERS } from '../gce/errors.ts';
import { bearerOf, type GoogleTokens } from './tokens.ts';

export const PATHS = {
  /** The runner's own identity provider: where a workflow gets the token that speaks for it. */
  identity: '/lab/oidc-token',
  exchange: '/v1/token',
  impersonate: '/v1/projects/-/serviceAccounts/',
} as const;

/** The token with which a workflow's step may ask for its identity token. */
export const RUNNER_TOKEN = 'lab-runner-token';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

function json(status: number, value: object): Answer {
  return { status, headers: { ...HEADERS }, body: `${JSON.stringify(value, null, 2)}\n` };
}

/** OAuth's own error form (RFC 6749, 5.2), which Google's token exchange uses. */
function refusal(error: string, description: string): Answer {
  return json(400, { error, error_description: description });
}

function rpcError(code: number, status: string, message: string): Answer {
  return json(code, { error: { code, message, status } });
}

/** Workload identity federation: identity token, token exchange, and a service account's access token. */
export class GoogleTokenApi implements Service {
  readonly name = 'google-token';
  readonly undescribed = true;
  readonly #tokens: GoogleTokens;
  readonly #may: GoogleRole;

  constructor(desk: Desk, tokens: GoogleTokens) {
    this.#tokens = tokens;
    this.#may = googleRole(undefined, desk.options.gceDeny ?? []);
  }

  identify({ url }: Incoming): { operation: string; write: boolean } {
    const { pathname } = new URL(url, 'https://lab.invalid');
    const operation =
      pathname === PATHS.identity ? 'identity' : pathname === PATHS.exchange ? 'exchange' : 'generateAccessToken';
    return { operation, write: false };
  }

  throttled(): Answer {
    return rpcError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).');
  }

  answer(request: Incoming): Answer {
    switch (this.identify(request).operation) {
      case 'identity':
        if (request.headers.authorization?.toLowerCase() !== `bearer ${RUNNER_TOKEN}`) return json(401, {});
        return json(200, { value: this.#tokens.subjectToken });
      case 'exchange':
        return this.#exchange(request);
      default:
        return this.#impersonate(request);
    }
  }

  #exchange({ method, body }: Incoming): Answer {
    if (method !== 'POST') return rpcError(404, 'NOT_FOUND', 'Method not found.');
    const form = new URLSearchParams(body);
    const fields = ['grant_type', 'audience', 'scope', 'requested_token_type', 'subject_token', 'subject_token_type'];
    for (const name of fields) {
      if (!form.get(name)) return refusal('invalid_request', `Missing required field: ${name}`);
    }
    if (form.get('grant_type') !== GRANT) return refusal('unsupported_grant_type', 'Invalid value for "grant_type".');
    if (form.get('subject_token_type') !== JWT) return refusal('invalid_request', 'Invalid "subject_token_type".');
    if (form.get('audience') !== this.#tokens.audience)
      return refusal('invalid_target', 'Invalid value for "audience".');
    if (form.get('subject_token') !== this.#tokens.subjectToken || this.#tokens.expired) {
      return refusal('invalid_grant', 'The given credential is rejected by the attribute condition.');
    }
    const { token, seconds } = this.#tokens.issue('federated');
    return json(200, {
      access_token: token,
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: seconds,
    });
  }

  #impersonate(request: Incoming): Answer {
    const name = decodeURIComponent(request.url.slice(PATHS.impersonate.length));
    if (request.method !== 'POST' || !name.endsWith(':generateAccessToken')) {
      return rpcError(404, 'NOT_FOUND', 'Method not found.');
    }
    if (bearerOf(request) === undefined || !this.#tokens.isFederated(request)) {
      return rpcError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    }
    const account = name.replace(/:generateAccessToken$/, '');
    const project = /@(.+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1] ?? '';
    if (account !== this.#tokens.serviceAccount || !this.#may('iam.serviceAccounts.getAccessToken', project)) {
      const message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
      return rpcError(403, 'PERMISSION_DENIED', message);
    }
    const { scope } = JSON.parse(request.body) as { scope?: string[] };
    if (!Array.isArray(scope) || scope.length === 0) {
      return rpcError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.');
    }
    const { token, seconds } = this.#tokens.issue('service-account');
    const expireTime = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    return json(200, { accessToken: token, expireTime });
  }
}
