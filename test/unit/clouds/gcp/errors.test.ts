import { describe, expect, test } from '@jest/globals';
import { CallError, classify, mayPass } from '../../../../src/clouds/gcp/errors.ts';

interface About {
  readonly stage?: 'token' | 'api';
  readonly status?: number;
  readonly codes?: readonly string[];
}

function call(message: string, { stage = 'api', status = 0, codes = [] }: About = {}): CallError {
  return new CallError(message, { stage, status, codes, cause: undefined });
}

const FORBIDDEN = "Required 'compute.instances.list' permission for 'projects/shop'";

describe('who has to act', () => {
  test.each<[string, CallError, string, boolean, RegExp]>([
    [
      'permission',
      call(FORBIDDEN, { status: 403, codes: ['forbidden'] }),
      'denied',
      false,
      /compute\.instances\.list is denied .*gcp-check\.json/,
    ],
    [
      'API switched off',
      call('Compute Engine API has not been used in project 7 before or it is disabled.', {
        status: 403,
        codes: ['accessNotConfigured'],
      }),
      'api-disabled',
      true,
      /gcloud services enable compute\.googleapis\.com --project shop$/,
    ],
    [
      'API switched off, in the newer words',
      call('off', { status: 403, codes: ['SERVICE_DISABLED'] }),
      'api-disabled',
      true,
      /Enable it/,
    ],
    [
      'no such project',
      call('Failed to find project shop', { status: 404, codes: ['notFound'] }),
      'project',
      true,
      /Check gcp-projects$/,
    ],
    [
      'unknown project',
      call('Unknown project id: shop', { status: 400, codes: ['invalid'] }),
      'project',
      true,
      /Check gcp-projects$/,
    ],
    [
      'no billing',
      call('billing', { status: 403, codes: ['BILLING_DISABLED'] }),
      'project',
      true,
      /no billing account/,
    ],
    [
      'quota by 403',
      call('Quota exceeded', { status: 403, codes: ['rateLimitExceeded'] }),
      'throttled',
      false,
      /kept throttling/,
    ],
    ['quota by 429', call('Too many', { status: 429 }), 'throttled', false, /kept throttling/],
    [
      'expired',
      call('token expired', { status: 401, codes: ['ACCESS_TOKEN_EXPIRED'] }),
      'expired-credentials',
      true,
      /Log in again/,
    ],
    [
      'rejected',
      call('Invalid Credentials', { status: 401, codes: ['authError'] }),
      'bad-credentials',
      true,
      /does not accept/,
    ],
    [
      'perimeter',
      call("Request is prohibited by organization's policy.", { status: 403, codes: ['SECURITY_POLICY_VIOLATED'] }),
      'denied',
      false,
      /service perimeter$/,
    ],
    ['refused', call('Bad filter', { status: 400 }), 'refused', false, /refused the request/],
    ['server', call('backend', { status: 503 }), 'server', false, /also after retries/],
    [
      'no route',
      call('connect ECONNREFUSED', { codes: ['ECONNREFUSED'] }),
      'network',
      true,
      /HTTPS_PROXY and NO_PROXY/,
    ],
    ['broken off', call('aborted', { codes: ['ECONNRESET'] }), 'network', false, /broke off or timed out/],
    [
      'certificate',
      call('unable to verify', { codes: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'] }),
      'network',
      true,
      /NODE_EXTRA_CA_CERTS$/,
    ],
    ['time over', call('aborted', { codes: ['AbortError'] }), 'deadline', true, /input timeout$/],
    [
      'no credentials',
      call('Could not load the default credentials. Browse to https://x', { stage: 'token' }),
      'no-credentials',
      true,
      /google-github-actions\/auth/,
    ],
    [
      'file gone',
      call("ENOENT: no such file, lstat '/x'", { stage: 'token', codes: ['ENOENT'] }),
      'no-credentials',
      true,
      /is not there/,
    ],
    [
      'subject expired',
      call('invalid_grant: the token expired', { stage: 'token', status: 400 }),
      'expired-credentials',
      true,
      /right before this step/,
    ],
    ['token endpoint down', call('bad gateway', { stage: 'token', status: 502 }), 'server', false, /token endpoint/],
    [
      'token endpoint gone',
      call('no', { stage: 'token', codes: ['ENOTFOUND'] }),
      'network',
      true,
      /token endpoint .* cannot be reached/,
    ],
  ])('%s', (_, error, kind, isFinal, reason) => {
    const trouble = classify(error, 'instances.list', 'shop');
    expect([trouble.kind, trouble.isFinal]).toEqual([kind, isFinal]);
    expect(trouble.reason).toMatch(reason);
    expect(trouble.reason).not.toMatch(/\.$/);
  });

  test('a network that is not found, or a method that an endpoint lacks, says nothing about the project', () => {
    const missing = call('The resource was not found', { status: 404, codes: ['notFound'] });
    const trouble = classify(missing, 'networks.getRegionEffectiveFirewalls', 'shop');
    expect([trouble.kind, trouble.isFinal]).toEqual(['refused', false]);
    expect(classify(missing, 'firewalls.list', 'shop').isFinal).toBe(true);
  });

  test('the permission is the one that the answer names, else that of the call', () => {
    const named = call("Required 'compute.subnetworks.list' permission for 'x'", { status: 403 });
    expect(classify(named, 'routes.list', 'shop').permission).toBe('compute.subnetworks.list');
    expect(classify(call('no', { status: 403 }), 'routes.list', 'shop').permission).toBe('compute.routes.list');
    const impersonation = call("Permission 'iam.serviceAccounts.getAccessToken' denied", {
      stage: 'token',
      status: 403,
    });
    expect(classify(impersonation, 'routes.list', 'shop').permission).toBe('iam.serviceAccounts.getAccessToken');
  });

  test('what the clients wrap around it is seen through', () => {
    const wrapped = new Error('7 PERMISSION_DENIED', {
      cause: new Error('x', { cause: call(FORBIDDEN, { status: 403 }) }),
    });
    expect(classify(wrapped, 'instances.list', 'shop').kind).toBe('denied');
    expect(classify(new Error('Deadline exceeded: list'), 'instances.list', 'shop').kind).toBe('deadline');
    expect(classify(new SyntaxError('Unexpected token'), 'instances.list', 'shop').kind).toBe('server');
  });

  test('an answer cannot move the cursor of a log, nor fill it', () => {
    const { reason } = classify(call(`\u001b[2J\r\n${'x'.repeat(900)}`, { status: 400 }), 'instances.list', 'shop');
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(reason).not.toMatch(/[\u0000-\u001f]/);
    expect(reason.length).toBeLessThan(400);
  });
});

test.each<[CallError, boolean]>([
  [call('x', { status: 403, codes: ['rateLimitExceeded'] }), true],
  [call('x', { status: 403, codes: ['dailyLimitExceeded'] }), false],
  [call('x', { status: 403, codes: ['forbidden'] }), false],
  [call('x', { status: 429 }), true],
  [call('x', { status: 500 }), true],
  [call('x', { status: 408 }), true],
  [call('x', { status: 404 }), false],
  [call('x', { status: 401 }), false],
  [call('x', { codes: ['ECONNRESET'] }), true],
  [call('x', { codes: ['ENOTFOUND'] }), false],
  [call('x', { codes: ['SELF_SIGNED_CERT_IN_CHAIN'] }), false],
  [call('x', { codes: ['AbortError'] }), false],
  [call('x', { stage: 'token' }), false],
  [call('x', { stage: 'token', codes: ['EAI_AGAIN'] }), true],
])('worth another attempt: %#', (error, expected) => {
  expect(mayPass(error)).toBe(expected);
});
