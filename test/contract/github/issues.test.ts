// One issue for a cluster: opened, kept up to date, closed, opened again; never two.
import { expect, test } from '@jest/globals';
import { addIssue, OCTOCAT, type GitHubUser, type IssueWorld } from '../../../lab/world/github.ts';
import { useGitHub } from '../../support/github.ts';

const serve = useGitHub();

const MARKER = '<!-- pod-route-check issue cluster=one -->';
const LABEL = 'pod-route-check';
const drift = (text: string) => ({ marker: MARKER, title: `Pod routes: ${text}`, body: `${MARKER}\n${text}\n` });
const bot: GitHubUser = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
const own = (text: string, more: Partial<IssueWorld> = {}): Omit<IssueWorld, 'number'> => ({
  title: drift(text).title,
  body: drift(text).body,
  state: 'open',
  author: bot,
  labels: [LABEL],
  ...more,
});

test('its whole life', async () => {
  const { world, open, writes } = await serve();
  const github = await open();
  const url = 'https://github.com/example/cluster/issues/8';
  for (const wanted of ['closed', 'leave'] as const) {
    expect(await github.issue(drift('none'), wanted)).toEqual({ kind: 'none' });
  }
  const steps = [
    ['open', 'one route lacks', 'created'],
    ['open', 'one route lacks', 'unchanged'],
    ['leave', 'one route lacks, and something is unknown', 'updated'],
    ['open', 'two routes lack', 'updated'],
    ['closed', 'all is well', 'closed'],
    ['closed', 'all is still well', 'unchanged'],
    ['leave', 'something is unknown', 'unchanged'],
    ['open', 'one route lacks', 'reopened'],
    ['closed', 'all is well', 'closed'],
  ] as const;
  for (const [wanted, text, kind] of steps) {
    expect(await github.issue(drift(text), wanted)).toEqual({ kind, url });
  }
  const [, issue, ...others] = world.issues;
  expect(others).toEqual([]);
  expect(issue).toEqual({
    number: 8,
    ...own('all is well'),
    state: 'closed',
    stateReason: 'completed',
  });
  expect(world.labels).toEqual([LABEL]);
  expect(writes()).toEqual(['issues/create', ...Array.from({ length: 5 }, () => 'issues/update 8')]);
});

test('is found among 250 with the same label; other clusters, other authors and pull requests are left alone', async () => {
  const { world, open } = await serve();
  const foreign = [
    ...Array.from({ length: 250 }, (_, at) => own('x', { body: `<!-- pod-route-check issue cluster=${at} -->` })),
    own('a quotation', { author: OCTOCAT }),
    own('a pull request', { isPullRequest: true }),
  ].map((one) => addIssue(world, one));
  const before = structuredClone(foreign);
  const issue = addIssue(world, own('old', { state: 'closed' }));
  expect(await (await open()).issue(drift('new'), 'open')).toMatchObject({ kind: 'reopened' });
  expect(issue).toMatchObject({ ...own('new'), state: 'open' });
  expect(foreign).toEqual(before);
});

test.each(['open', 'closed'] as const)('without its label it is found by its author (wanted: %s)', async (wanted) => {
  const { world, open } = await serve();
  const issue = addIssue(world, own('old', { labels: [] }));
  await (await open()).issue(drift('new'), wanted);
  expect(world.issues).toHaveLength(2);
  expect(issue).toMatchObject({ state: wanted, title: drift('new').title });
});

test('a run at the same time: the lower number stays, the other is closed as not planned', async () => {
  const { world, open } = await serve(
    {},
    {
      onRequest: ({ operation, count }, { github }) => {
        if (operation === 'issues/create' && count === 1) addIssue(github!, own('the other run'));
      },
    },
  );
  expect(await (await open()).issue(drift('this run'), 'open')).toMatchObject({ kind: 'updated' });
  expect(world.issues.slice(1)).toMatchObject([
    { number: 8, ...own('this run') },
    { number: 9, state: 'closed', stateReason: 'not_planned' },
  ]);
});

test.each([1, 2])('%i lost answers: there is one issue', async (githubLostAnswers) => {
  const { world, open } = await serve({}, { githubLostAnswers });
  const github = await open();
  expect(await github.issue(drift('a'), 'open')).toMatchObject({ kind: 'created' });
  expect(await github.issue(drift('b'), 'closed')).toMatchObject({ kind: 'closed' });
  expect(world.issues.slice(1)).toMatchObject([{ ...own('b'), state: 'closed' }]);
});

test('every second answer breaks off: there is one issue', async () => {
  const { world, open } = await serve({}, { breakOffEvery: 2 });
  const github = await open();
  for (const [wanted, text] of [
    ['open', 'a'],
    ['open', 'b'],
    ['closed', 'c'],
    ['open', 'd'],
  ] as const) {
    expect(await github.issue(drift(text), wanted)).not.toBeInstanceOf(Error);
  }
  expect(world.issues.slice(1)).toMatchObject([own('d')]);
});

test('GitHub’s search, which lags, is not asked', async () => {
  const { open, requests } = await serve();
  await (await open()).issue(drift('a'), 'open');
  expect(requests()).toEqual(['issues/list-for-repo', 'issues/list-for-repo', 'issues/create', 'issues/list-for-repo']);
});
