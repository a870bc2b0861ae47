import { describe, expect, test } from '@jest/globals';
import * as toolkit from '@actions/core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neutralise } from '../../../src/github/neutralise.ts';
import { createLog, createRunner, type Core } from '../../../src/github/runner.ts';

/** The toolkit, writing into a list. */
class FakeCore implements Core {
  readonly calls: string[] = [];
  failure: Error | undefined;
  debug = (message: string): void => void this.calls.push(`debug ${message}`);
  info = (message: string): void => void this.calls.push(`info ${message}`);
  startGroup = (name: string): void => void this.calls.push(`startGroup ${name}`);
  endGroup = (): void => void this.calls.push('endGroup');
  setOutput = (name: string, value: unknown): void => void this.calls.push(`output ${name}=${String(value)}`);
  error = (message: string | Error, properties?: { title?: string }): void =>
    this.#annotation('error', message, properties);
  warning = (message: string | Error, properties?: { title?: string }): void =>
    this.#annotation('warning', message, properties);
  notice = (message: string | Error, properties?: { title?: string }): void =>
    this.#annotation('notice', message, properties);
  readonly summary = new FakeSummary(this) as unknown as Core['summary'];

  #annotation(level: string, message: string | Error, properties?: { title?: string }): void {
    this.calls.push(`${level} [${properties?.title ?? ''}] ${String(message)}`);
  }
}

class FakeSummary {
  readonly #core: FakeCore;
  #text = 'left over';

  constructor(core: FakeCore) {
    this.#core = core;
  }

  emptyBuffer(): this {
    this.#text = '';
    return this;
  }

  addRaw(text: string): this {
    this.#text += text;
    return this;
  }

  write(options: { overwrite?: boolean }): Promise<this> {
    if (this.#core.failure !== undefined) return Promise.reject(this.#core.failure);
    this.#core.calls.push(`summary overwrite=${String(options.overwrite)} ${this.#text}`);
    return Promise.resolve(this);
  }
}

describe('the runner', () => {
  test('annotates by level, with a title', () => {
    const core = new FakeCore();
    const runner = createRunner(core, { summaryFile: undefined });
    for (const level of ['error', 'warning', 'notice'] as const) runner.annotate({ level, title: 'T', message: 'M' });
    expect(core.calls).toEqual(['error [T] M', 'warning [T] M', 'notice [T] M']);
  });

  test('sets outputs', () => {
    const core = new FakeCore();
    createRunner(core, { summaryFile: undefined }).setOutput('verdict', 'pass');
    expect(core.calls).toEqual(['output verdict=pass']);
  });

  test('writes the summary in place of an earlier one', async () => {
    const core = new FakeCore();
    await createRunner(core, { summaryFile: '/x' }).writeSummary('# ä');
    expect(core.calls).toEqual(['summary overwrite=true # ä']);
  });

  test.each([undefined, ''])('without a summary file (%p) says so to those who debug', async (summaryFile) => {
    const core = new FakeCore();
    await createRunner(core, { summaryFile }).writeSummary('x');
    expect(core.calls).toEqual(['debug GITHUB_STEP_SUMMARY is not set, so no job summary was written.']);
  });

  test('a summary that cannot be written is a warning', async () => {
    const core = new FakeCore();
    core.failure = new Error('disk full');
    await createRunner(core, { summaryFile: '/x' }).writeSummary('x');
    expect(core.calls).toEqual(['warning [] The job summary could not be written: disk full']);
  });
});

test('with the real toolkit, outputs and summary end up in the files that the runner gave', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  const before = { ...process.env };
  try {
    for (const path of Object.values(files)) writeFileSync(path, '');
    Object.assign(process.env, files);
    const runner = createRunner(toolkit, { summaryFile: files.GITHUB_STEP_SUMMARY });
    runner.setOutput('verdict', 'fail\nnext=line');
    await runner.writeSummary('first');
    await runner.writeSummary('**Fail** — ❌ ä');
    expect(readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8')).toBe('**Fail** — ❌ ä');
    expect(readFileSync(files.GITHUB_OUTPUT, 'utf8')).toMatch(
      /^verdict<<(ghadelimiter_\S+)\r?\nfail\nnext=line\r?\n\1\r?\n$/,
    );
  } finally {
    for (const name of Object.keys(files)) {
      const value = before[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  }
});

describe('the log', () => {
  test('passes on every level', () => {
    const core = new FakeCore();
    const log = createLog(core);
    log.debug('d');
    log.info('i');
    log.warning('w');
    expect(core.calls).toEqual(['debug d', 'info i', 'warning [] w']);
  });

  test('closes a group even when the work in it fails', async () => {
    const core = new FakeCore();
    const log = createLog(core);
    await expect(log.group('g', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    await expect(log.group('h', () => Promise.resolve(7))).resolves.toBe(7);
    expect(core.calls).toEqual(['startGroup g', 'endGroup', 'startGroup h', 'endGroup']);
  });

  test('lets no foreign text speak to the runner', () => {
    const core = new FakeCore();
    createLog(core).info('node\n::set-output name=verdict::pass\n##[error]x');
    expect(core.calls).toEqual(['info node\n: :set-output name=verdict::pass\n## [error]x']);
  });
});

/** As the runner decides: `::name ...::` after white space at the start of a line, `##[name ...]` anywhere. */
function isCommand(line: string): boolean {
  return /^\s*::[^:]*?.*::/.test(line) || /##\[[^\]]+\]/.test(line);
}

test.each([
  '::error::boo',
  '  ::error::boo',
  '\t::add-mask::a',
  'x\n::stop-commands::t',
  'x\r::error::boo',
  'x\r\n::error file=a::boo',
  '::::error::x',
  '##[group]x',
  'text ##[error]x',
  '\u00A0::error::x',
])('%j holds no command afterwards', (text) => {
  expect(text.split(/\r\n|\r|\n/).some(isCommand)).toBe(true);
  expect(neutralise(text).split('\n').some(isCommand)).toBe(false);
});

test.each(['::/0', 'fd00::/64 via ::1', 'route ::/0 and ::1/128', 'a::b', '10.0.0.0/8'])('%j is left alone', (text) => {
  expect(neutralise(text)).toBe(text);
});
