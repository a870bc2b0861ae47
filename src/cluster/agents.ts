/** Which network agent a DaemonSet runs, and on which nodes that agent is alive. Pure. */
import type { V1Container, V1DaemonSet, V1LabelSelector, V1Pod } from '@kubernetes/client-node';
import type { Wire } from './api.ts';
import { AGENTS, type Agent, type AgentDaemonSet, type CniFacts } from '../model/snapshot.ts';

/** A DaemonSet that runs an agent, as far as it matters here. */
export interface AgentSet extends AgentDaemonSet {
  /** Names of the ConfigMaps that it mounts, in its own namespace. */
  readonly configMaps: readonly string[];
  /** Flags of its containers, as written: `--overlay-type=full`. */
  readonly flags: readonly string[];
}

/** An agent's DaemonSet with the nodes on which it has a pod. */
export interface RunningSet extends AgentSet {
  /** Where it is Ready. */
  readonly nodes: readonly string[];
  /** Where it is not. */
  readonly notReady: readonly string[];
}

/** A pod of some DaemonSet that is meant to do its work on a node. */
export interface AgentPod {
  readonly node: string;
  /** Whether it does so now. */
  readonly ready: boolean;
  /** The DaemonSet that owns it. */
  readonly owner: string;
}

interface Signs {
  /** Of the DaemonSet, or of its labels `k8s-app`, `app`, `app.kubernetes.io/name`. */
  readonly names: RegExp;
  readonly containers: RegExp;
  /** Repository of the image, without tag. Registries and mirrors rename, so the end of it. */
  readonly images: RegExp;
}

const SIGNS: Readonly<Record<Exclude<Agent, 'canal' | 'dataplane-v2'>, Signs>> = {
  flannel: {
    names: /^(kube-)?flannel(-ds(-.+)?)?$/,
    containers: /^(kube-flannel|flanneld?)$/,
    images: /(^|[/-])flannel$/,
  },
  'aws-vpc-cni': {
    names: /^aws-node(-windows)?$/,
    containers: /^aws-node$/,
    images: /(^|[/-])amazon-k8s-cni$/,
  },
  calico: {
    names: /^calico-node(-windows)?$/,
    containers: /^calico-node$/,
    images: /calico[/-]node(-windows)?$/,
  },
  cilium: { names: /^cilium$/, containers: /^cilium-agent$/, images: /(^|[/-])cilium$/ },
  weave: { names: /^weave(-net)?$/, containers: /^weave$/, images: /(^|[/-])weave-kube$/ },
  antrea: {
    names: /^antrea-agent(-windows)?$/,
    containers: /^antrea-agent$/,
    images: /(^|[/-])antrea-(agent-)?(ubuntu|ubi|windows)$/,
  },
  'kube-router': { names: /^kube-router$/, containers: /^kube-router$/, images: /(^|[/-])kube-router$/ },
  'ovn-kubernetes': {
    names: /^ovnkube-node(-.+)?$/,
    containers: /^ovnkube-(node|controller)$/,
    images: /(^|[/-])ovn-kube(-.+)?$/,
  },
  kindnet: { names: /^kindnet$/, containers: /^kindnet-cni$/, images: /(^|[/-])kindnetd$/ },
  'azure-cni': {
    names: /^azure-(cns|cni)(-.+)?$/,
    containers: /^(cns-container|azure-cns)$/,
    images: /(^|[/-])azure-cns$/,
  },
};

/** Google's Dataplane V2: Cilium under another name, configured by Google. */
const DATAPLANE_V2 = /^anetd(-.+)?$/;

const NAME_LABELS = ['k8s-app', 'app', 'app.kubernetes.io/name'];

/** Undefined where the DaemonSet runs no agent that we know. */
export function translateAgentSet(set: Wire<V1DaemonSet>): AgentSet | undefined {
  const { metadata, spec } = set;
  const agent = recognizeAgent(set);
  if (agent === undefined || metadata?.name === undefined || spec === undefined) return undefined;
  const volumes = spec.template.spec?.volumes ?? [];
  const mounted = volumes.flatMap((volume) => [
    volume.configMap?.name,
    ...(volume.projected?.sources ?? []).map((source) => source.configMap?.name),
  ]);
  return {
    agent,
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    selector: renderSelector(spec.selector),
    configMaps: [...new Set(mounted.filter((name) => name !== undefined))],
    flags: (spec.template.spec?.containers ?? [])
      .flatMap(({ command, args }) => [...(command ?? []), ...(args ?? [])])
      .filter((flag) => flag.startsWith('--')),
  };
}

/** What a DaemonSet's containers are tells more than what somebody called it, so they are asked first. */
function recognizeAgent({ metadata, spec }: Wire<V1DaemonSet>): Agent | undefined {
  const containers = spec?.template.spec?.containers ?? [];
  const labels = metadata?.labels ?? {};
  const names = [metadata?.name ?? '', ...NAME_LABELS.map((label) => labels[label] ?? '')];
  if (names.some((name) => DATAPLANE_V2.test(name))) return 'dataplane-v2';
  const byContainers = findAgents((signs) => containers.some((container) => isOf(container, signs)));
  const agents =
    byContainers.length > 0 ? byContainers : findAgents(({ names: sign }) => names.some((n) => sign.test(n)));
  const hasFlannel = agents.includes('flannel');
  if (hasFlannel && agents.includes('calico')) return 'canal';
  if (byContainers.length === 0 && names.some((name) => /^(rke2-)?canal$/.test(name))) return 'canal';
  // Only network policies: somebody else moves the packets.
  if (!hasFlannel && agents.includes('calico') && containers.some(isPolicyOnly)) return undefined;
  if (agents[0] === 'kube-router' && containers.some(isWithoutRouter)) return undefined;
  return agents[0];
}

function findAgents(fits: (signs: Signs) => boolean): Agent[] {
  return AGENTS.filter((agent) => agent !== 'canal' && agent !== 'dataplane-v2' && fits(SIGNS[agent]));
}

function isOf(container: V1Container, signs: Signs): boolean {
  const repository = (container.image ?? '').replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return signs.containers.test(container.name) || signs.images.test(repository);
}

function isPolicyOnly({ env }: V1Container): boolean {
  return env?.some(({ name, value }) => name === 'CALICO_NETWORKING_BACKEND' && value === 'none') ?? false;
}

/** kube-router as a firewall or proxy only. */
function isWithoutRouter({ command, args }: V1Container): boolean {
  return [...(command ?? []), ...(args ?? [])].includes('--run-router=false');
}

function renderSelector({ matchLabels, matchExpressions }: V1LabelSelector): string {
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const others = (matchExpressions ?? []).map(({ key, operator, values }) => {
    const set = `(${(values ?? []).join(',')})`;
    if (operator === 'In') return `${key} in ${set}`;
    if (operator === 'NotIn') return `${key} notin ${set}`;
    return operator === 'DoesNotExist' ? `!${key}` : key;
  });
  return [...equal, ...others].join(',');
}

/** Undefined for a pod that is being deleted, has no node yet, or belongs to no DaemonSet. */
export function translateAgentPod({ metadata, spec, status }: Wire<V1Pod>): AgentPod | undefined {
  const owner = metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet');
  const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  // An absent timestamp is undefined or null, whatever the types say.
  const isDeleting = (metadata?.deletionTimestamp ?? undefined) !== undefined;
  if (owner === undefined || !spec?.nodeName || isDeleting) return undefined;
  return { node: spec.nodeName, ready: isReady && status?.phase === 'Running', owner: owner.name };
}

/** By node, both in a fixed order. `running`: where each agent's DaemonSet has a live pod. */
export function joinAgents(
  running: readonly { readonly agent: Agent; readonly nodes: readonly string[] }[],
): CniFacts['agents'] {
  const byNode = new Map<string, Set<Agent>>();
  for (const { agent, nodes } of running) {
    for (const node of nodes) byNode.set(node, (byNode.get(node) ?? new Set()).add(agent));
  }
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([node, agents]) => ({ node, agents: AGENTS.filter((agent) => agents.has(agent)) }));
}
