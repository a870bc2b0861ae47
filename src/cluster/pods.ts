/** Pods that run already, as a way to their nodes. Loaded only where somebody asks for it. */
import type { V1Pod } from '@kubernetes/client-node';
import type { RetryPolicy } from '../net/retry.ts';
import type { Asked, HostPod, PodCommand, Ran } from '../model/pod.ts';
import type { PodAccess } from '../ports.ts';
import type { PageRequest, Wire } from './api.ts';
import { makeCall, type Call, type CallOptions, type Outcome } from './call.ts';
import type { Connection } from './connect.ts';
import { isRefused } from './desk.ts';
import { runCommand } from './exec.ts';
import { readPages } from './pages.ts';
import { renderTrouble } from './trouble.ts';

export interface PodOptions extends Omit<CallOptions, 'policy' | 'onRetry'> {
  readonly connection: Connection;
  /** Makes the signal that fires after so many milliseconds. */
  readonly timeout: (ms: number) => AbortSignal;
}

/** Where network agents live, for those who may not list pods everywhere. */
const USUAL_NAMESPACES = ['kube-system', 'kube-flannel', 'calico-system'];

/** There are other nodes to ask, so no single one is waited for long. */
const PATIENCE: RetryPolicy = { attempts: 3, baseMs: 500, maxMs: 2000 };

const RUNNING = 'status.phase=Running';

export function openPods(options: PodOptions): PodAccess {
  const { connection } = options;
  const call = makeCall({
    ...options,
    policy: PATIENCE,
    onRetry: () => {
      connection.renew();
    },
  });
  return {
    listHostPods: () => listHostPods(connection, call),
    fetch: (pod, port, path) => fetchFrom(connection, call, pod, port, path),
    run: (pod, command) => run(options, call, pod, command),
  };
}

async function listHostPods({ core }: Connection, call: Call): Promise<Asked<readonly HostPod[]>> {
  const list = (fieldSelector: string, namespace?: string): Promise<Outcome<HostPod[]>> =>
    readPages({
      call,
      what: `list pods${namespace === undefined ? '' : ` in ${namespace}`}`,
      list: (page: PageRequest) =>
        namespace === undefined
          ? core.listPodForAllNamespaces({ fieldSelector, ...page })
          : core.listNamespacedPod({ namespace, fieldSelector, ...page }),
      translate: translateHostPod,
    });
  let all = await list(`${RUNNING},spec.hostNetwork=true`);
  // API servers before 1.28 do not select by that.
  if (!all.ok && all.trouble.kind === 'status' && all.trouble.status === 400) all = await list(RUNNING);
  if (all.ok) return all;
  const refusal: Asked<never> = { ok: false, reason: renderTrouble(all.trouble), permission: 'list pods' };
  if (!isRefused(all)) return { ok: false, reason: refusal.reason };
  const some = await Promise.all(USUAL_NAMESPACES.map((namespace) => list(RUNNING, namespace)));
  const pods = some.flatMap((one) => (one.ok ? one.value : []));
  return pods.length > 0 ? { ok: true, value: pods } : refusal;
}

/** Undefined for a pod with a network of its own, without a node, or on its way out. */
export function translateHostPod({ metadata, spec, status }: Wire<V1Pod>): HostPod | undefined {
  const { name, namespace } = metadata ?? {};
  // An absent timestamp is undefined or null, whatever the types say.
  const isDeleting = (metadata?.deletionTimestamp ?? undefined) !== undefined;
  if (name === undefined || namespace === undefined || isDeleting || status?.phase !== 'Running') return undefined;
  if (spec?.hostNetwork !== true || !spec.nodeName) return undefined;
  const states = new Map(status.containerStatuses?.map((one) => [one.name, one.state]));
  const containers = spec.containers.flatMap((one) =>
    states.get(one.name)?.running === undefined ? [] : [{ name: one.name, image: one.image ?? '' }],
  );
  return { namespace, name, node: spec.nodeName, containers };
}

async function fetchFrom(
  { getText }: Connection,
  call: Call,
  { namespace, name }: HostPod,
  port: number,
  path: string,
): Promise<Asked<string>> {
  const { pathname, searchParams } = new URL(path, 'http://pod');
  const [space, pod] = [namespace, `${name}:${String(port)}`].map(encodeURIComponent);
  const url = `/api/v1/namespaces/${space ?? ''}/pods/${pod ?? ''}/proxy${pathname}`;
  const answer = await call(`get pods/proxy of ${namespace}/${name}`, () =>
    getText(url, Object.fromEntries(searchParams), 'text/plain'),
  );
  return told(answer, `get pods/proxy in ${namespace}`);
}

async function run(
  { connection, timeout, clock, deadline }: PodOptions,
  call: Call,
  pod: HostPod,
  command: PodCommand,
): Promise<Asked<Ran>> {
  const timeoutMs = Math.min(command.timeoutMs, deadline - clock.now());
  if (timeoutMs <= 0) return { ok: false, reason: 'no time is left for it (input timeout)' };
  const signal = timeout(timeoutMs);
  const ran = await call(`exec in ${pod.namespace}/${pod.name}`, () =>
    runCommand(connection, pod, { ...command, timeoutMs }, signal),
  );
  // A WebSocket is opened with GET; from Kubernetes 1.35 on that takes the right to create as well.
  return told(ran, `get and create pods/exec in ${pod.namespace}`);
}

function told<T>(outcome: Outcome<T>, permission: string): Asked<T> {
  if (outcome.ok) return outcome;
  return { ok: false, reason: renderTrouble(outcome.trouble), ...(isRefused(outcome) ? { permission } : {}) };
}
