/** Networks outside of clouds, as far as somebody has written them down in files: routers' tables. */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ConfigError, messageOf } from '../../model/errors.ts';
import type { RouterFacts } from '../../model/snapshot.ts';
import type { Log, SegmentReader } from '../../ports.ts';
import { areProblems, parseExportJson } from './export-json.ts';
import { parseExportText } from './export-text.ts';
import { findFiles } from './find.ts';

/** Far more than a router with a full table of the internet prints. */
const MOST_BYTES = 256 * 1024 * 1024;

/** @param patterns files, folders (their own files) or globs; see input fabric-routes */
export function openSegment(patterns: readonly string[], { log }: { readonly log: Log }): SegmentReader {
  return { read: async () => ({ routers: await readRouters(patterns, log) }) };
}

async function readRouters(patterns: readonly string[], log: Log): Promise<RouterFacts[]> {
  const paths = await findFiles(patterns);
  const routers = new Map<string, RouterFacts>();
  for (const path of paths) {
    for (const router of parseExport(await readText(path), path)) {
      const other = routers.get(router.name);
      if (other !== undefined) {
        refuse(
          path,
          `it is about ${router.name}, as ${other.source} is`,
          'Leave one of them out, or give it a name of its own: #prc router NAME.',
        );
      }
      routers.set(router.name, router);
      for (const reason of router.unread) log.warning(`${path}, ${router.name}: not understood: ${reason}.`);
      const strange = router.routes.filter(({ opaque }) => opaque !== undefined).length;
      if (strange > 0)
        log.info(`${path}, ${router.name}: ${String(strange)} routes are not understood; what they match is unknown.`);
    }
  }
  return [...routers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws ConfigError. */
export function parseExport(text: string, path: string): RouterFacts[] {
  const clean = text.replace(/^\uFEFF/, '');
  const source = `file ${path}`;
  if (clean.trim() === '') refuse(path, 'it is empty', 'Write the output of show ip route into it, or leave it out.');
  const json = /^\s*[[{]/.test(clean) ? parseExportJson(clean, source) : undefined;
  if (json === undefined) {
    const found = parseExportText(clean, source, basename(path, extname(path)));
    if (!Array.isArray(found)) refuse(path, found.what, found.hint);
    return found;
  }
  if (!areProblems(json)) return json;
  const [first] = json;
  const what = first === undefined ? 'it names no router' : `${first.path} ${first.text}`;
  refuse(path, what, 'The form is described in docs/routers.md and docs/schema/fabric-routes.schema.json.');
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) =>
    refuse(path, `it cannot be read: ${messageOf(error)}`, 'Check the path; it is relative to the workspace.'),
  );
  if (bytes.length > MOST_BYTES)
    refuse(path, `it has ${String(bytes.length)} bytes, which no router prints`, 'Name another file.');
  return bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');
}

function refuse(path: string, what: string, hint: string): never {
  throw new ConfigError(`fabric-routes: ${path}: ${what}.`, { hint, docs: 'fabric-routes' });
}
