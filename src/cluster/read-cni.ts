/** Which network agents run on which nodes now, and how they are configured. Never fails: what is missing is a gap. */
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Agent, CniFacts, Gap } from '../model/snapshot.ts';
import type { Reading } from '../ports.ts';
import { mapLimited } from '../net/limit.ts';
import { joinAgents, translateAgentPod, translateAgentSet, type AgentPod, type AgentSet } from './agents.ts';
import type { Call, Outcome } from './call.ts';
import { NET_CONF, parseCalicoPools, parseCiliumConfig, parseNetConf } from './cni.ts';
import type { Connection } from './connect.ts';
import { readPages } from './pages.ts';
import { renderTrouble } from './trouble.ts';

/** Where agents live that are looked for when DaemonSets may not be listed everywhere. */
const USUAL_NAMESPACES = ['kube-system', 'kube-flannel'];
const AT_A_TIME = 4;

/** An agent's DaemonSet with the nodes on which it has a Ready pod. */
interface RunningSet extends AgentSet {
  readonly nodes: readonly string[];
}

interface Desk {
  readonly connection: Connection;
  readonly call: Call;
  readonly gaps: Gap[];
}

/** `facts.complete` says whether all DaemonSets and their pods could be listed; configuration has gaps of its own. */
export async function readCni(connection: Connection, call: Call): Promise<Reading<CniFacts>> {
  const desk: Desk = { connection, call, gaps: [] };
  const sets = await readAgentSets(desk);
  const running = await readRunning(desk, sets);
  const complete = desk.gaps.length === 0;
  const runs = (agents: readonly Agent[]): RunningSet[] =>
    running.filter(({ agent, nodes }) => nodes.length > 0 && agents.includes(agent));
  const flannel = await readFlannelConfig(desk, runs(['flannel', 'canal']));
  const [cilium] = runs(['cilium']);
  const ciliumConfig = cilium === undefined ? undefined : await readCiliumConfig(desk, cilium);
  const calicoPools = runs(['calico']).length > 0 ? await readCalicoPools(desk) : undefined;
  const facts: CniFacts = {
    agents: joinAgents(running),
    complete,
    ...(flannel === undefined ? {} : { flannel }),
    ...(calicoPools === undefined ? {} : { calicoPools }),
    ...(ciliumConfig === undefined ? {} : { cilium: ciliumConfig }),
  };
  return { facts, gaps: desk.gaps };
}

async function readAgentSets(desk: Desk): Promise<AgentSet[]> {
  const { apps } = desk.connection;
  const what = 'list daemonsets.apps';
  const everywhere = await readPages({
    call: desk.call,
    what,
    list: (page) => apps.listDaemonSetForAllNamespaces(page),
    translate: translateAgentSet,
  });
  if (everywhere.ok) return everywhere.value;
  addGap(desk, everywhere, 'DaemonSets in all namespaces', what);
  if (!isRefused(everywhere)) return [];
  const sets: AgentSet[] = [];
  for (const namespace of USUAL_NAMESPACES) {
    const here = await readPages({
      call: desk.call,
      what: `${what} in ${namespace}`,
      list: (page) => apps.listNamespacedDaemonSet({ namespace, ...page }),
      translate: translateAgentSet,
    });
    if (here.ok) sets.push(...here.value);
    else addGap(desk, here, `DaemonSets in ${namespace}`, `${what} in ${namespace}`);
  }
  return sets;
}

/** Pods by namespace and selector: sets for two systems often share one, and their owner tells them apart. */
async function readRunning(desk: Desk, sets: readonly AgentSet[]): Promise<RunningSet[]> {
  const keyOf = ({ namespace, selector }: AgentSet): string => `${namespace} ${selector}`;
  const sources = [...new Map(sets.map((set) => [keyOf(set), set])).values()];
  const read = await mapLimited(sources, AT_A_TIME, async (set) => [keyOf(set), await readPods(desk, set)] as const);
  const pods = new Map(read);
  return sets.map((set) => {
    const own = (pods.get(keyOf(set)) ?? []).filter(({ owner }) => owner === set.name);
    return { ...set, nodes: own.map(({ node }) => node) };
  });
}

async function readPods(desk: Desk, { namespace, selector }: AgentSet): Promise<AgentPod[]> {
  const what = `list pods in ${namespace}`;
  const pods = await readPages({
    call: desk.call,
    what,
    list: (page) => desk.connection.core.listNamespacedPod({ namespace, labelSelector: selector, ...page }),
    translate: translateAgentPod,
  });
  if (pods.ok) return pods.value;
  addGap(desk, pods, `pods ${selector} in ${namespace}`, what);
  return [];
}

/** The configuration that most running flannel pods mount; several sets often share one. */
async function readFlannelConfig(desk: Desk, sets: readonly RunningSet[]): Promise<CniFacts['flannel']> {
  const bySize = [...sets].sort((a, b) => b.nodes.length - a.nodes.length || (a.name < b.name ? -1 : 1));
  const [largest] = bySize;
  if (largest === undefined) return undefined;
  const { namespace } = largest;
  // Other ConfigMaps may be mounted beside it (scripts, certificates): those that sound like it are tried first.
  const likely = (name: string): number => (/flannel|canal/.test(name) ? 0 : 1);
  const names = [...largest.configMaps].sort((a, b) => likely(a) - likely(b));
  for (const name of names) {
    const map = await readConfigMap(desk, namespace, name);
    if (map === undefined) return undefined;
    const text = map.data?.[NET_CONF];
    if (text === undefined) continue;
    const source = `${namespace}/${name}`;
    const config = parseNetConf(text, source);
    if (config === undefined) addReason(desk, `${NET_CONF} of ConfigMap ${source}`, 'it is no JSON object');
    return config;
  }
  const reason = `no ConfigMap that DaemonSet ${largest.name} mounts holds ${NET_CONF}`;
  addReason(desk, `flannel's configuration in ${namespace}`, reason);
  return undefined;
}

async function readCiliumConfig(desk: Desk, { namespace }: AgentSet): Promise<CniFacts['cilium']> {
  const name = 'cilium-config';
  const map = await readConfigMap(desk, namespace, name);
  return map === undefined ? undefined : parseCiliumConfig(map.data ?? {}, `${namespace}/${name}`);
}

async function readConfigMap(desk: Desk, namespace: string, name: string): Promise<V1ConfigMap | undefined> {
  const what = `get configmaps ${name} in ${namespace}`;
  const map = await desk.call(what, () => desk.connection.core.readNamespacedConfigMap({ namespace, name }));
  if (map.ok) return map.value;
  addGap(desk, map, `ConfigMap ${namespace}/${name}`, what);
  return undefined;
}

async function readCalicoPools(desk: Desk): Promise<CniFacts['calicoPools']> {
  const what = 'list ippools.crd.projectcalico.org';
  const type = { group: 'crd.projectcalico.org', version: 'v1', plural: 'ippools' };
  const list = await desk.call(what, (): Promise<unknown> => desk.connection.custom.listClusterCustomObject(type));
  if (list.ok) {
    const pools = parseCalicoPools(list.value);
    if (pools === undefined) addReason(desk, 'Calico IPPools', 'the answer is no list');
    return pools;
  }
  // Without the CRD, Calico keeps its pools elsewhere or has none; either way there is nothing to ask for.
  if (list.trouble.kind === 'status' && list.trouble.status === 404) return undefined;
  addGap(desk, list, 'Calico IPPools', what);
  return undefined;
}

type Failed = Extract<Outcome<never>, { ok: false }>;

function isRefused({ trouble }: Failed): boolean {
  return trouble.kind === 'status' && trouble.status === 403;
}

function addGap(desk: Desk, failed: Failed, subject: string, permission: string): void {
  const reason = renderTrouble(failed.trouble);
  desk.gaps.push({ facet: 'cni', subject, reason, ...(isRefused(failed) ? { permission } : {}) });
}

function addReason(desk: Desk, subject: string, reason: string): void {
  desk.gaps.push({ facet: 'cni', subject, reason });
}
