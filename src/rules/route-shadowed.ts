import { defineRule, distinctSorted, listNames, placeOf } from './rule.ts';
import type { RouteFaults } from './route-faults.ts';
import { targetText } from '../model/route-target.ts';
import { observeRoutes, routesAtFault } from './route-faults.ts';

export const routeShadowed = defineRule<RouteFaults>({
  id: 'route-shadowed',
  title: 'A longer route takes addresses of a podCIDR elsewhere',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    observeRoutes(context, 'route-shadowed', (faults) => ({
      prefixes: distinctSorted([faults.first.podCIDR, faults.first.route?.prefix ?? faults.first.podCIDR]),
      routes: routesAtFault(faults),
    })),
  explain: ({ data }) => {
    const { first, tables } = data;
    const { route } = first;
    const longer = route?.prefix ?? first.podCIDR;
    const target = route === undefined ? 'elsewhere' : targetText(route.target);
    return {
      what: `The route ${longer} in ${listNames(tables)} leads to ${target} and takes addresses of podCIDR ${first.podCIDR}, which belongs to node ${first.node}.`,
      why: `The longest prefix wins: pods on ${first.node} with an address in ${longer} are unreachable, the others are not.`,
      next:
        route?.origin === 'static'
          ? `Delete the route ${longer}, or point it to ${first.ownerInterface ?? first.node}, once you know who made it.`
          : `The route comes from ${route?.list ?? 'a propagating gateway'}: take ${longer} out there.`,
    };
  },
  fix: ({ data }) =>
    data.all.flatMap(({ fabric, table, route }) =>
      route?.origin === 'static'
        ? [
            {
              kind: 'delete-route' as const,
              place: placeOf(fabric),
              table,
              prefix: route.prefix,
              ...(route.name === undefined ? {} : { route: route.name }),
            },
          ]
        : [],
    ),
});
