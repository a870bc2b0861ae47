/** What starts a run: variables and payload as GitHub hands them over, cut down to what tells runs apart. */

export interface LabEvent {
  name: string;
  payload: object;
  /** Variables that go with it, on top of what every run has. */
  env?: Record<string, string>;
}

export const MAIN_SHA = '0123456789abcdef0123456789abcdef01234567';
export const BASE_SHA = 'b000000000000000000000000000000000000001';
export const HEAD_SHA = 'f000000000000000000000000000000000000002';
export const PULL_REQUEST = 7;

interface Repository {
  id: number;
  name: string;
  full_name: string;
  fork: boolean;
  default_branch: string;
}

const OWN: Repository = repository(1001, 'example/cluster', false);
const FORK: Repository = repository(2002, 'stranger/cluster', true);
const DEPENDABOT = 'dependabot[bot]';

function repository(id: number, fullName: string, fork: boolean): Repository {
  return { id, name: fullName.split('/')[1] ?? '', full_name: fullName, fork, default_branch: 'main' };
}

export interface PullRequestOptions {
  number?: number;
  /** Where its commits are. Default: a branch of the same repository. */
  from?: 'branch' | 'fork' | 'deleted fork' | 'dependabot';
}

function pullRequestOf({ number = PULL_REQUEST, from = 'branch' }: PullRequestOptions): object {
  const heads = { branch: OWN, dependabot: OWN, fork: FORK, 'deleted fork': null };
  const users = { branch: 'octocat', dependabot: DEPENDABOT, fork: 'stranger', 'deleted fork': 'ghost' };
  const ref = from === 'dependabot' ? 'dependabot/npm_and_yarn/left-pad-2' : 'change';
  return {
    number,
    state: 'open',
    user: { login: users[from] },
    head: { ref, sha: HEAD_SHA, repo: heads[from] },
    base: { ref: 'main', sha: BASE_SHA, repo: OWN },
  };
}

function aboutPullRequest(name: string, options: PullRequestOptions, more: object = {}): LabEvent {
  const { number = PULL_REQUEST, from = 'branch' } = options;
  const actor = from === 'dependabot' ? DEPENDABOT : from === 'branch' ? 'octocat' : 'stranger';
  const target = name === 'pull_request_target';
  return {
    name,
    payload: { action: 'synchronize', number, ...more, pull_request: pullRequestOf(options), repository: OWN },
    env: {
      GITHUB_ACTOR: actor,
      GITHUB_BASE_REF: 'main',
      GITHUB_HEAD_REF: 'change',
      GITHUB_REF: target ? 'refs/heads/main' : `refs/pull/${number}/merge`,
      GITHUB_SHA: target ? BASE_SHA : HEAD_SHA,
    },
  };
}

export function pullRequest(options: PullRequestOptions = {}): LabEvent {
  return aboutPullRequest('pull_request', options);
}

export function pullRequestTarget(options: PullRequestOptions = {}): LabEvent {
  return aboutPullRequest('pull_request_target', options);
}

export function pullRequestReview(options: PullRequestOptions = {}): LabEvent {
  return aboutPullRequest('pull_request_review', options, { action: 'submitted', review: { state: 'approved' } });
}

export function push(by: 'octocat' | typeof DEPENDABOT = 'octocat'): LabEvent {
  const isBot = by === DEPENDABOT;
  const ref = isBot ? 'refs/heads/dependabot/npm_and_yarn/left-pad-2' : 'refs/heads/main';
  const GITHUB_SHA = isBot ? HEAD_SHA : MAIN_SHA;
  return {
    name: 'push',
    payload: { ref, before: BASE_SHA, after: GITHUB_SHA, repository: OWN, sender: { login: by } },
    env: { GITHUB_ACTOR: by, GITHUB_REF: ref, GITHUB_SHA },
  };
}

export function issueComment({
  on,
  number = PULL_REQUEST,
}: {
  on: 'pull request' | 'issue';
  number?: number;
}): LabEvent {
  const url = `https://api.github.com/repos/${OWN.full_name}/pulls/${number}`;
  const issue = { number, state: 'open', ...(on === 'pull request' && { pull_request: { url } }) };
  return {
    name: 'issue_comment',
    payload: { action: 'created', issue, comment: { id: 1, body: '/check' }, repository: OWN },
  };
}

export function mergeGroup({ number = PULL_REQUEST, base = 'main' } = {}): LabEvent {
  const ref = `refs/heads/gh-readonly-queue/${base}/pr-${number}-${BASE_SHA}`;
  return {
    name: 'merge_group',
    payload: {
      action: 'checks_requested',
      merge_group: { head_ref: ref, head_sha: HEAD_SHA, base_ref: `refs/heads/${base}`, base_sha: BASE_SHA },
      repository: OWN,
    },
    env: { GITHUB_REF: ref, GITHUB_SHA: HEAD_SHA },
  };
}

export function workflowRun({
  after,
  number = PULL_REQUEST,
}: {
  after: 'push' | 'branch' | 'fork' | 'dependabot';
  number?: number;
}): LabEvent {
  const minimal = ({ id, name }: Repository): object => ({ id, name, url: `https://api.github.com/repos/${name}` });
  const pull = (at: number, into: Repository): object => ({
    number: at,
    head: { ref: 'change', sha: HEAD_SHA, repo: minimal(OWN) },
    base: { ref: 'main', sha: BASE_SHA, repo: minimal(into) },
  });
  // GitHub also lists pull requests from this branch into other repositories.
  const pulls = after === 'branch' || after === 'dependabot' ? [pull(99, FORK), pull(number, OWN)] : [];
  return {
    name: 'workflow_run',
    payload: {
      action: 'completed',
      workflow_run: {
        event: after === 'push' ? 'push' : 'pull_request',
        head_sha: HEAD_SHA,
        actor: { login: after === 'dependabot' ? DEPENDABOT : 'octocat' },
        head_repository: after === 'fork' ? FORK : OWN,
        pull_requests: pulls,
      },
      repository: OWN,
    },
  };
}

/** Events about nothing but the repository. */
export function plain(name: 'schedule' | 'workflow_dispatch' | 'repository_dispatch' | 'release'): LabEvent {
  const payloads = {
    schedule: { schedule: '17 3 * * *' },
    workflow_dispatch: { inputs: null, ref: 'refs/heads/main' },
    repository_dispatch: { action: 'check', client_payload: { pull_request: { number: 3 } } },
    release: { action: 'published', release: { tag_name: 'v1.0.0' } },
  };
  return { name, payload: { ...payloads[name], repository: OWN } };
}

/** One of every kind that differs from the others in what a run may do, by the name that docs/events.md gives it. */
export const EVENTS: Readonly<Record<string, LabEvent>> = {
  push: push(),
  'push by Dependabot': push(DEPENDABOT),
  schedule: plain('schedule'),
  workflow_dispatch: plain('workflow_dispatch'),
  repository_dispatch: plain('repository_dispatch'),
  release: plain('release'),
  pull_request: pullRequest(),
  'pull_request from a fork': pullRequest({ from: 'fork' }),
  'pull_request from a fork that was deleted': pullRequest({ from: 'deleted fork' }),
  'pull_request by Dependabot': pullRequest({ from: 'dependabot' }),
  pull_request_target: pullRequestTarget({ from: 'fork' }),
  pull_request_review: pullRequestReview(),
  'pull_request_review on a fork': pullRequestReview({ from: 'fork' }),
  'issue_comment on a pull request': issueComment({ on: 'pull request' }),
  'issue_comment on an issue': issueComment({ on: 'issue' }),
  merge_group: mergeGroup(),
  'workflow_run after a push': workflowRun({ after: 'push' }),
  'workflow_run after a pull request': workflowRun({ after: 'branch' }),
  'workflow_run after a fork': workflowRun({ after: 'fork' }),
  'workflow_run after Dependabot': workflowRun({ after: 'dependabot' }),
};
