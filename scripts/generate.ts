// npm run generate [-- --check]
//
// Writes what is made from tables in the code: action.yml, tables of the README and of docs; and the
// script of the HTML report. With --check it writes
// nothing and names the files that are not what the tables say.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { renderRouterSchema } from '../src/clouds/segment/publish.ts';
import { INPUTS } from '../src/inputs/spec.ts';
import { OUTPUTS } from '../src/report/outputs.ts';
import { renderPlanSchema } from '../src/plan/publish.ts';
import { RULES } from '../src/rules/registry.ts';
import { renderSnapshotSchema } from '../src/snapshot/publish.ts';
import { PAGE_ASSET, renderPageAsset } from './page.ts';
import { ROOMS } from './rooms.ts';
import { ROOT } from './run.ts';
import {
  fillIn,
  renderAction,
  renderFile,
  renderInputTable,
  renderOutputTable,
  renderRoomTable,
  renderRuleFacts,
  renderRuleTable,
} from './tables.ts';

// The Marketplace cuts descriptions off at 125 characters.
const DESCRIPTION =
  'Says for every pair of Kubernetes nodes whether pod packets get through, and which cloud setting is wrong if not.';

/** Every generated file as it should be: path from the root to text. Throws when a page lacks its marks. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const rules = [...RULES].sort((a, b) => (a.id < b.id ? -1 : 1));
  const pages = new Map<string, string>([
    ['README.md', fillAll('README.md', readmeParts(rules))],
    ['docs/architecture.md', fillAll('docs/architecture.md', { rooms: renderRoomTable(presentRooms()) })],
  ]);
  for (const rule of rules) {
    const path = `docs/rules/${rule.id}.md`;
    // A missing page is for test/meta/rules.test.ts to name, together with what else the rule lacks.
    if (existsSync(join(ROOT, path))) pages.set(path, fillAll(path, { facts: renderRuleFacts(rule) }));
  }
  const files = new Map([
    ['action.yml', renderAction(INPUTS, OUTPUTS, DESCRIPTION)],
    ['docs/schema/fabric-routes.schema.json', renderRouterSchema()],
    ['docs/schema/plan-v1.schema.json', renderPlanSchema()],
    ['docs/schema/snapshot-v1.schema.json', renderSnapshotSchema()],
    [PAGE_ASSET, await renderPageAsset()],
  ]);
  for (const [path, text] of pages) files.set(path, await formatMarkdown(path, text));
  return files;
}

/** Paths whose file is missing or differs, in order. */
export function findStale(
  files: ReadonlyMap<string, string>,
  read: (path: string) => string | undefined,
): readonly string[] {
  return [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function readmeParts(rules: typeof RULES): Readonly<Record<string, string>> {
  return {
    inputs: renderInputTable(INPUTS),
    outputs: renderOutputTable(OUTPUTS),
    rules: renderRuleTable(rules),
    permissions: readPermissions(),
  };
}

function readPermissions(): string {
  const folder = 'docs/permissions';
  const languages: Readonly<Record<string, string>> = { json: 'json', yaml: 'yaml' };
  return readdirSync(join(ROOT, folder))
    .sort()
    .flatMap((name) => {
      const language = languages[name.split('.').at(-1) ?? ''];
      const path = `${folder}/${name}`;
      return language === undefined ? [] : [renderFile(path, language, readText(path) ?? '')];
    })
    .join('\n\n');
}

// Rooms that the plan has and the house has not yet are no help to a reader. An empty folder exists on one machine only.
function presentRooms(): typeof ROOMS {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`);
  const isPresent = (path: string): boolean => path === '*' || files.some((file) => file.startsWith(path));
  return ROOMS.filter(({ path }) => isPresent(path)).map((room) => ({
    ...room,
    rooms: room.rooms.filter(isPresent),
    ...(room.lazily === undefined ? {} : { lazily: room.lazily.filter(isPresent) }),
  }));
}

function fillAll(path: string, parts: Readonly<Record<string, string>>): string {
  let page = readText(path);
  if (page === undefined) throw new Error(`${path} is missing; its tables need a page to stand on.`);
  for (const [name, text] of Object.entries(parts)) page = fillIn(page, path, name, text);
  return page;
}

async function formatMarkdown(path: string, text: string): Promise<string> {
  const config = await resolveConfig(join(ROOT, path), { editorconfig: true });
  return format(text, { ...config, parser: 'markdown' });
}

function readText(path: string): string | undefined {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  try {
    const files = await generate();
    const stale = findStale(files, readText);
    if (!values.check) {
      for (const path of stale) writeFileSync(join(ROOT, path), files.get(path) ?? '');
      console.log(stale.length === 0 ? 'Everything was fresh.' : `Wrote ${stale.join(', ')}.`);
    } else if (stale.length > 0) {
      console.error(`Not what the tables say: ${stale.join(', ')}. Run: npm run generate`);
      process.exitCode = 1;
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
