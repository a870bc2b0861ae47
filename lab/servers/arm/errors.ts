import { randomUUID } from 'node:crypto';

import type { Answer } from '../exchange.ts';

/** An error in Resource Manager's own words. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: readonly { code: string; message: string }[];
  constructor(
    status: number,
    code: string,
    message: string,
    headers: Record<string, string> = {},
    details: ArmError['details'] = [],
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.details = details;
  }
}

export function armHeaders(): Record<string, string> {
  const correlation = randomUUID();
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': randomUUID(),
    'x-ms-correlation-request-id': correlation,
    'x-ms-routing-request-id': `WESTEUROPE:${new Date().toISOString().replace(/[-:.]/g, '')}:${correlation}`,
  };
}

export function errorAnswer({ status, code, message, headers, details }: ArmError): Answer {
  const error = { code, message, ...(details.length > 0 && { details }) };
  return { status, headers: { ...armHeaders(), ...headers }, body: JSON.stringify({ error }) };
}

export function unauthenticated(problem: 'missing' | 'invalid' | 'expired' | 'audience', tenant: string): ArmError {
  const challenge = (text: string): Record<string, string> => ({
    'WWW-Authenticate': `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${text}"`,
  });
  switch (problem) {
    case 'missing': {
      const text = "The authentication failed because of missing 'Authorization' header.";
      const message = "Authentication failed. The 'Authorization' header is missing.";
      return new ArmError(401, 'AuthenticationFailed', message, challenge(text));
    }
    case 'invalid':
      return new ArmError(
        401,
        'InvalidAuthenticationToken',
        'The access token is invalid.',
        challenge('Invalid token.'),
      );
    case 'expired': {
      const message = 'The access token expiry UTC time is earlier than current UTC time.';
      return new ArmError(401, 'ExpiredAuthenticationToken', message, challenge('The access token expired.'));
    }
    case 'audience': {
      const message = 'The access token has been obtained for wrong audience or resource.';
      return new ArmError(401, 'InvalidAuthenticationTokenAudience', message, challenge('Wrong audience.'));
    }
  }
}

export function apiVersionError(version: string | null, known: readonly string[]): ArmError {
  if (version === null) {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    return new ArmError(400, 'MissingApiVersionParameter', message);
  }
  const message = `The api-version '${version}' is invalid. The supported versions are '${known.toReversed().join(',')}'.`;
  return new ArmError(400, 'InvalidApiVersionParameter', message);
}

export function authorizationFailed(client: { id: string; objectId: string }, action: string, scope: string): ArmError {
  const message =
    `The client '${client.id}' with object id '${client.objectId}' does not have authorization to perform action ` +
    `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return new ArmError(403, 'AuthorizationFailed', message);
}

interface Right {
  action: string;
  scope: string;
}

export function linkedAuthorizationFailed(
  client: { clientId: string; objectId: string },
  allowed: Right,
  missing: Right,
): ArmError {
  const message =
    `The client '${client.clientId}' with object id '${client.objectId}' has permission to perform action ` +
    `'${allowed.action}' on scope '${allowed.scope}'; however, it does not have permission to perform action ` +
    `'${missing.action}' on the linked scope(s) '${missing.scope}' or the linked scope(s) are invalid.`;
  return new ArmError(403, 'LinkedAuthorizationFailed', message);
}

/** The network provider's; seen with public addresses and route tables. */
export function etagMismatch(sent: string, present: string, resource: string): ArmError {
  const message = `Etag provided in if-match header ${sent} does not match etag ${present} of resource ${resource} in NRP data store.`;
  const details = [{ code: 'PreconditionFailedEtagMismatch', message }];
  return new ArmError(412, 'PreconditionFailed', 'Precondition failed.', {}, details);
}

/** The network provider takes one change of a resource at a time; seen with route tables. */
export function anotherOperation(operation: string, resource: string): ArmError {
  const message = `Operation ${operation} is updating resource ${resource}. The call can be retried in 1 seconds.`;
  const details = [{ code: 'RetryableErrorDueToAnotherOperation', message }];
  return new ArmError(429, 'RetryableError', 'A retryable error occurred.', { 'Retry-After': '1' }, details);
}

export function subscriptionNotFound(id: string): ArmError {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    const message = `The provided subscription identifier '${id}' is malformed or invalid.`;
    return new ArmError(400, 'InvalidSubscriptionId', message);
  }
  return new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);
}

export function groupNotFound(name: string): ArmError {
  return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

export function resourceNotFound(type: string, name: string, group: string): ArmError {
  const message =
    `The Resource '${type}/${name}' under resource group '${group}' was not found. ` +
    'For more details please go to https://aka.ms/ARMResourceNotFoundFix';
  return new ArmError(404, 'ResourceNotFound', message);
}

export function throttled(subscription: string, actor: string, kind: 'read' | 'write' | 'delete'): ArmError {
  const message = `Number of '${kind}' requests for subscription '${subscription}' actor '${actor}' exceeded. Please try again after '1' seconds.`;
  return new ArmError(429, 'SubscriptionRequestsThrottled', message, {
    'Retry-After': '1',
    [`x-ms-ratelimit-remaining-subscription-${kind}s`]: '0',
  });
}
