/** What started the run, from the runner's variables and the event's payload. Pure. */
import type { RunEvent } from '../ports.ts';

export type EventEnvironment = Readonly<Record<string, string | undefined>>;

/** What a kind of event tells; which commit counts is completed afterwards. */
type Told = Pick<RunEvent, 'pullRequest' | 'isUntrusted' | 'base'>;

const DEPENDABOT = 'dependabot[bot]';

/**
 * For these GitHub treats Dependabot as a fork (docs.github.com, "Restrictions when Dependabot triggers events"). Its
 * name can also be on a `schedule`, after a merge by its hand: then nothing is foreign.
 */
const DEPENDABOT_EVENTS: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
  'create',
  'deployment',
  'deployment_status',
]);

/** Events that are about a pull request and run on its commits. */
const ON_PULL_REQUESTS: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
]);

/** `payload`: the parsed file of GITHUB_EVENT_PATH, or whatever could be had of it. */
export function parseEvent(env: EventEnvironment, payload: unknown): RunEvent {
  const name = given(env, 'GITHUB_EVENT_NAME') ?? 'unknown';
  const told = tell(name, env, field(payload));
  const byDependabot = DEPENDABOT_EVENTS.has(name) && env['GITHUB_ACTOR'] === DEPENDABOT;
  const isUntrusted = told.isUntrusted || byDependabot;
  const base = told.base ?? (isUntrusted ? fallbackBase(name, env, field(payload)) : undefined);
  const runUrl = runUrlOf(env);
  return {
    name,
    ...(told.pullRequest === undefined ? {} : { pullRequest: told.pullRequest }),
    isUntrusted,
    ...(base === undefined ? {} : { base }),
    ...(runUrl === undefined ? {} : { runUrl }),
  };
}

function tell(name: string, env: EventEnvironment, payload: Field): Told {
  if (ON_PULL_REQUESTS.has(name)) return tellPullRequest(payload.at('pull_request'));
  switch (name) {
    case 'pull_request_target':
      // The default checkout is the base, but the event is there for workflows that want the head's files.
      return { ...tellPullRequest(payload.at('pull_request')), isUntrusted: true };
    case 'issue_comment':
      return tellIssueComment(payload);
    case 'merge_group':
      return tellMergeGroup(env, payload.at('merge_group'));
    case 'workflow_run':
      return tellWorkflowRun(payload.at('workflow_run'), payload.at('repository'));
    default:
      return { isUntrusted: false };
  }
}

function tellPullRequest(pull: Field): Told {
  // A fork that was deleted is null, and still no reason for trust.
  const isOwn = isSame(pull.at('head').at('repo'), pull.at('base').at('repo'));
  return { ...numbered(pull), isUntrusted: !isOwn, ...based(pull.at('base').at('sha').text()) };
}

/** The payload does not say whose commits they are, and workflows on comments (`/check`) like to check them out. */
function tellIssueComment(payload: Field): Told {
  const issue = payload.at('issue');
  if (issue.exists && !issue.at('pull_request').exists) return { isUntrusted: false };
  return { ...numbered(issue), isUntrusted: true };
}

/** Whatever is in the queue was put there by somebody who may merge. */
function tellMergeGroup(env: EventEnvironment, group: Field): Told {
  const ref = group.at('head_ref').text() ?? env['GITHUB_REF'] ?? '';
  const [, pullRequest] = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(ref) ?? [];
  return {
    ...(pullRequest === undefined ? {} : { pullRequest: Number(pullRequest) }),
    isUntrusted: false,
    ...based(group.at('base_sha').text()),
  };
}

/**
 * Runs with the rights of the default branch after a run that perhaps had none. Pull requests of that run are listed
 * only if their branch is in this repository; some in the list can be into other repositories.
 */
function tellWorkflowRun(run: Field, repository: Field): Told {
  const isOwn = isSame(run.at('head_repository'), repository) && run.at('actor').at('login').text() !== DEPENDABOT;
  if (!isOwn) return { isUntrusted: true };
  const pull = run
    .at('pull_requests')
    .items()
    .find((one) => {
      return isSame(one.at('head').at('repo'), repository) && isSame(one.at('base').at('repo'), repository);
    });
  return pull === undefined
    ? { isUntrusted: false }
    : { ...numbered(pull), isUntrusted: false, ...based(pull.at('base').at('sha').text()) };
}

/** Never the commit of a stranger: the branch that a pull request is into, or the default branch. */
function fallbackBase(name: string, env: EventEnvironment, payload: Field): string | undefined {
  // These run on the last commit of the default branch.
  if (name === 'issue_comment' || name === 'workflow_run') return given(env, 'GITHUB_SHA');
  const branch = given(env, 'GITHUB_BASE_REF') ?? payload.at('repository').at('default_branch').text();
  return branch === undefined ? undefined : `refs/heads/${branch}`;
}

/** A re-run has a page of its own. */
function runUrlOf(env: EventEnvironment): string | undefined {
  const [server, repository, id] = ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'].map((name) =>
    given(env, name),
  );
  if (server === undefined || repository === undefined || id === undefined) return undefined;
  const attempt = Number(env['GITHUB_RUN_ATTEMPT'] ?? '1');
  return `${server}/${repository}/actions/runs/${id}${attempt > 1 ? `/attempts/${attempt}` : ''}`;
}

function numbered(thing: Field): Pick<RunEvent, 'pullRequest'> {
  const number = thing.at('number').number();
  return number === undefined ? {} : { pullRequest: number };
}

function based(sha: string | undefined): Pick<RunEvent, 'base'> {
  return sha === undefined ? {} : { base: sha };
}

function isSame(repository: Field, other: Field): boolean {
  const id = repository.at('id').number();
  return id !== undefined && id === other.at('id').number();
}

function given(env: EventEnvironment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** A place in a payload, which may be there or not. */
interface Field {
  readonly exists: boolean;
  at(name: string): Field;
  items(): readonly Field[];
  text(): string | undefined;
  number(): number | undefined;
}

function field(value: unknown): Field {
  const isObject = typeof value === 'object' && value !== null;
  return {
    exists: value !== undefined && value !== null,
    at: (name) => field(isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined),
    items: () => (Array.isArray(value) ? value.map(field) : []),
    text: () => (typeof value === 'string' && value !== '' ? value : undefined),
    number: () => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined),
  };
}
