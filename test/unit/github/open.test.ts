import { expect, test } from '@jest/globals';
import { openGitHub } from '../../../src/github/index.ts';
import type { Clock, Log } from '../../../src/ports.ts';

const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warning: ignore, fold: ignore, group: (_, work) => work() };

function open(env: Record<string, string | undefined>, token?: string, mask: (secret: string) => void = ignore) {
  const config = token === undefined ? {} : { githubToken: token };
  return openGitHub({ config, env, clock, log, random: () => 0, mask });
}

const RUNNER = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'example/cluster', GITHUB_EVENT_NAME: 'push' };

test.each([
  ['without GITHUB_ACTIONS', { GITHUB_ACTIONS: undefined }],
  ['with GITHUB_ACTIONS=false', { GITHUB_ACTIONS: 'false' }],
  ['without a repository', { GITHUB_REPOSITORY: undefined }],
  ['with an empty repository', { GITHUB_REPOSITORY: '' }],
  ['with a repository that is none', { GITHUB_REPOSITORY: 'cluster' }],
])('%s there is none', async (_, env) => {
  expect(await open({ ...RUNNER, ...env })).toBeUndefined();
});

test.each([undefined, '', '/nowhere/event.json', import.meta.filename])(
  'an event whose file is %p is one without a pull request',
  async (path) => {
    expect((await open({ ...RUNNER, GITHUB_EVENT_PATH: path }))?.event).toEqual({ name: 'push', isUntrusted: false });
  },
);

test('the token is hidden before anything else is done', async () => {
  const masked: string[] = [];
  await open(RUNNER, 'ghs_1', (secret) => void masked.push(secret));
  expect(masked).toEqual(['ghs_1']);
});
