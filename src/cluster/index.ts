/** The Kubernetes API as a ClusterReader. Importing this loads the Kubernetes client; `locate.ts` alone does not. */
import type { Config } from '../model/config.ts';
import { ConfigError } from '../model/errors.ts';
import { abortAfter } from '../net/clock.ts';
import type { RetryPolicy } from '../net/retry.ts';
import type { Clock, ClusterReader, Log, PodAccess } from '../ports.ts';
import { makeCall } from './call.ts';
import { connect } from './connect.ts';
import { locateKubeconfig, type Environment } from './locate.ts';
import { KubernetesReader } from './read.ts';

export { locateKubeconfig } from './locate.ts';

export interface ClusterOptions {
  readonly config: Pick<Config, 'kubeconfig' | 'context' | 'nodeSelector' | 'clusterId' | 'timeoutMs' | 'execPlugins'>;
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Milliseconds since the epoch; default: the configured timeout from now on. */
  readonly deadline?: number;
  /** Makes the signal that ends a request after so many milliseconds; default: a real one. */
  readonly timeout?: (ms: number) => AbortSignal;
  readonly retry?: RetryPolicy;
  /** Folder of a pod's service account; default: where Kubernetes puts it. */
  readonly serviceAccount?: string;
}

/** For one request, credentials and body included; a page of 500 nodes is some megabytes. */
const REQUEST_MS = 60_000;

/** Looks for the kubeconfig and connects at the first reading, which throws a KnownError when that fails. */
export function openCluster(options: ClusterOptions): ClusterReader {
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => (opened ??= openOnce(options));
  return {
    read: async (wanted, hear) => (await open()).reader.read(wanted, hear),
    reread: async (names) => (await open()).reader.reread(names),
    pods: async () => (await open()).pods(),
  };
}

interface Opened {
  readonly reader: KubernetesReader;
  readonly pods: () => Promise<PodAccess>;
}

async function openOnce(options: ClusterOptions): Promise<Opened> {
  const { config, env, clock, log, random, timeout = abortAfter, serviceAccount } = options;
  const deadline = options.deadline ?? clock.now() + config.timeoutMs;
  const location = await locateKubeconfig({
    kubeconfig: config.kubeconfig,
    env,
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  });
  if (location instanceof ConfigError) throw location;
  const connection = connect(location, {
    context: config.context,
    env,
    execPlugins: config.execPlugins === 'refuse' ? 'refuse' : 'allow',
    // Even late, a request gets a second: its answer may already be on the way.
    timeout: () => timeout(Math.max(1000, Math.min(REQUEST_MS, deadline - clock.now()))),
  });
  if (connection instanceof ConfigError) throw connection;
  const from = location.kind === 'kubeconfig' ? location.origin : "the pod's service account";
  log.debug(`Kubernetes: ${connection.server}, from ${from}`);
  const call = makeCall({
    clock,
    log,
    random,
    deadline,
    onRetry: () => {
      connection.renew();
    },
    ...(options.retry === undefined ? {} : { policy: options.retry }),
  });
  const { clusterId, nodeSelector } = config;
  return {
    reader: new KubernetesReader({ connection, call, log, clusterId, nodeSelector }),
    pods: async () => {
      const { openPods } = await import('./pods.ts');
      return openPods({ connection, clock, log, random, deadline, timeout });
    },
  };
}
