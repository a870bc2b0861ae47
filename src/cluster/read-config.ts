/** How the running network agents are configured, from what they themselves read. */
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { CniFacts, OtherFlannelConfig } from '../model/snapshot.ts';
import type { RunningSet } from './agents.ts';
import {
  ANTREA_CONF,
  NET_CONF,
  parseAntreaConf,
  parseCalicoPool,
  parseCiliumConfig,
  parseKubeRouterFlags,
  parseNetConf,
} from './cni.ts';
import type { Desk } from './desk.ts';
import { addGap, addReason, readCustom } from './desk.ts';
import { parseBlockAffinity, parseCiliumNode, joinRanges } from './ranges.ts';

type Configuration = Omit<CniFacts, 'agents' | 'complete' | 'samples'>;

/** `sets`: those with a pod somewhere; of others than flannel's only where it is Ready. What is missing is a gap. */
export async function readConfiguration(desk: Desk, sets: readonly RunningSet[]): Promise<Configuration> {
  const runs = (...agents: readonly string[]): RunningSet[] =>
    sets.filter(({ agent, nodes }) => agents.includes(agent) && nodes.length > 0);
  const ofFlannel = sets.filter(({ agent }) => agent === 'flannel' || agent === 'canal');
  const flannel = await readFlannelConfigs(desk, ofFlannel);
  const calico = runs('calico').length > 0 ? await readCalico(desk) : {};
  const [cilium] = runs('cilium');
  const ofCilium = cilium === undefined ? {} : await readCilium(desk, cilium);
  const [router] = runs('kube-router');
  const antrea = await readAntreaConfig(desk, runs('antrea'));
  return {
    ...flannel,
    ...calico,
    ...ofCilium,
    ...(router === undefined ? {} : { kubeRouter: parseKubeRouterFlags(router.flags, nameOf(router)) }),
    ...(antrea === undefined ? {} : { antrea }),
  };
}

function nameOf({ namespace, name }: RunningSet): string {
  return `${namespace}/${name}`;
}

/** The ConfigMaps of the set with most nodes; several often share one. Those whose name sounds right come first. */
async function readMounted<T>(
  desk: Desk,
  sets: readonly RunningSet[],
  wanted: { readonly key: string; readonly likely: RegExp; readonly what: string },
  parse: (text: string, source: string) => T | undefined,
): Promise<T | undefined> {
  const bySize = [...sets].sort((a, b) => b.nodes.length - a.nodes.length || (a.name < b.name ? -1 : 1));
  const [largest] = bySize;
  if (largest === undefined) return undefined;
  const { namespace } = largest;
  const rank = (name: string): number => (wanted.likely.test(name) ? 0 : 1);
  for (const name of [...largest.configMaps].sort((a, b) => rank(a) - rank(b))) {
    const map = await readConfigMap(desk, namespace, name);
    if (map === undefined) return undefined;
    const text = map.data?.[wanted.key];
    if (text === undefined) continue;
    const source = `${namespace}/${name}`;
    const config = parse(text, source);
    if (config === undefined) addReason(desk, `${wanted.key} of ConfigMap ${source}`, 'it is no JSON object');
    return config;
  }
  const reason = `no ConfigMap that DaemonSet ${largest.name} mounts holds ${wanted.key}`;
  addReason(desk, `${wanted.what} in ${namespace}`, reason);
  return undefined;
}

/**
 * Sets for several systems or processors usually mount the same; what most nodes run comes first. Sets for Windows mount
 * ConfigMaps of kube-proxy and kubeadm, too, which nobody need be allowed to read.
 */
async function readFlannelConfigs(
  desk: Desk,
  sets: readonly RunningSet[],
): Promise<Pick<CniFacts, 'flannel' | 'otherFlannels'>> {
  const wanted = { key: NET_CONF, likely: /flannel|canal/, what: "flannel's configuration" };
  const groups = Map.groupBy(sets, ({ namespace, configMaps }) => `${namespace} ${[...configMaps].sort().join(' ')}`);
  const [largest = [], ...rest] = [...groups.values()].sort(
    (a, b) => ready(b) - ready(a) || notReady(b) - notReady(a) || (nameIn(a) < nameIn(b) ? -1 : 1),
  );
  const main = await readMounted(desk, largest, wanted, parseNetConf);
  const others = new Map<string, OtherFlannelConfig>();
  for (const group of rest) {
    const config = await readMounted(desk, group.flatMap(withOwnMaps), wanted, parseNetConf);
    if (config === undefined || config.source === main?.source) continue;
    const before = others.get(config.source)?.nodes ?? [];
    const nodes = new Set([...before, ...group.flatMap((set) => [...set.nodes, ...set.notReady])]);
    others.set(config.source, { ...config, nodes: [...nodes].sort() });
  }
  return {
    ...(main === undefined ? {} : { flannel: main }),
    ...(others.size === 0 ? {} : { otherFlannels: [...others.values()] }),
  };
}

function ready(sets: readonly RunningSet[]): number {
  return sets.reduce((sum, { nodes }) => sum + nodes.length, 0);
}

function notReady(sets: readonly RunningSet[]): number {
  return sets.reduce((sum, set) => sum + set.notReady.length, 0);
}

function withOwnMaps(set: RunningSet): RunningSet[] {
  const configMaps = set.configMaps.filter((name) => !/^(kube-proxy|kubeadm)/.test(name));
  return configMaps.length === 0 ? [] : [{ ...set, configMaps }];
}

function nameIn([first]: readonly RunningSet[]): string {
  return first === undefined ? '' : nameOf(first);
}

function readAntreaConfig(desk: Desk, sets: readonly RunningSet[]): Promise<CniFacts['antrea']> {
  const wanted = { key: ANTREA_CONF, likely: /antrea-config/, what: "Antrea's configuration" };
  return readMounted(desk, sets, wanted, parseAntreaConf);
}

async function readConfigMap(desk: Desk, namespace: string, name: string): Promise<V1ConfigMap | undefined> {
  const what = `get configmaps ${name} in ${namespace}`;
  const map = await desk.call(what, () => desk.connection.core.readNamespacedConfigMap({ namespace, name }));
  if (map.ok) return map.value;
  addGap(desk, map, `ConfigMap ${namespace}/${name}`, what);
  return undefined;
}

const CALICO = { group: 'crd.projectcalico.org', version: 'v1' };

/** Pools say how packets travel, and blocks whose they are. Without these CRDs Calico keeps its objects elsewhere. */
async function readCalico(desk: Desk): Promise<Pick<CniFacts, 'calicoPools' | 'calicoBlocks'>> {
  const pools = await readCustom(desk, { ...CALICO, plural: 'ippools', name: 'Calico IPPools' }, parseCalicoPool);
  const kind = { ...CALICO, plural: 'blockaffinities', name: 'Calico BlockAffinities' };
  const blocks = await readCustom(desk, kind, parseBlockAffinity);
  return {
    ...(pools === undefined ? {} : { calicoPools: pools.sort((a, b) => (a.name < b.name ? -1 : 1)) }),
    ...(blocks === undefined ? {} : { calicoBlocks: joinRanges(blocks) }),
  };
}

async function readCilium(desk: Desk, set: RunningSet): Promise<Pick<CniFacts, 'cilium' | 'ciliumNodes'>> {
  const name = 'cilium-config';
  const map = await readConfigMap(desk, set.namespace, name);
  if (map === undefined) return {};
  const cilium = parseCiliumConfig(map.data ?? {}, `${set.namespace}/${name}`);
  // Elsewhere the nodes' own podCIDRs count, or nobody asks for ranges.
  if (!['cluster-pool', 'multi-pool'].includes(cilium.ipam)) return { cilium };
  const kind = { group: 'cilium.io', version: 'v2', plural: 'ciliumnodes', name: 'CiliumNodes' };
  const nodes = await readCustom(desk, kind, parseCiliumNode);
  return { cilium, ...(nodes === undefined ? {} : { ciliumNodes: joinRanges(nodes) }) };
}
