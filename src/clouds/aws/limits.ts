/** How many routes a table may hold, as Service Quotas tells it for this account and region, side by side with EC2. */
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { messageOf } from '../../model/errors.ts';
import type { LimitFacts } from '../../model/snapshot.ts';
import { abortAfter } from '../../net/clock.ts';
import type { Log } from '../../ports.ts';
import type { Env } from './connect.ts';
import { tidy } from './errors.ts';

/** "Routes per route table", non-propagated, for each family by itself (Amazon VPC quotas). */
const QUOTA = { ServiceCode: 'vpc', QuotaCode: 'L-93826ACB' } as const;
const PERMISSION = 'servicequotas:GetServiceQuota';

/** One small request: who has no answer by then is kept from it by a firewall. */
const LONGEST_MS = 5_000;
/** How long the answer is waited for when everything else has been read. */
const GRACE_MS = 500;

export type LimitAnswer =
  { readonly limits: readonly LimitFacts[] } | { readonly reason: string; readonly permission?: string };

/**
 * Asks at once. The client is loaded here and not with EC2's, so that those who switched the rule off never pay for it;
 * what is returned waits for the answer, though not much longer than for everything else.
 */
export function askForLimit(region: string, env: Env, log: Log, until: AbortSignal): () => Promise<LimitAnswer> {
  const patience = new AbortController();
  const signal = AbortSignal.any([until, abortAfter(LONGEST_MS), patience.signal]);
  const asked = ask(region, env, log, signal);
  return () => {
    const grace = abortAfter(GRACE_MS);
    grace.addEventListener('abort', () => patience.abort(), { once: true });
    return asked;
  };
}

async function ask(region: string, env: Env, log: Log, signal: AbortSignal): Promise<LimitAnswer> {
  let client: ServiceQuotasClient | undefined;
  try {
    const { connectQuotas, GetServiceQuotaCommand } = await import('./quotas-client.ts');
    client = connectQuotas(region, env, log);
    const sent = client.send(new GetServiceQuotaCommand(QUOTA), { abortSignal: signal });
    // A credential provider or a resolver that hangs knows nothing of the signal.
    const answer = await Promise.race([sent, aborted(signal)]);
    const allowed = answer.Quota?.Value;
    if (allowed === undefined || !(allowed > 0)) return { reason: 'Service Quotas tells no value' };
    const { ServiceCode, QuotaCode } = QUOTA;
    const source = `Service Quotas ${ServiceCode}/${QuotaCode}`;
    return { limits: [{ kind: 'routes-per-table', perFamily: true, localMayCount: true, allowed, source }] };
  } catch (error) {
    return explain(error, region, signal);
  } finally {
    client?.destroy();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new DOMException('no answer in time', 'AbortError'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function explain(error: unknown, region: string, signal: AbortSignal): LimitAnswer {
  const name = error instanceof Error ? error.name : '';
  if (signal.aborted || name === 'AbortError') {
    return { reason: `Service Quotas in ${region} did not answer in time` };
  }
  const said = tidy(messageOf(error));
  if (/^(?:AccessDenied|Unauthorized)/.test(name)) {
    return { reason: `${PERMISSION} is denied (${name}: ${said})`, permission: PERMISSION };
  }
  return { reason: `Service Quotas in ${region} told no limit (${name}: ${said})` };
}
