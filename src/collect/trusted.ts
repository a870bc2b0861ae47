/** Files that decide about the result: on a pull request they count as they are in the base, not as it changes them. */
import type { Files, GitHub, Log } from '../ports.ts';

/** What a file says, or undefined where there is none that may be trusted. */
export async function readTrusted(
  path: string,
  github: GitHub | undefined,
  { files, log }: { readonly files: Files; readonly log: Log },
): Promise<string | undefined> {
  const inside = files.inWorkspace(path);
  // Whatever is outside the workspace was put there by the workflow itself, not by a checkout.
  if (github?.event.base === undefined || inside === undefined) return files.find(path);
  const text = await github.readBase(inside);
  if (!(text instanceof Error)) return text;
  log.warning(`${path} counts as it is in the base, and could not be read there: ${text.message} ${text.hint}`);
  return undefined;
}
