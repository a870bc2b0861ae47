/** An EC2 client per region, with credentials, endpoint, timeouts and retries settled. */
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { EC2Client } from '@aws-sdk/client-ec2';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { decideProxy } from '../../net/proxy.ts';
import type { Log } from '../../ports.ts';
import { Ec2Protocol } from './protocol.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A Describe call of a full page takes EC2 seconds, not half a minute. */
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * What the SDK (3.1169) does on its own: it signs; it corrects a wrong clock of the runner by the server's; it retries
 * throttling, 5xx, broken and refused connections, waiting a random time below 1 s (throttling) or 50 ms (else) that
 * doubles with each attempt up to 20 s, and gives up early when 500 retry tokens per client (5 or 14 a retry) are used
 * up. Its default is 3 attempts, which account-wide throttling by busy controllers outlasts. `AWS_MAX_ATTEMPTS` wins.
 */
const MAX_ATTEMPTS = 7;

/** An empty value counts as unset: configure-aws-credentials blanks its variables when a job ends. */
export function valueOf(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/**
 * Static keys and the endpoint are taken from `env`; everything else is the SDK's own default chain (profile with
 * assumed roles, SSO or a credential process; web identity token file; container; instance metadata), whose modules it
 * loads when it gets to them. As in the SDK, a profile that is named goes before static keys. `attempts`: whatever
 * the environment says.
 */
export function connect(region: string | undefined, env: Env, log: Log, attempts?: number): EC2Client {
  const options = clientOptions({ host: 'ec2', variable: 'AWS_ENDPOINT_URL_EC2' }, region, env, log);
  const maxAttempts = attempts === undefined ? {} : { maxAttempts: attempts };
  const client = new EC2Client({ ...options, ...maxAttempts, protocol: Ec2Protocol });
  // It would hand whole requests and answers to the logger, and takes a tenth of the time for making them printable.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

export interface ServicePlace {
  /** First part of its host name. */
  readonly host: string;
  /** The variable that names an endpoint for it alone. */
  readonly variable: string;
}

/** What the clients of all services have in common. */
export function clientOptions(
  service: ServicePlace,
  region: string | undefined,
  env: Env,
  log: Log,
): EC2ClientConfig & { readonly region?: string } {
  const accessKeyId = valueOf(env, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = valueOf(env, 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = valueOf(env, 'AWS_SESSION_TOKEN');
  const profile = valueOf(env, 'AWS_PROFILE');
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined && profile === undefined;
  const endpoint = endpointFrom(service, env);
  const attempts = valueOf(env, 'AWS_MAX_ATTEMPTS') ?? '';
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(hasKeys
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
      : {}),
    // Settled here, so that neither a variable nor a profile changes how calls are repeated.
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: /^[1-9]\d?$/.test(attempts) ? Number(attempts) : MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      socketTimeout: REQUEST_TIMEOUT_MS,
      // Without this the SDK only prints a warning.
      throwOnRequestTimeout: true,
      ...agents(endpoint ?? publicEndpoint(service, region), env),
    },
    logger: {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (...parts: unknown[]) =>
        log.debug(`AWS SDK: ${parts.filter((part) => typeof part === 'string').join(' ')}`),
    },
  };
}

/** The SDK goes by no proxy variable on its own. One agent serves both kinds: it always opens a tunnel. */
function agents(
  endpoint: string,
  env: Env,
): { httpsAgent?: HttpsProxyAgent<string>; httpAgent?: HttpsProxyAgent<string> } {
  const proxy = decideProxy(endpoint, env);
  if (proxy === undefined) return {};
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  return { httpsAgent: agent, httpAgent: agent };
}

/** The host that decides about NO_PROXY; the SDK itself works out the real one, other partitions included. */
function publicEndpoint({ host }: ServicePlace, region: string | undefined): string {
  return `https://${host}.${region ?? 'us-east-1'}.amazonaws.com${region?.startsWith('cn-') === true ? '.cn' : ''}`;
}

/** As the SDK reads it (shared configuration of service-specific endpoints), but from the given environment. */
function endpointFrom({ variable }: ServicePlace, env: Env): string | undefined {
  if (valueOf(env, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true') return undefined;
  return valueOf(env, variable) ?? valueOf(env, 'AWS_ENDPOINT_URL');
}

/** The region of the environment, else of the profile, else (in EC2) of the machine; undefined: none is set. */
export async function readDefaultRegion(env: Env, log: Log): Promise<string | undefined> {
  const named = valueOf(env, 'AWS_REGION') ?? valueOf(env, 'AWS_DEFAULT_REGION');
  if (named !== undefined) return named;
  try {
    const region = await connect(undefined, env, log).config.region();
    return region === '' ? undefined : region;
  } catch {
    // It throws a plain Error where no source names a region; an unreadable profile comes up again with the credentials.
    return undefined;
  }
}

function ignore(): void {
  // Nothing of it may reach the log.
}
