/** What the readers by way of pods share: one answer per node, and words for those that gave none. */
import type { Asked, HostPod } from '../model/pod.ts';
import type { Gap, GuestFacts, NodeFacts } from '../model/snapshot.ts';
import { mapLimited } from '../net/limit.ts';
import type { Clock, Log, PodAccess, Reading } from '../ports.ts';

export interface Outside {
  readonly clock: Clock;
  readonly log: Log;
  readonly pods: () => Promise<PodAccess>;
}

/** Why nothing is known of a node. */
export interface NoAnswer {
  readonly reason: string;
  readonly permission?: string;
}

export type NodeAnswer = GuestFacts | NoAnswer;

export function failed({ reason, permission }: Extract<Asked<never>, { ok: false }>, where?: string): NoAnswer {
  const placed = where === undefined ? reason : `${where}: ${reason}`;
  return { reason: placed, ...(permission === undefined ? {} : { permission }) };
}

/** Asks so many nodes at a time. `ask` gets the pods with host network that run on the node. */
export async function askNodes(
  nodes: readonly NodeFacts[],
  atATime: number,
  { pods: open }: Outside,
  ask: (node: NodeFacts, pods: readonly HostPod[], access: PodAccess) => Promise<NodeAnswer>,
): Promise<Reading<readonly GuestFacts[]>> {
  // Without nodes there may be no way to the cluster, which has been told.
  if (nodes.length === 0) return { facts: [], gaps: [] };
  const access = await open();
  const listed = await access.listHostPods();
  if (!listed.ok) {
    const why = failed(listed, 'pods with host network');
    return { facts: [], gaps: nodes.map(({ name }) => gapOf(name, why)) };
  }
  const byNode = Map.groupBy(listed.value, ({ node }) => node);
  const answers = await mapLimited(nodes, atATime, async (node) => ({
    name: node.name,
    answer: await ask(node, byNode.get(node.name) ?? [], access),
  }));
  return {
    facts: answers.flatMap(({ answer }) => ('node' in answer ? [answer] : [])),
    gaps: answers.flatMap(({ name, answer }) => ('node' in answer ? [] : [gapOf(name, answer)])),
  };
}

function gapOf(node: string, why: NoAnswer): Gap {
  return { facet: 'guests', subject: `kernel of node ${node}`, scope: node, ...why };
}

export function nameOf({ namespace, name }: HostPod): string {
  return `${namespace}/${name}`;
}
