/** What the reader should say about a lab's Compute Engine, worked out from the world's own objects. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { LabOptions, Lab } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import type { GceWorld } from '../../../lab/world/gce.ts';
import type { World } from '../../../lab/world/world.ts';
import { openGcp } from '../../../src/clouds/gcp/index.ts';
import type { Config } from '../../../src/model/config.ts';
import type { FabricFacts, FilterFacts, FilterRule, NodeFacts, RouteFacts } from '../../../src/model/snapshot.ts';
import type { FabricReader, Log } from '../../../src/ports.ts';
import { countingClock, SILENT } from '../../support/quiet.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

/** What may stand in a developer's environment and must not come into a test. */
const FOREIGN = /^(?:GOOGLE_|CLOUDSDK_|GCLOUD_|GCP_|GCE_|METADATA_SERVER|https?_proxy|no_proxy|NODE_EXTRA)/i;
const outside = { ...process.env };
const trusted = getCACertificates('default');

/** Google's libraries read the process's environment; the lab's certificate is trusted in this process alone. */
export function enter(lab: Lab, env: Readonly<Record<string, string>> = lab.env): void {
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  setDefaultCACertificates([...trusted, lab.caPem]);
}

export function leave(): void {
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
  setDefaultCACertificates(trusted);
}

/** Serves a world and enters it. */
export async function serveGce(world: World, options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab(world, options);
  enter(lab);
  return lab;
}

export function openReader(
  lab: Lab,
  config: Partial<Pick<Config, 'gcpProjects' | 'gcpEndpoint' | 'timeoutMs'>> = {},
  log: Log = SILENT,
): FabricReader {
  const gcpEndpoint = lab.inputs['gcp-endpoint'] ?? '';
  const whole = { gcpProjects: [], gcpEndpoint, timeoutMs: 60_000, ...config };
  return openGcp({ config: whole, env: process.env, clock: countingClock(), log, random: () => 0.5 });
}

export function gceOf(world: World): GceWorld {
  const [gce] = world.gce ?? [];
  if (gce === undefined) throw new Error(`${world.name} has nothing on Compute Engine`);
  return gce;
}

export function nodesOf(world: World): readonly NodeFacts[] {
  return snapshotOfWorld(world).cluster.nodes;
}

/**
 * The networks with nodes in them, and everybody who has an interface there. Nodes are found by provider id, and those
 * without one by address: in the networks of the others, or, where none has one, anywhere.
 */
export function expectedOf(world: World): FabricFacts[] {
  const { cluster, fabrics } = snapshotOfWorld(world);
  const named = new Set(cluster.nodes.map((node) => (node.providerID ?? '').replace(/^gce:\/\//, '')));
  const addresses = new Set(cluster.nodes.filter((node) => !node.providerID).flatMap((node) => node.internalIPs));
  return plainOf(
    fabrics.flatMap((fabric) => {
      const own = fabric.interfaces.filter((face) => named.has(face.machine ?? ''));
      const around = new Set(own.map(({ network }) => network));
      const holders = fabric.interfaces.filter(
        (face) =>
          (around.size === 0 || around.has(face.network)) && face.addresses.some((address) => addresses.has(address)),
      );
      const nodes = new Set([...own, ...holders].map(({ machine }) => machine));
      const networks = new Set(
        fabric.interfaces.filter(({ machine }) => nodes.has(machine)).map(({ network }) => network),
      );
      const inside = fabric.interfaces.filter(({ network }) => networks.has(network));
      const machines = new Set(inside.map(({ machine }) => machine));
      if (fabric.kind !== 'gcp' || networks.size === 0) return [];
      return {
        ...fabric,
        networks: fabric.networks.filter(({ id }) => networks.has(id)),
        subnets: fabric.subnets.filter(({ network }) => networks.has(network)),
        tables: fabric.tables.filter(({ network }) => networks.has(network)),
        machines: fabric.machines.filter(({ id }) => machines.has(id)),
        interfaces: fabric.interfaces.filter(({ machine }) => machines.has(machine)),
        ...(fabric.filters === 'unread'
          ? {}
          : { filters: fabric.filters.filter(({ network }) => networks.has(network ?? '')) }),
      };
    }),
  );
}

/** The same facts in one order, each once; what the API remarks about a route that is active is left out. */
export function plainOf(read: readonly FabricFacts[]): FabricFacts[] {
  return read.map((fabric) => ({
    ...fabric,
    networks: sorted(fabric.networks.map((one) => ({ ...one, prefixes: [...new Set(one.prefixes)].sort() }))),
    subnets: sorted(fabric.subnets.map((one) => ({ ...one, prefixes: [...one.prefixes].sort() }))),
    tables: sorted(fabric.tables.map((table) => ({ ...table, routes: plainRoutes(table.routes) }))),
    machines: sorted(fabric.machines),
    ...(fabric.filters === 'unread' ? {} : { filters: sorted(fabric.filters.map(plainFilter)) }),
    interfaces: sorted(
      fabric.interfaces.map((face) => ({
        ...face,
        ...(face.assignedPrefixes === undefined
          ? {}
          : { assignedPrefixes: [...new Set(face.assignedPrefixes)].sort() }),
        ...(face.tags === undefined ? {} : { tags: [...face.tags].sort() }),
      })),
    ),
  }));
}

/** Of equal rank the order says nothing. */
function plainFilter(filter: FilterFacts): FilterFacts {
  const textOf = (rule: FilterRule): string => JSON.stringify(Object.entries(rule).sort());
  return {
    ...filter,
    rules: [...filter.rules].sort((a, b) => a.rank - b.rank || (textOf(a) < textOf(b) ? -1 : 1)),
    ...(filter.unread === undefined ? {} : { unread: [...filter.unread].sort() }),
  };
}

function plainRoutes(routes: readonly RouteFacts[]): RouteFacts[] {
  const textOf = (route: RouteFacts): string => `${route.prefix} ${String(route.rank)} ${route.name ?? ''}`;
  const plain = routes.map((route): RouteFacts => {
    const { stateText, scopeTags, ...rest } = route;
    return {
      ...rest,
      ...(route.state === 'active' || stateText === undefined ? {} : { stateText }),
      ...(scopeTags === undefined ? {} : { scopeTags: [...scopeTags].sort() }),
    };
  });
  const byText = new Map(plain.map((route) => [textOf(route), route] as const));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
}

function sorted<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
