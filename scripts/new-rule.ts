// npm run new-rule -- RULE-ID "What it finds"
//
// Writes a rule, its test and its page, and enters its id. What is written does not pass the tests as it stands:
// the blanks have to be filled in first.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './run.ts';

/** The sections of a rule's page, in order. */
export const PAGE_SECTIONS = [
  'What it means',
  'How to see it yourself',
  'How to mend it',
  'When it is a false alarm, and what is not judged',
] as const;

/** Marks what the author has to write; test/meta/rules.test.ts refuses pages that still hold it. */
export const BLANK = 'TO BE WRITTEN';

/** Path from the root to text, of the files that are new. */
export function renderNewRule(id: string, title: string): ReadonlyMap<string, string> {
  return new Map([
    [`src/rules/${id}.ts`, renderRule(id, title)],
    [`test/unit/rules/${id}.test.ts`, renderTest(id)],
    [`docs/rules/${id}.md`, renderPage(id)],
  ]);
}

/** src/model/config.ts with the id in its place of RULE_IDS. */
export function enterRuleId(config: string, id: string): string {
  const list = /export const RULE_IDS = \[\n([^\]]*)\] as const;/.exec(config)?.[1];
  if (list === undefined) throw new Error('src/model/config.ts has no list RULE_IDS that could be read.');
  const lines = [...list.split('\n').filter((line) => line.trim() !== ''), `  '${id}',`].sort();
  return config.replace(list, `${lines.join('\n')}\n`);
}

/** src/rules/registry.ts with the rule imported and listed. */
export function enterRule(registry: string, id: string): string {
  const name = camelCase(id);
  const imported = /^import \{ \w+ \} from '\.\/[a-z-]+\.ts';$/gm;
  const imports = [...(registry.match(imported) ?? []), `import { ${name} } from './${id}.ts';`].sort(byPath);
  const list = /export const RULES: readonly Rule\[\] = \[\n([^\]]*)\];/.exec(registry)?.[1];
  if (list === undefined) throw new Error('src/rules/registry.ts has no list RULES that could be read.');
  const rules = [...list.split('\n').filter((line) => line.trim() !== ''), `  ${name},`].sort();
  return registry
    .replace(list, `${rules.join('\n')}\n`)
    .replace(/(?:^import \{ \w+ \} from '\.\/[a-z-]+\.ts';\n)+/m, `${imports.join('\n')}\n`);
}

function byPath(a: string, b: string): number {
  const path = (line: string): string => line.replace(/^.* from /, '');
  return path(a) < path(b) ? -1 : 1;
}

function renderRule(id: string, title: string): string {
  return `import { NO_SUBJECTS } from '../model/judgement.ts';
import { defineRule } from './rule.ts';

interface Data {
  readonly node: string;
}

export const ${camelCase(id)} = defineRule<Data>({
  id: '${id}',
  title: ${quoted(title)},
  severity: 'warning',
  needs: ['nodes'],
  evaluate: (context) =>
    context.nodes
      .filter((node) => !node.isSkipped)
      // ${BLANK}: which nodes are at fault.
      .filter(({ mode }) => mode === 'unknown')
      .map(({ facts }) => ({
        cause: \`cluster/\${facts.name}\`,
        verdict: 'fail' as const,
        subjects: { ...NO_SUBJECTS, nodes: [facts.name] },
        evidence: [{ source: \`node \${facts.name}\`, text: '${BLANK}' }],
        pairsBroken: 0,
        roundTripsBroken: 0,
        data: { node: facts.name },
      })),
  explain: ({ data }) => ({
    what: \`\${data.node}: ${BLANK}.\`,
    why: '${BLANK}.',
    next: '${BLANK}.',
  }),
});
`;
}

function renderTest(id: string): string {
  const name = camelCase(id);
  return `import { expect, test } from '@jest/globals';
import { ${name} } from '../../../src/rules/${id}.ts';

test('is permanent', () => {
  expect(${name}.id).toBe('${id}');
});

test('finds the fault, with its subjects and words', () => {
  throw new Error('${BLANK}: a context that shows the fault, and the finding that it gives');
});

test('finds nothing where there is nothing', () => {
  throw new Error('${BLANK}: the nearest context that is right');
});
`;
}

function renderPage(id: string): string {
  const sections = PAGE_SECTIONS.map((section) => `## ${section}\n\n${BLANK}.\n`);
  return `# ${id}\n\n<!-- generated:facts -->\n\n<!-- /generated:facts -->\n\n${sections.join('\n')}`;
}

function camelCase(id: string): string {
  return id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

async function main(id: string | undefined, title: string | undefined): Promise<string> {
  if (id === undefined || title === undefined || !/^[a-z]+(-[a-z]+)+$/.test(id)) {
    throw new Error('Usage: npm run new-rule -- rule-id "What it finds" (lower case, words joined by dashes)');
  }
  const config = join(ROOT, 'src/model/config.ts');
  const registry = join(ROOT, 'src/rules/registry.ts');
  const files = renderNewRule(id, title);
  const taken = [...files.keys()].filter((path) => existsSync(join(ROOT, path)));
  if (taken.length > 0) throw new Error(`There already is ${taken.join(', ')}. Ids are permanent; choose another.`);
  const changed = new Map([
    [config, enterRuleId(readFileSync(config, 'utf8'), id)],
    [registry, enterRule(readFileSync(registry, 'utf8'), id)],
  ]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), await format(text, { ...(await resolveConfig(config)), filepath: path }));
  }
  for (const [path, text] of changed) writeFileSync(path, text);
  return `Wrote ${[...files.keys()].join(', ')}. Fill in "${BLANK}" and what the compiler misses, then: npm run generate`;
}

if (import.meta.main) {
  try {
    console.log(await main(process.argv[2], process.argv[3]));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
