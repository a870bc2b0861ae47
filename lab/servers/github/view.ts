/** Objects of the world in the form of GitHub's API. */
import type { CommentWorld, GitHubUser, GitHubWorld, IssueWorld } from '../../world/github.ts';

/** Where the API and the pages are, for the links in every answer. */
export interface Places {
  api: string;
  html: string;
  /** When everything happened. */
  now: string;
}

export function repositoryUrl(world: GitHubWorld, { api }: Places): string {
  return `${api}/repos/${world.owner}/${world.repo}`;
}

function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64');
}

export function userView({ id, login, type }: GitHubUser, { api, html }: Places): object {
  const url = `${api}/users/${encodeURIComponent(login)}`;
  const page = type === 'Bot' ? `${html}/apps/${login.replace('[bot]', '')}` : `${html}/${login}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `${html}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: page,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

function pageOf(world: GitHubWorld, number: number, { html }: Places): string {
  const isPull = world.issues.some((issue) => issue.number === number && issue.isPullRequest === true);
  return `${html}/${world.owner}/${world.repo}/${isPull ? 'pull' : 'issues'}/${number}`;
}

export function commentView(world: GitHubWorld, comment: CommentWorld, places: Places): object {
  const { id, issue, body, author } = comment;
  const base = repositoryUrl(world, places);
  return {
    url: `${base}/issues/comments/${id}`,
    html_url: `${pageOf(world, issue, places)}#issuecomment-${id}`,
    issue_url: `${base}/issues/${issue}`,
    id,
    node_id: nodeId('IssueComment', id),
    user: userView(author, places),
    created_at: places.now,
    updated_at: places.now,
    author_association: author.type === 'Bot' ? 'NONE' : 'MEMBER',
    body,
    performed_via_github_app: null,
  };
}

export function labelView(world: GitHubWorld, name: string, places: Places): object {
  const id = 9000 + world.labels.indexOf(name);
  const url = `${repositoryUrl(world, places)}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId('Label', id), url, name, color: 'ededed', default: false, description: null };
}

export function issueView(world: GitHubWorld, issue: IssueWorld, places: Places): object {
  const { number, title, body, state, stateReason, author, labels, locked = false } = issue;
  const url = `${repositoryUrl(world, places)}/issues/${number}`;
  const page = pageOf(world, number, places);
  const pull = url.replace('/issues/', '/pulls/');
  return {
    url,
    repository_url: repositoryUrl(world, places),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id: 700_000 + number,
    node_id: nodeId('Issue', number),
    number,
    title,
    user: userView(author, places),
    labels: labels.map((name) => labelView(world, name, places)),
    state,
    locked,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: world.comments.filter((comment) => comment.issue === number).length,
    created_at: places.now,
    updated_at: places.now,
    closed_at: state === 'closed' ? places.now : null,
    author_association: author.type === 'Bot' ? 'NONE' : 'MEMBER',
    body,
    state_reason: stateReason ?? null,
    performed_via_github_app: null,
    ...(issue.isPullRequest === true && {
      pull_request: {
        url: pull,
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        merged_at: null,
      },
    }),
  };
}
