/** What the reader should say about a lab world, by way of the snapshot that perfect readers would take. */
import type { World } from '../../../lab/world/world.ts';
import { openAws } from '../../../src/clouds/aws/index.ts';
import type {
  FabricFacts,
  FilterFacts,
  FilterRule,
  InterfaceFacts,
  NodeFacts,
  RouteFacts,
} from '../../../src/model/snapshot.ts';
import type { Config } from '../../../src/model/config.ts';
import type { FabricReader } from '../../../src/ports.ts';
import { countingClock, SILENT } from '../../support/quiet.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

export interface Served {
  readonly world: World;
  readonly showsRouteMachines: boolean;
}

export function openReader(
  env: Readonly<Record<string, string>>,
  config: Partial<Pick<Config, 'awsRegions' | 'timeoutMs'>> = {},
): FabricReader {
  const whole = { awsRegions: [], timeoutMs: 60_000, ...config };
  return openAws({ config: whole, env, clock: countingClock(), log: SILENT });
}

export function nodesOf(world: World): readonly NodeFacts[] {
  return snapshotOfWorld(world).cluster.nodes;
}

/** The fabrics of a world whose nodes all are in the world's only network. */
export function expectedOf({ world, showsRouteMachines }: Served): FabricFacts[] {
  return snapshotOfWorld(world).fabrics.map((fabric) => plain(fabric, fabric, showsRouteMachines));
}

/**
 * Of any world: the networks in which nodes are, with all that is in them, what their routes lead to, and the nodes'
 * own machines. Tables that govern no node are left out, because their prefix lists may or may not be expanded.
 */
export function cutToNodes(fabric: FabricFacts, nodes: readonly NodeFacts[]): FabricFacts {
  const ids = new Set(nodes.flatMap((node) => /i-[0-9a-f]+$/.exec(node.providerID ?? '')?.[0] ?? []));
  const addresses = new Set(nodes.filter((node) => node.providerID === undefined).flatMap((node) => node.internalIPs));
  const isNamed = (face: InterfaceFacts): boolean => ids.has(face.machine ?? '');
  const isFound = (face: InterfaceFacts): boolean => face.addresses.some((address) => addresses.has(address));
  const named = fabric.interfaces.filter(isNamed);
  const own = named.length > 0 ? named : fabric.interfaces.filter(isFound);
  const networks = new Set(own.map((face) => face.network));
  const inside = fabric.interfaces.filter((face) => networks.has(face.network));
  const subnets = new Set(inside.filter((face) => isNamed(face) || isFound(face)).map((face) => face.subnet));
  const governing = new Set(fabric.subnets.filter(({ id }) => subnets.has(id)).map(({ table }) => table));
  const tables = fabric.tables.filter(({ network }) => networks.has(network));
  const targets = new Set<string>();
  for (const { target } of tables.flatMap((table) => table.routes)) {
    if (target.kind === 'interface') targets.add(target.interface);
  }
  const isRead = (face: InterfaceFacts): boolean => networks.has(face.network) || targets.has(face.id);
  const machines = new Set(ids);
  for (const face of fabric.interfaces) {
    if (face.machine === undefined || !isRead(face)) continue;
    if (targets.has(face.id) || isFound(face)) machines.add(face.machine);
  }
  return {
    ...fabric,
    networks: fabric.networks.filter(({ id }) => networks.has(id)),
    subnets: fabric.subnets.filter(({ network }) => networks.has(network)),
    tables: tables.filter(({ id }) => governing.has(id)),
    machines: fabric.machines.filter(({ id }) => machines.has(id)),
    interfaces: fabric.interfaces.filter(isRead),
    filters:
      fabric.filters === 'unread' ? 'unread' : fabric.filters.filter(({ network = '' }) => networks.has(network)),
  };
}

/** What was read, in the same form; objects that the world does not know (those of its gateways) are left out. */
export function plainOf(read: readonly FabricFacts[], { world, showsRouteMachines }: Served): FabricFacts[] {
  const whole = snapshotOfWorld(world).fabrics;
  return read.map((fabric) => {
    const known = whole.find((one) => one.id === fabric.id) ?? fabric;
    return plain(fabric, known, showsRouteMachines);
  });
}

function plain(fabric: FabricFacts, known: FabricFacts, showsRouteMachines: boolean): FabricFacts {
  const ids = new Set(known.interfaces.map(({ id }) => id));
  const target = (route: RouteFacts): RouteFacts => {
    if (showsRouteMachines || route.target.kind !== 'interface') return route;
    return { ...route, target: { kind: 'interface', interface: route.target.interface } };
  };
  const { limits: _limits, ...rest } = fabric;
  return {
    ...rest,
    networks: sorted(fabric.networks.map(({ id, prefixes }) => ({ id, prefixes }))),
    subnets: sorted(fabric.subnets.map(({ name: _, ...rest }) => rest)),
    tables: sorted(
      fabric.tables.map(({ name: _name, owners: _owners, ...rest }) => ({
        ...rest,
        routes: rest.routes.map(target).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)),
      })),
    ),
    machines: sorted(fabric.machines.map(({ name: _name, tags: _tags, ...rest }) => rest)),
    interfaces: sorted(
      fabric.interfaces
        .filter(({ id }) => ids.has(id))
        .map((face) => ({
          ...face,
          addresses: [...face.addresses].sort(),
          ...(face.assignedPrefixes === undefined ? {} : { assignedPrefixes: [...face.assignedPrefixes].sort() }),
        })),
    ),
    filters: plainFilters(fabric, known),
  };
}

function plainFilters({ filters }: FabricFacts, known: FabricFacts): FabricFacts['filters'] {
  if (filters === 'unread' || known.filters === 'unread') return filters;
  const ids = new Set(known.filters.map(({ id }) => id));
  return sorted(filters.filter(({ id }) => ids.has(id)).map(plainFilter));
}

/** One rule per prefix, so that it does not matter which of them a server shows together. */
function plainFilter({ name: _, rules, ...rest }: FilterFacts): FilterFacts {
  const single = rules.flatMap((rule): FilterRule[] => {
    const { prefixes, groups = [], unread = [] } = rule.peers;
    return [
      ...prefixes.map((prefix) => ({ ...rule, peers: { prefixes: [prefix] } })),
      ...groups.map((group) => ({ ...rule, peers: { prefixes: [], groups: [group] } })),
      ...unread.map((list) => ({ ...rule, peers: { prefixes: [], unread: [list] } })),
    ];
  });
  const byText = new Map(single.map((rule) => [ruleText(rule), rule] as const));
  return { ...rest, rules: [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule) };
}

function ruleText({ direction, action, rank, name, protocol, ports, peers }: FilterRule): string {
  return JSON.stringify([direction, action, rank, name, protocol, ports, peers]);
}

/** Independent of the order of keys. */
function textOf(route: RouteFacts): string {
  const { prefix, rank, state, list, target } = route;
  return [prefix, rank, state, list, ...Object.values(target).sort()].join(' ');
}

function sorted<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
