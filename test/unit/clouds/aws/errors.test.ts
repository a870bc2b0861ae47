import { expect, test } from '@jest/globals';
import { classify } from '../../../../src/clouds/aws/errors.ts';

function sdkError(name: string, message = '', more: object = {}): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, ...more });
}

function nodeError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code, $metadata: {} });
}

test.each([
  ['UnauthorizedOperation', sdkError('UnauthorizedOperation', 'You are not authorized'), 'denied', false],
  ["moto's word", sdkError('AccessDenied', 'no'), 'denied', false],
  [
    'no provider',
    sdkError('CredentialsProviderError', 'Could not load credentials from any providers'),
    'no-credentials',
    true,
  ],
  [
    'a profile that is not there',
    sdkError('CredentialsProviderError', 'Could not resolve credentials using profile: [x]'),
    'no-credentials',
    true,
  ],
  [
    'an SSO session that ended',
    sdkError('CredentialsProviderError', 'The SSO session has expired'),
    'expired-credentials',
    true,
  ],
  ['RequestExpired', sdkError('RequestExpired', 'Request has expired.'), 'expired-credentials', true],
  ['ExpiredToken', sdkError('ExpiredToken'), 'expired-credentials', true],
  ['ExpiredTokenException', sdkError('ExpiredTokenException', 'Token expired'), 'expired-credentials', true],
  ['AuthFailure', sdkError('AuthFailure', 'AWS was not able to validate'), 'bad-credentials', true],
  ['SignatureDoesNotMatch', sdkError('SignatureDoesNotMatch'), 'bad-credentials', true],
  ['OptInRequired', sdkError('OptInRequired', 'You are not subscribed'), 'region', true],
  ['PendingVerification', sdkError('PendingVerification'), 'region', true],
  [
    'RequestLimitExceeded',
    sdkError('RequestLimitExceeded', '', { $metadata: { httpStatusCode: 503 } }),
    'throttled',
    false,
  ],
  ['429', sdkError('Unknown', '', { $metadata: { httpStatusCode: 429 } }), 'throttled', false],
  ['no such host', nodeError('ENOTFOUND', 'getaddrinfo ENOTFOUND ec2.eu-wset-1.amazonaws.com'), 'network', true],
  ['nobody listens', Object.assign(nodeError('ECONNREFUSED'), { name: 'TimeoutError' }), 'network', true],
  [
    'wrapped by the SDK',
    new Error('AWS SDK error wrapper for Error: connect ECONNREFUSED 127.0.0.1:9'),
    'network',
    true,
  ],
  ['reset', nodeError('ECONNRESET', 'aborted'), 'network', false],
  ['too slow', Object.assign(new Error('exceeded'), { name: 'TimeoutError' }), 'network', false],
  ['run out of time', Object.assign(new Error('Request aborted'), { name: 'AbortError' }), 'deadline', true],
  ['a page of HTML', sdkError('SyntaxError', 'not XML', { $metadata: { httpStatusCode: 500 } }), 'server', false],
  [
    'an answer that is none',
    sdkError('TypeError', 'x is no object', { $metadata: { httpStatusCode: 200 } }),
    'server',
    false,
  ],
  ['something new', sdkError('InvalidParameterValue', 'The filter is invalid'), 'refused', false],
  ['a string', 'boom', 'server', false],
])('%s', (_, error, kind, isFinal) => {
  const trouble = classify(error, 'DescribeSubnets', 'eu-west-1');
  expect({ kind: trouble.kind, isFinal: trouble.isFinal }).toEqual({ kind, isFinal });
  expect(trouble.permission).toBe(kind === 'denied' ? 'ec2:DescribeSubnets' : undefined);
  expect(trouble.reason).not.toMatch(/\.$|undefined|\n/);
});

test('a denial keeps who was denied and why, without the blob that only AWS can read', () => {
  const message =
    'You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ec2:DescribeVpcs with an explicit deny in a service control policy. Encoded authorization failure message: fI4bbbbbbbb';
  const { reason, permission } = classify(sdkError('UnauthorizedOperation', message), 'DescribeVpcs', 'eu-west-1');
  expect(permission).toBe('ec2:DescribeVpcs');
  expect(reason).toBe(
    'ec2:DescribeVpcs is denied (UnauthorizedOperation: User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: ec2:DescribeVpcs with an explicit deny in a service control policy); docs/permissions/aws-check.json allows all that is needed',
  );
});

test('a refusal while credentials are fetched is about the role, not about EC2', () => {
  const { kind, reason, permission } = classify(sdkError('AccessDenied', 'Not authorized'), 'credentials', 'eu-west-1');
  expect([kind, permission]).toEqual(['bad-credentials', undefined]);
  expect(reason).toMatch(/trust policy/);
});

test('what to do is named: log in, check the region, raise the time limit', () => {
  const said = (error: Error): string => classify(error, 'DescribeVpcs', 'eu-wset-1').reason;
  expect(said(sdkError('CredentialsProviderError'))).toMatch(
    /^no AWS credentials were found\. Run aws-actions\/configure/,
  );
  expect(said(nodeError('ENOTFOUND'))).toMatch(/Check that eu-wset-1 is a region/);
  expect(said(sdkError('AuthFailure', 'no'))).toMatch(/has enabled eu-wset-1/);
  expect(said(Object.assign(new Error(''), { name: 'AbortError' }))).toMatch(/input timeout/);
});

test('texts of strangers come on one line and bounded', () => {
  const { reason } = classify(
    sdkError('Odd', `a\n::error::b\u001b[31m${'x'.repeat(1000)}`),
    'DescribeVpcs',
    'eu-west-1',
  );
  expect(reason).toMatch(/^[\x20-\x7e]*$/);
  expect(reason.length).toBeLessThan(400);
});
