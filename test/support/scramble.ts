/** Snapshots that say the same in another order, or with other names. */
import type { FabricFacts, FilterFacts, Snapshot } from '../../src/model/snapshot.ts';
import { dice } from '../../lab/random/dice.ts';

/** Every list whose order means nothing, in a random one. */
export function shuffled(snapshot: Snapshot, seed: number): Snapshot {
  const d = dice(seed);
  const mix = <T>(items: readonly T[]): T[] => {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = d.between(0, last);
      [result[last], result[other]] = [result[other]!, result[last]!];
    }
    return result;
  };
  const mixFilter = (filter: FilterFacts): FilterFacts => ({ ...filter, rules: mix(filter.rules) });
  const mixFabric = (fabric: FabricFacts): FabricFacts => ({
    ...fabric,
    networks: mix(fabric.networks),
    subnets: mix(fabric.subnets),
    tables: mix(fabric.tables).map((table) => ({ ...table, routes: mix(table.routes) })),
    machines: mix(fabric.machines),
    interfaces: mix(fabric.interfaces),
    filters: fabric.filters === 'unread' ? 'unread' : mix(fabric.filters).map(mixFilter),
  });
  const { cluster } = snapshot;
  return {
    ...snapshot,
    cluster: { ...cluster, nodes: mix(cluster.nodes), cni: { ...cluster.cni, agents: mix(cluster.cni.agents) } },
    fabrics: mix(snapshot.fabrics).map(mixFabric),
    gaps: mix(snapshot.gaps),
  };
}

/** Other ids for nodes and for all that clouds name, in an order that is the opposite of the old ids'. */
export function renamed(snapshot: Snapshot): Snapshot {
  const ids = new Set([
    ...snapshot.cluster.nodes.map(({ name }) => name),
    ...snapshot.fabrics.flatMap((fabric) => [
      ...[fabric.networks, fabric.subnets, fabric.tables, fabric.machines, fabric.interfaces].flatMap((all) =>
        all.map(({ id }) => id),
      ),
      ...(fabric.filters === 'unread' ? [] : fabric.filters.map(({ id }) => id)),
    ]),
  ]);
  const sorted = [...ids].sort().reverse();
  const names = new Map(sorted.map((id, index) => [id, `id-${String(index).padStart(5, '0')}`]));
  const rename = (value: unknown): unknown => {
    if (typeof value === 'string') return names.get(value) ?? value;
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rename(inner)]));
  };
  return rename(snapshot) as Snapshot;
}
