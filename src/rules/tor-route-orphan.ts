import { NO_SUBJECTS } from '../model/judgement.ts';
import { contains, overlaps, parsePrefix } from '../model/prefix.ts';
import type { RouterFacts, RouterRoute } from '../model/snapshot.ts';
import { removalLines } from './router-config.ts';
import { routerRouteText } from './router-faults.ts';
import type { RuleContext } from './rule.ts';
import { defineRule } from './rule.ts';

interface Data {
  readonly router: RouterFacts;
  readonly route: RouterRoute;
}

export const torRouteOrphan = defineRule<Data>({
  id: 'tor-route-orphan',
  title: 'A router has a route in the pod range that serves no node',
  severity: 'notice',
  needs: ['nodes'],
  evaluate: (context) =>
    (context.snapshot.routers ?? []).flatMap((router) =>
      router.routes
        .filter((route) => isOrphan(context, router, route))
        .map((route) => ({
          cause: `cluster/${router.name}/${route.prefix}`,
          verdict: 'fail' as const,
          subjects: {
            ...NO_SUBJECTS,
            prefixes: [route.prefix],
            routeTables: [router.name],
            routes: [`${router.name}/${route.prefix}`],
          },
          evidence: [{ source: router.source, text: `route ${routerRouteText(route)}` }],
          pairsBroken: 0,
          roundTripsBroken: 0,
          data: { router, route },
        })),
    ),
  explain: ({ data: { router, route } }) => {
    const [hop] = route.hops;
    const isStatic = route.protocol === undefined || /^(s|static)\b/i.test(route.protocol);
    return {
      what: `Router ${router.name} has a route ${routerRouteText(route)}, and no node has a podCIDR there.`,
      why: 'It breaks nothing today. When a new node gets this range and another address, its pods are unreachable.',
      next:
        isStatic && hop?.gateway !== undefined
          ? `If nothing else needs it, on ${router.name}: ${removalLines(router.system, router.name, { prefix: route.prefix, gateway: hop.gateway }).join(' ; ')}`
          : `If nothing else needs it, remove it where it comes from.`,
    };
  },
});

/** Inside the pod range, to somebody, and for nobody. What it covers besides a node's range is an aggregate. */
function isOrphan(
  { podRanges, podCIDRs }: RuleContext,
  router: RouterFacts,
  { prefix, hops, opaque }: RouterRoute,
): boolean {
  const parsed = parsePrefix(prefix);
  // A guess is the smallest range over all podCIDRs: what lies in it need not be the cluster's.
  if (parsed === undefined || hops.length === 0 || opaque !== undefined || podRanges.source === 'guess') return false;
  const isOwn = hops.every((hop) => hop.gateway === undefined);
  return (
    !isOwn &&
    podRanges.prefixes.some((range) => contains(range, parsed)) &&
    podCIDRs.longestMatch(parsed) === undefined &&
    !podCIDRs.entries().some((entry) => overlaps(entry.prefix, parsed)) &&
    !router.outside.some((address) => hops.some(({ gateway }) => gateway === address))
  );
}
