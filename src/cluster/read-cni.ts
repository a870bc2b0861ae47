/** Which network agents run on which nodes now, and how they are configured. Never fails: what is missing is a gap. */
import type { V1DaemonSet } from '@kubernetes/client-node';
import type { AgentDaemonSet, CniFacts, DaemonSetFacts, PodSample } from '../model/snapshot.ts';
import type { Reading } from '../ports.ts';
import { mapLimited } from '../net/limit.ts';
import { joinAgents, translateAgentPod, translateAgentSet } from './agents.ts';
import type { AgentPod, AgentSet, RunningSet } from './agents.ts';
import type { Wire } from './api.ts';
import type { Call } from './call.ts';
import type { Connection } from './connect.ts';
import { addGap, isRefused, type Desk } from './desk.ts';
import { PAGE_SIZE, readPages } from './pages.ts';
import { translatePlacement } from './placement.ts';
import { chooseSamples, translateSample } from './ranges.ts';
import { readConfiguration } from './read-config.ts';

/** Where agents live that are looked for when DaemonSets may not be listed everywhere. */
const USUAL_NAMESPACES = ['kube-system', 'kube-flannel'];
const AT_A_TIME = 4;

/** `facts.complete` says whether all DaemonSets and their pods could be listed; configuration has gaps of its own. */
export async function readCni(connection: Connection, call: Call): Promise<Reading<CniFacts>> {
  const desk: Desk = { connection, call, gaps: [] };
  const listed = await readSets(desk);
  const running = await readRunning(
    desk,
    listed.flatMap(({ agent }) => agent ?? []),
  );
  const daemonSets = listed.flatMap(({ placement }) => placement ?? []).sort(bySetName);
  const complete = desk.gaps.length === 0;
  // Before the ranges, which only grow: so a pod is never in a range that was not read yet.
  const samples = await readSamples(desk);
  const configuration = await readConfiguration(
    desk,
    // One that has nowhere a pod is parked; one that nowhere gets Ready may be told the wrong things.
    running.filter(({ nodes, notReady }) => nodes.length + notReady.length > 0),
  );
  const notReady = joinAgents(running.map((set) => ({ agent: set.agent, nodes: set.notReady })));
  const facts: CniFacts = {
    agents: joinAgents(running),
    complete,
    ...listSets(running),
    ...(notReady.length === 0 ? {} : { notReady }),
    ...(daemonSets.length === 0 ? {} : { daemonSets }),
    ...configuration,
    ...(samples === undefined ? {} : { samples }),
  };
  return { facts, gaps: desk.gaps };
}

/** Those at work, in a fixed order. */
function listSets(running: readonly RunningSet[]): Pick<CniFacts, 'agentSets'> {
  const keyOf = ({ namespace, name }: AgentDaemonSet): string => `${namespace}/${name}`;
  const agentSets = running
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ agent, namespace, name, selector }) => ({ agent, namespace, name, selector }))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return agentSets.length === 0 ? {} : { agentSets };
}

/** What matters of a DaemonSet. */
interface ListedSet {
  readonly agent?: AgentSet;
  readonly placement?: DaemonSetFacts;
}

function translateSet(set: Wire<V1DaemonSet>): ListedSet | undefined {
  const agent = translateAgentSet(set);
  const placement = translatePlacement(set, agent);
  if (agent === undefined && placement === undefined) return undefined;
  return { ...(agent === undefined ? {} : { agent }), ...(placement === undefined ? {} : { placement }) };
}

function bySetName(a: DaemonSetFacts, b: DaemonSetFacts): number {
  const [first, second] = [a, b].map(({ namespace, name }) => `${namespace}/${name}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

async function readSets(desk: Desk): Promise<ListedSet[]> {
  const { apps } = desk.connection;
  const what = 'list daemonsets.apps';
  const everywhere = await readPages({
    call: desk.call,
    what,
    list: (page) => apps.listDaemonSetForAllNamespaces(page),
    translate: translateSet,
  });
  if (everywhere.ok) return everywhere.value;
  addGap(desk, everywhere, 'DaemonSets in all namespaces', what);
  if (!isRefused(everywhere)) return [];
  const sets: ListedSet[] = [];
  for (const namespace of USUAL_NAMESPACES) {
    const here = await readPages({
      call: desk.call,
      what: `${what} in ${namespace}`,
      list: (page) => apps.listNamespacedDaemonSet({ namespace, ...page }),
      translate: translateSet,
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
    const where = (isReady: boolean): string[] => own.flatMap(({ node, ready }) => (ready === isReady ? [node] : []));
    return { ...set, nodes: where(true), notReady: where(false) };
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

/** One page of running pods. They can only contradict what else is known, so without them nothing is missing. */
async function readSamples({ connection, call }: Desk): Promise<PodSample[] | undefined> {
  const request = { fieldSelector: 'status.phase=Running', limit: PAGE_SIZE };
  const page = await call('list running pods', () => connection.core.listPodForAllNamespaces(request));
  if (!page.ok) return undefined;
  return chooseSamples((page.value.items ?? []).flatMap((pod) => translateSample(pod) ?? []));
}
