/** Reads the cluster and its clouds side by side into one snapshot; what fails becomes a gap, never an exception. */
import type { CloudId, Config } from '../model/config.ts';
import { isKnownError } from '../model/errors.ts';
import type {
  ClusterFacts,
  FabricFacts,
  Gap,
  GuestFacts,
  NodeFacts,
  Recheck,
  Snapshot,
  Suspects,
} from '../model/snapshot.ts';
import { SNAPSHOT_SCHEMA_VERSION } from '../model/snapshot.ts';
import { suspectsOf } from '../model/suspects.ts';
import type { ClusterReader, CloudChoice, FabricFacets, FabricReader, Ports, Reading } from '../ports.ts';

export interface Readers {
  readonly cluster: ClusterReader;
  readonly fabrics: readonly { readonly cloud: CloudId; readonly reader: FabricReader }[];
}

export interface Collected {
  readonly snapshot: Snapshot;
  readonly readers: Readers;
}

/** ConfigError is thrown on: the workflow's author has to act. Everything else is a gap. */
export async function collectSnapshot(config: Config, ports: Ports): Promise<Collected> {
  const reader = await ports.cluster(config);
  const guestReader = await ports.guests(config);
  // Files that are wrong are told before anything is asked of anybody.
  const segment = await (await ports.segment(config))?.read();
  return ports.log.group('Reading the cluster and its clouds', async () => {
    let clouds: Promise<CloudsRead> | undefined;
    const begin = (nodes: readonly NodeFacts[]): Promise<CloudsRead> => {
      clouds ??= readClouds(config, nodes, ports);
      // Heard below, once the cluster is read.
      clouds.catch(() => undefined);
      return clouds;
    };
    const { cluster, gaps } = await readCluster(config, reader, ports, (nodes) => void begin(nodes));
    const [{ choice, fabrics, readings }, guests] = await Promise.all([
      begin(cluster.nodes),
      guestReader?.read(cluster.nodes),
    ]);
    const snapshot: Snapshot = {
      schemaVersion: SNAPSHOT_SCHEMA_VERSION,
      takenAt: new Date(ports.clock.now()).toISOString(),
      cluster,
      fabrics: sortById(readings.flatMap((reading) => reading.facts)),
      gaps: [...gaps, ...choice.gaps, ...readings.flatMap((reading) => reading.gaps), ...(guests?.gaps ?? [])],
      ...(guests === undefined ? {} : { guests: [...guests.facts].sort(byNode) }),
      ...(segment === undefined ? {} : { routers: segment.routers }),
    };
    return { snapshot, readers: { cluster: reader, fabrics } };
  });
}

interface CloudsRead {
  readonly choice: CloudChoice;
  readonly fabrics: Readers['fabrics'];
  readonly readings: readonly Reading<readonly FabricFacts[]>[];
}

async function readClouds(config: Config, nodes: readonly NodeFacts[], ports: Ports): Promise<CloudsRead> {
  const choice = ports.chooseClouds(config, nodes);
  const fabrics = await Promise.all(
    choice.clouds.map(async (cloud) => ({ cloud, reader: await ports.fabric(cloud, config) })),
  );
  const readings = await Promise.all(fabrics.map(({ reader }) => reader.read(nodes, facetsFor(config))));
  return { choice, fabrics, readings };
}

/** What no enabled rule needs is not read. */
function facetsFor(config: Config): FabricFacets {
  const { rules } = config;
  return { filters: rules['firewall-excludes-pods'] !== 'off', limits: rules['route-quota'] !== 'off' };
}

/** The second look at what a failing verdict of this snapshot hangs on. */
export async function rereadSuspects(
  suspects: Suspects,
  { snapshot, readers }: Collected,
  ports: Ports,
): Promise<Recheck> {
  return ports.log.group('Reading the suspects a second time', async () => {
    const [nodes, ...fabrics] = await Promise.all([
      readers.cluster.reread(suspects.nodes),
      ...readers.fabrics.map(({ cloud, reader }) => reader.reread(suspectsIn(cloud, suspects, snapshot))),
    ]);
    return {
      takenAt: new Date(ports.clock.now()).toISOString(),
      asked: suspects,
      nodes: nodes.facts,
      fabrics: sortById(fabrics.flatMap((reading) => reading.facts)),
      gaps: [...nodes.gaps, ...fabrics.flatMap((reading) => reading.gaps)],
    };
  });
}

/** No cloud is asked for the ids of another. One that no reading knows goes to the only cloud there is, if there is one. */
export function suspectsIn(cloud: CloudId, suspects: Suspects, snapshot: Snapshot): Suspects {
  const others = snapshot.fabrics.filter((fabric) => fabric.kind !== cloud);
  if (others.length === 0) return suspects;
  return suspectsOf(
    suspects,
    snapshot.fabrics.filter((fabric) => fabric.kind === cloud),
  );
}

async function readCluster(
  config: Config,
  reader: ClusterReader,
  { log }: Ports,
  onNodes: (nodes: readonly NodeFacts[]) => void,
): Promise<{ cluster: ClusterFacts; gaps: readonly Gap[] }> {
  // A mode that the user states needs no evidence of the network agent, unless more evidence is asked for: what the
  // agents show then says which ranges pods have, and whether the mode is plausible, and nobody misses it.
  const needsAgents =
    config.networkModes === 'auto' || config.networkModes.length > 1 || config.requireEvidence !== 'fabric';
  try {
    const services = config.rules['range-collision'] !== 'off';
    const facets = { cni: true, services, controllers: needsControllers(config) };
    const { facts, gaps: all } = await reader.read(facets, (nodes) => {
      log.info(`${String(nodes.length)} nodes`);
      onNodes(nodes);
    });
    const gaps = all.filter(({ facet }) => needsAgents || facet !== 'cni');
    return { cluster: facts, gaps };
  } catch (error) {
    if (!isKnownError(error) || error.name === 'ConfigError') throw error;
    const cluster: ClusterFacts = {
      id: config.clusterId ?? 'unknown',
      nodes: [],
      cni: { agents: [], complete: false },
    };
    const gap: Gap = {
      facet: 'nodes',
      subject: 'the nodes of the cluster',
      reason: `${error.message} ${error.hint}`,
      ...(error.permission === undefined ? {} : { permission: error.permission }),
    };
    return { cluster, gaps: [gap] };
  }
}

/** Under an overlay nobody needs routes, so whoever should make them is no concern. */
function needsControllers({ rules, networkModes }: Config): boolean {
  const canNeedRoutes = networkModes === 'auto' || networkModes.some((mode) => mode !== 'overlay');
  return canNeedRoutes && rules['route-controller-blocked'] !== 'off';
}

function byNode(a: GuestFacts, b: GuestFacts): number {
  return a.node < b.node ? -1 : 1;
}

function sortById(fabrics: readonly FabricFacts[]): FabricFacts[] {
  return [...fabrics].sort((a, b) => (a.id < b.id ? -1 : 1));
}
