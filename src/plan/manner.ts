/** What routes are besides where they lead to, and whether one could be made again as it was. Pure. */
import type { FabricKind, FabricFacts, RouteFacts } from '../model/fabric.ts';
import type { RouteManner } from '../model/plan.ts';
import type { TargetState } from '../model/planned.ts';
import { parseAddress } from '../model/prefix.ts';
import type { Facts } from './facts.ts';

/** What Compute Engine takes where no priority is given. */
const USUAL_RANK = 1000;

/** Of a route that is there. EC2 and Azure know no more of a route than where it leads to. */
export function mannerOf(cloud: FabricKind, route: RouteFacts): RouteManner {
  if (cloud !== 'gcp') return {};
  const { rank, scopeTags, description } = route;
  return {
    rank,
    ...(scopeTags === undefined ? {} : { scopeTags }),
    ...(description === undefined ? {} : { description }),
  };
}

export function routeState(cloud: FabricKind, route: RouteFacts): TargetState {
  return { kind: 'route', to: route.target, ...mannerOf(cloud, route) };
}

/** Of a new route: the rank that most of the table's pod routes have. */
export function usualManner(cloud: FabricKind, fabric: string, table: string, facts: Facts): RouteManner {
  if (cloud !== 'gcp') return {};
  const counts = new Map<number, number>();
  for (const { origin, prefix, rank } of facts.table(fabric, table)?.routes ?? []) {
    if (origin === 'static' && facts.isPodRange(prefix)) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, many], [b, more]) => more - many || a - b);
  return { rank: most?.[0] ?? USUAL_RANK };
}

/** Why no route could be made again that leads there, as a sentence without a full stop; undefined: one could. */
export function restoreTrouble(
  cloud: FabricKind,
  before: TargetState,
  fabric: FabricFacts | undefined,
): string | undefined {
  if (before.kind !== 'route') return undefined;
  const { to } = before;
  const gone = (id: string): string => `the route led to ${id}, which does not exist any more`;
  if (to.kind === 'interface') return isThere(fabric?.interfaces, to.interface) ? undefined : gone(to.interface);
  if (cloud !== 'gcp') return undefined;
  if (to.kind === 'machine') return isThere(fabric?.machines, to.machine) ? undefined : gone(to.machine);
  // Of tunnels and attachments the facts keep the name alone, and a route wants their region as well.
  const isKnown = to.kind !== 'gateway' || to.gateway === 'internet' || parseAddress(to.id) !== undefined;
  return isKnown ? undefined : `the route led to ${to.id}, and that cannot be named again`;
}

function isThere(list: readonly { readonly id: string }[] | undefined, id: string): boolean {
  return list?.some((one) => one.id === id) === true;
}
