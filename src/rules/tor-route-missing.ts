import type { RouterData } from './router-faults.ts';
import { adviseRouter, observeRouters, routerPlace, routerRouteText } from './router-faults.ts';
import { defineRule } from './rule.ts';

export const torRouteMissing = defineRule<RouterData>({
  id: 'tor-route-missing',
  title: 'A router on the way has no route to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeRouters(context, 'tor-route-missing'),
  explain: ({ data }) => ({
    what: `Router ${data.fault.router} has no route to ${routerPlace(data)}, the pods of ${data.fault.owner}: ${outcome(data)}.`,
    why:
      data.fault.problem === 'stranger'
        ? 'Whether that next hop knows the pods was not read, so nothing is certain. Most gateways know no pods.'
        : 'Nodes hand packets for other nodes’ pods to this router, and it drops them.',
    next: `${adviseRouter(data)}${data.fault.problem === 'stranger' ? ` Or give an export of ${data.fault.nextHop ?? 'the next hop'} too (input fabric-routes), or say that it leads out of the site (#prc outside ${data.fault.nextHop ?? ''}).` : ''}`,
  }),
});

function outcome({ fault }: RouterData): string {
  const { problem, route, nextHop, leadsTo } = fault;
  const only = route === undefined ? 'nothing matches' : `only ${routerRouteText(route)} matches`;
  switch (problem) {
    case 'no-route':
      return 'nothing matches, not even a default route';
    case 'outside':
      return `${only}, which leads out of the site`;
    case 'stranger':
      return `${only}, and ${nextHop ?? 'that next hop'} is no node and no router that was read`;
    case 'elsewhere':
      return `${only}, which leads to ${leadsTo ?? 'another node'}`;
    case 'dropped':
      return `${only}, which drops`;
    case 'silent':
      return `${only}, and nobody answers there`;
    case 'loop':
      return `${only}, and packets come back`;
  }
}
