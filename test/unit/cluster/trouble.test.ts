import { describe, expect, test } from '@jest/globals';
import { explainTrouble } from '../../../src/cluster/explain.ts';
import { decideAdvice, parseTrouble, renderTrouble } from '../../../src/cluster/trouble.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

function fetchFailed(cause: object): Error {
  return new TypeError('fetch failed', { cause });
}

function coded(code: string): Error {
  return Object.assign(new Error('something with a body: {"token":"x"}'), { code });
}

describe('errors as the client throws them', () => {
  test.each<[string, unknown, string, boolean, RegExp]>([
    [
      'no such name',
      fetchFailed(coded('ENOTFOUND')),
      'connection failed (ENOTFOUND)',
      true,
      /does not resolve from this runner/,
    ],
    ['no name server', fetchFailed(coded('EAI_AGAIN')), 'connection failed (EAI_AGAIN)', true, /does not resolve/],
    ['refused', fetchFailed(coded('ECONNREFUSED')), 'connection failed (ECONNREFUSED)', true, /Nothing listens there/],
    [
      'several addresses refused',
      fetchFailed(new AggregateError([coded('ECONNREFUSED')], '')),
      'connection failed (ECONNREFUSED)',
      true,
      /Nothing listens/,
    ],
    ['no way', fetchFailed(coded('ENETUNREACH')), 'connection failed (ENETUNREACH)', true, /does not reach it/],
    [
      'no connection in time',
      fetchFailed(coded('UND_ERR_CONNECT_TIMEOUT')),
      'connection failed (UND_ERR_CONNECT_TIMEOUT)',
      true,
      /does not reach it/,
    ],
    ['our own time limit', new DOMException('late', 'TimeoutError'), 'no answer in time', true, /does not reach it/],
    [
      'broken off in the body',
      new TypeError('terminated', { cause: coded('UND_ERR_SOCKET') }),
      'connection failed (UND_ERR_SOCKET)',
      true,
      /connection broke/,
    ],
    [
      'broken off without a code',
      new TypeError('terminated'),
      'connection failed (broken off)',
      true,
      /connection broke/,
    ],
    [
      'unknown issuer',
      fetchFailed(coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')),
      'TLS failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
      false,
      /issuer is unknown/,
    ],
    [
      'self-signed',
      fetchFailed(coded('DEPTH_ZERO_SELF_SIGNED_CERT')),
      'TLS failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
      false,
      /issuer is unknown/,
    ],
    ['expired', fetchFailed(coded('CERT_HAS_EXPIRED')), 'TLS failed (CERT_HAS_EXPIRED)', false, /Renew/],
    [
      'client certificate refused',
      fetchFailed(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')),
      'TLS failed (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
      false,
      /client certificate/,
    ],
    [
      'broken JSON',
      new SyntaxError('Unexpected token } in {"token":"x"}'),
      'the answer is none of a Kubernetes API',
      false,
      /login page/,
    ],
    [
      'something else',
      new Error('HTTP protocol is not allowed'),
      'HTTP protocol is not allowed',
      false,
      /kubectl get nodes/,
    ],
    ['a quoted header', new Error('"Bearer abc def" is invalid'), '"Bearer ***" is invalid', false, /kubectl/],
    ['a quoted URL', new Error('no https://me:pw@host/'), 'no https://***@host/', false, /kubectl/],
    ['not even an error', 'text', 'text', false, /kubectl get nodes/],
  ])('%s', (_, error, text, retried, hint) => {
    const trouble = parseTrouble(error, NOW);
    expect(renderTrouble(trouble)).toBe(text);
    expect(decideAdvice(trouble)).toEqual({ retry: retried });
    const explained = explainTrouble(trouble, { server: 'https://k', action: 'list nodes', failed: 1 });
    expect(explained.message).toBe(`The API server https://k could not be asked to list nodes: ${text}.`);
    expect(explained.hint).toMatch(hint);
  });

  test('a date in Retry-After counts from now', () => {
    const headers = { 'retry-after': 'Fri, 20 Nov 2026 12:00:09 GMT' };
    const error = Object.assign(new Error('long'), { code: 429, body: 'slow down', headers });
    expect(decideAdvice(parseTrouble(error, NOW))).toEqual({ retry: true, waitMs: 9000 });
  });

  test('a long message is cut, and is one line', () => {
    const body = JSON.stringify({ message: `a\n${'b'.repeat(1000)}` });
    const text = renderTrouble(parseTrouble(Object.assign(new Error(''), { code: 400, body, headers: {} }), NOW));
    expect(text).toMatch(/^HTTP 400: a b+\.\.\.$/);
    expect(text.length).toBeLessThan(320);
  });

  test.each([400, 401, 403, 404, 405, 409, 410, 422])('HTTP %i is final', (code) => {
    expect(decideAdvice(parseTrouble(Object.assign(new Error(''), { code, headers: {} }), NOW))).toEqual({
      retry: false,
    });
  });
});
