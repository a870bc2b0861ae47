/** The snapshot indexed for walking: nodes with their machine, mode and prefixes; fabrics with compiled tables. */
import type { Config } from '../model/config.ts';
import type { Fault } from '../model/faults.ts';
import { gapFault } from '../model/faults.ts';
import type { Family, Prefix } from '../model/prefix.ts';
import { hostPrefix, parseAddress } from '../model/prefix.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import type { Gap, InterfaceFacts, MachineFacts, NodeFacts, Snapshot } from '../model/snapshot.ts';
import type { BehaviourTable, FilterBehaviourTable } from './behaviour.ts';
import { FABRIC_BEHAVIOUR, FILTER_BEHAVIOUR } from './behaviour.ts';
import type { Fabric } from './fabric.ts';
import { indexFabric, isCovered } from './fabric.ts';
import type { FlannelSplit } from './flannel.ts';
import { splitFlannel } from './flannel.ts';
import { Filters } from './filters.ts';
import type { Guests } from './guests/guests.ts';
import { guestGap, openGuests } from './guests/open.ts';
import { findRoutersWithPods } from './guests/routers.ts';
import { joinNodes } from './join.ts';
import { skipReason } from './left-out.ts';
import { judgeMachines } from './machines.ts';
import type { ModeDecision } from './mode.ts';
import { groupOverlaps } from './overlaps.ts';
import { decideModes } from './mode.ts';
import { rangesFrom } from './ranges.ts';

export interface SurveyedNode {
  readonly index: number;
  readonly facts: NodeFacts;
  readonly name: string;
  /** Why its pairs are not applicable. */
  readonly skipped?: string;
  /** The ranges of its pods: spec.podCIDRs, or what its agent's own address management gave it. */
  readonly podCIDRs: readonly Prefix[];
  /** Where they come from, if not from spec.podCIDRs. */
  readonly rangeSource?: string;
  /** Families that packets from this node can have. */
  readonly families: readonly Family[];
  readonly mode: ModeDecision;
  readonly joinedBy?: 'provider-id' | 'address';
  readonly fabric?: Fabric;
  readonly machine?: MachineFacts;
  /** Of its machine, by id. */
  readonly interfaces: readonly InterfaceFacts[];
  /** What spoils every pair from and towards this node. */
  readonly endpointFaults: readonly Fault[];
  /** In this place there is no range of pods but something else of the node, or something that is no node. */
  readonly standsFor?: 'its own address' | 'an extra sender';
  /** It was not read: it may be in any group that filters name. */
  readonly isUnseen?: true;
  /** The broadest podCIDRs that this node shares addresses of with other nodes, by family. */
  readonly overlapRoots: readonly string[];
}

export interface Survey {
  readonly snapshot: Snapshot;
  readonly nodes: readonly SurveyedNode[];
  readonly fabrics: readonly Fabric[];
  /** Machine (`fabric/machine`) -> the node that runs on it. */
  readonly nodeOfMachine: ReadonlyMap<string, string>;
  /** All podCIDRs of all nodes: whose they are. */
  readonly podCIDRs: PrefixTable<string>;
  /** podCIDRs of judged nodes that share addresses: root prefix -> names of the owners, sorted. */
  readonly overlapGroups: ReadonlyMap<string, ReadonlySet<string>>;
  /** `fabric/network` -> the subnets in which host-gw nodes live, sorted. */
  readonly hostGwSubnets: ReadonlyMap<string, readonly string[]>;
  /**
   * Families that need no route for some node of a network: `fabric/network/6 neighbour` where a host-gw node has an
   * address to announce, `fabric/network/6 assigned` where the fabric has assigned a podCIDR.
   */
  readonly routelessFamilies: ReadonlySet<string>;
  /** By fabric; none where they were not read, or are not wanted. */
  readonly filters: ReadonlyMap<Fabric, Filters>;
  /** Absent: flannel does not run, or runs alike on all nodes. */
  readonly flannel?: FlannelSplit;
  /** Absent: no kernel was read of nodes that are in no cloud. */
  readonly guests?: Guests;
}

/** What the judge knows about the world apart from the snapshot. */
export interface Behaviours {
  readonly fabrics: BehaviourTable;
  readonly filters: FilterBehaviourTable;
}

const NO_ROUTES = { directRoutes: 0, gatewayRoutes: 0 };

const BEHAVIOURS: Behaviours = { fabrics: FABRIC_BEHAVIOUR, filters: FILTER_BEHAVIOUR };

export function surveySnapshot(
  snapshot: Snapshot,
  config: Pick<Config, 'networkModes' | 'rules'> & Partial<Pick<Config, 'nodeSubnets'>>,
  behaviours: Behaviours = BEHAVIOURS,
): Survey {
  const nodes = snapshot.cluster.nodes;
  const { cni } = snapshot.cluster;
  const agents = new Map(cni.agents.map((entry) => [entry.node, entry.agents]));
  const findRanges = rangesFrom(cni, snapshot.gaps);
  const ranges = nodes.map((node) => findRanges(node, agents.get(node.name) ?? []));
  const prefixes = ranges.map((range) => range.prefixes);
  const podCIDRs = new PrefixTable<string>();
  nodes.forEach((node, index) => {
    for (const prefix of prefixes[index] ?? []) podCIDRs.add(prefix, node.name);
  });
  const fabrics = snapshot.fabrics.map((facts) =>
    indexFabric(facts, behaviours.fabrics[facts.kind], podCIDRs, snapshot.gaps),
  );
  const fabricById = new Map(fabrics.map((fabric) => [fabric.facts.id, fabric]));
  const joins = joinNodes(nodes, snapshot.fabrics);
  const nodeOfMachine = new Map<string, string>();
  joins.forEach((join, index) => {
    if (join.kind === 'joined') nodeOfMachine.set(`${join.fabric.id}/${join.machine.id}`, nodes[index]?.name ?? '');
  });
  const networksThatRoutePods = new Set(fabrics.flatMap((fabric) => [...fabric.networksThatRoutePods]));
  const facesOf = (index: number): { fabric: Fabric; faces: readonly InterfaceFacts[] } | undefined => {
    const join = joins[index];
    const fabric = join?.kind === 'joined' ? fabricById.get(join.fabric.id) : undefined;
    return join?.kind !== 'joined' || fabric === undefined
      ? undefined
      : { fabric, faces: fabric.interfacesOf(join.machine.id) };
  };
  const guests = openGuests(snapshot, config.nodeSubnets ?? [], (index) => joins[index]?.kind === 'joined');
  const routersWithPods = findRoutersWithPods(snapshot, podCIDRs);
  const modes = decideModes(nodes, {
    cni,
    gaps: snapshot.gaps,
    wanted: config.networkModes,
    rangesOf: (_, index) => ranges[index] ?? { prefixes: [] },
    kernelOf: ({ name }, index) => ({
      isKernelRead: guests?.hasRead(name) ?? false,
      routersWithPods,
      ...(guests?.countDirect(
        name,
        prefixes.flatMap((own, at) => (at === index ? [] : own)),
      ) ?? NO_ROUTES),
    }),
    fabricOf: (_, index) => {
      const held = facesOf(index);
      const routes = ({ network }: InterfaceFacts): boolean =>
        networksThatRoutePods.has(`${held?.fabric.facts.id ?? ''}/${network}`);
      const own = prefixes[index] ?? [];
      const assigned = held?.faces.flatMap((face) => held.fabric.assigned(face)) ?? [];
      return {
        fabricHoldsPodRoutes: held?.faces.some(routes) ?? false,
        fabricAssignsPods: own.length > 0 && own.every((prefix) => isCovered(prefix, assigned)),
        fabricDecides: held?.fabric.behaviour.onLinkBypassesTables === false,
        isAssigned: (text) => {
          const address = parseAddress(text);
          return address !== undefined && isCovered(hostPrefix(address), assigned);
        },
      };
    },
  });
  const takenAt = Date.parse(snapshot.takenAt);
  const skips = nodes.map((node) => skipReason(node, takenAt));
  const machineFaults = judgeMachines(nodes, joins, snapshot, skips);
  const overlapGroups = groupOverlaps(nodes, prefixes, skips);
  const rootsOf = new Map<string, string[]>();
  for (const [root, owners] of overlapGroups) {
    for (const owner of owners) {
      const roots = rootsOf.get(owner);
      if (roots === undefined) rootsOf.set(owner, [root]);
      else roots.push(root);
    }
  }
  const surveyed = nodes.map((facts, index): SurveyedNode => {
    const join = joins[index];
    const mode = modes[index] ?? { mode: 'unknown', reason: '', level: 'fabric' };
    const skipped = skips[index];
    const fabric = join?.kind === 'joined' ? fabricById.get(join.fabric.id) : undefined;
    const missing = guestGap(snapshot, facts, mode.mode);
    const ofMachine =
      guests?.has(facts.name) === true && fabric === undefined
        ? []
        : missing === undefined
          ? (machineFaults[index] ?? [])
          : [gapFault(missing, 'from', 'kernel')];
    const endpointFaults = mode.gap === undefined ? ofMachine : [...ofMachine, gapFault(mode.gap)];
    const podPrefixes = prefixes[index] ?? [];
    const rangeSource = ranges[index]?.source;
    return {
      index,
      facts,
      name: facts.name,
      ...(skipped === undefined ? {} : { skipped }),
      podCIDRs: podPrefixes,
      ...(rangeSource === undefined ? {} : { rangeSource }),
      families: familiesOf(podPrefixes, facts),
      mode,
      ...(join?.kind === 'joined' && fabric !== undefined
        ? { joinedBy: join.by, machine: join.machine, fabric, interfaces: fabric.interfacesOf(join.machine.id) }
        : { interfaces: [] }),
      endpointFaults,
      overlapRoots: rootsOf.get(facts.name) ?? [],
    };
  });
  const hostGwSubnets = findHostGwSubnets(surveyed);
  const routelessFamilies = findRoutelessFamilies(surveyed);
  const filters = openFilters(fabrics, config, behaviours.filters);
  const flannel = splitFlannel(surveyed);
  return {
    snapshot,
    nodes: surveyed,
    fabrics,
    nodeOfMachine,
    podCIDRs,
    overlapGroups,
    hostGwSubnets,
    filters,
    routelessFamilies,
    ...(flannel === undefined ? {} : { flannel }),
    ...(guests === undefined ? {} : { guests }),
  };
}

/** The rule's switch is the switch of the whole step. */
function openFilters(
  fabrics: readonly Fabric[],
  { rules }: Pick<Config, 'rules'>,
  behaviour: FilterBehaviourTable,
): Map<Fabric, Filters> {
  if (rules['firewall-excludes-pods'] === 'off') return new Map();
  return new Map(
    fabrics.flatMap((fabric) => {
      const { filters } = fabric.facts;
      return filters === 'unread' ? [] : [[fabric, new Filters(fabric, filters, behaviour)] as const];
    }),
  );
}

/** The interface that carries the node's own address, else the primary one. */
export function nodeInterface(node: Pick<SurveyedNode, 'facts' | 'interfaces'>): InterfaceFacts | undefined {
  if (node.interfaces.length < 2) return node.interfaces[0];
  const carries = (face: InterfaceFacts): boolean => node.facts.internalIPs.some((ip) => face.addresses.includes(ip));
  return node.interfaces.find(carries) ?? node.interfaces.find((face) => face.primary) ?? node.interfaces[0];
}

function findHostGwSubnets(nodes: readonly SurveyedNode[]): Map<string, string[]> {
  // Maps in a map: no key has to be put together for every node.
  const found = new Map<Fabric, Map<string, Set<string>>>();
  for (const node of nodes) {
    const face = node.mode.mode === 'host-gw' && node.skipped === undefined ? nodeInterface(node) : undefined;
    if (face === undefined || node.fabric === undefined) continue;
    const networks = found.get(node.fabric) ?? new Map<string, Set<string>>();
    found.set(node.fabric, networks);
    networks.set(face.network, (networks.get(face.network) ?? new Set()).add(face.subnet));
  }
  return new Map(
    [...found].flatMap(([fabric, networks]) =>
      [...networks].map(([network, subnets]) => [`${fabric.facts.id}/${network}`, [...subnets].sort()]),
    ),
  );
}

function findRoutelessFamilies(nodes: readonly SurveyedNode[]): Set<string> {
  const found = new Set<string>();
  // With one family nobody asks.
  if (!nodes.some(({ podCIDRs: [first, second] }) => second !== undefined && second.family !== first?.family))
    return found;
  for (const node of nodes) {
    const { fabric, facts } = node;
    const face = node.skipped === undefined ? nodeInterface(node) : undefined;
    if (face === undefined || fabric === undefined) continue;
    const network = `${fabric.facts.id}/${face.network}`;
    if (node.mode.mode === 'host-gw') {
      const announced = [facts.flannel?.publicIP, facts.flannel?.publicIPv6, ...facts.internalIPs];
      for (const ip of announced)
        if (ip !== undefined) found.add(`${network}/${ip.includes(':') ? '6' : '4'} neighbour`);
    }
    for (const one of node.interfaces) {
      if (one.assignedPrefixes === undefined) continue;
      const own = node.podCIDRs.filter((prefix) => isCovered(prefix, fabric.assigned(one)));
      for (const { family } of own) found.add(`${fabric.facts.id}/${one.network}/${String(family)} assigned`);
    }
  }
  return found;
}

/** A node without podCIDRs sends from its own addresses. */
function familiesOf(prefixes: readonly Prefix[], node: NodeFacts): Family[] {
  if (prefixes.length === 1 && prefixes[0] !== undefined) return [prefixes[0].family];
  const own = prefixes.map((prefix) => prefix.family);
  const source = own.length > 0 ? own : node.internalIPs.flatMap((text) => parseAddress(text)?.family ?? []);
  return [...new Set(source)].sort();
}

export function gapsOf(gaps: readonly Gap[], facets: readonly Gap['facet'][], fabric?: string): Gap[] {
  return gaps.filter(
    (gap) =>
      facets.includes(gap.facet) &&
      (fabric === undefined || gap.scope === undefined || gap.scope === fabric || fabric.startsWith(`${gap.scope}/`)),
  );
}
