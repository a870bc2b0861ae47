/** Which of the suspects are whose: a second reading asks nobody for the ids of somebody else. */
import type { FabricFacts, Suspects } from './snapshot.ts';

type Kind = Exclude<keyof Suspects, 'nodes'>;

function idsIn(fabrics: readonly FabricFacts[], kind: Kind): Set<string> {
  return new Set(
    fabrics.flatMap((fabric) => {
      const objects = fabric[kind];
      return objects === 'unread' ? [] : objects.map(({ id }) => id);
    }),
  );
}

/** The nodes, and the cloud's objects that are in `own`; with `all` also those that are in none of all. */
export function suspectsOf(suspects: Suspects, own: readonly FabricFacts[], all?: readonly FabricFacts[]): Suspects {
  const choose = (kind: Kind): string[] => {
    const here = idsIn(own, kind);
    const anywhere = all === undefined ? undefined : idsIn(all, kind);
    return suspects[kind].filter((id) => here.has(id) || anywhere?.has(id) === false);
  };
  return {
    nodes: suspects.nodes,
    machines: choose('machines'),
    interfaces: choose('interfaces'),
    tables: choose('tables'),
    filters: choose('filters'),
  };
}
