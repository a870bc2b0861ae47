/** Runs the bundle exactly as GitHub's runner does: a clean environment, input variables, and files for the answers. */

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readDefaults } from './action-file.ts';
import { annotationsOf, parseCommands } from './commands.ts';
import type { Annotation } from './commands.ts';
import { MAIN_SHA, type LabEvent } from './events.ts';
import { parseKeyValues } from './files.ts';

export interface RunOptions {
  /** Path of dist/index.js. */
  bundle: string;
  inputs?: Record<string, string>;
  /** On top of what the runner sets; wins over it. */
  env?: Record<string, string>;
  /** The workspace. Default: an empty folder that `remove` deletes. */
  cwd?: string;
  /** Default: workflow_dispatch with an empty payload. */
  event?: LabEvent;
  /** Defaults of the inputs. Default: those in the action.yml of the bundle's repository. */
  defaults?: Record<string, string>;
  /** Whether to note which files the process loads. */
  recordLoads?: boolean;
  /** Called with the output as it comes. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Called once the process runs, with a way to end it as a runner or a power cut does. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** After so many milliseconds the process is killed. Default 120,000. */
  timeoutMs?: number;
}

export interface RunResult {
  /** What the step's result follows from; null when the process was killed. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  outputs: Record<string, string>;
  state: Record<string, string>;
  /** The job summary as Markdown. */
  summary: string;
  annotations: Annotation[];
  /** Values that later lines of the log show as ***. */
  masks: string[];
  /** URLs of the files that were loaded, when asked for. */
  loaded: string[];
  workspace: string;
  /** Deletes whatever the run left in temporary folders. */
  remove: () => Promise<void>;
}

/** Upper case, spaces to underscores, and nothing else: dashes stay. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** Of the surrounding environment only what a process cannot start without. */
function bareEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'SystemRoot', 'SYSTEMROOT', 'ComSpec', 'PATHEXT']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

interface Folders {
  root: string;
  workspace: string;
  file: (name: string) => string;
}

async function makeFolders(options: RunOptions): Promise<Folders> {
  const root = await mkdtemp(join(tmpdir(), 'pod-route-check-step-'));
  const file = (name: string): string => join(root, name);
  for (const name of ['home', 'temp', 'workspace']) await mkdir(file(name));
  // The runner hands over existing, empty files; without them the toolkit falls back to older ways.
  for (const name of ['output', 'state', 'env', 'path', 'summary', 'loaded']) await writeFile(file(name), '');
  await writeFile(file('event.json'), JSON.stringify(options.event?.payload ?? {}));
  return { root, workspace: options.cwd === undefined ? file('workspace') : resolve(options.cwd), file };
}

function runnerEnvironment(options: RunOptions, defaults: Record<string, string>, folders: Folders): NodeJS.ProcessEnv {
  const { file, workspace } = folders;
  const inputs: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...defaults, ...options.inputs })) inputs[inputVariable(name)] = value;
  return {
    ...bareEnvironment(),
    // No ~/.kube/config and no ~/.aws of whoever runs the lab.
    HOME: file('home'),
    USERPROFILE: file('home'),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__example_pod-route-check',
    GITHUB_ACTOR: 'octocat',
    // Nothing listens there: a run of the lab never talks to the real GitHub.
    GITHUB_API_URL: 'http://127.0.0.1:9',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: options.event?.name ?? 'workflow_dispatch',
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_JOB: 'check',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'example/cluster',
    GITHUB_REPOSITORY_OWNER: 'example',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1000000001',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SHA: MAIN_SHA,
    GITHUB_WORKFLOW: 'pod routes',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_OS: systems[process.platform] ?? 'Linux',
    RUNNER_TEMP: file('temp'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_STEP_SUMMARY: file('summary'),
    ...options.event?.env,
    ...inputs,
    ...(options.recordLoads === true ? recordingEnvironment(file('loaded')) : {}),
    ...options.env,
  };
}

function recordingEnvironment(log: string): Record<string, string> {
  const preload = join(dirname(fileURLToPath(import.meta.url)), 'record-loads.cjs');
  // Quoted, because the checkout may lie in a folder with a space in its name; and backslashes escape there.
  return { NODE_OPTIONS: `--require "${preload.replaceAll('\\', '\\\\')}"`, LAB_LOADED_FILES: log };
}

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

function runProcess(options: RunOptions, env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [resolve(options.bundle)], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    options.onStart?.((signal) => void child.kill(signal));
    const heard = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        heard[stream] += text;
        options.onOutput?.(text, stream);
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
    child.once('error', (error) => {
      clearTimeout(timer);
      failed(error);
    });
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      done({ exitCode, ...heard });
    });
  });
}

/** @throws Error when the process cannot be started, or answered in a form that the runner refuses. */
export async function runAction(options: RunOptions): Promise<RunResult> {
  const beside = join(dirname(dirname(resolve(options.bundle))), 'action.yml');
  const defaults = options.defaults ?? (await readDefaults(beside));
  const folders = await makeFolders(options);
  const remove = (): Promise<void> => rm(folders.root, { recursive: true, force: true });
  try {
    const env = runnerEnvironment(options, defaults, folders);
    const ended = await runProcess(options, env, folders.workspace);
    const read = (name: string): Promise<string> => readFile(folders.file(name), 'utf8');
    const commands = parseCommands(ended.stdout);
    return {
      ...ended,
      outputs: parseKeyValues(await read('output')),
      state: parseKeyValues(await read('state')),
      summary: await read('summary'),
      annotations: annotationsOf(commands),
      masks: commands.filter((command) => command.name === 'add-mask').map((command) => command.message),
      loaded: (await read('loaded')).split('\n').filter((line) => line !== ''),
      workspace: folders.workspace,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
