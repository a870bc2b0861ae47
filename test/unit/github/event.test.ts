import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as events from '../../../lab/runner/events.ts';
import { EVENTS, type LabEvent } from '../../../lab/runner/events.ts';
import { parseEvent } from '../../../src/github/event.ts';

const { BASE_SHA, MAIN_SHA, PULL_REQUEST } = events;

const COMMON = {
  GITHUB_ACTOR: 'octocat',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'example/cluster',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '1000000001',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_SHA: MAIN_SHA,
};

function read(event: LabEvent) {
  return readWith(event, event.payload);
}

function readWith({ name, env }: LabEvent, payload: unknown) {
  return parseEvent({ ...COMMON, ...env, GITHUB_EVENT_NAME: name }, payload);
}

const OWN = { isUntrusted: false };
const FOREIGN = { isUntrusted: true };
const ON_PULL_REQUEST = { pullRequest: PULL_REQUEST, base: BASE_SHA };

/** Every row of the table in docs/events.md. */
const EXPECTED: Readonly<Record<string, object>> = {
  push: OWN,
  'push by Dependabot': { ...FOREIGN, base: 'refs/heads/main' },
  schedule: OWN,
  workflow_dispatch: OWN,
  repository_dispatch: OWN,
  release: OWN,
  pull_request: { ...OWN, ...ON_PULL_REQUEST },
  'pull_request from a fork': { ...FOREIGN, ...ON_PULL_REQUEST },
  'pull_request from a fork that was deleted': { ...FOREIGN, ...ON_PULL_REQUEST },
  'pull_request by Dependabot': { ...FOREIGN, ...ON_PULL_REQUEST },
  pull_request_target: { ...FOREIGN, ...ON_PULL_REQUEST },
  pull_request_review: { ...OWN, ...ON_PULL_REQUEST },
  'pull_request_review on a fork': { ...FOREIGN, ...ON_PULL_REQUEST },
  'issue_comment on a pull request': { ...FOREIGN, pullRequest: PULL_REQUEST, base: MAIN_SHA },
  'issue_comment on an issue': OWN,
  merge_group: { ...OWN, ...ON_PULL_REQUEST },
  'workflow_run after a push': OWN,
  'workflow_run after a pull request': { ...OWN, ...ON_PULL_REQUEST },
  'workflow_run after a fork': { ...FOREIGN, base: MAIN_SHA },
  'workflow_run after Dependabot': { ...FOREIGN, base: MAIN_SHA },
};

const ROWS = Object.entries(EVENTS);

test.each(ROWS)('%s', (label, event) => {
  const runUrl = 'https://github.com/example/cluster/actions/runs/1000000001';
  expect(read(event)).toEqual({ name: event.name, runUrl, ...EXPECTED[label] });
});

test('the table of docs/events.md has these rows, and says the same of them', () => {
  const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
  const [table = ''] = page.slice(page.indexOf('| Event')).split('\n\n');
  const rows = table.split('\n').slice(2);
  const told = rows.map((row) => {
    const [event = '', pullRequest = '', files = ''] = row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    const hasPullRequest = !pullRequest.startsWith('none');
    return { event: event.replaceAll('`', ''), hasPullRequest, from: /^the (\w+)/.exec(files)?.[1] };
  });
  const from = ({ base }: { base?: string }): string =>
    base === undefined ? 'checkout' : base === BASE_SHA ? 'base' : 'default';
  expect(told).toEqual(
    ROWS.map(([event, lab]) => {
      const parsed = read(lab);
      return { event, hasPullRequest: parsed.pullRequest !== undefined, from: from(parsed) };
    }),
  );
});

test.each(ROWS)(
  '%s: without its payload there is no pull request but of a queue, and what was foreign still is',
  (_, event) => {
    for (const nothing of [undefined, null, 'text', 7, [], {}]) {
      const parsed = readWith(event, nothing);
      expect(parsed.pullRequest).toBe(event.name === 'merge_group' ? PULL_REQUEST : undefined);
      if (read(event).isUntrusted) expect(parsed.isUntrusted).toBe(true);
    }
  },
);

test.each(ROWS.filter(([, event]) => read(event).isUntrusted))('%s: never the commit of a stranger', (_, event) => {
  for (const payload of [event.payload, undefined]) expect(readWith(event, payload).base).not.toBe(events.HEAD_SHA);
});

test.each([
  ['main', 'refs/heads/main'],
  [undefined, undefined],
])('pull_request without a payload: the base is the branch that the runner names (%p)', (branch, base) => {
  const env = { ...COMMON, GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: branch };
  expect(parseEvent(env, undefined)).toMatchObject({ isUntrusted: true, ...(base === undefined ? {} : { base }) });
});

test.each([
  ['release/1.x', 12, 12],
  ['pr-9-fix', 3, 3],
])('merge_group into %s', (base, number, expected) => {
  expect(read(events.mergeGroup({ base, number })).pullRequest).toBe(expected);
});

test('Dependabot’s name on a schedule takes nothing away', () => {
  const event = events.plain('schedule');
  expect(
    parseEvent({ ...COMMON, GITHUB_EVENT_NAME: 'schedule', GITHUB_ACTOR: 'dependabot[bot]' }, event.payload),
  ).toMatchObject(OWN);
});

test.each([
  [{ GITHUB_RUN_ATTEMPT: '3' }, 'https://github.com/example/cluster/actions/runs/1000000001/attempts/3'],
  [{ GITHUB_RUN_ATTEMPT: '' }, 'https://github.com/example/cluster/actions/runs/1000000001'],
  [{ GITHUB_SERVER_URL: 'https://ghe.example.org' }, 'https://ghe.example.org/example/cluster/actions/runs/1000000001'],
  [{ GITHUB_RUN_ID: '' }, undefined],
  [{ GITHUB_SERVER_URL: undefined }, undefined],
])('the page of the run: %j', (env, expected) => {
  expect(parseEvent({ ...COMMON, GITHUB_EVENT_NAME: 'push', ...env }, {}).runUrl).toBe(expected);
});

test('nothing at all is an event too', () => {
  expect(parseEvent({}, undefined)).toEqual({ name: 'unknown', isUntrusted: false });
});
