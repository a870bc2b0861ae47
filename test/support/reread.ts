/** A second reading without servers. */
import type { Gap, Recheck, Snapshot, Suspects } from '../../src/model/snapshot.ts';

export const NO_SUSPECTS: Suspects = { nodes: [], machines: [], interfaces: [], tables: [], filters: [] };

/** What a perfect second reading of the suspects returns. */
export function reread(now: Snapshot, asked: Suspects, gaps: readonly Gap[] = []): Recheck {
  const ids = (wanted: readonly string[]) => (item: { readonly id: string }) => wanted.includes(item.id);
  return {
    takenAt: now.takenAt,
    asked,
    nodes: now.cluster.nodes.filter((node) => asked.nodes.includes(node.name)),
    fabrics: now.fabrics.map((fabric) => ({
      ...fabric,
      networks: [],
      machines: fabric.machines.filter(ids(asked.machines)),
      interfaces: fabric.interfaces.filter(ids(asked.interfaces)),
      tables: fabric.tables.filter(ids(asked.tables)),
      filters: fabric.filters === 'unread' ? 'unread' : fabric.filters.filter(ids(asked.filters)),
    })),
    gaps,
  };
}
