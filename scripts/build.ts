// npm run build [-- --out FOLDER] [-- --no-check]
//
// Writes the committed bundle: tsc emits src as JavaScript, ncc bundles it with one lazily loaded chunk per dynamic
// import, esbuild makes the chunks small. The same lock gives the same bytes on Linux x64.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ncc, { type NccOutput } from '@vercel/ncc';
import * as esbuild from 'esbuild';
import { ROOT, runNode } from './run.ts';
import { writeSlimClient } from './slim-client.ts';
import { trimProtos } from './trim-protos.ts';

/** How to build: where to, and whether type errors stop the build (verify checks types in a step of its own). */
export interface BuildOptions {
  readonly out: string;
  readonly checkTypes: boolean;
}

/** What the build wrote: file name to size in bytes, sorted by name. */
export type BuildResult = ReadonlyMap<string, number>;

// Assets that ncc finds in dependencies and that nothing in the bundle opens: descriptions for gRPC, which the Action
// does not speak, and a script that starts a browser.
const USELESS_ASSET = /^(?:proto|xds|protoc-gen-validate)\/|(?:^|\/)xdg-open$/;

/** Empties `out` and writes the bundle there. Throws with the compiler's words when src does not compile. */
export async function build({ out, checkTypes }: BuildOptions): Promise<BuildResult> {
  // Directly below the root: module ids hash the paths to node_modules, so the depth matters. The name does not
  // (see bundle), so builds that run side by side need not share a folder.
  const compiled = mkdtempSync(join(ROOT, '.build-'));
  try {
    compile(compiled, checkTypes);
    await writeSlimClient(compiled);
    // No "type" in the nearest package.json is what makes ncc write CommonJS, which the SDKs' own files need.
    writeFileSync(join(compiled, 'package.json'), '{}\n');
    const files = await shrink(await bundle(compiled));
    // The repository is "type": "module"; without this file Node would read the bundle as ES modules.
    files.set('package.json', Buffer.from('{\n  "type": "commonjs"\n}\n'));
    return write(out, files);
  } finally {
    rmSync(compiled, { recursive: true, force: true });
  }
}

function compile(outDir: string, checkTypes: boolean): void {
  const args = ['-p', 'tsconfig.build.json', '--outDir', outDir, ...(checkTypes ? ['--noEmitOnError'] : ['--noCheck'])];
  const { status, output } = runNode('node_modules/typescript/bin/tsc', args);
  if (status !== 0) throw new Error(`src does not compile:\n${output}`);
}

async function bundle(compiled: string): Promise<Map<string, Buffer>> {
  const before = process.cwd();
  // Chunk names and module ids hash paths relative to the working directory. From inside the compiled folder its
  // random name is in none of them, and the bytes are the same every time.
  process.chdir(compiled);
  let output: NccOutput;
  try {
    output = await ncc(join(compiled, 'index.js'), {
      // A cache would make the bytes depend on earlier builds, and it saves next to nothing.
      cache: false,
      license: 'licenses.txt',
      // ES modules where a package has them: webpack can then leave out what is never used.
      mainFields: ['module', 'main'],
      quiet: true,
    });
  } finally {
    process.chdir(before);
  }
  const { code, assets } = output;
  // What it does not find, ncc leaves to be looked for when the Action runs.
  const lost = /\b__WEBPACK_EXTERNAL_createRequire|require\("(\.\.\/[^"]*)"\)/.exec(
    [code, ...Object.values(assets).map(({ source }) => source.toString())].join('\n'),
  );
  if (lost !== null) throw new Error(`The bundle would look for ${lost[1] ?? lost[0]} outside of itself.`);
  const files = new Map<string, Buffer>([['index.js', Buffer.from(code)]]);
  for (const [name, { source }] of Object.entries(assets)) {
    if (!USELESS_ASSET.test(name)) files.set(name, typeof source === 'string' ? Buffer.from(source) : source);
  }
  return files;
}

// ncc's own minifier only takes index.js and leaves the chunks, which are most of the bytes.
async function shrink(files: Map<string, Buffer>): Promise<Map<string, Buffer>> {
  const small = new Map<string, Buffer>();
  let isTrimmed = false;
  for (const [name, source] of files) {
    if (!name.endsWith('.js')) {
      small.set(name, source);
      continue;
    }
    const { code } = await esbuild.transform(source.toString('utf8'), {
      minify: true,
      // Error families and SDK errors are told apart by their class names.
      keepNames: true,
      platform: 'node',
      target: 'node24',
      // licenses.txt carries the licences.
      legalComments: 'none',
    });
    const trimmed = trimProtos(code);
    isTrimmed ||= trimmed.length < code.length;
    small.set(name, Buffer.from(trimmed));
  }
  // Its size and a second of start-up would come back unnoticed.
  if (!isTrimmed)
    throw new Error('No chunk holds the description of Compute Engine in the form that trim-protos.ts knows.');
  return small;
}

function write(out: string, files: ReadonlyMap<string, Buffer>): BuildResult {
  // A chunk that is no longer made must not stay behind.
  rmSync(out, { recursive: true, force: true });
  const sizes = new Map<string, number>();
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = join(out, name);
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    sizes.set(name, bytes.length);
  }
  return sizes;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'dist' }, 'no-check': { type: 'boolean', default: false } },
  });
  try {
    const sizes = await build({ out: resolve(ROOT, values.out), checkTypes: !values['no-check'] });
    for (const [name, bytes] of sizes) console.log(`${String(bytes).padStart(9)}  ${name}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
