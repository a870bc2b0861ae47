/** A snapshot plus planned nodes -> a snapshot as if they were there. Pure. */
import type { CniFacts, FabricFacts, Snapshot } from '../model/snapshot.ts';
import type { WhatIf } from '../model/what-if.ts';
import type { Present } from './pools.ts';
import { GRANT_LISTS, planBatches } from './pools.ts';
import type { PlannedNode } from './room.ts';
import { Room } from './room.ts';
import { addRoutes, planRoutes } from './routes.ts';

export interface Expanded {
  readonly snapshot: Snapshot;
  /** Sentences for the author of the plan; empty: all of it was understood. */
  readonly problems: readonly string[];
}

export function expandSnapshot(snapshot: Snapshot, plan: WhatIf, present: Present): Expanded {
  const { batches, problems } = planBatches(snapshot, plan, present.nodes);
  const room = new Room(snapshot, present);
  const planned = batches.flatMap((batch) => room.fill(batch));
  const byFabric = Map.groupBy(planned, ({ pattern }) => pattern.fabric.id);
  const routes = new Map(
    snapshot.fabrics.map((fabric) => [fabric.id, planRoutes(fabric, byFabric.get(fabric.id) ?? [], present.nodes)]),
  );
  const withRoutes = (fabric: FabricFacts): FabricFacts => ({
    ...fabric,
    tables: addRoutes(fabric.tables, routes.get(fabric.id)),
  });
  const fabrics = snapshot.fabrics.map((fabric): FabricFacts => {
    const own = byFabric.get(fabric.id) ?? [];
    if (own.length === 0) return fabric;
    return {
      ...withRoutes(fabric),
      machines: [...fabric.machines, ...own.map(({ machine }) => machine)],
      interfaces: [...fabric.interfaces, ...own.map(({ face }) => face)],
    };
  });
  const { cluster, recheck } = snapshot;
  const names = planned.map(({ facts }) => facts.name).sort();
  return {
    problems,
    snapshot: {
      ...snapshot,
      fabrics,
      planned: { nodes: names, misfits: room.misfits },
      // A table that was read again takes the place of the first reading's, and would take these routes away with it.
      ...(recheck === undefined ? {} : { recheck: { ...recheck, fabrics: recheck.fabrics.map(withRoutes) } }),
      cluster: {
        ...cluster,
        nodes: [...cluster.nodes, ...planned.map(({ facts }) => facts)].sort((a, b) => (a.name < b.name ? -1 : 1)),
        cni: addToCni(cluster.cni, planned),
      },
    },
  };
}

/** The agents of their patterns run on planned nodes, and give them ranges. */
function addToCni(cni: CniFacts, planned: readonly PlannedNode[]): CniFacts {
  const agents = new Map(cni.agents.map((entry) => [entry.node, entry.agents]));
  const running = planned.flatMap(({ facts, pattern }) => {
    const same = agents.get(pattern.facts.name);
    return same === undefined ? [] : [{ node: facts.name, agents: same }];
  });
  const grants = GRANT_LISTS.flatMap((list) => {
    const own = planned.filter(({ pattern }) => pattern.grantedIn === list);
    const given = own.map(({ facts }) => ({ node: facts.name, prefixes: facts.podCIDRs }));
    return given.length === 0 ? [] : [[list, [...(cni[list] ?? []), ...given]] as const];
  });
  return { ...cni, agents: [...cni.agents, ...running], ...Object.fromEntries(grants) };
}
