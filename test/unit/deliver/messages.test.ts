import { describe, expect, test } from '@jest/globals';
import { hasProblems, wantedIssue, writeMessages } from '../../../src/deliver/messages.ts';
import type { Config } from '../../../src/model/config.ts';
import { DeliveryError } from '../../../src/model/errors.ts';
import type { GitHub, Ports, RunEvent } from '../../../src/ports.ts';
import type { FindingView, View } from '../../../src/report/view.ts';
import { brokenJudgement, finding, judgement, unknownJudgement, view } from '../report/worlds.ts';

const GOOD = view(judgement({ verdict: 'pass' }));
const BROKEN = view(brokenJudgement());
const UNKNOWN = view(unknownJudgement());

function mark(one: View, change: Partial<FindingView>): View {
  return { ...one, findings: one.findings.map((each) => ({ ...each, ...change })) };
}

const STANDING = mark(BROKEN, { standing: 'standing' });
const ACCEPTED = mark(BROKEN, { accepted: { rule: 'cloud-forwarding-off', reason: 'known' } });
const NOTICED = view(judgement({ verdict: 'pass', findings: [finding({ severity: 'notice' })] }));
const UNSEEN = { ...GOOD, drift: { ...GOOD.drift, unseen: [{ key: 'k', rule: 'orphan-route', title: 't' }] } };

test.each<[string, View, boolean, 'open' | 'closed' | 'leave']>([
  ['all well', GOOD, false, 'closed'],
  ['broken', BROKEN, true, 'open'],
  ['broken as before', STANDING, true, 'leave'],
  ['broken and accepted', ACCEPTED, true, 'closed'],
  ['unknown', UNKNOWN, true, 'leave'],
  ['a notice', NOTICED, false, 'closed'],
  ['something not looked for', UNSEEN, false, 'leave'],
])('%s: a comment is due: %p; the issue is %s', (_, one, problems, issue) => {
  expect([hasProblems(one), wantedIssue(one)]).toEqual([problems, issue]);
});

interface Sent {
  readonly comments: { pullRequest: number; create: boolean }[];
  readonly issues: string[];
  readonly said: string[];
}

async function send(
  config: Partial<Config>,
  event: Partial<RunEvent>,
  one: View,
  error?: DeliveryError,
): Promise<Sent> {
  const sent: Sent = { comments: [], issues: [], said: [] };
  const github: GitHub = {
    event: { name: 'x', isUntrusted: false, ...event },
    comment: async (pullRequest, _, create) => {
      sent.comments.push({ pullRequest, create });
      return error ?? { kind: 'created', url: 'https://github.com/c' };
    },
    issue: async (_, wanted) => {
      sent.issues.push(wanted);
      return error ?? { kind: 'created', url: 'https://github.com/i' };
    },
    readBase: async () => undefined,
  };
  const say = (text: string): void => void sent.said.push(text);
  const log = { debug: say, info: say, warning: say, group: async <T>(_: string, work: () => Promise<T>) => work() };
  const both = { comment: 'on-problems', driftIssue: 'never', ...config } as Config;
  await writeMessages(one, both, { log } as unknown as Ports, github);
  return sent;
}

describe('who gets what', () => {
  test.each<[string, Partial<Config>, Partial<RunEvent>, View, Sent['comments'], Sent['issues']]>([
    ['a pull request with problems', {}, { pullRequest: 7 }, BROKEN, [{ pullRequest: 7, create: true }], []],
    ['one without: only an old comment changes', {}, { pullRequest: 7 }, GOOD, [{ pullRequest: 7, create: false }], []],
    ['one without, always', { comment: 'always' }, { pullRequest: 7 }, GOOD, [{ pullRequest: 7, create: true }], []],
    ['never', { comment: 'never' }, { pullRequest: 7 }, BROKEN, [], []],
    ['a fork', { driftIssue: 'on-problems' }, { pullRequest: 7, isUntrusted: true }, BROKEN, [], []],
    [
      'a run beside a fork’s pull request',
      {},
      { name: 'pull_request_target', pullRequest: 7, isUntrusted: true },
      BROKEN,
      [{ pullRequest: 7, create: true }],
      [],
    ],
    ['no pull request', {}, {}, BROKEN, [], []],
    ['a nightly run', { driftIssue: 'on-problems' }, {}, BROKEN, [], ['open']],
    [
      'a pull request is no nightly run',
      { driftIssue: 'on-problems', comment: 'never' },
      { pullRequest: 7 },
      BROKEN,
      [],
      [],
    ],
  ])('%s', async (_, config, event, one, comments, issues) => {
    const sent = await send(config, event, one);
    expect([sent.comments, sent.issues]).toEqual([comments, issues]);
  });

  test('a fork is told why there is no comment', async () => {
    expect((await send({}, { pullRequest: 7, isUntrusted: true }, BROKEN)).said.join()).toMatch(
      /may not write.*job summary/,
    );
  });

  test('what cannot be delivered is a warning', async () => {
    const error = new DeliveryError('No comment: 403.', { hint: 'Grant pull-requests: write.' });
    expect((await send({}, { pullRequest: 7 }, BROKEN, error)).said).toEqual([
      'Pull request comment: No comment: 403. Grant pull-requests: write.',
    ]);
  });
});
