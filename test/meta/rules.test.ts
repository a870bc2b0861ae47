import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BLANK, PAGE_SECTIONS, enterRule, enterRuleId, renderNewRule } from '../../scripts/new-rule.ts';
import { ROOT } from '../../scripts/run.ts';
import { RULE_IDS } from '../../src/model/config.ts';
import { FACETS } from '../../src/model/snapshot.ts';
import { RULES } from '../../src/rules/registry.ts';

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Names of the files that define a rule, whether or not anybody has registered them. */
const RULE_FILES = readdirSync(join(ROOT, 'src/rules'))
  .filter((name) => name !== 'rule.ts' && /\bdefineRule\b/.test(read(`src/rules/${name}`)))
  .map((name) => basename(name, '.ts'));

test('every rule file is registered under its own name, in order', () => {
  expect(RULES.map(({ id }) => id)).toEqual([...RULE_FILES].sort());
});

test('the ids that users can name are the rules and rule-crashed, in order', () => {
  expect([...RULE_IDS]).toEqual([...RULE_FILES, 'rule-crashed'].sort());
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('says what it is', () => {
    expect(rule.title).toMatch(/^[A-Za-z].*[^.]$/);
    expect(new Set(rule.needs).size).toBe(rule.needs.length);
    for (const facet of rule.needs) expect(FACETS).toContain(facet);
  });

  test('has a test of its own', () => {
    expect(existsSync(join(ROOT, `test/unit/rules/${id}.test.ts`))).toBe(true);
  });
});

describe.each(RULE_IDS)('the page of %s', (id) => {
  const page = read(`docs/rules/${id}.md`);

  test('has its title and its sections, in order, each with text', () => {
    expect(page.split('\n')[0]).toBe(`# ${id}`);
    const [, ...sections] = page.split(/^## /m);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(PAGE_SECTIONS);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim().length).toBeGreaterThan(20);
    expect(page).not.toContain(BLANK);
  });

  test('links only to what exists', () => {
    const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const dead = links.filter((link) => !link.includes('://') && !existsSync(join(ROOT, 'docs/rules', link)));
    expect(dead).toEqual([]);
  });
});

describe('a new rule', () => {
  const files = renderNewRule('node-is-odd', "A node's name is odd");

  test('comes with rule, test and page, all with blanks that the tests refuse', () => {
    expect([...files.keys()]).toEqual([
      'src/rules/node-is-odd.ts',
      'test/unit/rules/node-is-odd.test.ts',
      'docs/rules/node-is-odd.md',
    ]);
    for (const text of files.values()) expect(text).toContain(BLANK);
    expect(files.get('src/rules/node-is-odd.ts')).toContain("title: 'A node\\'s name is odd'");
  });

  test('is entered in its place, and nothing else changes', () => {
    const config = read('src/model/config.ts');
    const entered = enterRuleId(config, 'node-is-odd');
    expect(entered.replace("  'node-is-odd',\n", '')).toBe(config);
    expect(entered).toContain("'node-is-odd',\n  'node-route-missing',");

    const registry = read('src/rules/registry.ts');
    const listed = enterRule(registry, 'node-is-odd');
    expect(listed).toContain("import { nodeIsOdd } from './node-is-odd.ts';\nimport { nodeRouteMissing }");
    expect(listed).toContain('  nodeIsOdd,\n  nodeRouteMissing,');
    const without = listed.replace("import { nodeIsOdd } from './node-is-odd.ts';\n", '').replace('  nodeIsOdd,\n', '');
    expect(without).toBe(registry);
  });
});
