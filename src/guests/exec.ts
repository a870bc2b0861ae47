/** Nodes' kernels by way of pods that run there already: `guests: exec`. Reads only, and creates nothing. */
import type { HostPod } from '../model/pod.ts';
import type { GuestFacts, NodeFacts } from '../model/snapshot.ts';
import type { Clock, GuestReader, PodAccess } from '../ports.ts';
import { askNodes, failed, nameOf, type NodeAnswer, type Outside } from './answers.ts';
import { parseBundle } from './bundle.ts';
import { findPoints, type ExecPoint } from './exec-points.ts';
import { readFirewall } from './firewall-reads.ts';
import { readSwitches, readWithIp } from './linux-reads.ts';
import { renderBundle, type Sections } from './sections.ts';
import { Talk } from './talk.ts';

export interface ExecOutside extends Outside {
  /** For the whole run, in milliseconds. */
  readonly timeoutMs: number;
}

/** Nodes that are asked side by side; each answers one command after the other. */
const AT_A_TIME = 8;
/** Some commands take a moment where there are very many routes. */
const COMMAND_MS = 15_000;
/** For all commands of one node. */
const NODE_MS = 60_000;
/** Of the time for the whole run: something has to be left for judging and telling. */
const SHARE = 0.6;

const NO_IP = 'no container there has an ip that speaks JSON (iproute2), so only whether it forwards is known';

export function openGuestExec(outside: ExecOutside): GuestReader {
  const { clock, log, timeoutMs } = outside;
  return {
    read: async (nodes) => {
      const end = clock.now() + timeoutMs * SHARE;
      const reading = await askNodes(nodes, AT_A_TIME, outside, (node, pods, access) =>
        readNode(node, pods, { access, clock, end }),
      );
      for (const facts of reading.facts) for (const line of unreadOf(facts)) log.warning(line);
      return reading;
    },
  };
}

interface Way {
  readonly access: PodAccess;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

async function readNode(node: NodeFacts, pods: readonly HostPod[], way: Way): Promise<NodeAnswer> {
  // collect.ps1 in a HostProcess container would answer in the same form; see docs/guests.md.
  if (node.os === 'windows') return { reason: 'on Windows it cannot be read this way: use guests: files' };
  const points = findPoints(pods);
  if (points.length === 0) {
    return { reason: 'no pod of a network agent or of kube-proxy with host network runs on it' };
  }
  const end = Math.min(way.end, way.clock.now() + NODE_MS);
  const talks = points.map((point) => new Talk({ ...way, end, point, commandMs: COMMAND_MS }));
  let bare: { readonly talk: Talk; readonly sections: Sections } | undefined;
  for (const talk of talks) {
    const sections = await readWithIp(talk);
    if (sections !== undefined) {
      const others = talks.filter((other) => other !== talk);
      for (const [name, answer] of await readFirewall([talk, ...others])) sections.set(name, answer);
      return factsOf(node.name, talk, sections, way.clock);
    }
    const switches = bare === undefined ? await readSwitches(talk) : undefined;
    if (switches !== undefined) bare = { talk, sections: switches };
  }
  if (bare !== undefined) {
    const facts = factsOf(node.name, bare.talk, bare.sections, way.clock);
    return 'node' in facts ? { ...facts, unread: facts.unread.map((one) => ({ ...one, reason: NO_IP })) } : facts;
  }
  for (const { trouble, point } of talks) if (trouble !== undefined) return failed(trouble, placeOf(point));
  return { reason: `${talks.map(({ point }) => placeOf(point)).join(', ')}: neither ip nor cat is there` };
}

function factsOf(node: string, { point }: Talk, sections: Sections, clock: Clock): NodeAnswer {
  const at = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const read = parseBundle(renderBundle(node, at, sections), `pod ${nameOf(point.pod)}`);
  const [only] = read;
  // A node speaks for nobody but itself.
  if (read.length > 1 || only?.node !== node) return { reason: `${placeOf(point)}: the answer is none` };
  return 'trouble' in only ? { reason: `${placeOf(point)}: ${only.trouble}` } : only;
}

/** One line for each reason, however many parts it keeps from being read. */
function unreadOf({ source, unread }: GuestFacts): string[] {
  const parts = Map.groupBy(unread, ({ reason }) => reason);
  return [...parts].map(([reason, all]) => {
    const names = new Set(all.map(({ part }) => part));
    return `${source}: ${reason} (${[...names].join(', ')}).`;
  });
}

function placeOf({ pod, container }: ExecPoint): string {
  return `container ${container} of ${nameOf(pod)}`;
}
