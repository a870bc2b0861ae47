import type { KubeAttributes } from '../../permissions/rbac.ts';
import type { Answer, Desk } from '../exchange.ts';
import { badRequest, KubeError, notFound } from './status.ts';

/** A request that the API server passes on to an HTTP server in a pod: `pods/NAME:PORT/proxy/PATH`. */
export function proxyToPod(
  { world, options }: Desk,
  { namespace, name = '' }: KubeAttributes,
  { path, query }: { path: string; query: URLSearchParams },
): Answer {
  const [, scheme = 'http', podName = '', port = ''] = /^(?:(https?):)?([^:]+)(?::(\w+))?$/.exec(name) ?? [];
  const pod = world.cluster.pods.find((one) => one.name === podName && one.namespace === namespace);
  if (pod === undefined) throw notFound('', 'pods', podName);
  const [podIP] = pod.podIPs;
  if (podIP === undefined) throw badRequest('address not allowed');
  const below = path.slice(path.indexOf('/proxy') + '/proxy'.length) || '/';
  const search = query.toString();
  const ask = { namespace: pod.namespace, pod: podName, node: pod.nodeName, port };
  const answer = options.podProxy?.({ ...ask, path: search === '' ? below : `${below}?${search}` }) ?? 'refused';
  if (answer === 'refused' || scheme === 'https') {
    const message = `error trying to reach service: dial tcp ${podIP}:${port}: connect: connection refused`;
    throw new KubeError({ status: 503, reason: 'ServiceUnavailable', message });
  }
  const { status, body, type = 'text/plain; version=0.0.4; charset=utf-8' } = answer;
  return { status, headers: { 'Content-Type': type }, body };
}
