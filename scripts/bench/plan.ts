/** From what a run asked to what the floor asks: the same requests, as many at a time. Pure. */
import type { LabExchange } from '../../lab/servers/options.ts';
import type { Served } from './server.ts';

/** One request of a plan. */
export interface PlannedRequest {
  readonly url: string;
  readonly method: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Places in the plan of the requests that have to be over first. */
  readonly after: readonly number[];
}

/**
 * A request waits for all that had been answered when the run made it: it had learned from those what to ask for. So the
 * floor has as many requests under way as the run had.
 */
export function planFloor(exchanges: readonly LabExchange[], served: Pick<Served, 'urls' | 'token'>): PlannedRequest[] {
  const start = Math.min(...exchanges.map(({ answersBefore }) => answersBefore));
  return exchanges.map(({ service, method, url, body, accept, answersBefore }) => ({
    url: `${addressOf(service, served)}${url}`,
    method,
    body,
    headers: { accept, ...headersFor(service, served) },
    after: Array.from({ length: answersBefore - start }, (_, place) => place),
  }));
}

function addressOf(service: LabExchange['service'], { urls }: Pick<Served, 'urls'>): string {
  return service === 'ec2' || service === 'quotas' ? urls[service] : urls.kubernetes;
}

function headersFor(service: LabExchange['service'], { token }: Pick<Served, 'token'>): Record<string, string> {
  switch (service) {
    case 'ec2':
      return { 'content-type': 'application/x-www-form-urlencoded' };
    case 'quotas':
      return {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'ServiceQuotasV20190624.GetServiceQuota',
      };
    case 'k8s':
    case 'sts':
    case 'gce':
    case 'google-token':
    case 'arm':
    case 'entra':
    case 'github':
      return { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
  }
}
