// GitHub of the lab is as strict as the real one: tokens, rights, pages, fields, lengths.
import { expect, test } from '@jest/globals';
import type { Lab, LabOptions } from '../../../../lab/servers/index.ts';
import { addComment, addIssue, githubRepository, OCTOCAT, type GitHubWorld } from '../../../../lab/world/github.ts';
import { smallWorld, withLab } from './support.ts';

interface Heard {
  status: number;
  headers: Headers;
  body: string;
  json: unknown;
}

async function ask(
  lab: Lab,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Heard> {
  const response = await fetch(`${lab.urls.github}${path}`, {
    method,
    headers: { authorization: `Bearer ${lab.inputs['github-token']!}`, 'user-agent': 'test', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

function withRepository<T>(
  use: (lab: Lab) => Promise<T>,
  parts: Partial<GitHubWorld> = {},
  options: LabOptions = {},
): Promise<T> {
  return withLab({ ...smallWorld(), github: githubRepository(parts) }, options, use);
}

const REPO = '/repos/example/cluster';

test.each([
  ['no token', { authorization: '' }, 401, 'Requires authentication'],
  ['another token', { authorization: 'token x' }, 401, 'Bad credentials'],
])('%s', async (_, headers, status, message) => {
  await withRepository(async (lab) => {
    const heard = await ask(lab, 'GET', `${REPO}/issues`, undefined, headers);
    expect(heard).toMatchObject({ status, json: { message, status: String(status) } });
  });
});

test('a world without a repository answers nothing, and gives no token out', async () => {
  await withLab(smallWorld(), {}, async (lab) => {
    expect(lab.inputs['github-token']).toBeUndefined();
    expect(lab.env['GITHUB_API_URL']).toBeUndefined();
    expect((await fetch(`${lab.urls.github}${REPO}/issues`)).status).toBe(404);
  });
});

test.each([
  ['GET', '/user', undefined, 404],
  ['GET', '/repos/example/other/issues', undefined, 404],
  ['GET', '/repos/Example/CLUSTER/issues', undefined, 200],
  ['GET', `/api/v3${REPO}/issues`, undefined, 200],
  ['GET', `${REPO}/issues?state=opened`, undefined, 422],
  ['GET', `${REPO}/issues?label=x`, undefined, 422],
  ['GET', `${REPO}/issues/99/comments`, undefined, 404],
  ['POST', `${REPO}/issues/99/comments`, { body: 'x' }, 404],
  ['POST', `${REPO}/issues/7/comments`, {}, 422],
  ['POST', `${REPO}/issues/7/comments`, { body: '  ' }, 422],
  ['POST', `${REPO}/issues/7/comments`, { body: 'x'.repeat(65_537) }, 422],
  ['POST', `${REPO}/issues/7/comments`, { body: 'x'.repeat(65_536) }, 201],
  ['POST', `${REPO}/issues/7/comments`, { body: 'x', text: 'y' }, 422],
  ['POST', `${REPO}/issues/7/comments`, [], 400],
  ['PATCH', `${REPO}/issues/comments/1`, { body: 'x' }, 404],
  ['DELETE', `${REPO}/issues/comments/1`, undefined, 404],
  ['POST', `${REPO}/issues`, { body: 'x' }, 422],
  ['POST', `${REPO}/issues`, { title: 'x'.repeat(257) }, 422],
  ['POST', `${REPO}/issues`, { title: 'x', labels: [1] }, 422],
  ['POST', `${REPO}/issues`, { title: 'x', labels: ['new'] }, 201],
  ['PATCH', `${REPO}/issues/7`, { state: 'shut' }, 422],
  ['PATCH', `${REPO}/issues/7`, { state: 'closed', state_reason: 'bored' }, 422],
  ['PATCH', `${REPO}/issues/7`, { state: 'closed', state_reason: 'not_planned' }, 200],
  ['GET', `${REPO}/contents/none.yml`, undefined, 404],
  ['GET', `${REPO}/contents/?ref=none`, undefined, 404],
  ['GET', `${REPO}/contents/`, undefined, 200],
  ['POST', '/graphql', { query: 'query { viewer { login } }' }, 200],
  ['GET', '/graphql', undefined, 404],
] as const)('%s %s %j: %i', async (method, path, body, status) => {
  await withRepository(async (lab) => {
    expect((await ask(lab, method, path, body)).status).toBe(status);
  });
});

test.each([
  [{}, 'GET', `${REPO}/issues`, 403, 'issues=read'],
  [{ 'pull-requests': 'write' }, 'GET', `${REPO}/issues`, 403, 'issues=read'],
  [{ issues: 'read' }, 'GET', `${REPO}/issues`, 200, null],
  [{ 'pull-requests': 'read' }, 'GET', `${REPO}/issues/7/comments`, 200, null],
  [{ issues: 'read' }, 'POST', `${REPO}/issues/7/comments`, 403, 'issues=write; pull_requests=write'],
  [{ 'pull-requests': 'write' }, 'POST', `${REPO}/issues/7/comments`, 201, null],
  [{ issues: 'write' }, 'POST', `${REPO}/issues/7/comments`, 201, null],
  [{ issues: 'write' }, 'GET', `${REPO}/contents/`, 403, 'contents=read'],
] as const)('with %j: %s %s %i', async (githubPermissions, method, path, status, accepted) => {
  await withRepository(
    async (lab) => {
      const heard = await ask(lab, method, path, method === 'POST' ? { body: 'x' } : undefined);
      expect(heard.status).toBe(status);
      expect(heard.headers.get('x-accepted-github-permissions')).toBe(accepted);
    },
    {},
    { githubPermissions },
  );
});

test('pages: thirty at a time unless asked for more, a hundred at most, and where the others are', async () => {
  await withRepository(async (lab) => {
    const { github } = lab.world;
    for (let at = 0; at < 250; at += 1) addComment(github!, { issue: 7, author: OCTOCAT, body: String(at) });
    const list = async (query: string) => {
      const { json, headers } = await ask(lab, 'GET', `${REPO}/issues/7/comments${query}`);
      const rels = [...(headers.get('link') ?? '').matchAll(/page=(\d+)>; rel="(\w+)"/g)].map(
        ([, page, rel]) => `${rel!} ${page!}`,
      );
      return { bodies: (json as { body: string }[]).map(({ body }) => Number(body)), rels };
    };
    expect((await list('')).bodies).toHaveLength(30);
    const first = await list('?per_page=1000');
    expect(first.bodies).toHaveLength(100);
    expect(first.rels).toEqual(['next 2', 'last 3']);
    const last = await list('?per_page=100&page=3');
    expect(last.bodies).toEqual(Array.from({ length: 50 }, (_, at) => 200 + at));
    expect(last.rels).toEqual(['prev 2', 'first 1']);
    expect((await list('?per_page=100&page=4')).bodies).toEqual([]);
  });
});

test('issues are listed by state, all of the labels, and author; the newest first, pull requests among them', async () => {
  await withRepository(async (lab) => {
    const world = lab.world.github!;
    const base = { title: 't', body: 'b', state: 'open', author: OCTOCAT, labels: ['a'] } as const;
    addIssue(world, { ...base, labels: ['a', 'b'] });
    addIssue(world, { ...base, labels: ['a'], state: 'closed' });
    addIssue(world, { ...base, labels: [], author: world.viewer });
    const list = async (query: string) =>
      ((await ask(lab, 'GET', `${REPO}/issues${query}`)).json as { number: number }[]).map(({ number }) => number);
    expect(await list('')).toEqual([10, 8, 7]);
    expect(await list('?state=all&direction=asc')).toEqual([7, 8, 9, 10]);
    expect(await list('?labels=a&state=all')).toEqual([9, 8]);
    expect(await list('?labels=a,b')).toEqual([8]);
    expect(await list('?creator=github-actions%5Bbot%5D')).toEqual([10]);
  });
});

test('files: raw, encoded, too long for that, folders, other commits', async () => {
  const files = { main: { 'a/b.txt': 'ä', big: 'x'.repeat(1_048_577) }, f00: { 'a/b.txt': 'old' } };
  await withRepository(
    async (lab) => {
      const raw = { accept: 'application/vnd.github.raw+json' };
      const read = (path: string, headers = {}) => ask(lab, 'GET', `${REPO}/contents/${path}`, undefined, headers);
      expect(await read('a%2Fb.txt', raw)).toMatchObject({ status: 200, body: 'ä' });
      expect((await read('a/b.txt?ref=f00', raw)).body).toBe('old');
      expect((await read('a/b.txt?ref=refs%2Fheads%2Fmain', raw)).body).toBe('ä');
      expect((await read('a/b.txt')).json).toMatchObject({ encoding: 'base64', content: 'w6Q=', size: 2 });
      expect((await read('big')).json).toMatchObject({ encoding: 'none', content: '', size: 1_048_577 });
      expect((await read('big', raw)).body).toHaveLength(1_048_577);
      expect((await read('', raw)).json).toMatchObject([
        { path: 'a', type: 'dir' },
        { path: 'big', type: 'file' },
      ]);
      expect((await read('a')).json).toMatchObject([{ path: 'a/b.txt', type: 'file' }]);
      expect((await read('?ref=none')).json).toMatchObject({ message: 'No commit found for the ref none' });
    },
    { files },
  );
});

test('GraphQL tells whose token it is, and nothing else', async () => {
  await withRepository(async (lab) => {
    const query = async (text: string) => (await ask(lab, 'POST', '/graphql', { query: text })).json;
    expect(await query('query Who {\n viewer { login } }')).toEqual({
      data: { viewer: { login: 'github-actions[bot]' } },
    });
    expect(await query('{ viewer { email } }')).toMatchObject({ errors: [{ type: 'undefinedField' }] });
  });
});

test('a limit is told in the headers', async () => {
  const heard = await withRepository(
    (lab) => ask(lab, 'GET', `${REPO}/issues`),
    {},
    {
      githubLimit: { kind: 'primary', times: 1, seconds: 900 },
    },
  );
  expect(heard.status).toBe(403);
  expect(heard.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(Number(heard.headers.get('x-ratelimit-reset')) - Date.now() / 1000).toBeGreaterThan(890);
});
