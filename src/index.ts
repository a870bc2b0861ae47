/** The edge: reads the environment once, builds the real ports, calls main, sets the exit status. Nothing imports it. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import * as core from '@actions/core';
import { chooseClouds } from './clouds/registry.ts';
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

function buildPorts(env: NodeJS.ProcessEnv): Ports {
  const log = createLog(core);
  const clock = systemClock();
  const outside = { env, clock, log, random: Math.random };
  return {
    clock,
    log,
    files,
    runner: createRunner(core, { summaryFile: env['GITHUB_STEP_SUMMARY'] }),
    chooseClouds: (config, nodes) => chooseClouds(config.clouds, nodes, env),
    cluster: async (config) => {
      // A missing kubeconfig is told before the client, which is most of the bundle, is even read from disk.
      const { locateKubeconfig } = await import('./cluster/locate.ts');
      const location = await locateKubeconfig({ kubeconfig: config.kubeconfig, env });
      if (location instanceof Error) throw location;
      const { openCluster } = await import('./cluster/index.ts');
      return openCluster({ config, ...outside });
    },
    github: async () => Promise.resolve(undefined),
    fabric: async (cloud, config) => {
      const open = FABRICS[cloud];
      return open({ config, ...outside });
    },
    writable: (['aws', 'azure', 'gcp'] as const).filter((cloud) => WRITERS[cloud] !== undefined),
    // In any other mode nothing exists that could change anything.
    ...(asksToApply(env) ? { changing: buildChanging(outside) } : {}),
  };
}

/** One message: what, where, what to do. The stack is for debug logs, unless the mistake is ours. */
function explain(error: unknown): string {
  if (error instanceof Error && error.stack !== undefined) core.debug(error.stack);
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

async function run(): Promise<void> {
  keepNewSpaceSmall();
  dropBlankCredentials(process.env);
  try {
    const result = await main(process.env, VERSION, buildPorts(process.env));
    if (result === 'fail') core.setFailed('Pod Route Check fails this step: the reasons are above and in the summary.');
  } catch (error) {
    core.setFailed(explain(error));
  }
}

// The bundle is CommonJS, which knows no await at top level; run never rejects.
void run();
