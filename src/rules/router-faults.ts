/** What the rules about routers outside of clouds share: faults as observations, and words for what was seen. */
import type { RuleId } from '../model/config.ts';
import type { RouterDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { RouterRoute } from '../model/snapshot.ts';
import { removalLines, routeLines, savingCommand } from './router-config.ts';
import type { Observation, RuleContext } from './rule.ts';
import { distinctSorted } from './rule.ts';

export interface RouterData {
  /** The first of them; they have one cause. */
  readonly fault: RouterDetail;
  /** The addresses concerned; empty: all of the podCIDR. */
  readonly parts: readonly string[];
}

export function observeRouters(context: RuleContext, rule: RuleId): Observation<RouterData>[] {
  return context.faults(rule).flatMap((group): Observation<RouterData>[] => {
    const details = group.details.filter((detail) => detail.kind === 'router');
    const [fault] = details;
    if (fault === undefined) return [];
    const routes = distinctSorted(
      details.flatMap(({ router, route }) => (route === undefined ? [] : `${router}/${route.prefix}`)),
    );
    const isWhole = details.some(({ part }) => part === undefined);
    return [
      {
        ...group,
        subjects: {
          ...NO_SUBJECTS,
          nodes: [fault.owner],
          prefixes: [fault.podCIDR],
          routeTables: [fault.router],
          routes,
        },
        evidence: distinctSorted(details.map(describe)).map((text) => ({ source: fault.source, text })),
        data: { fault, parts: isWhole ? [] : distinctSorted(details.flatMap(({ part }) => part ?? [])) },
      },
    ];
  });
}

/** `10.244.2.0/24 via 192.168.10.12`. */
export function routerRouteText({ prefix, hops, protocol }: RouterRoute): string {
  const ways = hops.map(({ gateway, interface: link }) => gateway ?? `interface ${link ?? '?'}`);
  const where = ways.length === 0 ? 'discarded' : `via ${ways.join(' and ')}`;
  return `${prefix} ${where}${protocol === undefined ? '' : ` (${protocol})`}`;
}

function describe({ podCIDR, route }: RouterDetail): string {
  return route === undefined ? `no route matches ${podCIDR}` : `route ${routerRouteText(route)} decides for ${podCIDR}`;
}

/** `10.244.2.0/24`, or the addresses of it that are concerned. */
export function routerPlace({ fault, parts }: RouterData): string {
  return parts.length === 0 ? fault.podCIDR : `${parts.slice(0, 3).join(', ')} of ${fault.podCIDR}`;
}

/** The commands for the right route, and to take a wrong one away. */
export function adviseRouter({ fault }: RouterData): string {
  const { router, system, podCIDR, owner, wanted, route, nextHop } = fault;
  const isStatic = route?.protocol === undefined || /^(s|static)\b/i.test(route.protocol);
  const isInTheWay = route !== undefined && (route.prefix !== podCIDR || wanted !== nextHop) && isOwn(route, podCIDR);
  const removal =
    isInTheWay && isStatic && nextHop !== undefined
      ? removalLines(system, router, { prefix: route.prefix, gateway: nextHop })
      : [];
  const source =
    isInTheWay && !isStatic ? ` It was learned (${route.protocol ?? ''}): mend it where it comes from.` : '';
  if (wanted === undefined) {
    return `Add a route for ${podCIDR} on ${router} to the router that has ${owner} in one of its networks.${source}`;
  }
  const lines = [...removal, ...routeLines(system, router, { prefix: podCIDR, gateway: wanted })];
  const where = system === 'json' ? 'Make this route' : 'In configuration mode';
  return `${where} on ${router}: ${[...new Set(lines)].join(' ; ')} (then ${savingCommand(system)}).${source}`;
}

/** It is for addresses of this range only, so nobody else needs it. */
function isOwn({ prefix }: RouterRoute, podCIDR: string): boolean {
  return prefix === podCIDR || Number(prefix.split('/')[1]) > Number(podCIDR.split('/')[1]);
}
