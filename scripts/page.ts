// The script and the style of the HTML report: src/report/page/ui and what it needs, bundled into one module that
// src/report/html.ts puts into the page. The same sources and lock give the same bytes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { ROOT } from './run.ts';

/** Where the module lies, from the root. */
export const PAGE_ASSET = 'src/report/page-asset.generated.ts';

const UI = 'src/report/page/ui';
/** The oldest that know light-dark(). */
const BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];

/** The text of the module. */
export async function renderPageAsset(): Promise<string> {
  const script = await bundleScript();
  const style = await esbuild.transform(readFileSync(join(ROOT, UI, 'style.css'), 'utf8'), {
    loader: 'css',
    minify: true,
    charset: 'utf8',
    target: BROWSERS,
  });
  return [
    '// Made by scripts/page.ts of src/report/page/ui: npm run generate.',
    `export const SCRIPT = ${JSON.stringify(script)};`,
    `export const STYLE = ${JSON.stringify(style.code.trim())};`,
    '',
  ].join('\n');
}

async function bundleScript(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    // No file has an effect when it is imported; the page is where it is started.
    stdin: { contents: "import { start } from './start.tsx'; start();", resolveDir: join(ROOT, UI), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: BROWSERS,
    minify: true,
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The licence is in the page, where the code is.
    legalComments: 'none',
    banner: { js: `/*!\nPreact\n${readFileSync(join(ROOT, 'node_modules/preact/LICENSE'), 'utf8').trim()}\n*/` },
    alias: { 'node:net': join(ROOT, UI, 'net.ts') },
    absWorkingDir: ROOT,
    // Whose settings a file has must not depend on where it lies.
    tsconfigRaw: {},
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild gave no script for the page.');
  return file.text.trim();
}
