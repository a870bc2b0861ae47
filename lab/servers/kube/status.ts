import type { V1Status } from '@kubernetes/client-node';

import type { Answer } from '../exchange.ts';
import type { KubeAttributes } from '../../permissions/rbac.ts';
import type { Wire } from './wire.ts';

// Bodies and headers as a kube-apiserver 1.28.0 was seen to answer them.
const JSON_HEADERS = { 'Cache-Control': 'no-cache, private', 'Content-Type': 'application/json' };

export function json(status: number, body: string): Answer {
  return { status, headers: { ...JSON_HEADERS }, body };
}

interface Failure {
  status: number;
  reason: string;
  message: string;
  details?: Wire<V1Status>['details'];
  metadata?: { continue?: string };
}

export class KubeError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function failureAnswer({ status, reason, message, details, metadata }: Failure): Answer {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: metadata ?? {},
    status: 'Failure',
    message,
    reason,
    ...(details !== undefined && { details }),
    code: status,
  };
  const answer = json(status, JSON.stringify(body));
  if (status === 403) answer.headers['X-Content-Type-Options'] = 'nosniff';
  return answer;
}

export function badRequest(message: string): KubeError {
  return new KubeError({ status: 400, reason: 'BadRequest', message });
}

export function unauthorized(): KubeError {
  return new KubeError({ status: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

export function forbidden(user: string, ask: KubeAttributes): KubeError {
  if (ask.resource.startsWith('/')) {
    const message = `forbidden: User "${user}" cannot ${ask.verb} path "${ask.resource}"`;
    return new KubeError({ status: 403, reason: 'Forbidden', message, details: {} });
  }
  const [resource = '', subresource] = ask.resource.split('/');
  const qualified = ask.group === '' ? resource : `${resource}.${ask.group}`;
  const named = ask.name === undefined ? qualified : `${qualified} "${ask.name}"`;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = ask.namespace === undefined ? 'at the cluster scope' : `in the namespace "${ask.namespace}"`;
  return new KubeError({
    status: 403,
    reason: 'Forbidden',
    message: `${named} is forbidden: User "${user}" cannot ${ask.verb} resource "${what}" in API group "${ask.group}" ${where}`,
    details: {
      ...(ask.name !== undefined && { name: ask.name }),
      ...(ask.group !== '' && { group: ask.group }),
      kind: resource,
    },
  });
}

export function notFound(group: string, resource: string, name: string): KubeError {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return new KubeError({
    status: 404,
    reason: 'NotFound',
    message: `${qualified} "${name}" not found`,
    details: { name, ...(group !== '' && { group }), kind: resource },
  });
}

export function methodNotAllowed(): KubeError {
  const message = 'the server does not allow this method on the requested resource';
  return new KubeError({ status: 405, reason: 'MethodNotAllowed', message, details: {} });
}

export function notAcceptable(): KubeError {
  const message =
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';
  return new KubeError({ status: 406, reason: 'NotAcceptable', message });
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

export function expired(continueToken: string): KubeError {
  return new KubeError({ status: 410, reason: 'Expired', message: TOO_OLD, metadata: { continue: continueToken } });
}

/** A path that no API serves, such as that of a CRD that is not installed: plain text, not a Status. */
export function noSuchPath(): Answer {
  return {
    status: 404,
    headers: {
      'Cache-Control': 'no-cache, private',
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    },
    body: '404 page not found\n',
  };
}

/** What priority and fairness answers: plain text as well, with the seconds to wait. */
export function tooManyRequests(): Answer {
  return {
    status: 429,
    headers: { ...noSuchPath().headers, 'Retry-After': '1' },
    body: 'Too many requests, please try again later.\n',
  };
}
