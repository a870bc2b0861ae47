// Files as they are in the base, whatever the pull request did to them.
import { expect, test } from '@jest/globals';
import { BASE_SHA, HEAD_SHA, MAIN_SHA, issueComment, plain, pullRequest, push } from '../../../lab/runner/events.ts';
import { AccessError } from '../../../src/model/errors.ts';
import { useGitHub } from '../../support/github.ts';
import { withEvent } from '../../support/github-event.ts';

const serve = useGitHub();

const BIG = 'é'.repeat(800_000);
const FILES = {
  [BASE_SHA]: { 'pod-routes.yml': 'of the base', 'deep/er/äö #1?.json': '{"a": 1}', 'big.json': BIG, empty: '' },
  [HEAD_SHA]: { 'pod-routes.yml': 'of the pull request', 'new.yml': 'new' },
  [MAIN_SHA]: { 'pod-routes.yml': 'of the default branch' },
  main: { 'pod-routes.yml': 'of main' },
};

test.each([
  ['pod-routes.yml', 'of the base'],
  ['./pod-routes.yml', 'of the base'],
  ['/work/space/pod-routes.yml', 'of the base'],
  ['deep/er/äö #1?.json', '{"a": 1}'],
  ['deep//er/./äö #1?.json', '{"a": 1}'],
  ['big.json', BIG],
  ['empty', ''],
  ['new.yml', undefined],
  ['deep/er/none.json', undefined],
])('%s', async (path, expected) => {
  const { open } = await serve({ files: FILES });
  const github = await withEvent(pullRequest(), (env) => open({ ...env, GITHUB_WORKSPACE: '/work/space' }));
  expect(await github.readBase(path)).toBe(expected);
});

test.each([
  ['issue_comment', issueComment({ on: 'pull request' }), 'of the default branch'],
  ['a push by Dependabot', push('dependabot[bot]'), 'of main'],
])('on %s from the default branch', async (_, event, expected) => {
  const { open } = await serve({ files: FILES });
  const github = await withEvent(event, (env) => open(env));
  expect(await github.readBase('pod-routes.yml')).toBe(expected);
});

test.each(['../secret', 'a/../../b', 'a/..', '/etc/passwd', '/work/space/../x', 'C:\\x', '..\\x', '.', '', 'a\0b'])(
  '%j leads out of the repository, and is not asked for',
  async (path) => {
    const { open, requests } = await serve({ files: FILES });
    const github = await withEvent(pullRequest(), (env) => open({ ...env, GITHUB_WORKSPACE: '/work/space' }));
    expect(await github.readBase(path)).toBeInstanceOf(AccessError);
    expect(requests()).toEqual([]);
  },
);

test('a folder is no file', async () => {
  const { open } = await serve({ files: FILES });
  const github = await withEvent(pullRequest(), (env) => open(env));
  expect(await github.readBase('deep')).toBeInstanceOf(AccessError);
});

test('a commit that is not there is trouble, and not a missing file', async () => {
  const { open } = await serve({ files: {} });
  const github = await withEvent(pullRequest(), (env) => open(env));
  expect(await github.readBase('pod-routes.yml')).toBeInstanceOf(AccessError);
});

test('half a file is not taken for the whole one', async () => {
  const { open, requests } = await serve({ files: FILES }, { breakOffEvery: 2 });
  const github = await withEvent(pullRequest(), (env) => open(env));
  for (const path of ['big.json', 'big.json']) expect(await github.readBase(path)).toBe(BIG);
  expect(requests()).toHaveLength(3);
});

test('an event that names no base', async () => {
  const { open } = await serve({ files: FILES });
  const github = await withEvent(plain('schedule'), (env) => open(env));
  expect(await github.readBase('pod-routes.yml')).toBeInstanceOf(AccessError);
});
