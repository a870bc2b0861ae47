/** The edge: reads the environment once, builds the real ports, calls main, sets the exit status. Nothing imports it. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import * as core from '@actions/core';
import { chooseClouds } from './clouds/registry.ts';
import { openGitHub } from './github/index.ts';
import { createLog, createRunner } from './github/runner.ts';
import { asksToApply } from './inputs/parse.ts';
import { main } from './main.ts';
import { ConfigError, DeliveryError, isKnownError, messageOf } from './model/errors.ts';
import type { CloudId, Config } from './model/config.ts';
import { systemClock } from './net/clock.ts';
import type { Changing, Clock, FabricReader, FabricWriter, Files, Log, Ports } from './ports.ts';
import { VERSION } from './version.ts';

const ISSUES = 'the issue tracker of the repository that this action comes from';

/** Undefined: there is no such file. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : refuseFile(path, error);
  }
}

function refuseFile(path: string, cause: unknown): never {
  throw new ConfigError(`The file ${path} cannot be read: ${messageOf(cause)}.`, {
    hint: 'Check the path; it is relative to the workspace.',
    cause,
  });
}

const files: Files = {
  read: async (path) => (await readText(path)) ?? refuseFile(path, new Error('there is no such file')),
  find: readText,
  inWorkspace: (path) => {
    const inside = relative(process.cwd(), resolve(path));
    return inside.startsWith('..') || isAbsolute(inside) ? undefined : inside.split(sep).join('/');
  },
  write: (path, text) => put(path, (full) => writeFile(full, text)),
  append: (path, text) => put(path, (full) => appendFile(full, text)),
};

async function put(path: string, write: (full: string) => Promise<void>): Promise<string> {
  const full = resolve(path);
  try {
    await mkdir(dirname(full), { recursive: true });
    await write(full);
  } catch (error) {
    throw new DeliveryError(`The file ${full} cannot be written: ${messageOf(error)}.`, {
      hint: 'Choose a writable path with report-dir or save-snapshot.',
      cause: error,
    });
  }
  return full;
}

interface Outside {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** One lazily loaded chunk per cloud: nobody pays for a cloud that is not theirs. */
const FABRICS: Readonly<Record<CloudId, (outside: Outside) => Promise<FabricReader>>> = {
  aws: async (outside) => (await import('./clouds/aws/index.ts')).openAws(outside),
  azure: async (outside) => (await import('./clouds/azure/index.ts')).openAzure(outside),
  gcp: async (outside) => (await import('./clouds/gcp/index.ts')).openGcp(outside),
};

interface WriterOutside extends Outside {
  /** Fires when the run is asked to end. */
  readonly interrupted: AbortSignal;
}

/** Clouds that can be changed. Chunks of their own: nobody pays for them in another mode than apply. */
const WRITERS: Readonly<Partial<Record<CloudId, (outside: WriterOutside) => Promise<FabricWriter>>>> = {
  aws: async (outside) => (await import('./clouds/aws/write.ts')).openAwsWriter(outside),
  gcp: async (outside) => (await import('./clouds/gcp/write.ts')).openGcpWriter(outside),
  azure: async (outside) => (await import('./clouds/azure/write.ts')).openAzureWriter(outside),
};

/** Once asked to end, the run finishes the request that is under way, and then says what it did. */
function listenForSignals(log: Log): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      log.warning(`${signal}: the request that is under way is finished, and nothing more is begun.`);
      controller.abort();
    });
  }
  return controller.signal;
}

function buildChanging(outside: Omit<Outside, 'config'>): Changing {
  const interrupted = listenForSignals(outside.log);
  return {
    interrupted,
    writer: (cloud, config) => {
      const open = WRITERS[cloud];
      if (open === undefined) throw new Error(`nothing can write to ${cloud}`);
      return open({ config, ...outside, interrupted });
    },
  };
}

type Inputs = Readonly<Record<string, string | undefined>>;

/** Who listens: the runner of GitHub Actions, or somebody at a terminal. */
type Listener = Pick<Ports, 'log' | 'runner' | 'github'>;

function listenOnGitHub(env: NodeJS.ProcessEnv): Listener {
  const log = createLog(core);
  const outside = { env, clock: systemClock(), log, random: Math.random, mask: core.setSecret };
  return {
    log,
    runner: createRunner(core, { summaryFile: env['GITHUB_STEP_SUMMARY'] }),
    github: (config) => openGitHub({ config, ...outside }),
  };
}

/** `inputs`: the step's, or the command's. */
function buildPorts(env: NodeJS.ProcessEnv, inputs: Inputs, listener: Listener): Ports {
  const { log } = listener;
  const clock = systemClock();
  const outside = { env, clock, log, random: Math.random };
  return {
    ...listener,
    clock,
    files,
    chooseClouds: (config, nodes) => chooseClouds(config.clouds, nodes, env),
    cluster: async (config) => {
      // A missing kubeconfig is told before the client, which is most of the bundle, is even read from disk.
      const { locateKubeconfig } = await import('./cluster/locate.ts');
      const location = await locateKubeconfig({ kubeconfig: config.kubeconfig, env });
      if (location instanceof Error) throw location;
      const { openCluster } = await import('./cluster/index.ts');
      return openCluster({ config, ...outside });
    },
    fabric: async (cloud, config) => {
      const open = FABRICS[cloud];
      return open({ config, ...outside });
    },
    guests: async ({ guestFiles }) =>
      guestFiles === undefined ? undefined : (await import('./guests/files.ts')).openGuestFiles(guestFiles, outside),
    segment: async ({ fabricRoutes }) =>
      fabricRoutes.length === 0
        ? undefined
        : (await import('./clouds/segment/index.ts')).openSegment(fabricRoutes, outside),
    writable: (['aws', 'azure', 'gcp'] as const).filter((cloud) => WRITERS[cloud] !== undefined),
    // In any other mode nothing exists that could change anything.
    ...(asksToApply(inputs) ? { changing: buildChanging(outside) } : {}),
  };
}

/** One message: what, where, what to do. The stack is for debug logs, unless the mistake is ours. */
function explain(error: unknown, log: Log): string {
  if (error instanceof Error && error.stack !== undefined) log.debug(error.stack);
  if (isKnownError(error)) return [error.message, error.hint, ...docsLine(error.docs)].join('\n');
  return `Unexpected error: ${messageOf(error)}\nThis is a mistake of Pod Route Check. Please report it to ${ISSUES}, with the debug log.`;
}

function docsLine(anchor: string | undefined): string[] {
  return anchor === undefined ? [] : [`More in docs/troubleshooting.md#${anchor}`];
}

/** Login actions blank their variables when they clean up: an empty one is no credential, and SDKs differ about that. */
function dropBlankCredentials(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) {
    if (env[name] === '' && /^(AWS|AZURE|GOOGLE|CLOUDSDK|KUBECONFIG)/.test(name)) Reflect.deleteProperty(env, name);
  }
}

/**
 * While pages of answers outlive collections, V8 doubles the space for new objects up to 128 MB, for the sake of speed. It
 * stays as small as it is at the start: with thousands of nodes that is a third less memory for some hundredths more time.
 */
function keepNewSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

async function runStep(env: NodeJS.ProcessEnv): Promise<void> {
  const listener = listenOnGitHub(env);
  try {
    const result = await main(env, VERSION, buildPorts(env, env, listener));
    if (result === 'fail') core.setFailed('Pod Route Check fails this step: the reasons are above and in the summary.');
  } catch (error) {
    core.setFailed(explain(error, listener.log));
  }
}

/** Returns the exit code; see the help. */
async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { parseArguments, renderHelp, createTerminalLog, createTerminalRunner } = await import('./terminal/index.ts');
  const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);
  const streams = { out: write(process.stdout), err: write(process.stderr) };
  const command = parseArguments(args);
  switch (command.kind) {
    case 'help':
      streams.out(renderHelp('node dist/index.js'));
      return 0;
    case 'version':
      streams.out(`${VERSION}\n`);
      return 0;
    case 'wrong':
      streams.err(`${command.problems.join('\n')}\n`);
      return 2;
    case 'run': {
      const log = createTerminalLog(streams, command);
      const runner = createTerminalRunner(streams, command);
      try {
        const ports = buildPorts(env, command.inputs, { log, runner, github: async () => Promise.resolve(undefined) });
        return (await main(command.inputs, VERSION, ports)) === 'pass' ? 0 : 1;
      } catch (error) {
        streams.err(`Error: ${explain(error, log)}\n`);
        return error instanceof ConfigError ? 2 : 3;
      }
    }
  }
}

async function run(): Promise<void> {
  keepNewSpaceSmall();
  dropBlankCredentials(process.env);
  const args = process.argv.slice(2);
  if (args.length === 0) await runStep(process.env);
  else process.exitCode = await runCommand(args, process.env);
}

// The bundle is CommonJS, which knows no await at top level; run never rejects.
void run();
