import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { parseDefaults } from '../../../lab/runner/action-file.ts';
import { annotationsOf, parseCommand, parseCommands } from '../../../lab/runner/commands.ts';
import { parseKeyValues } from '../../../lab/runner/files.ts';
import { inputVariable, runAction } from '../../../lab/runner/run-action.ts';

test('inputs become variables: upper case, spaces replaced, dashes kept', () => {
  expect(['network-mode', 'my input', 'a.b'].map(inputVariable)).toEqual([
    'INPUT_NETWORK-MODE',
    'INPUT_MY_INPUT',
    'INPUT_A.B',
  ]);
});

test('defaults come from action.yml, with the token filled in', () => {
  const yaml = `
inputs:
  mode: { description: d, default: check }
  count: { default: 3 }
  empty: { default: "" }
  none: { description: no default }
  token: { default: "\${{ github.token }}" }
`;
  expect(parseDefaults(yaml)).toEqual({ mode: 'check', count: '3', empty: '', token: 'lab-github-token' });
  expect(() => parseDefaults('inputs: { a: { default: "${{ github.actor }}" } }')).toThrow('github.actor');
});

test('outputs: lines, blocks, values that look like either', () => {
  const text = 'a=1\nb<<ghadelimiter_1\nline=1\nx<<y\n\nghadelimiter_1\na=2=3\nc<<E\nE\n';
  expect(parseKeyValues(text)).toEqual({ a: '2=3', b: 'line=1\nx<<y\n', c: '' });
  expect(parseKeyValues('')).toEqual({});
  expect(() => parseKeyValues('a<<END\n1\n')).toThrow('has no end');
  expect(() => parseKeyValues('nonsense\n')).toThrow('nonsense');
});

test('commands: properties, escapes, and none while commands are stopped', () => {
  expect(parseCommand('::error file=a.ts,title=A%2C B%3A 100%25::one%0Atwo')).toEqual({
    name: 'error',
    properties: { file: 'a.ts', title: 'A, B: 100%' },
    message: 'one\ntwo',
  });
  expect(parseCommand('see ::error::')).toBeUndefined();
  const log = '::warning::w\nplain\n::stop-commands::t1\n::error::not me\n::t1::\n::notice::n\n::add-mask::secret\n';
  const commands = parseCommands(log);
  expect(annotationsOf(commands).map((one) => `${one.level} ${one.message}`)).toEqual(['warning w', 'notice n']);
  expect(commands.at(-1)).toEqual({ name: 'add-mask', properties: {}, message: 'secret' });
});

const program = `
const fs = require('node:fs');
const { env } = process;
require('./chunk.js');
console.log('::add-mask::hush');
console.log('::error title=T::broken');
console.error('to stderr');
const seen = { mode: env['INPUT_MODE'], dash: env['INPUT_NETWORK-MODE'], home: env.HOME, mine: env.MINE,
  leaked: env.LAB_TEST_LEAK, cwd: process.cwd() === fs.realpathSync(env.GITHUB_WORKSPACE),
  event: JSON.parse(fs.readFileSync(env.GITHUB_EVENT_PATH, 'utf8')), name: env.GITHUB_EVENT_NAME, ref: env.GITHUB_REF };
fs.appendFileSync(env.GITHUB_OUTPUT, 'seen<<X\\n' + JSON.stringify(seen) + '\\nX\\n');
fs.appendFileSync(env.GITHUB_STEP_SUMMARY, '# Hello\\n');
fs.appendFileSync(env.GITHUB_STATE, 'started=yes\\n');
process.exitCode = 3;
`;

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner test '));
  await mkdir(join(folder, 'dist'));
  bundle = join(folder, 'dist', 'index.js');
  await writeFile(bundle, program);
  await writeFile(join(folder, 'dist', 'chunk.js'), 'exports.loaded = true;');
  await writeFile(join(folder, 'action.yml'), 'inputs: { mode: { default: check }, network-mode: { default: auto } }');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a step runs in a clean environment and answers through its files', async () => {
  process.env['LAB_TEST_LEAK'] = 'no';
  const heard: string[] = [];
  const run = await runAction({
    bundle,
    inputs: { 'network-mode': 'fabric' },
    env: { MINE: 'yes' },
    event: { name: 'push', payload: { ref: 'x' }, env: { GITHUB_REF: 'x', MINE: 'of the event' } },
    recordLoads: true,
    onOutput: (text, stream) => heard.push(`${stream}:${text.trim()}`),
  });
  await run.remove();
  delete process.env['LAB_TEST_LEAK'];
  expect(run.exitCode).toBe(3);
  const seen = JSON.parse(run.outputs['seen'] ?? '{}') as Record<string, unknown>;
  expect(seen).toMatchObject({ mode: 'check', dash: 'fabric', mine: 'yes', cwd: true, name: 'push', ref: 'x' });
  expect(seen['event']).toEqual({ ref: 'x' });
  expect(seen['leaked']).toBeUndefined();
  expect(seen['home']).not.toBe(process.env['HOME']);
  expect(run.summary).toBe('# Hello\n');
  expect(run.state).toEqual({ started: 'yes' });
  expect(run.masks).toEqual(['hush']);
  expect(run.annotations).toEqual([{ level: 'error', message: 'broken', properties: { title: 'T' } }]);
  expect(heard).toContain('stderr:to stderr');
  expect(run.loaded.some((url) => url.endsWith('/dist/chunk.js'))).toBe(true);
});

test('a step that never ends is stopped', async () => {
  const endless = join(folder, 'dist', 'endless.js');
  await writeFile(endless, 'setInterval(() => {}, 1000);');
  const run = await runAction({ bundle: endless, timeoutMs: 500 });
  await run.remove();
  expect(run.exitCode).toBeNull();
});
