import { expect, test } from '@jest/globals';
import { GitHubTrouble, type TroubleKind } from '../../../src/github/trouble.ts';
import { explain, toAccessError, toDeliveryError } from '../../../src/github/words.ts';

const ATTEMPT = { what: 'comment on pull request 7', permission: 'pull-requests: write' };
const EVENT = { name: 'pull_request', isUntrusted: false };
const INTEGRATION = 'Resource not accessible by integration';
const KINDS: Readonly<Record<TroubleKind, RegExp>> = {
  'bad-credentials': /token does not count/,
  denied: /GitHub says/,
  missing: /GitHub says/,
  locked: /is locked/,
  disabled: /GitHub says/,
  limited: /from 1970-01-01T00:01:05Z on/,
  unclear: /did not answer/,
  refused: /GitHub says/,
};

test.each(Object.entries(KINDS) as [TroubleKind, RegExp][])(
  '%s: what was tried, why not, what to do',
  (kind, words) => {
    const trouble = new GitHubTrouble(kind, 'It is so.', { waitMs: 65_000 });
    const explained = explain(trouble, ATTEMPT, EVENT, 0);
    for (const error of [toDeliveryError(explained), toAccessError(explained)]) {
      expect(error.message).toMatch(/^This run could not comment on pull request 7/);
      expect(error.message).toMatch(words);
      expect(error.message).not.toContain('..');
      expect(error.hint).not.toBe('');
      expect(error.cause).toBe(trouble);
    }
  },
);

test.each([
  ['this workflow', INTEGRATION, EVENT, 'permissions:\n  contents: read\n  pull-requests: write'],
  ['a fork', INTEGRATION, { ...EVENT, isUntrusted: true }, 'only reads'],
  ['pull_request_target', INTEGRATION, { name: 'pull_request_target', isUntrusted: true }, 'permissions:'],
  ['somebody’s own token', 'Resource not accessible by personal access token', EVENT, 'Give the token in github-token'],
])('a right that lacks, on %s', (_, message, event, hint) => {
  expect(explain(new GitHubTrouble('denied', message), ATTEMPT, event, 0).hint).toContain(hint);
});

test('a right is not listed twice', () => {
  const { hint } = explain(
    new GitHubTrouble('denied', INTEGRATION),
    { what: 'read x', permission: 'contents: read' },
    EVENT,
    0,
  );
  expect(hint.match(/contents: read/g)).toHaveLength(1);
});
