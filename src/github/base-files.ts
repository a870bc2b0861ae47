/** Files as they are in the branch that a pull request is into, which a pull request cannot change. */
import type { Calls, Octokit, Repository } from './calls.ts';
import { GitHubTrouble } from './trouble.ts';

/**
 * The path from the root of the repository; undefined: it leads out of it. Absolute paths count if they are in the
 * workspace, where actions/checkout puts the repository. Pure.
 */
export function repositoryPath(path: string, workspace: string | undefined): string | undefined {
  const slashed = path.replaceAll('\\', '/');
  const root =
    workspace === undefined || workspace === '' ? undefined : `${workspace.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
  const inside = root !== undefined && slashed.startsWith(root) ? slashed.slice(root.length) : slashed;
  if (inside.startsWith('/') || /^[A-Za-z]:/.test(inside) || inside.includes('\0')) return undefined;
  const parts = inside.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

/** Undefined: there is no such file. Throws GitHubTrouble. */
export async function readFileAt(calls: Calls, path: string, ref: string): Promise<string | undefined> {
  try {
    return await calls.repeatable((octokit) => readRaw(octokit, { ...calls.repository, path, ref }));
  } catch (error) {
    if (!(error instanceof GitHubTrouble) || error.kind !== 'missing') throw error;
    await proveReadable(calls, ref);
    return undefined;
  }
}

async function readRaw(octokit: Octokit, at: Repository & { path: string; ref: string }): Promise<string> {
  const { data, headers } = await octokit.rest.repos.getContent({
    ...at,
    // The usual form has no content from one megabyte on.
    mediaType: { format: 'raw' },
    // Octokit takes half a text for the whole one, so the stream is read here.
    request: { parseSuccessResponseBody: false },
  });
  const text = await new Response(data as unknown as ReadableStream).text();
  // A folder or a submodule comes as JSON all the same.
  if (/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new GitHubTrouble('refused', `${at.path} is not a file`);
  }
  return text;
}

/** To what it hides GitHub says "Not Found" as well; whoever sees the root of the commit would see the file. */
async function proveReadable(calls: Calls, ref: string): Promise<void> {
  await calls.repeatable((octokit) => octokit.rest.repos.getContent({ ...calls.repository, path: '', ref }));
}
