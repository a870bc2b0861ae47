import { describe, expect, test } from '@jest/globals';
import { adviseRetry, ArmError, classify } from '../../../../src/clouds/azure/errors.ts';

const PERMISSION = 'Microsoft.Network/routeTables/read';

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

function judge(error: unknown): ReturnType<typeof classify> {
  return classify(error, PERMISSION, 'subscription s', false);
}

const DENIED =
  "The client 'c' with object id 'o' does not have authorization to perform action 'microsoft.network/routeTables/read' over scope '/subscriptions/s' or the scope is invalid. If access was recently granted, please refresh your credentials.";

describe('what it was', () => {
  test.each<[string, unknown, string, boolean]>([
    ['an action that no role allows', new ArmError(403, 'AuthorizationFailed', DENIED), 'denied', false],
    ['a deny assignment', new ArmError(403, 'DenyAssignmentAuthorizationFailed', 'no'), 'denied', false],
    [
      'a token that ended',
      new ArmError(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time'),
      'expired-credentials',
      true,
    ],
    [
      'a token of nobody',
      new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.'),
      'bad-credentials',
      true,
    ],
    [
      'a token of another tenant',
      new ArmError(401, 'InvalidAuthenticationTokenTenant', 'wrong issuer'),
      'bad-credentials',
      true,
    ],
    [
      'a subscription of others',
      new ArmError(404, 'SubscriptionNotFound', "The subscription 's' could not be found."),
      'subscription',
      true,
    ],
    ['a resource that has gone', new ArmError(404, 'ResourceNotFound', 'was not found'), 'gone', false],
    ['throttling', new ArmError(429, 'TooManyRequests', 'slow down', 3000), 'throttled', false],
    ['a server in trouble', new ArmError(503, 'ServerTimeout', 'later'), 'server', false],
    ['an answer without a list', new ArmError(200, '', 'the answer holds no list'), 'server', false],
    ['a version that is not served', new ArmError(400, 'InvalidApiVersionParameter', 'no'), 'refused', false],
    ['a proxy that wants a password', new ArmError(407, '', 'HTTP 407'), 'network', true],
    ['no az', named('CredentialUnavailableError', 'Azure CLI could not be found.'), 'no-credentials', true],
    [
      'an old assertion',
      named('AuthenticationError', 'AADSTS700024: Client assertion is not within its valid time range. Trace ID: x'),
      'expired-credentials',
      true,
    ],
    [
      'an old session of az',
      named('CredentialUnavailableError', 'AADSTS70043: The refresh token has expired. az login'),
      'expired-credentials',
      true,
    ],
    ['a stranger', named('AuthenticationError', 'AADSTS700016: Application was not found'), 'bad-credentials', true],
    [
      'a host that has no address',
      named('RestError', 'getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND' }),
      'network',
      true,
    ],
    [
      'a certificate of nobody',
      named('RestError', 'self-signed', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'network',
      true,
    ],
    ['a connection that broke off', named('RestError', 'aborted', { code: 'ECONNRESET' }), 'network', false],
  ])('%s', (_name, error, kind, isFinal) => {
    expect(judge(error)).toMatchObject({ kind, isFinal });
  });

  test('the deadline explains whatever was cut off by it', () => {
    expect(classify(named('AbortError', 'aborted'), PERMISSION, 'x', true)).toMatchObject({ kind: 'deadline' });
  });
});

describe('what is said', () => {
  test('what may not be linked to is named, not what may be written', () => {
    const write = 'Microsoft.Network/networkInterfaces/write';
    const message =
      `The client 'c' with object id 'o' has permission to perform action '${write}' on scope '${'/long'.repeat(80)}'; ` +
      "however, it does not have permission to perform action 'Microsoft.Network/publicIPAddresses/join/action' on the linked scope(s) '/ip' or the linked scope(s) are invalid.";
    const error = new ArmError(403, 'LinkedAuthorizationFailed', message);
    const { reason, permission } = classify(error, write, 'subscription s', false);
    expect(permission).toBe('Microsoft.Network/publicIPAddresses/join/action');
    expect(reason).toBe(
      `${permission ?? ''} is denied over /ip (LinkedAuthorizationFailed); docs/permissions/azure-apply.json allows all that is needed`,
    );
  });

  test('action and scope, in the spelling of the role', () => {
    const { reason, permission } = judge(new ArmError(403, 'AuthorizationFailed', DENIED));
    expect(permission).toBe(PERMISSION);
    expect(reason).toBe(
      'Microsoft.Network/routeTables/read is denied over /subscriptions/s (AuthorizationFailed); docs/permissions/azure-check.json allows all that is needed',
    );
  });

  test('another action than the call’s own is named as the answer names it', () => {
    const other = DENIED.replace(
      'microsoft.network/routeTables/read',
      'Microsoft.Network/virtualNetworks/subnets/read',
    );
    expect(judge(new ArmError(403, 'AuthorizationFailed', other)).permission).toBe(
      'Microsoft.Network/virtualNetworks/subnets/read',
    );
  });

  test('nothing of Entra ID’s traces, on one line of bounded length', () => {
    const text = `AADSTS700016: no such application.\r\nTrace ID: 123\r\nCorrelation ID: 456`;
    expect(judge(named('AuthenticationError', text)).reason).toMatch(/\(AADSTS700016: no such application\)/);
    const { reason } = judge(new ArmError(400, 'X', `a\u001b[31m${'b'.repeat(1000)}`));
    expect(reason).not.toMatch(/\p{Cc}/u);
    expect(reason.length).toBeLessThan(400);
  });
});

describe('what may pass', () => {
  test.each<[boolean, unknown]>([
    [true, new ArmError(500, '', '')],
    [true, new ArmError(408, '', '')],
    [false, new ArmError(501, '', '')],
    [false, new ArmError(403, '', '')],
    [true, named('RestError', '', { code: 'ECONNRESET' })],
    [true, named('RestError', '', { code: 'PARSE_ERROR' })],
    [true, named('AbortError', 'timed out')],
    [false, named('RestError', '', { code: 'ENOTFOUND' })],
    [false, named('AuthenticationError', '')],
    [false, named('RestError', '', { code: 'CERT_HAS_EXPIRED' })],
  ])('%p: %p', (retry, error) => {
    expect(adviseRetry(error).retry).toBe(retry);
  });

  test('throttling waits as long as it is told', () => {
    expect(adviseRetry(new ArmError(429, '', '', 7000))).toEqual({ retry: true, waitMs: 7000 });
    expect(adviseRetry(new ArmError(429, '', ''))).toEqual({ retry: true });
  });
});
