/** Starting what is measured, each in a process of its own, and saying what it used. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import type { LabExchange } from '../../lab/servers/options.ts';
import { ROOT } from '../run.ts';
import type { Usage } from './figures.ts';
import type { Served } from './server.ts';
import type { BenchMode } from './world.ts';

const HERE = import.meta.dirname;

/** Variables that make a Node process write down what it used. */
export function meterEnvironment(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--require "${join(HERE, 'meter.cjs').replaceAll('\\', '\\\\')}"`, METER_FILE: file };
}

export async function readMeter(file: string, wallMs: number): Promise<Usage> {
  return { wallMs, ...(JSON.parse(await readFile(file, 'utf8')) as Omit<Usage, 'wallMs'>) };
}

export interface Ended {
  readonly wallMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Error with the process's own words when it does not end well. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const heard = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (heard[stream] += text));
    }
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve({ wallMs: performance.now() - before, ...heard });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${heard.stderr}`));
    });
  });
}

/** By the Node that runs this; the first argument is the file. */
export async function runMetered(args: readonly string[], env: NodeJS.ProcessEnv, meter: string): Promise<Usage> {
  const { wallMs } = await run(process.execPath, args, { ...env, ...meterEnvironment(meter) });
  return readMeter(meter, wallMs);
}

/** As JavaScript in one file: a floor that first had to strip types and to look for packages would be too high. */
export async function bundleFloor(outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [join(HERE, 'floor.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
}

/** The servers over one cluster. */
export class Servers {
  readonly served: Served;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, served: Served) {
    this.#child = child;
    this.served = served;
  }

  /** Resolves once they listen. */
  static async start(nodes: number, mode: BenchMode): Promise<Servers> {
    const child = fork(join(HERE, 'server.ts'), [String(nodes), mode], { cwd: ROOT });
    const { served } = (await messageOf(child)) as { served: Served };
    return new Servers(child, served);
  }

  /** What was asked since the last time, in order. */
  async take(): Promise<readonly LabExchange[]> {
    const answer = messageOf(this.#child);
    this.#child.send('take');
    const { exchanges } = (await answer) as { exchanges: readonly LabExchange[] };
    return exchanges;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.send('stop');
    await ended;
  }
}

function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null): void => {
      reject(new Error(`the servers ended with ${String(code)}`));
    };
    child.once('exit', fail);
    child.once('message', (message) => {
      child.off('exit', fail);
      resolve(message);
    });
  });
}
