/** Which files a pattern means. */
import { glob, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, messageOf } from '../../model/errors.ts';

/** Throws ConfigError where a pattern means none. Sorted, each once. */
export async function findFiles(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const paths = await expand(pattern);
    if (paths.length === 0) {
      throw new ConfigError(`fabric-routes: there is no file at ${pattern}.`, {
        hint: 'Name a file, a folder or a pattern; paths are relative to the workspace.',
        docs: 'fabric-routes',
      });
    }
    for (const path of paths) found.add(path);
  }
  return [...found].sort();
}

async function expand(pattern: string): Promise<string[]> {
  try {
    const paths: string[] = [];
    if (/[*?[{]/.test(pattern)) {
      for await (const path of glob(pattern)) if ((await stat(path)).isFile()) paths.push(path);
      return paths;
    }
    if (!(await stat(pattern)).isDirectory()) return [pattern];
    const entries = await readdir(pattern, { withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile() && !entry.name.startsWith('.')) paths.push(join(pattern, entry.name));
    return paths;
  } catch (error) {
    throw new ConfigError(`fabric-routes: ${pattern} cannot be read: ${messageOf(error)}.`, {
      hint: 'Check the path; it is relative to the workspace.',
      docs: 'fabric-routes',
      cause: error,
    });
  }
}
