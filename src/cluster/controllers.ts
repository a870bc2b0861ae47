/** What the controller managers are told about routes, where they run as pods that can be seen. */
import type { V1Pod } from '@kubernetes/client-node';
import type { RouteControllerFacts } from '../model/snapshot.ts';
import type { Wire } from './api.ts';
import type { Call } from './call.ts';
import type { Connection } from './connect.ts';
import { readPages } from './pages.ts';

/** A controller manager's pod. */
export interface ControllerPod extends RouteControllerFacts {
  readonly kind: 'cloud' | 'kube';
}

const NAMESPACE = 'kube-system';
/** kubeadm and the providers' manifests, Helm charts and kops label them in these ways. */
const SELECTORS = [
  'component in (kube-controller-manager,cloud-controller-manager)',
  'k8s-app in (kube-controller-manager,cloud-controller-manager,aws-cloud-controller-manager,gcp-cloud-controller-manager,azure-cloud-controller-manager)',
];

/** Undefined: none was found, or pods may not be listed; no verdict hangs on it, so that is no gap. */
export async function readRouteController(
  connection: Connection,
  call: Call,
): Promise<RouteControllerFacts | undefined> {
  const lists = await Promise.all(
    SELECTORS.map((labelSelector) =>
      readPages({
        call,
        what: `list pods in ${NAMESPACE}`,
        list: (page) => connection.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector, ...page }),
        translate: translateControllerPod,
      }),
    ),
  );
  return chooseController(lists.flatMap((list) => (list.ok ? list.value : [])));
}

/**
 * The cloud's own manager makes the routes where there is one. Without it, that of Kubernetes did, up to 1.28, if it was
 * told a cloud; today its arguments say nothing about routes.
 */
export function chooseController(pods: readonly ControllerPod[]): RouteControllerFacts | undefined {
  const inOrder = [...pods].sort((a, b) => (a.source < b.source ? -1 : 1));
  const chosen = inOrder.find(({ kind }) => kind === 'cloud') ?? inOrder.find(({ provider }) => provider !== undefined);
  if (chosen === undefined) return undefined;
  const { kind: _, ...facts } = chosen;
  return facts;
}

/** Undefined for a pod that does not run, or runs no controller manager. */
export function translateControllerPod({ metadata, spec, status }: Wire<V1Pod>): ControllerPod | undefined {
  if (metadata?.name === undefined || status?.phase !== 'Running') return undefined;
  for (const { name, image, command, args } of spec?.containers ?? []) {
    const words = [...(command ?? []), ...(args ?? [])].flatMap((text) => text.split(/\s+/));
    const kind = kindOf([name, image ?? '', ...words.slice(0, 1)]);
    if (kind === undefined) continue;
    const flags = parseFlags(words);
    const provider = flags.get('cloud-provider');
    const isToldCloud = provider !== undefined && provider !== '' && provider !== 'external';
    const clusterName = flags.get('cluster-name');
    const makesRoutes = kind === 'cloud' || (isToldCloud && isOn(flags.get('allocate-node-cidrs') ?? 'false'));
    return {
      kind,
      source: `${metadata.namespace ?? NAMESPACE}/${metadata.name}`,
      configuresRoutes:
        makesRoutes && isOn(flags.get('configure-cloud-routes') ?? 'true') && runsRoutes(flags.get('controllers')),
      ...(isToldCloud ? { provider } : {}),
      ...(clusterName === undefined || clusterName === '' ? {} : { clusterName }),
    };
  }
  return undefined;
}

function kindOf(names: readonly string[]): ControllerPod['kind'] | undefined {
  if (names.some((name) => /(cloud|aws|gcp|azure)-controller-manager/.test(name))) return 'cloud';
  return names.some((name) => name.includes('kube-controller-manager')) ? 'kube' : undefined;
}

/** As pflag reads them: `--name=value`, `--name value`, and `--name` alone for a switch. The last one counts. */
function parseFlags(words: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  words.forEach((word, index) => {
    const [, name, value] = /^--([a-z0-9-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (name === undefined) return;
    const next = words[index + 1];
    flags.set(name, value ?? (next === undefined || next.startsWith('-') ? 'true' : next));
  });
  return flags;
}

/** strconv.ParseBool. */
function isOn(value: string): boolean {
  return !/^(?:0|f|false)$/i.test(value);
}

/** The names of the one controller that makes routes, former and present. */
const ROUTE_CONTROLLERS = ['route', 'node-route-controller'];

function runsRoutes(controllers: string | undefined): boolean {
  const listed = controllers?.split(',').map((name) => name.trim()) ?? ['*'];
  if (ROUTE_CONTROLLERS.some((name) => listed.includes(`-${name}`))) return false;
  return listed.includes('*') || ROUTE_CONTROLLERS.some((name) => listed.includes(name));
}
