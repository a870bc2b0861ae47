/** GitHub's API as reports need it: one comment, one issue, files of the base. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../model/config.ts';
import { AccessError, messageOf } from '../model/errors.ts';
import type { Clock, GitHub, Log } from '../ports.ts';
import { readFileAt, repositoryPath } from './base-files.ts';
import { type Calls, GitHubApi } from './calls.ts';
import { writeComment } from './comments.ts';
import { parseEvent, type EventEnvironment } from './event.ts';
import { writeIssue } from './issues.ts';
import { toTrouble } from './trouble.ts';
import { type Attempt, explain, toAccessError, toDeliveryError } from './words.ts';

export interface OpenGitHub {
  readonly config: Pick<Config, 'githubToken'>;
  readonly env: EventEnvironment;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Hides a secret in the log from here on. */
  readonly mask: (secret: string) => void;
}

/** Undefined outside of GitHub Actions. Nothing is called yet. */
export async function openGitHub({ config, env, clock, log, random, mask }: OpenGitHub): Promise<GitHub | undefined> {
  const [, owner, repo] = /^([^/]+)\/([^/]+)$/.exec(env['GITHUB_REPOSITORY'] ?? '') ?? [];
  if (env['GITHUB_ACTIONS'] !== 'true' || owner === undefined || repo === undefined) return undefined;
  const token = config.githubToken;
  // The runner masks its own token; one of an app or a person may come from anywhere.
  if (token !== undefined) mask(token);
  const event = parseEvent(env, await readPayload(env['GITHUB_EVENT_PATH'], log));
  const apiUrl = (env['GITHUB_API_URL'] ?? '') === '' ? 'https://api.github.com' : String(env['GITHUB_API_URL']);
  const api = new GitHubApi({ repository: { owner, repo }, token, apiUrl, clock, log, random });

  async function attempt<T, E>(
    tried: Attempt,
    work: (calls: Calls) => Promise<T>,
    toError: (explained: ReturnType<typeof explain>) => E,
  ): Promise<T | E> {
    try {
      return await work(api.begin());
    } catch (error) {
      const now = clock.now();
      return toError(explain(toTrouble(error, now), tried, event, now));
    }
  }

  return {
    event,
    comment: (pullRequest, message, create) => {
      const tried = { what: `comment on pull request ${pullRequest}`, permission: 'pull-requests: write' };
      return attempt(tried, (calls) => writeComment(calls, pullRequest, message, create), toDeliveryError);
    },
    issue: (message, wanted) => {
      const tried = { what: 'write its issue', permission: 'issues: write' };
      return attempt(tried, (calls) => writeIssue(calls, message, wanted), toDeliveryError);
    },
    readBase: (path) => {
      const { base } = event;
      const wanted = repositoryPath(path, env['GITHUB_WORKSPACE']);
      if (wanted === undefined || base === undefined) return Promise.resolve(noBase(path, wanted));
      const tried = { what: `read ${wanted} as it is in ${base}`, permission: 'contents: read' };
      return attempt(tried, (calls) => readFileAt(calls, wanted, base), toAccessError);
    },
  };
}

function noBase(path: string, wanted: string | undefined): AccessError {
  return wanted === undefined
    ? new AccessError(`The path ${path} leads out of the repository, so it cannot be read as it is in the base.`, {
        hint: 'Write the path from the root of the repository.',
      })
    : new AccessError(`The file ${path} cannot be read as it is in the base, because the event does not name one.`, {
        hint: 'Run on pull_request, or without this file.',
      });
}

/** A run without a payload is one without a pull request. */
async function readPayload(path: string | undefined, log: Log): Promise<unknown> {
  if (path === undefined || path === '') return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    log.debug(`The payload of the event cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}
