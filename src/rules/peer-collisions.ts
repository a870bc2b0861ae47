import { parsePrefix } from '../model/prefix.ts';
import type { Collision, Overlap, Owners } from './collisions.ts';
import { isLinkLocal, overlapOf } from './collisions.ts';
import type { RuleContext } from './rule.ts';

/** EC2 gives a network no shorter range, so a shorter route is a catch-all and says nothing about who uses what. */
const SHORTEST_PEER = { 4: 16, 6: 44 } as const;

/** With the ranges of peered networks, as far as routes show them. */
export function findPeerCollisions(owners: Owners): Collision[] {
  const { context } = owners;
  const found = new Map<string, Collision & { overlaps: Overlap[] }>();
  const told = peersToldByPaths(context);
  for (const { fabric, facts } of context.governingTables) {
    for (const { target, state, origin, prefix: text } of facts.routes) {
      if (target.kind !== 'gateway' || target.gateway !== 'peering' || state === 'dead') continue;
      const range = parsePrefix(text);
      if (range === undefined || isLinkLocal(range)) continue;
      // The fabric's own route for a peering is the peer's range as it is.
      if (origin !== 'system' && range.length < SHORTEST_PEER[range.family]) continue;
      const met = owners
        .meeting(range)
        .filter(({ prefix, node }) => node.machine?.fabric === fabric && !told.has(`${fabric.id}/${prefix.text}`));
      if (met.length === 0) continue;
      const cause = `${fabric.id}/${target.id} ${range.text}`;
      const route = `${facts.id}/${range.text}`;
      const fresh = met.map(({ prefix, node }) => ({
        ...overlapOf(node, prefix, `peered range ${range.text}`),
        route,
      }));
      const known = found.get(cause);
      if (known !== undefined) known.overlaps.push(...fresh);
      else
        found.set(cause, {
          kind: 'peer',
          cause,
          range: range.text,
          source: `${fabric.id} ${target.id}`,
          fabric: fabric.id,
          peer: target.id,
          overlaps: fresh,
          isLossy: false,
          isAssignable: false,
        });
    }
  }
  return [...found.values()];
}

/** `fabric/podCIDR` of those whose packets paths saw go to a peering. */
function peersToldByPaths(context: RuleContext): Set<string> {
  const rules = ['fabric-route-wrong-target', 'route-shadowed', 'duplicate-cloud-route'] as const;
  return new Set(
    rules.flatMap((rule) =>
      context.faults(rule).flatMap(({ details }) =>
        details.flatMap((detail) => {
          const routes =
            detail.kind === 'route' ? [detail.route] : detail.kind === 'duplicate' ? [...detail.routes] : [];
          const isPeering = routes.some((one) => one?.target.kind === 'gateway' && one.target.gateway === 'peering');
          return isPeering && (detail.kind === 'route' || detail.kind === 'duplicate')
            ? [`${detail.fabric}/${detail.podCIDR}`]
            : [];
        }),
      ),
    ),
  );
}
