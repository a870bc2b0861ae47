// Starting child processes from scripts: always this very Node, always from the repository's root.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The repository's root, absolute. */
export const ROOT: string = resolve(import.meta.dirname, '..');

/** How a child ended: its exit status (null: ended by a signal), and what it wrote to both streams. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a JavaScript or TypeScript file with the Node that runs this script; `nodeArgs` go before the file. */
export function runNode(file: string, args: readonly string[] = [], nodeArgs: readonly string[] = []): Ended {
  const child = spawnSync(process.execPath, [...nodeArgs, file, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    // A failing test run may print a lot, and a cut report is worse than a long one.
    maxBuffer: 256 * 1024 * 1024,
  });
  if (child.error) throw child.error;
  return { status: child.status, output: `${child.stdout}${child.stderr}`.trim() };
}
