// The house's lint rules really refuse what they should, and leave alone what only looks like it.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { houseRules } from '../../scripts/lint/plugin.ts';
import { ROOT } from '../../scripts/run.ts';

function messages(file: string, text: string): string[] {
  const linter = new Linter({ cwd: ROOT });
  const config = {
    files: ['**/*.ts'],
    plugins: { house: houseRules },
    languageOptions: { parser: tseslint.parser },
    rules: { 'house/rooms': 'error', 'house/edge': 'error', 'house/length': 'error' },
  } satisfies Linter.Config;
  return linter.verify(text, [config], { filename: join(ROOT, file) }).map(({ message }) => message);
}

describe('the clock, chance and the environment away from the edge', () => {
  test.each([
    ['Date.now', `export const a = (): number => Date.now();`],
    ['new Date()', `export const a = (): Date => new Date();`],
    ['Date()', `export const a = (): string => Date();`],
    ['Date.now', `export const a = (): number => globalThis.Date.now();`],
    ['Math.random', `export const a = (): number => Math.random();`],
    ['Math.random', `export const a = (): number => Math['random']();`],
    ['process.env', `export const a = (): unknown => process.env['HOME'];`],
    ['process.exit', `export const a = (): void => process.exit(1);`],
    ['setTimeout()', `export const a = (f: () => void): unknown => setTimeout(f, 1);`],
    ['AbortSignal.timeout', `export const a = (): unknown => AbortSignal.timeout(1);`],
    ['node:timers/promises', `import { setTimeout } from 'node:timers/promises'; export const a = setTimeout;`],
    ['node:process', `import { env } from 'node:process'; export const a = env;`],
  ])('%s is refused', (what, text) => {
    expect(messages('src/net/retry.ts', text)).toEqual([expect.stringContaining(`${what} away from the edge: `)]);
  });

  test.each([
    ['a date that is data', `export const a = (t: string): Date => new Date(t);`],
    ['parsing a date', `export const a = (t: string): number => Date.parse(t);`],
    ['a clock that was passed in', `export const a = (Date: { now(): number }): number => Date.now();`],
    ['a waiter that was passed in', `export const a = (setTimeout: (n: number) => void): void => setTimeout(1);`],
  ])('%s is not', (_, text) => {
    expect(messages('src/net/retry.ts', text)).toEqual([]);
  });

  test.each([
    'src/index.ts',
    'src/github/runner.ts',
    'src/terminal/runner.ts',
    'src/net/clock.ts',
    'lab/servers/ec2.ts',
  ])('all of it is free in %s', (file) => {
    expect(messages(file, `export const a = [Date.now(), Math.random(), process.env];`)).toEqual([]);
  });
});

describe('imports', () => {
  test.each([
    ['static', `import { judge } from '../judge/judge.ts'; export const a = judge;`],
    ['types', `import type { Judge } from '../judge/judge.ts'; export type A = Judge;`],
    ['re-exported', `export { judge } from '../judge/judge.ts';`],
    ['all re-exported', `export * from '../judge/judge.ts';`],
    ['dynamic', `export const a = (): Promise<unknown> => import('../judge/judge.ts');`],
  ])('of a room that is closed are refused: %s', (_, text) => {
    expect(messages('src/rules/a.ts', text)).toEqual([
      expect.stringContaining('src/rules/ must not import src/judge/ (../judge/judge.ts): '),
    ]);
  });

  test('of a room that is open are not', () => {
    expect(messages('src/judge/a.ts', `export { id } from '../rules/rule.ts';`)).toEqual([]);
  });

  test('of a heavy room are dynamic or for its types', () => {
    const heavy = `'./cluster/read.ts'`;
    expect(messages('src/index.ts', `import { read } from ${heavy}; read();`)).toEqual([
      expect.stringContaining('only by import() or for its types'),
    ]);
    expect(messages('src/index.ts', `import { type Read } from ${heavy}; export type A = Read;`)).toEqual([]);
    expect(messages('src/index.ts', `export const a = (): unknown => import(${heavy});`)).toEqual([]);
  });

  test('of computed names are refused', () => {
    expect(messages('src/index.ts', `export const a = (n: string): unknown => import(n);`)).toEqual([
      expect.stringContaining('computed name'),
    ]);
  });

  test('for their effect are refused', () => {
    expect(messages('src/judge/a.ts', `import '../rules/rule.ts';`)).toEqual([
      expect.stringContaining('for its effect alone'),
    ]);
  });
});

test('a file of more than 300 lines is refused, one of 300 is not', () => {
  expect(messages('src/judge/a.ts', `export {};\n`.repeat(300))).toEqual([]);
  expect(messages('src/judge/a.ts', `export {};\n`.repeat(301))).toEqual([expect.stringContaining('301 lines')]);
});
