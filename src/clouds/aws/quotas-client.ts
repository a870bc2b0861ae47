/** The client of Service Quotas. Only `limits.ts` imports this, and only when a limit is asked for. */
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Log } from '../../ports.ts';
import type { Env } from './connect.ts';
import { clientOptions } from './connect.ts';

export { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';

/** Once more where it broke off; nobody waits for a limit longer than that. */
const MAX_ATTEMPTS = 2;

export function connectQuotas(region: string, env: Env, log: Log): ServiceQuotasClient {
  const service = { host: 'servicequotas', variable: 'AWS_ENDPOINT_URL_SERVICE_QUOTAS' } as const;
  const client = new ServiceQuotasClient({ ...clientOptions(service, region, env, log), maxAttempts: MAX_ATTEMPTS });
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
