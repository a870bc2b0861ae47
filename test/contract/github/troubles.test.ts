// What GitHub refuses, and what it asks to wait for.
import { expect, test } from '@jest/globals';
import * as events from '../../../lab/runner/events.ts';
import type { LabOptions } from '../../../lab/servers/index.ts';
import { AccessError, DeliveryError } from '../../../src/model/errors.ts';
import type { GitHub } from '../../../src/ports.ts';
import { useGitHub, type Served } from '../../support/github.ts';
import { withEvent } from '../../support/github-event.ts';

const serve = useGitHub();

const MARKER = '<!-- pod-route-check cluster=one -->';
const comment = (github: GitHub) => github.comment(7, { marker: MARKER, body: `${MARKER} text` }, true);
const issue = (github: GitHub) => github.issue({ marker: MARKER, body: `${MARKER} text`, title: 'Drift' }, 'open');
const base = (github: GitHub) => github.readBase('pod-routes.yml');

async function openOnPullRequest(service: Served, event = events.pullRequest()): Promise<GitHub> {
  return withEvent(event, (env) => service.open(env));
}

test.each([
  ['comment', comment, { contents: 'read' }, 'pull-requests: write', 'issues=read; pull_requests=read'],
  [
    'comment',
    comment,
    { contents: 'read', 'pull-requests': 'read' },
    'pull-requests: write',
    'issues=write; pull_requests=write',
  ],
  ['issue', issue, { contents: 'read', 'pull-requests': 'write' }, 'issues: write', 'issues=read'],
  ['issue', issue, { issues: 'read' }, 'issues: write', 'issues=write'],
  ['base file', base, { issues: 'write' }, 'contents: read', 'contents=read'],
] as const)('%s: without the right, its name (%#)', async (_, ask, githubPermissions, permission, accepted) => {
  const service = await serve({}, { githubPermissions });
  const error = await ask(await openOnPullRequest(service));
  expect(error).toBeInstanceOf(ask === base ? AccessError : DeliveryError);
  const { message, hint, permission: named } = error as DeliveryError;
  expect(named).toBe(permission);
  expect(message).toContain(`Resource not accessible by integration. It would accept: ${accepted}.`);
  expect(hint).toContain(`permissions:\n`);
  expect(hint).toContain(`\n  ${permission}`);
  // Refused once is refused: only what may pass is tried again.
  expect(service.clock.slept).toEqual([]);
});

test.each([
  ['with either right', { issues: 'write' }],
  ['with the one that is asked for', { 'pull-requests': 'write' }],
] as const)('a comment is written %s', async (_, githubPermissions) => {
  const service = await serve({}, { githubPermissions });
  expect(await comment(await service.open())).toMatchObject({ kind: 'created' });
});

test.each([
  ['pull_request from a fork', events.pullRequest({ from: 'fork' }), false],
  ['pull_request by Dependabot', events.pullRequest({ from: 'dependabot' }), false],
  ['pull_request_target', events.pullRequestTarget({ from: 'fork' }), true],
  ['pull_request', events.pullRequest(), true],
] as const)('%s: lines for the workflow only where they help', async (_, event, helps) => {
  const service = await serve({}, { githubPermissions: { contents: 'read', issues: 'read', 'pull-requests': 'read' } });
  const { hint } = (await comment(await openOnPullRequest(service, event))) as DeliveryError;
  expect(hint.includes('permissions:')).toBe(helps);
  expect(hint.includes('only reads')).toBe(!helps);
});

test('a locked conversation has words of its own', async () => {
  const service = await serve();
  service.world.issues[0]!.locked = true;
  const error = (await comment(await service.open())) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.message).toContain('the conversation is locked');
  expect(error.permission).toBeUndefined();
});

test('a repository without issues', async () => {
  const service = await serve({ hasIssues: false });
  expect(((await issue(await service.open())) as DeliveryError).hint).toContain('Switch issues on');
});

test('a pull request that is not there', async () => {
  const service = await serve({ issues: [] });
  expect(await comment(await service.open())).toBeInstanceOf(DeliveryError);
});

test.each([
  ['an expired token', { expiredToken: 'github' }, undefined],
  ['no token', {}, ''],
  ['a wrong token', {}, 'ghs_wrong'],
] as const)('%s is no right that lacks', async (_, options, token) => {
  const service = await serve({}, options);
  const error = (await comment(await service.open({}, token))) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.hint).toContain('github-token');
  expect(error.permission).toBeUndefined();
});

test.each<[string, LabOptions, number]>([
  ['a secondary limit once', { githubLimit: { kind: 'secondary', times: 1, seconds: 20 } }, 20_000],
  ['a secondary limit that does not say for how long', { githubLimit: { kind: 'silent', times: 1 } }, 60_000],
  ['the hour’s calls used up for a moment', { githubLimit: { kind: 'primary', times: 1, seconds: 40 } }, 38_000],
])('%s is waited out', async (_, options, atLeast) => {
  const service = await serve({}, options);
  expect(await comment(await service.open())).toMatchObject({ kind: 'created' });
  expect(service.world.comments).toHaveLength(1);
  expect(Math.max(...service.clock.slept)).toBeGreaterThanOrEqual(atLeast);
});

test.each<[string, LabOptions]>([
  ['a secondary limit that stays', { githubLimit: { kind: 'secondary', times: 99, seconds: 50 } }],
  ['the hour’s calls used up', { githubLimit: { kind: 'primary', times: 99, seconds: 2400 } }],
])('%s is not waited for beyond two minutes, and it is said until when', async (_, options) => {
  const service = await serve({}, options);
  const before = service.clock.now();
  const error = (await comment(await service.open())) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.message).toMatch(/more are let through from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ on/);
  expect(service.clock.now() - before).toBeLessThan(130_000);
  expect(service.world.comments).toEqual([]);
});

test.each([2, 3])('every %ith call is refused for a second: all is written once', async (throttleEvery) => {
  const service = await serve({}, { throttleEvery });
  const github = await service.open();
  for (const ask of [comment, issue, comment, issue]) expect(await ask(github)).not.toBeInstanceOf(Error);
  expect(service.world.comments).toHaveLength(1);
  expect(service.world.issues).toHaveLength(2);
});

test('nobody there: told after some attempts', async () => {
  const service = await serve();
  const github = await service.open({ GITHUB_API_URL: 'http://127.0.0.1:9' });
  const error = (await comment(github)) as DeliveryError;
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error.hint).toContain('githubstatus');
  expect(service.clock.slept.length).toBeGreaterThan(1);
});

test('the token is hidden, and in nothing that is said', async () => {
  const service = await serve({}, { githubPermissions: {} });
  const token = service.lab.inputs['github-token'] ?? '';
  const github = await service.open();
  const said = [await comment(github), await issue(github), await base(github)];
  const { GITHUB_API_URL } = { GITHUB_API_URL: 'http://127.0.0.1:9' };
  said.push(await comment(await service.open({ GITHUB_API_URL })));
  const everything = said.map((one) =>
    one instanceof Error ? [one.message, one.stack, JSON.stringify(one.cause)] : one,
  );
  expect(JSON.stringify([everything, service.logged])).not.toContain(token);
  expect(service.masked).toContain(token);
});
