/** A repository on GitHub, as far as a run talks to it: issues, pull requests, comments, labels, files. */

export interface GitHubWorld {
  owner: string;
  repo: string;
  defaultBranch: string;
  /** Whose token the run has: the app behind GITHUB_TOKEN, or somebody with a token of their own. */
  viewer: GitHubUser;
  hasIssues: boolean;
  /** Pull requests too, as in GitHub's own model. */
  issues: IssueWorld[];
  comments: CommentWorld[];
  /** Of comments; ids of what was deleted do not come back. */
  lastId: number;
  labels: string[];
  /** By commit or branch, then by path. */
  files: Record<string, Record<string, string>>;
}

export interface GitHubUser {
  id: number;
  login: string;
  type: 'User' | 'Bot';
}

export interface IssueWorld {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  stateReason?: 'completed' | 'not_planned' | 'duplicate' | 'reopened';
  author: GitHubUser;
  labels: string[];
  /** Nobody but those who may write to the repository can comment, and an app's token is not among them. */
  locked?: boolean;
  isPullRequest?: boolean;
}

export interface CommentWorld {
  id: number;
  /** Number of the issue or pull request. */
  issue: number;
  author: GitHubUser;
  body: string;
}

/** Whoever uses GITHUB_TOKEN writes under this name. */
export const ACTIONS_BOT: GitHubUser = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
export const OCTOCAT: GitHubUser = { id: 583_231, login: 'octocat', type: 'User' };

/** A repository with one open pull request, by default number 7. */
export function githubRepository(parts: Partial<GitHubWorld> = {}, pullRequest = 7): GitHubWorld {
  const pull: IssueWorld = {
    number: pullRequest,
    title: 'Another route table',
    body: '',
    state: 'open',
    author: OCTOCAT,
    labels: [],
    isPullRequest: true,
  };
  return {
    owner: 'example',
    repo: 'cluster',
    defaultBranch: 'main',
    viewer: ACTIONS_BOT,
    hasIssues: true,
    issues: [pull],
    comments: [],
    lastId: 5_000_000,
    labels: [],
    files: { main: {} },
    ...parts,
  };
}

export function addComment(world: GitHubWorld, comment: Omit<CommentWorld, 'id'>): CommentWorld {
  world.lastId += 1;
  const added = { id: world.lastId, ...comment };
  world.comments.push(added);
  return added;
}

export function addIssue(world: GitHubWorld, issue: Omit<IssueWorld, 'number'>): IssueWorld {
  const added = { number: 1 + Math.max(0, ...world.issues.map(({ number }) => number)), ...issue };
  world.issues.push(added);
  for (const name of added.labels) if (!world.labels.includes(name)) world.labels.push(name);
  return added;
}
