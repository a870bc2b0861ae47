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
 * A request waits for the one before it on its connection, and for all that went to another service before: the cloud is
 * asked once the cluster is known. So the floor has as many requests under way as the run had.
 */
export function planFloor(exchanges: readonly LabExchange[], served: Pick<Served, 'urls' | 'token'>): PlannedRequest[] {
  const last = new Map<number, number>();
  return exchanges.map((exchange, place) => {
    const { service, method, url, body, accept, connection } = exchange;
    const before = last.get(connection);
    last.set(connection, place);
    const elsewhere = exchanges.flatMap((other, index) => (index < place && other.service !== service ? [index] : []));
    return {
      url: `${addressOf(service, served)}${url}`,
      method,
      body,
      headers: { accept, ...headersFor(service, served) },
      after: before === undefined ? elsewhere : [...elsewhere, before],
    };
  });
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
      return { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
  }
}
