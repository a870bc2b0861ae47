import { expect, test } from '@jest/globals';
import { CallError } from '../../../../src/clouds/gcp/errors.ts';
import { writeTroubleOf } from '../../../../src/clouds/gcp/write-troubles.ts';
import type { WriteTrouble } from '../../../../src/ports.ts';

type About = ConstructorParameters<typeof CallError>[1];

function failed(message: string, status: number, code: string, more: Partial<About> = {}): CallError {
  return new CallError(message, { stage: 'api', status, codes: [code], cause: undefined, ...more });
}

test.each<[string, unknown, WriteTrouble['trouble'], RegExp]>([
  ['an old fingerprint', failed('Supplied fingerprint', 412, 'conditionNotMet'), 'conflict', /refused the request/],
  ['the name is taken', failed('already exists', 409, 'alreadyExists'), 'conflict', /already exists/],
  ['it has gone', failed("The resource 'x' was not found", 404, 'notFound'), 'conflict', /was not found/],
  ['the project is not there', failed('Failed to find project p', 404, 'notFound'), 'refused', /no project/],
  ['another operation is under way', failed("'x' is not ready", 400, 'resourceNotReady'), 'busy', /not ready/],
  ['the same, as operations say it', failed("'x' is not ready", 400, 'RESOURCE_NOT_READY'), 'busy', /not ready/],
  ['too fast', failed('Quota exceeded for quota metric', 403, 'rateLimitExceeded'), 'busy', /throttling/],
  ['full', failed("Quota 'ROUTES' exceeded. Limit: 5.0", 403, 'quotaExceeded'), 'refused', /'ROUTES' exceeded/],
  [
    'no next hop',
    failed("Invalid value for field 'resource.nextHopInstance': 'projects/p'", 400, 'invalid'),
    'conflict',
    /nextHop/,
  ],
  [
    'nonsense about a project',
    failed("Invalid value for field 'x': 'projects/p'", 400, 'invalid'),
    'refused',
    /^Compute Engine refused/,
  ],
  ['an internal error', failed('Internal error', 500, 'internalError'), 'unclear', /usable answer/],
  ['a broken connection', failed('reset', 0, 'ECONNRESET'), 'unclear', /broke off/],
  ['nobody there', failed('refused', 0, 'ECONNREFUSED'), 'busy', /cannot be reached/],
  ['no token for want of a server', failed('boom', 500, 'x', { stage: 'token' }), 'busy', /token endpoint/],
  ['no answer that means anything', new Error('Unexpected end of JSON input'), 'unclear', /usable answer/],
])('%s', (_, error, trouble, reason) => {
  const found = writeTroubleOf(error, 'routes.create', 'p');
  expect(found.trouble).toBe(trouble);
  expect(found.reason).toMatch(reason);
});

test.each<[string, CallError, string, RegExp]>([
  [
    'the permission that the answer names',
    failed("Required 'compute.networks.updatePolicy' permission for 'n'", 403, 'forbidden'),
    'compute.networks.updatePolicy',
    /gcp-apply\.json/,
  ],
  ['else that of the request', failed('no', 403, 'forbidden'), 'compute.instances.update', /gcp-apply\.json/],
  [
    'a machine with a service account',
    failed("The user does not have access to service account 'a@b'.", 400, 'SERVICE_ACCOUNT_ACCESS_DENIED'),
    'iam.serviceAccounts.actAs',
    /roles\/iam\.serviceAccountUser/,
  ],
])('denied: %s', (_, error, permission, reason) => {
  expect(writeTroubleOf(error, 'instances.update', 'p')).toEqual({
    trouble: 'denied',
    permission,
    reason: expect.stringMatching(reason),
  });
});

test('what the other side asks to wait is handed on', () => {
  const error = failed('later', 429, 'RATE_LIMIT_EXCEEDED', { waitMs: 7_000 });
  expect(writeTroubleOf(error, 'routes.create', 'p')).toMatchObject({ trouble: 'busy', waitMs: 7_000 });
});
