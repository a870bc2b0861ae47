// Whatever is found, one copy is left, and deciding again changes nothing more.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideComment, type CommentStep, type OwnComment } from '../../../src/github/comments.ts';
import { decideIssue, type IssueStep, type OwnIssue } from '../../../src/github/issues.ts';

const TEXTS = ['a', 'b\n'] as const;
const text = fc.constantFrom(...TEXTS);
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 4 }).map((all) => all.sort((a, b) => a - b));

const comments = ids.chain((all) =>
  fc.tuple(...all.map((id) => text.map((body): OwnComment => ({ id, body, url: `u${id}` })))),
);
const issues = ids.chain((all) =>
  fc.tuple(
    ...all.map((id) =>
      fc
        .record({ title: text, body: text, isOpen: fc.boolean() })
        .map((one): OwnIssue => ({ id, url: `u${id}`, ...one })),
    ),
  ),
);

function doneToComments(ours: readonly OwnComment[], steps: readonly CommentStep[], body: string): OwnComment[] {
  const after = new Map(ours.map((one) => [one.id, one]));
  for (const step of steps) {
    if (step.do === 'create') after.set(99, { id: 99, body, url: 'u99' });
    else if (step.do === 'delete') after.delete(step.id);
    else after.set(step.id, { ...after.get(step.id)!, body });
  }
  return [...after.values()];
}

test('comments', () => {
  fc.assert(
    fc.property(comments, text, fc.boolean(), (ours, body, create) => {
      const after = doneToComments(ours, decideComment(ours, body, create), body);
      expect(after.map((one) => one.body)).toEqual(ours.length > 0 || create ? [body] : []);
      if (ours.length > 0) expect(after[0]!.id).toBe(ours[0]!.id);
      expect(decideComment(after, body, create)).toEqual([]);
    }),
  );
});

function doneToIssues(
  ours: readonly OwnIssue[],
  steps: readonly IssueStep[],
  message: { title: string; body: string },
) {
  const after = new Map(ours.map((one) => [one.id, one]));
  for (const step of steps) {
    if (step.do === 'create') {
      after.set(99, { id: 99, url: 'u99', isOpen: true, ...message });
      continue;
    }
    const before = after.get(step.id)!;
    if (step.do === 'retire') after.set(step.id, { ...before, isOpen: false });
    else
      after.set(step.id, {
        ...before,
        ...message,
        isOpen: step.do === 'close' ? false : step.do === 'reopen' || before.isOpen,
      });
  }
  return [...after.values()];
}

test('issues', () => {
  fc.assert(
    fc.property(issues, text, text, fc.constantFrom('open', 'closed', 'leave'), (ours, title, body, wanted) => {
      const message = { marker: 'm', title, body };
      const after = doneToIssues(ours, decideIssue(ours, message, wanted), { title, body });
      const open = after.filter((one) => one.isOpen);
      const wasOpen = ours.some((one) => one.isOpen);
      expect(open).toHaveLength(wanted === 'open' || (wanted === 'leave' && wasOpen) ? 1 : 0);
      for (const one of open) expect(one).toMatchObject({ title, body });
      // Nobody's number is lost, and a new one only where there was none.
      expect(after).toHaveLength(ours.length === 0 && wanted === 'open' ? 1 : ours.length);
      expect(decideIssue(after, message, wanted)).toEqual([]);
    }),
  );
});

test.each([
  [[false, true, true], 'open', [{ do: 'retire', id: 3 }]],
  [[false, false], 'open', [{ do: 'reopen', id: 1 }]],
  [[false, false], 'leave', []],
  [
    [true, true],
    'closed',
    [
      { do: 'close', id: 1 },
      { do: 'retire', id: 2 },
    ],
  ],
  [[], 'leave', []],
] as const)('issues that are open %j, wanted %s', (open, wanted, expected) => {
  const message = { marker: 'm', title: 't', body: 'b' };
  const ours = open.map((isOpen, at): OwnIssue => ({ id: at + 1, title: 't', body: 'b', url: 'u', isOpen }));
  expect(decideIssue(ours, message, wanted)).toEqual(expected);
});
