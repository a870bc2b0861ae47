import type { GitHubWorld, IssueWorld } from '../../world/github.ts';
import type { Needed } from './access.ts';
import { notFound } from './errors.ts';
import type { Places } from './view.ts';

/** One request, understood. */
export interface Call {
  world: GitHubWorld;
  places: Places;
  /** What the path's blanks were filled with, decoded. */
  blanks: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  accept: string;
}

export type Reply =
  | { status: number; value?: object }
  /** A page of it goes out. */
  | { items: object[] }
  | { text: string; type: string };

export interface Operation {
  /** As the API description calls it. */
  id: string;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** After /repos/owner/repo. */
  path: RegExp;
  needs: Needed;
  /** Query parameters that it has. */
  query: readonly string[];
  /** Fields that a body may have; absent: it takes none. */
  body?: readonly string[];
  perform(call: Call): Reply;
}

/** @throws GitHubError */
export function findIssue({ world, blanks }: Call): IssueWorld {
  const found = world.issues.find(({ number }) => number === Number(blanks[0]));
  if (found === undefined) throw notFound();
  return found;
}
