import { expect, test } from '@jest/globals';
import { toTrouble } from '../../../src/github/trouble.ts';

const NOW = Date.UTC(2026, 8, 1);
const refused = (status: number, message: string, headers: Record<string, string> = {}, errors?: unknown) => ({
  status,
  message: 'with the url and perhaps more',
  request: { headers: { authorization: 'token secret' }, body: 'secret' },
  response: { headers, data: { message, ...(errors !== undefined && { errors }) } },
});
const reset = (seconds: number) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(NOW / 1000 + seconds),
});

test.each([
  [refused(401, 'Bad credentials'), 'bad-credentials', undefined],
  [refused(403, 'Resource not accessible by integration'), 'denied', undefined],
  [refused(403, 'Resource not accessible by integration', { 'x-ratelimit-remaining': '55' }), 'denied', undefined],
  [refused(403, 'Unable to create comment because issue is locked.'), 'locked', undefined],
  [refused(404, 'Not Found'), 'missing', undefined],
  [refused(410, 'Issues has been disabled in this repository.'), 'disabled', undefined],
  [refused(422, 'Validation Failed'), 'refused', undefined],
  [refused(408, 'Request Timeout'), 'unclear', undefined],
  [refused(500, 'Server Error'), 'unclear', undefined],
  [refused(503, 'Unavailable'), 'unclear', undefined],
  [{ status: 500, message: 'fetch failed' }, 'unclear', undefined],
  [new TypeError('terminated'), 'unclear', undefined],
  [refused(403, 'API rate limit exceeded', reset(90)), 'limited', 90_000],
  [refused(429, 'API rate limit exceeded', reset(-5)), 'limited', 0],
  [refused(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '17' }), 'limited', 17_000],
  [refused(429, 'Slow down', { 'retry-after': '17', ...reset(90) }), 'limited', 17_000],
  [refused(403, 'You have exceeded a secondary rate limit.'), 'limited', 60_000],
  [refused(403, 'You have triggered an abuse detection mechanism.'), 'limited', 60_000],
  [refused(429, 'Too many'), 'limited', 60_000],
  [refused(403, 'used up', { 'x-ratelimit-remaining': '0' }), 'limited', 60_000],
  [{ errors: [{ type: 'RATE_LIMITED', message: 'x' }], headers: reset(30) }, 'limited', 30_000],
  [{ errors: [{ type: 'FORBIDDEN', message: 'x' }], headers: {} }, 'denied', undefined],
  [{ errors: [{ message: 'x' }] }, 'refused', undefined],
  ['text', 'unclear', undefined],
  [undefined, 'unclear', undefined],
])('%j: %s', (error, kind, waitMs) => {
  const trouble = toTrouble(error, NOW);
  expect(trouble.kind).toBe(kind);
  expect(trouble.details.waitMs).toBe(waitMs);
  expect(JSON.stringify([trouble, trouble.message])).not.toContain('secret');
  expect(toTrouble(trouble, NOW + 1)).toBe(trouble);
});

test.each([
  [[{ message: 'Body is too long', value: 'secret' }], 'Validation Failed: Body is too long'],
  [[{ code: 'invalid', field: 'state', resource: 'Issue', value: 'secret' }], 'Validation Failed: state invalid'],
  [['one', { message: 'two' }, 3, null], 'Validation Failed: one; two'],
  ['none', 'Validation Failed'],
])('reasons %j', (errors, expected) => {
  expect(toTrouble(refused(422, 'Validation Failed', {}, errors), NOW).message).toBe(expected);
});
