/** Where Azure is, who logs in and how, and the one client for all calls. */
import type { NetworkManagementClientOptionalParams, NetworkManagementContext } from '@azure/arm-network/api';
import { createNetworkManagement } from '@azure/arm-network/api';
import type { AccessToken, TokenCredential } from '@azure/identity';
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { decideProxy } from '../../net/proxy.ts';
import { ArmError } from './errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** For one page of a list, which takes Resource Manager seconds. */
export const REQUEST_TIMEOUT_MS = 60_000;
/** The az command line is a Python program that may have to refresh its session first. */
const CLI_TIMEOUT_MS = 60_000;
/** A token that is about to expire is not handed out again. */
const TOKEN_MARGIN_MS = 5 * 60_000;
const TOKEN_RETRIES = 3;

/** One Azure: its Resource Manager, its Entra ID, and the audience of tokens that a workflow exchanges there. */
interface Cloud {
  readonly endpoint: string;
  readonly authorities: readonly string[];
  readonly audience: string;
}

/** Sources: AzureAuthorityHosts and AzureClouds of the SDK; Entra ID's page on workload identity federation. */
const CLOUDS: readonly [Cloud, ...Cloud[]] = [
  {
    endpoint: 'https://management.azure.com',
    authorities: ['https://login.microsoftonline.com'],
    audience: 'api://AzureADTokenExchange',
  },
  {
    endpoint: 'https://management.usgovcloudapi.net',
    authorities: ['https://login.microsoftonline.us'],
    audience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    endpoint: 'https://management.chinacloudapi.cn',
    authorities: ['https://login.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
    audience: 'api://AzureADTokenExchangeChina',
  },
];

export interface Place {
  /** Base URL of Resource Manager, without a slash at its end. */
  readonly endpoint: string;
  /** Base URL of Entra ID, without a slash at its end. */
  readonly authority: string;
  /** Whether the environment names Entra ID, which then need not be looked up in the public cloud. */
  readonly isAuthorityNamed: boolean;
  /** What tokens for Resource Manager are asked for. */
  readonly resource: string;
  /** Audience of the token that a workflow exchanges. */
  readonly audience: string;
}

/** An empty value counts as unset. */
function valueOf(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

/**
 * Either of endpoint and AZURE_AUTHORITY_HOST also tells the other one, where it is that of a known cloud. An endpoint
 * that is none is a front door to the cloud that issues the tokens, or, with an Entra ID of its own, a cloud of its own.
 */
export function decidePlace(configured: string | undefined, env: Env): Place {
  const named = valueOf(env, 'AZURE_AUTHORITY_HOST');
  const authority = named === undefined ? undefined : tidyUrl(named);
  const wanted = configured === undefined ? undefined : tidyUrl(configured);
  const [home] = CLOUDS;
  const byEndpoint = CLOUDS.find((one) => one.endpoint === wanted);
  const byAuthority = CLOUDS.find(({ authorities }) => authority !== undefined && authorities.includes(authority));
  const cloud = byEndpoint ?? byAuthority ?? home;
  const isOwnCloud = byEndpoint === undefined && byAuthority === undefined && authority !== undefined;
  const endpoint = wanted ?? cloud.endpoint;
  return {
    endpoint,
    authority: authority ?? cloud.authorities[0] ?? '',
    isAuthorityNamed: authority !== undefined,
    resource: isOwnCloud ? endpoint : cloud.endpoint,
    audience: cloud.audience,
  };
}

function tidyUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  return url.replace(/\/+$/, '').replace(/^https?:\/\/[^/]+/i, (origin) => origin.toLowerCase());
}

export type Login =
  | { readonly kind: 'workload identity'; readonly tenantId: string; readonly clientId: string; readonly file: string }
  | { readonly kind: 'client secret'; readonly tenantId: string; readonly clientId: string; readonly secret: string }
  | {
      readonly kind: 'OIDC token of the job';
      readonly tenantId: string;
      readonly clientId: string;
      readonly requestUrl: string;
      readonly requestToken: string;
    }
  | { readonly kind: 'session of the az command line' };

/** What the environment of the step says first counts; else whoever is logged in with az (azure/login leaves that). */
export function decideLogin(env: Env): Login {
  const tenantId = valueOf(env, 'AZURE_TENANT_ID');
  const clientId = valueOf(env, 'AZURE_CLIENT_ID');
  if (tenantId === undefined || clientId === undefined) return { kind: 'session of the az command line' };
  const file = valueOf(env, 'AZURE_FEDERATED_TOKEN_FILE');
  if (file !== undefined) return { kind: 'workload identity', tenantId, clientId, file };
  const secret = valueOf(env, 'AZURE_CLIENT_SECRET');
  if (secret !== undefined) return { kind: 'client secret', tenantId, clientId, secret };
  const requestUrl = valueOf(env, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const requestToken = valueOf(env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
  if (requestUrl !== undefined && requestToken !== undefined) {
    return { kind: 'OIDC token of the job', tenantId, clientId, requestUrl, requestToken };
  }
  return { kind: 'session of the az command line' };
}

type Transport = Pick<NetworkManagementClientOptionalParams, 'proxyOptions' | 'additionalPolicies'>;

/**
 * The SDK (core-rest-pipeline 1.25) goes by proxy variables on its own, but takes HTTP_PROXY for https as well, knows
 * only part of what NO_PROXY may hold, and does not spare the machine itself. So it is given the proxy, and requests
 * that go past it are let out again.
 */
function transportOf(env: Env): Transport {
  const proxy = decideProxy('https://anywhere.invalid', { ...env, no_proxy: '', NO_PROXY: '' });
  const policy: NonNullable<Transport['additionalPolicies']>[number]['policy'] = {
    name: 'proxyByEnvironment',
    sendRequest: (request, next) => {
      if (decideProxy(request.url, env) === undefined) Reflect.deleteProperty(request, 'agent');
      return next(request);
    },
  };
  return {
    ...(proxy === undefined ? {} : { proxyOptions: proxySettings(new URL(proxy)) }),
    additionalPolicies: [{ policy, position: 'perCall' }],
  };
}

function proxySettings({ protocol, hostname, port, username, password }: URL): NonNullable<Transport['proxyOptions']> {
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: `${protocol}//${hostname}`, port: port === '' ? usual : Number(port), username, password };
}

export function openCredential(login: Login, place: Place, env: Env, until: AbortSignal): TokenCredential {
  const options = {
    ...transportOf(env),
    authorityHost: place.authority,
    // The look-up asks the public cloud, which a sovereign or private one has no business with.
    disableInstanceDiscovery: place.isAuthorityNamed,
    retryOptions: { maxRetries: TOKEN_RETRIES },
  };
  switch (login.kind) {
    case 'workload identity': {
      const { tenantId, clientId, file: tokenFilePath } = login;
      return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
    }
    case 'client secret':
      return new ClientSecretCredential(login.tenantId, login.clientId, login.secret, options);
    case 'OIDC token of the job':
      return new ClientAssertionCredential(
        login.tenantId,
        login.clientId,
        () => readJobToken(login, place.audience, env, until),
        options,
      );
    case 'session of the az command line':
      return new AzureCliCredential({ processTimeoutInMs: CLI_TIMEOUT_MS });
  }
}

/**
 * The runner's own endpoint wants its request token as bearer token and answers in JSON, so the SDK's client serves for
 * it too, with its proxies and certificates. GitHub documentation, "OpenID Connect".
 */
async function readJobToken(
  { requestUrl, requestToken }: Extract<Login, { kind: 'OIDC token of the job' }>,
  audience: string,
  env: Env,
  until: AbortSignal,
): Promise<string> {
  const credential = { getToken: () => Promise.resolve({ token: requestToken, expiresOnTimestamp: Infinity }) };
  const runner = createNetworkManagement(credential, '', {
    ...transportOf(env),
    endpoint: new URL(requestUrl).origin,
    retryOptions: { maxRetries: TOKEN_RETRIES },
  });
  const joint = requestUrl.includes('?') ? '&' : '?';
  const url = `${requestUrl}${joint}audience=${encodeURIComponent(audience)}`;
  const answer = await runner.pathUnchecked(url).get({ abortSignal: until, timeout: REQUEST_TIMEOUT_MS });
  const { status } = answer;
  const body: unknown = answer.body;
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['value'] : undefined;
  if (status !== '200' || typeof value !== 'string') {
    throw new ArmError(Number(status), '', `the runner gave no OIDC token for the job (HTTP ${status})`);
  }
  return value;
}

/** Asks once, and again only when the token is about to expire; `now` in milliseconds since the epoch. */
export function rememberToken(credential: TokenCredential, now: () => number): TokenCredential {
  let held: AccessToken | undefined;
  return {
    getToken: async (scopes, options) => {
      // A claim that the token lacks makes the client ask again.
      const isFresh = held !== undefined && held.expiresOnTimestamp - now() > TOKEN_MARGIN_MS;
      if (!isFresh || options?.claims !== undefined) held = (await credential.getToken(scopes, options)) ?? undefined;
      return held ?? null;
    },
  };
}

export function scopeOf(place: Place): string {
  return `${place.resource}/.default`;
}

/**
 * Its pipeline brings tokens, proxies, certificates and logs without secrets. Retries are ours:
 * it knows nothing of broken bodies, nor of the run's deadline. One client serves every provider and subscription.
 */
export function connect(place: Place, credential: TokenCredential, env: Env): NetworkManagementContext {
  return createNetworkManagement(credential, '', {
    ...transportOf(env),
    endpoint: place.endpoint,
    credentials: { scopes: [scopeOf(place)] },
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'pod-route-check' },
  });
}
