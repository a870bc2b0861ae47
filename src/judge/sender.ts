/** Where packets of a node leave it: the interface for on-link neighbours, and those a default route may use. */
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { DetectedMode } from '../model/judgement.ts';
import type { Family } from '../model/prefix.ts';
import { isCovered } from './fabric.ts';
import type { Fabric } from './fabric.ts';
import type { Gap, InterfaceFacts } from '../model/snapshot.ts';
import { containsAddress, parseAddress } from '../model/prefix.ts';
import type { SurveyedNode } from './survey.ts';
import type { CompiledTable } from './tables.ts';
import { gapsOf } from './survey.ts';

/** A way out towards the subnet's router. */
export interface Exit {
  readonly subnet: string;
  readonly table: CompiledTable | undefined;
  /** Network tags of the sender that some route of the table is scoped to. */
  readonly tags: readonly string[];
}

/** All that a receiver's part of a path depends on, of its sender. Equal keys: equal paths. */
export interface SenderContext {
  readonly key: string;
  readonly family: Family;
  readonly fabric: Fabric;
  readonly mode: DetectedMode;
  readonly usesHostRoutes: boolean;
  readonly isWindows: boolean;
  /** The subnet in which the sender sees neighbours. */
  readonly subnet: string;
  /** More than one: the default route's interface is not certain. */
  readonly exits: readonly Exit[];
}

export interface Sender {
  readonly context: SenderContext;
  /** The interface towards neighbours, and that of each exit. */
  readonly onLinkFace: InterfaceFacts;
  readonly exitFaces: readonly InterfaceFacts[];
  /** What the egress interface does to this sender's packets when they go to a neighbour. */
  readonly onLinkFaults: readonly Fault[];
  /** The same for each exit. */
  readonly exitFaults: readonly (readonly Fault[])[];
  /** What stays unknown where the exits do not agree: made when somebody asks, which is next to never. */
  readonly exitGap: () => Fault;
}

/** The address that others use as next hop towards this node: its agent's own word first. */
export function advertisedAddress(node: SurveyedNode, family: Family): string | undefined {
  const { mode, facts } = node;
  for (const text of mode.announced ?? NOTHING) {
    const address = parseAddress(text);
    // What is no address is what its agent said all the same.
    if ((address?.family ?? (text.includes(':') ? 6 : 4)) === family) return address?.text ?? text;
  }
  for (const text of facts.internalIPs) if (parseAddress(text)?.family === family) return text;
  return undefined;
}

const NOTHING: readonly string[] = [];

/** Packets of these modes are the same on the wire, whichever of them the other end has. */
export const PLAIN_MODES: ReadonlySet<DetectedMode> = new Set(['host-gw', 'static', 'fabric']);

/** Its kernel has a route per peer: to all that are neighbours, and in cross-subnet mode into a tunnel for the others. */
export function usesHostRoutes({ mode }: SurveyedNode): boolean {
  return mode.mode === 'host-gw' || mode.mode === 'cross-subnet';
}

/** Whether the sender's guest has the receiver's next hop on its own link; some fabrics' guests have nobody there. */
export function seesNeighbour(context: SenderContext, to: SurveyedNode): boolean {
  return context.fabric.behaviour.neighbours !== 'nobody' && isInSubnet(context, to);
}

/** Nobody ends a tunnel where no agent runs. Between nodes' own addresses and pods of others both ways are in one. */
export function isTunnelled(context: SenderContext, to: SurveyedNode): boolean {
  const isPeer = context.mode === 'cross-subnet' && to.mode.mode === 'cross-subnet';
  return isPeer && to.standsFor !== 'an extra sender' && !seesNeighbour(context, to);
}

function isInSubnet(context: SenderContext, to: SurveyedNode): boolean {
  const text = advertisedAddress(to, context.family);
  const address = text === undefined ? undefined : parseAddress(text);
  const subnet = context.fabric.subnets.get(context.subnet);
  return address !== undefined && (subnet?.prefixes ?? []).some((prefix) => containsAddress(prefix, address));
}

/**
 * A fault instead of a sender: the egress interface could not be told.
 * @param contexts those found before
 */
export function findSender(node: SurveyedNode, family: Family, contexts: Contexts): Sender | Fault {
  const { fabric } = node;
  if (fabric === undefined) return guestGap(node, 'its machine is not known');
  const egress = egressInterface(node, family);
  if (egress === undefined) return faceGap(node, fabric);
  const primary = node.interfaces.find((face) => face.primary);
  const faces = primary === undefined || primary === egress ? [egress] : [primary, egress];
  const onLinkFaults = checkSource(node, fabric, egress, family);
  return {
    context: contexts.find(node, family, fabric, faces),
    onLinkFace: egress,
    exitFaces: faces,
    onLinkFaults,
    exitFaults: faces.map((face) => (face === egress ? onLinkFaults : checkSource(node, fabric, face, family))),
    exitGap: () => exitGap(node),
  };
}

/** Equal contexts are one object, so that what they see is worked out once. */
export class Contexts {
  readonly #byKey = new Map<string, SenderContext>();
  /** Of senders with one untagged interface, by its subnet: nearly all, and for them no key has to be put together. */
  readonly #bySubnet = new Map<string, SenderContext[]>();

  /** @param faces those of the exits; the last one is where the sender sees neighbours */
  find(node: SurveyedNode, family: Family, fabric: Fabric, faces: readonly InterfaceFacts[]): SenderContext {
    const [face, another] = faces;
    if (face === undefined || another !== undefined || face.tags !== undefined) {
      return this.#make(node, family, fabric, faces);
    }
    const known = this.#bySubnet.get(face.subnet);
    const isWindows = node.facts.os === 'windows';
    const isHost = usesHostRoutes(node);
    for (const context of known ?? []) {
      const isSame = context.family === family && context.fabric === fabric && context.isWindows === isWindows;
      if (isSame && (isHost ? context.mode === node.mode.mode : !context.usesHostRoutes)) return context;
    }
    const context = this.#make(node, family, fabric, faces);
    if (known === undefined) this.#bySubnet.set(face.subnet, [context]);
    else known.push(context);
    return context;
  }

  #make(node: SurveyedNode, family: Family, fabric: Fabric, faces: readonly InterfaceFacts[]): SenderContext {
    const subnet = faces.at(-1)?.subnet ?? '';
    const exits = faces.map((face) => findExit(fabric, face));
    const { mode } = node.mode;
    const isWindows = node.facts.os === 'windows';
    const isHost = usesHostRoutes(node);
    const words = `${isHost ? mode : 'fabric'}|${isWindows ? 'windows' : ''}`;
    let key = `${String(family)}|${fabric.facts.id}|${words}|${subnet}`;
    for (const exit of exits) key += `|${exit.subnet}>${exit.table?.facts.id ?? '?'}#${exit.tags.join()}`;
    let context = this.#byKey.get(key);
    if (context === undefined) {
      context = { key, family, fabric, mode, usesHostRoutes: isHost, isWindows, subnet, exits };
      this.#byKey.set(key, context);
    }
    return context;
  }
}

function exitGap(node: SurveyedNode): Fault {
  const gap = {
    facet: 'guests' as const,
    subject: `default route of node ${node.name}`,
    reason: 'its address is not on the primary interface, and which one the default route uses is not read',
  };
  return gapFault(gap, 'from', 'default route');
}

function findExit(fabric: Fabric, face: InterfaceFacts): Exit {
  const id = fabric.subnets.get(face.subnet)?.facts.table;
  const table = id === undefined ? undefined : fabric.tables.get(id);
  const tags = face.tags === undefined ? [] : face.tags.filter((tag) => table?.scopeTags.has(tag) ?? false).sort();
  return { subnet: face.subnet, table, tags };
}

/** The interface that carries the address the node announces; a node with one interface has no choice. */
function egressInterface(node: SurveyedNode, family: Family): InterfaceFacts | undefined {
  if (node.interfaces.length <= 1) return node.interfaces[0];
  const wanted = [advertisedAddress(node, family), ...node.facts.internalIPs];
  for (const address of wanted) {
    const face = address === undefined ? undefined : node.interfaces.find((item) => item.addresses.includes(address));
    if (face !== undefined) return face;
  }
  return undefined;
}

function checkSource(node: SurveyedNode, fabric: Fabric, face: InterfaceFacts, family: Family): Fault[] {
  if (!fabric.behaviour.checksSource || face.forwarding === 'on') return [];
  const sources = node.podCIDRs.filter((prefix) => prefix.family === family);
  const assigned = fabric.assigned(face);
  if (sources.every((prefix) => isCovered(prefix, assigned))) return [];
  return judgeForwarding(node, fabric, face, 'sender');
}

/** What the forwarding setting of an interface does to packets that are not its own. */
export function judgeForwarding(
  node: SurveyedNode,
  fabric: Fabric,
  face: InterfaceFacts,
  role: 'sender' | 'receiver',
): Fault[] {
  if (face.forwarding === 'on') return [];
  const owner = role === 'sender' ? 'from' : 'to';
  const slot = `interface${String(node.interfaces.indexOf(face))}`;
  switch (face.forwarding) {
    case 'off':
      return [
        {
          rule: 'cloud-forwarding-off',
          verdict: 'fail',
          owner,
          slot,
          cause: `${fabric.facts.id}/${face.id}`,
          detail: {
            kind: 'forwarding',
            fabric: fabric.facts.id,
            node: node.name,
            interface: face.id,
            ...(face.machine === undefined ? {} : { machine: face.machine }),
            role,
          },
        },
      ];
    case 'unknown': {
      const [gap] = gapsOf(fabric.gaps, ['interfaces'], fabric.facts.id);
      const unread = {
        facet: 'interfaces' as const,
        subject: `forwarding of interface ${face.id}`,
        scope: fabric.facts.id,
      };
      return [
        gap === undefined
          ? gapFault(plannedGap(fabric, face) ?? { ...unread, reason: 'the answer did not say' }, owner, slot)
          : gapFault(gap),
      ];
    }
  }
}

/** One for the whole pool: its machines will all start alike. */
function plannedGap(fabric: Fabric, face: InterfaceFacts): Gap | undefined {
  const pool = face.machine === undefined ? undefined : fabric.machines.get(face.machine)?.planned;
  if (pool === undefined) return undefined;
  const reason =
    'no template says what new machines start with; clouds drop the packets of pods unless somebody says otherwise';
  return { facet: 'interfaces', subject: `forwarding of planned pool ${pool}`, scope: fabric.facts.id, reason };
}

function faceGap(node: SurveyedNode, fabric: Fabric): Fault {
  const [gap] = gapsOf(fabric.gaps, ['interfaces'], fabric.facts.id);
  if (gap !== undefined) return gapFault(gap);
  return guestGap(node, `none of its machine's interfaces carries an address of the node`);
}

function guestGap(node: SurveyedNode, reason: string): Fault {
  return gapFault({ facet: 'guests', subject: `egress interface of node ${node.name}`, reason }, 'from', 'egress');
}
