/** What the reader should say about a lab's Azure, by way of the snapshot that perfect readers would take. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Lab, LabOptions } from '../../../lab/servers/index.ts';
import { startLab } from '../../../lab/servers/index.ts';
import type { AzureWorld } from '../../../lab/world/azure.ts';
import type { World } from '../../../lab/world/world.ts';
import { openAzure } from '../../../src/clouds/azure/index.ts';
import type { Config } from '../../../src/model/config.ts';
import type { FabricFacts, NodeFacts, RouteFacts } from '../../../src/model/snapshot.ts';
import type { FabricReader, Log } from '../../../src/ports.ts';
import { countingClock, SILENT } from '../../support/quiet.ts';
import { snapshotOfWorld } from '../../support/world-snapshot.ts';

export { nodesOf } from '../aws/expected.ts';

/** What may stand in a developer's environment and must not come into a test. */
const FOREIGN = /^(?:AZURE_|ACTIONS_ID_TOKEN|https?_proxy|all_proxy|no_proxy|path$)/i;
const outside = { ...process.env };
const trusted = getCACertificates('default');

/** The SDK takes proxies and az from the process's own environment, and certificates from its own store. */
export function enter(lab: Lab, env: Readonly<Record<string, string>> = {}): void {
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { PATH: '/nowhere' }, env);
  setDefaultCACertificates([...trusted, lab.caPem]);
}

export function leave(): void {
  for (const name of Object.keys(process.env)) if (!(name in outside)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
  setDefaultCACertificates(trusted);
}

/** Serves a world and enters it. */
export async function serveAzure(world: World, options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab(world, options);
  enter(lab);
  return lab;
}

export interface Wanted {
  readonly config?: Partial<Pick<Config, 'azureSubscriptions' | 'azureEndpoint' | 'timeoutMs'>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
}

export function openReader(lab: Lab, { config = {}, env = lab.env, log = SILENT }: Wanted = {}): FabricReader {
  const azureEndpoint = lab.inputs['azure-endpoint'] ?? '';
  const whole = { azureSubscriptions: [], azureEndpoint, timeoutMs: 60_000, ...config };
  return openAzure({ config: whole, env, clock: countingClock(), log, random: () => 0.5 });
}

export function azureOf(world: World): AzureWorld {
  const [azure] = world.azure ?? [];
  if (azure === undefined) throw new Error(`${world.name} has nothing on Azure`);
  return azure;
}

/** The networks that the nodes are in, with all that is in them. */
export function expectedOf(world: World): FabricFacts[] {
  const { cluster, fabrics } = snapshotOfWorld(world);
  return fabrics.map((fabric) => plainOf(cutToNodes(fabric, cluster.nodes)));
}

function cutToNodes(fabric: FabricFacts, nodes: readonly NodeFacts[]): FabricFacts {
  const keys = new Set(nodes.map(({ providerID = '' }) => providerID.replace(/^azure:\/\//, 'azure:').toLowerCase()));
  const own = new Set(fabric.machines.filter((one) => one.keys.some((key) => keys.has(key))).map(({ id }) => id));
  const named = fabric.interfaces.filter(({ machine = '' }) => own.has(machine));
  const homeless = nodes.filter(({ providerID }) => providerID === undefined);
  const addresses = new Set(homeless.flatMap(({ internalIPs }) => internalIPs));
  const found = fabric.interfaces.filter((face) => face.addresses.some((address) => addresses.has(address)));
  const faces = named.length > 0 ? named : found;
  const networks = new Set(faces.map(({ network }) => network));
  const inside = fabric.interfaces.filter(({ network }) => networks.has(network));
  const machines = new Set([...own, ...inside.map(({ machine }) => machine)]);
  const subnets = fabric.subnets.filter(({ network }) => networks.has(network));
  const guards = new Set([...subnets, ...inside].flatMap(({ filters = [] }) => filters));
  return {
    ...fabric,
    networks: fabric.networks.filter(({ id }) => networks.has(id)),
    subnets,
    // Tables that nobody uses could be used in any network, if there is anything in them.
    tables: fabric.tables.filter((one) => networks.has(one.network) || (one.network === '' && one.routes.length > 0)),
    machines: fabric.machines.filter(({ id }) => machines.has(id)),
    interfaces: inside,
    filters: fabric.filters === 'unread' ? 'unread' : fabric.filters.filter(({ id }) => guards.has(id)),
  };
}

/** In the same order, and with all ids in one case: which spelling counts is a test of its own. */
export function plainOf(fabric: FabricFacts): FabricFacts {
  const folded = JSON.parse(JSON.stringify(fabric), (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('/subscriptions/') ? value.toLowerCase() : value,
  ) as FabricFacts;
  const { limits: _limits, ...rest } = folded;
  return {
    ...rest,
    networks: sorted(folded.networks),
    subnets: sorted(folded.subnets),
    tables: sorted(
      folded.tables.map(({ owners: _, ...table }) => ({
        ...table,
        routes: [...table.routes].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)),
      })),
    ),
    machines: sorted(folded.machines),
    interfaces: sorted(folded.interfaces),
    filters: folded.filters === 'unread' ? 'unread' : sorted(folded.filters),
  };
}

function textOf({ prefix, rank, name = '' }: RouteFacts): string {
  return `${prefix} ${String(rank)} ${name}`;
}

function sorted<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
