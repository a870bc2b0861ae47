/** What to type to make a change, per tool. */
import type { Change } from '../model/plan.ts';
import { renderAws } from './aws.ts';

export interface Remedies {
  /** Lines for a POSIX shell; lines that start with `#` are comments. */
  readonly aws: readonly string[];
  readonly gcloud: readonly string[];
  readonly az: readonly string[];
}

/** Equal lines appear once; the order of the changes is kept. */
export function remediesFor(changes: readonly Change[]): Remedies {
  const aws: string[] = [];
  const seen = new Set<string>();
  for (const change of changes) {
    // All lines of a change or none: a comment belongs to the command above it.
    const lines = renderAws(change);
    const key = lines.join('\n');
    if (!seen.has(key)) aws.push(...lines);
    seen.add(key);
  }
  return { aws, gcloud: [], az: [] };
}

/** The first line that is a command. */
export function firstCommand(remedies: Remedies): string | undefined {
  return [...remedies.aws, ...remedies.gcloud, ...remedies.az].find((line) => !line.startsWith('#'));
}
