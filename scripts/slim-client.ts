// The Kubernetes client as far as src uses it. Whole, it is four megabytes of models and calls that every run would load,
// because nothing tells a bundler that its modules do nothing by themselves.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import * as esbuild from 'esbuild';
import { ROOT } from './run.ts';

const NAME = '@kubernetes/client-node';
const CLIENT = join(ROOT, 'node_modules', NAME);

/**
 * Writes the client into the node_modules of the compiled sources, where it is found before the installed one: the same
 * code, without what the names that these sources import do not need.
 */
export async function writeSlimClient(compiled: string): Promise<void> {
  const folder = join(compiled, 'node_modules', NAME);
  mkdirSync(folder, { recursive: true });
  const names = importedNames(join(compiled, 'cluster'));
  const { errors } = await esbuild.build({
    stdin: { contents: `export { ${names.join(', ')} } from './dist/index.js';\n`, resolveDir: CLIENT },
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    plugins: [{ name: 'slim', setup: (bundling) => setup(bundling, folder) }],
    outfile: join(folder, 'index.js'),
    logLevel: 'silent',
  });
  if (errors.length > 0) throw new Error(`${NAME} cannot be bundled: ${errors[0]?.text ?? ''}`);
  // licenses.txt is made from these two.
  const description = JSON.parse(readFileSync(join(CLIENT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, license, type } = description;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, license, type, main: 'index.js' }));
  copyFileSync(join(CLIENT, 'LICENSE'), join(folder, 'LICENSE'));
}

/** What the compiled files of a folder import from the client, sorted. */
function importedNames(folder: string): string[] {
  const pattern = new RegExp(`import \\{([^}]*)\\} from '${NAME}'`, 'g');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const lists = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, list = '']) => list.split(',')));
  return [...new Set(lists.flat().map((name) => name.trim()))].filter((name) => name !== '').sort();
}

function setup(build: esbuild.PluginBuild, folder: string): void {
  // Its modules only define. (One more gives old versions of Node a global File; Node 24 has one.)
  build.onResolve({ filter: /^\./ }, async ({ path, importer, resolveDir, kind, with: attributes, pluginData }) => {
    if (pluginData === 'resolved') return undefined;
    const found = await build.resolve(path, { importer, resolveDir, kind, with: attributes, pluginData: 'resolved' });
    return { ...found, sideEffects: false };
  });
  // Other packages stay where they are. What the client has of its own is named by its path, for the slim client lies
  // elsewhere.
  const { resolve } = createRequire(join(CLIENT, 'package.json'));
  build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
    const own = !path.startsWith('node:') && existsSync(join(CLIENT, 'node_modules', path));
    return { path: own ? relative(folder, resolve(path)).replaceAll(sep, '/') : path, external: true };
  });
}
