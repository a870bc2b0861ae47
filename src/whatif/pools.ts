/** Which nodes a plan adds, and which present node each resembles. */
import type { JudgedNode } from '../model/judgement.ts';
import type { Prefix } from '../model/prefix.ts';
import { parsePrefixes } from '../model/prefix.ts';
import type { FabricFacts, InterfaceFacts, MachineFacts, NodeFacts, Snapshot } from '../model/snapshot.ts';
import type { PlannedPool, WhatIf } from '../model/what-if.ts';

/** What judging the present cluster found out about it. */
export interface Present {
  readonly nodes: readonly JudgedNode[];
  readonly podRanges: readonly string[];
  /** A guess may grow: only a range that somebody wrote down can be full. */
  readonly podRangesAreKnown: boolean;
}

export const GRANT_LISTS = ['calicoBlocks', 'ciliumNodes'] as const;
export type GrantList = (typeof GRANT_LISTS)[number];

/** A present node with all that is known of it; what is new is made in its likeness. */
export interface Pattern {
  readonly facts: NodeFacts;
  /** Those of its pods, wherever they are from. */
  readonly ranges: readonly Prefix[];
  /** The list of ranges that its agent's own address management gave out; absent: they are in spec.podCIDRs. */
  readonly grantedIn?: GrantList;
  readonly fabric: FabricFacts;
  readonly machine: MachineFacts;
  readonly face: InterfaceFacts;
}

/** A pool with its pattern and the subnets that it fills in turn. */
export interface Batch {
  readonly pool: PlannedPool;
  readonly pattern: Pattern;
  /** Ids; never empty. */
  readonly subnets: readonly string[];
}

export interface Batches {
  readonly batches: readonly Batch[];
  /** Sentences for the author of the plan. */
  readonly problems: readonly string[];
}

export function planBatches(snapshot: Snapshot, plan: WhatIf, judged: readonly JudgedNode[]): Batches {
  const patterns = findPatterns(snapshot, judged);
  const problems: string[] = [];
  const grown = plan.clusterSize === undefined ? [] : growCluster(plan.clusterSize, patterns, judged.length, problems);
  const batches = [...plan.pools, ...grown].flatMap((pool) => {
    const batch = planBatch(pool, patterns);
    if (typeof batch !== 'string') return [batch];
    problems.push(batch);
    return [];
  });
  return { batches, problems };
}

function findPatterns(snapshot: Snapshot, judged: readonly JudgedNode[]): Pattern[] {
  const facts = new Map(snapshot.cluster.nodes.map((node) => [node.name, node]));
  const fabrics = new Map(snapshot.fabrics.map((fabric) => [fabric.id, fabric]));
  const machines = new Map(
    snapshot.fabrics.flatMap(({ id, machines: all }) => all.map((one) => [`${id}/${one.id}`, one])),
  );
  const faces = new Map(
    snapshot.fabrics.flatMap(({ id, interfaces }) => interfaces.map((one) => [`${id}/${one.id}`, one])),
  );
  const granted = grantsOf(snapshot);
  return judged.flatMap((node) => {
    const fabric = fabrics.get(node.fabric ?? '');
    const machine = machines.get(`${node.fabric ?? ''}/${node.machine ?? ''}`);
    const own = facts.get(node.name);
    const all = node.interfaces.flatMap((id) => faces.get(`${node.fabric ?? ''}/${id}`) ?? []);
    const face = all.find((one) => one.addresses.some((ip) => node.internalIPs.includes(ip))) ?? all[0];
    if (node.skipped !== undefined || fabric === undefined || machine === undefined) return [];
    if (own === undefined || face === undefined) return [];
    const grantedIn = GRANT_LISTS.find((list) =>
      granted[list].get(node.name)?.some((text) => node.podCIDRs.includes(text)),
    );
    const ranges = parsePrefixes(node.podCIDRs);
    return [{ facts: own, ranges, ...(grantedIn === undefined ? {} : { grantedIn }), fabric, machine, face }];
  });
}

/** What agents' own address managements gave to nodes, by name. */
export function grantsOf({ cluster }: Snapshot): Record<GrantList, ReadonlyMap<string, readonly string[]>> {
  const byName = (list: GrantList): Map<string, readonly string[]> =>
    new Map((cluster.cni[list] ?? []).map(({ node, prefixes }) => [node, prefixes]));
  return { calicoBlocks: byName('calicoBlocks'), ciliumNodes: byName('ciliumNodes') };
}

/** As many more in each place as there are now, in proportion; the largest remainders get the rest. */
function growCluster(size: number, patterns: readonly Pattern[], present: number, problems: string[]): PlannedPool[] {
  const missing = size - present;
  if (missing <= 0) {
    problems.push(`cluster-size is ${String(size)}, but the cluster has ${String(present)} nodes already.`);
    return [];
  }
  const places = new Map<string, Pattern[]>();
  for (const pattern of patterns) {
    const key = `${pattern.fabric.id} ${pattern.face.subnet} ${pattern.facts.os}`;
    places.set(key, [...(places.get(key) ?? []), pattern]);
  }
  const shares = [...places.values()].map((members) => ({
    members,
    share: (missing * members.length) / patterns.length,
  }));
  const whole = shares.reduce((sum, { share }) => sum + Math.floor(share), 0);
  const byRest = [...shares].sort((a, b) => (b.share % 1) - (a.share % 1));
  const lucky = new Set(byRest.slice(0, missing - whole));
  return shares.flatMap((one, index) => {
    const [pattern] = one.members;
    const count = Math.floor(one.share) + (lucky.has(one) ? 1 : 0);
    if (pattern === undefined || count === 0) return [];
    const name = shares.length === 1 ? 'growth' : `growth-${String(index + 1)}`;
    return [{ name, count, subnets: [pattern.face.subnet], zones: [], podCIDRLengths: {}, like: pattern.facts.name }];
  });
}

/** A text: why it cannot be planned. */
function planBatch(pool: PlannedPool, patterns: readonly Pattern[]): Batch | string {
  const where = `what-if pool ${pool.name}`;
  if (pool.like !== undefined && !patterns.some(({ facts }) => facts.name === pool.like)) {
    return `${where}: like names ${pool.like}, but no node of this name has a machine that was found.`;
  }
  const similar = patterns.filter(
    ({ facts }) => (pool.like === undefined || facts.name === pool.like) && (pool.os ?? facts.os) === facts.os,
  );
  // A plan for the first Windows nodes of a cluster resembles what there is in all but the system.
  const candidates = similar.length > 0 ? similar : patterns;
  const subnets = pool.subnets.map((wanted) => findSubnet(wanted, candidates));
  const lost = pool.subnets.find((_, index) => subnets[index] === undefined);
  if (lost !== undefined) {
    const known = [...new Set(candidates.flatMap(({ fabric }) => fabric.subnets.map(({ id }) => id)))].sort();
    return `${where}: subnet ${lost} is in no network that was read. Known are ${known.join(', ') || 'none'}.`;
  }
  const chosen = subnets.flatMap((one) => one ?? []);
  const places = chosen.length > 0 ? chosen : subnetsByZone(pool.zones, candidates);
  if (pool.zones.length > 0 && places.length === 0) {
    return `${where}: no node is in zone ${pool.zones.join(' or ')}, so its subnets are not known. Name subnets instead.`;
  }
  const [first] = places;
  const inPlace = candidates.filter(({ fabric }) => first === undefined || fabric.id === first.fabric);
  const pattern = inPlace.find(({ face }) => first === undefined || face.subnet === first.subnet) ?? inPlace[0];
  if (pattern === undefined) return `${where}: no present node has a machine that new ones could resemble.`;
  const ids = places.map(({ subnet }) => subnet);
  return { pool, pattern, subnets: ids.length > 0 ? ids : [pattern.face.subnet] };
}

interface Spot {
  readonly fabric: string;
  readonly subnet: string;
}

function findSubnet(wanted: string, patterns: readonly Pattern[]): Spot | undefined {
  for (const { fabric } of patterns) {
    const subnet = fabric.subnets.find(({ id, name }) => id === wanted || name === wanted);
    if (subnet !== undefined) return { fabric: fabric.id, subnet: subnet.id };
  }
  return undefined;
}

/** Of the subnets that nodes are in now: others of the zone may be for other things. */
function subnetsByZone(zones: readonly string[], patterns: readonly Pattern[]): Spot[] {
  const found = new Map<string, Spot>();
  for (const { fabric, machine, face } of patterns) {
    if (zones.includes(machine.zone ?? '')) found.set(face.subnet, { fabric: fabric.id, subnet: face.subnet });
  }
  return [...found.values()];
}
