// One comment on a pull request, whatever else is going on there.
import { expect, test } from '@jest/globals';
import { addComment, OCTOCAT, type GitHubUser, type GitHubWorld } from '../../../lab/world/github.ts';
import { DeliveryError } from '../../../src/model/errors.ts';
import { useGitHub } from '../../support/github.ts';

const serve = useGitHub();

const MARKER = '<!-- pod-route-check cluster=one -->';
const OTHER_CLUSTER = '<!-- pod-route-check cluster=two -->';
const PULL = 7;
const message = (text = 'all paths pass') => ({ marker: MARKER, body: `${MARKER}\n# ${text}\n` });
const KASEY: GitHubUser = { id: 1, login: 'kasey', type: 'User' };

function bodies({ comments, viewer }: GitHubWorld): string[] {
  return comments.filter(({ author }) => author === viewer).map(({ body }) => body);
}

function crowd(world: GitHubWorld, count: number): void {
  for (let at = 0; at < count; at += 1) addComment(world, { issue: PULL, author: OCTOCAT, body: `remark ${at}` });
}

test('creates, leaves alone, updates; and creates none where none is wanted', async () => {
  const { world, open, writes } = await serve();
  const github = await open();
  expect(await github.comment(PULL, message(), false)).toEqual({ kind: 'none' });
  const created = await github.comment(PULL, message(), true);
  const url = `https://github.com/example/cluster/pull/7#issuecomment-${world.comments[0]!.id}`;
  expect(created).toEqual({ kind: 'created', url });
  expect(await github.comment(PULL, message(), true)).toEqual({ kind: 'unchanged', url });
  expect(await github.comment(PULL, message('one path fails'), false)).toEqual({ kind: 'updated', url });
  expect(bodies(world)).toEqual([message('one path fails').body]);
  expect(writes()).toEqual(['issues/create-comment 7', `issues/update-comment ${world.comments[0]!.id}`]);
});

test('what the browser did to line ends is no change', async () => {
  const { world, open, writes } = await serve();
  addComment(world, {
    issue: PULL,
    author: world.viewer,
    body: message().body.trimEnd().replaceAll('\n', '\r\n'),
  });
  expect(await (await open()).comment(PULL, message(), true)).toMatchObject({ kind: 'unchanged' });
  expect(writes()).toEqual([]);
});

test('finds its own behind 250 others, and touches neither a quotation nor another cluster’s nor another pull request’s', async () => {
  const { world, open, requests } = await serve();
  crowd(world, 249);
  const quoted = addComment(world, { issue: PULL, author: KASEY, body: `> ${MARKER}\nwhat is this?` });
  const other = addComment(world, { issue: PULL, author: world.viewer, body: `${OTHER_CLUSTER}\nfine` });
  const elsewhere = addComment(world, { issue: 8, author: world.viewer, body: message('elsewhere').body });
  const own = addComment(world, { issue: PULL, author: world.viewer, body: message('old').body });
  const before = structuredClone([quoted, other, elsewhere]);
  expect(await (await open()).comment(PULL, message('new'), true)).toMatchObject({ kind: 'updated' });
  expect([quoted, other, elsewhere]).toEqual(before);
  expect(own.body).toBe(message('new').body);
  expect(world.comments).toHaveLength(253);
  expect(requests().filter((one) => one === 'issues/list-comments 7')).toHaveLength(3);
});

test.each([
  ['an app', { id: 3, login: 'route-checker[bot]', type: 'Bot' }],
  ['a person', KASEY],
] as const)('with the token of %s, ours is what that account wrote', async (_, viewer) => {
  const { world, open } = await serve({ viewer });
  const byActions: GitHubUser = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
  addComment(world, { issue: PULL, author: byActions, body: message('of another token').body });
  const github = await open();
  expect(await github.comment(PULL, message(), true)).toMatchObject({ kind: 'created' });
  expect(await github.comment(PULL, message('new'), true)).toMatchObject({ kind: 'updated' });
  expect(bodies(world)).toEqual([message('new').body]);
  expect(world.comments).toHaveLength(2);
});

test('a run at the same time: the older comment stays, and says what this run has to say', async () => {
  const { world, open, writes } = await serve(
    {},
    {
      onRequest: ({ operation, count }, { github }) => {
        if (operation !== 'issues/create-comment 7' || count > 1) return;
        addComment(github!, { issue: PULL, author: github!.viewer, body: message('the other run').body });
      },
    },
  );
  const delivered = await (await open()).comment(PULL, message(), true);
  const [kept] = world.comments;
  expect(world.comments).toHaveLength(1);
  expect(kept!.body).toBe(message().body);
  expect(delivered).toEqual({ kind: 'updated', url: expect.stringContaining(`issuecomment-${kept!.id}`) });
  expect(writes()).toHaveLength(3);
});

test('a listing that lags behind does not make a second comment', async () => {
  const { open, writes } = await serve(
    {},
    {
      onRequest: ({ operation, count }, { github }) => {
        if (operation === 'issues/list-comments 7' && count === 2) github!.comments.length = 0;
      },
    },
  );
  expect(await (await open()).comment(PULL, message(), true)).toMatchObject({ kind: 'created' });
  expect(writes()).toEqual(['issues/create-comment 7']);
});

test('several of ours become one, and it is no trouble if another run has deleted one of them first', async () => {
  const { world, open } = await serve(
    {},
    {
      onRequest: ({ operation }, { github }) => {
        if (operation.startsWith('issues/delete-comment')) github!.comments.pop();
      },
    },
  );
  const [first] = ['a', 'b'].map((text) =>
    addComment(world, { issue: PULL, author: world.viewer, body: message(text).body }),
  );
  expect(await (await open()).comment(PULL, message(), true)).toMatchObject({ kind: 'updated' });
  expect(world.comments).toEqual([{ ...first!, body: message().body }]);
});

test('deleted by somebody while it was to be updated: written anew', async () => {
  const { world, open } = await serve(
    {},
    {
      onRequest: ({ operation }, { github }) => {
        if (operation.startsWith('issues/update-comment')) github!.comments.length = 0;
      },
    },
  );
  addComment(world, { issue: PULL, author: world.viewer, body: message('old').body });
  expect(await (await open()).comment(PULL, message(), true)).toMatchObject({ kind: 'created' });
  expect(bodies(world)).toEqual([message().body]);
});

test.each([1, 2])('%i lost answers: what was written is found and not written twice', async (githubLostAnswers) => {
  const { world, open, clock } = await serve({}, { githubLostAnswers });
  const github = await open();
  expect(await github.comment(PULL, message(), true)).toMatchObject({ kind: 'created' });
  expect(await github.comment(PULL, message('new'), true)).toMatchObject({ kind: 'updated' });
  expect(bodies(world)).toEqual([message('new').body]);
  expect(clock.slept.length).toBeGreaterThanOrEqual(1);
});

test.each([2, 3])('every %ith answer breaks off: there is one comment all the same', async (breakOffEvery) => {
  const { world, open } = await serve({}, { breakOffEvery });
  crowd(world, 120);
  const github = await open();
  expect(await github.comment(PULL, message(), true)).not.toBeInstanceOf(Error);
  expect(await github.comment(PULL, message('new'), true)).not.toBeInstanceOf(Error);
  expect(bodies(world)).toEqual([message('new').body]);
});

test('an Enterprise Server has its API elsewhere', async () => {
  const { lab, world, open } = await serve();
  const github = await open({ GITHUB_API_URL: `${lab.urls.github}/api/v3` });
  expect(await github.comment(PULL, message(), true)).toMatchObject({ kind: 'created' });
  expect(bodies(world)).toHaveLength(1);
});

test('what GitHub does not take is told in its words, without the text', async () => {
  const { open, logged } = await serve();
  const sent = message(`${'x'.repeat(65_537)}secret`);
  const error = (await (await open()).comment(PULL, sent, true)) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.message).toContain('Body is too long (maximum is 65536 characters)');
  expect(JSON.stringify([error, error.message, error.stack, logged])).not.toContain('secret');
});
