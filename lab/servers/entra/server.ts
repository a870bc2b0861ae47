import { randomUUID } from 'node:crypto';

import type { Answer, Incoming, Service } from '../exchange.ts';
import type { EntraTokens } from './tokens.ts';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Problem {
  status: number;
  error: string;
  /** The number after AADSTS. */
  code: number;
  text: string;
}

function json(status: number, value: object): Answer {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    'x-ms-request-id': randomUUID(),
  };
  return { status, headers, body: JSON.stringify(value) };
}

function refusal({ status, error, code, text }: Problem): Answer {
  const trace = randomUUID();
  const correlation = randomUUID();
  const timestamp = new Date()
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  const description = `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return json(status, {
    error,
    error_description: description,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
}

/** Microsoft Entra ID: the endpoints of one tenant that a client needs for a token of its own. */
export class EntraApi implements Service {
  readonly name = 'entra';
  readonly undescribed = true;
  readonly #tokens: EntraTokens;

  constructor(tokens: EntraTokens) {
    this.#tokens = tokens;
  }

  identify({ url }: Incoming): { operation: string; write: boolean } {
    const { pathname } = new URL(url, 'https://lab.invalid');
    const operation = /\/(openid-configuration|token|instance)$/.exec(pathname)?.[1] ?? pathname;
    return { operation, write: false };
  }

  throttled(): Answer {
    const answer = refusal({ status: 429, error: 'temporarily_unavailable', code: 90055, text: 'Too many requests.' });
    return { ...answer, headers: { ...answer.headers, 'Retry-After': '1' } };
  }

  answer(request: Incoming): Answer {
    const { pathname } = new URL(request.url, 'https://lab.invalid');
    const host = `https://${request.headers.host ?? ''}`;
    const [, tenant = '', ...rest] = pathname.split('/');
    const path = rest.join('/');
    const { operation } = this.identify(request);
    if (operation === 'instance') {
      const endpoint = `${host}/${this.#tokens.tenant}/v2.0/.well-known/openid-configuration`;
      return json(200, { tenant_discovery_endpoint: endpoint, 'api-version': '1.1', metadata: [] });
    }
    if (tenant !== this.#tokens.tenant) {
      const text = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`;
      return refusal({ status: 400, error: 'invalid_tenant', code: 90002, text });
    }
    if (path === 'v2.0/.well-known/openid-configuration') return json(200, this.#configuration(host));
    if (path === 'oauth2/v2.0/token' && request.method === 'POST') return this.#token(request, host);
    return { status: 404, headers: { 'Content-Type': 'text/html' }, body: '' };
  }

  #configuration(host: string): object {
    const at = `${host}/${this.#tokens.tenant}`;
    return {
      token_endpoint: `${at}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${at}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${at}/v2.0`,
      authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${at}/oauth2/v2.0/logout`,
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
    };
  }

  #token({ body }: Incoming, host: string): Answer {
    const form = new URLSearchParams(body);
    const problem = this.#problemOf(form, host);
    if (problem !== undefined) return refusal(problem);
    const audience = (form.get('scope') ?? '').split(' ')[0]?.replace(/\/\.default$/, '') ?? '';
    const { token } = this.#tokens.issue(audience);
    const { lifetime } = this.#tokens;
    return json(200, {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: token,
    });
  }

  #problemOf(form: URLSearchParams, host: string): Problem | undefined {
    const application = form.get('client_id') ?? '';
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials') {
      const text = `The app returned an unsupported grant type '${grant ?? ''}'.`;
      return { status: 400, error: 'unsupported_grant_type', code: 70003, text };
    }
    if (application !== this.#tokens.clientId) {
      const text = `Application with identifier '${application}' was not found in the directory 'lab'.`;
      return { status: 400, error: 'unauthorized_client', code: 700016, text };
    }
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== ASSERTION || assertion !== this.#tokens.assertion) {
        const text = 'No matching federated identity record found for presented assertion.';
        return { status: 401, error: 'invalid_client', code: 700213, text };
      }
      if (this.#tokens.expired) {
        const text = 'Client assertion is not within its valid time range.';
        return { status: 401, error: 'invalid_client', code: 700024, text };
      }
    } else if (form.get('client_secret') !== this.#tokens.clientSecret) {
      const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application}'.`;
      return { status: 401, error: 'invalid_client', code: 7000215, text };
    }
    const [scope = ''] = (form.get('scope') ?? '').split(' ');
    const known = /^https:\/\/management\.(?:azure\.com|core\.windows\.net)\/{1,2}\.default$/.test(scope);
    if (known || scope === `${host}/.default`) return undefined;
    const text = `The resource principal named ${scope} was not found in the tenant named lab.`;
    return { status: 400, error: 'invalid_resource', code: 500011, text };
  }
}
