import { pointOwnRoutes } from './fabric-route-wrong-target.ts';
import { defineRule, listNames } from './rule.ts';
import type { RouteFaults } from './route-faults.ts';
import { targetText } from '../model/route-target.ts';
import { observeRoutes, routesAtFault } from './route-faults.ts';

export const fabricRouteDead = defineRule<RouteFaults>({
  id: 'fabric-route-dead',
  title: 'The cloud route for a podCIDR leads to something that is gone',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) => observeRoutes(context, 'fabric-route-dead', (faults) => ({ routes: routesAtFault(faults) })),
  explain: ({ data }) => {
    const { first, tables } = data;
    const target = first.route === undefined ? 'nothing' : targetText(first.route.target);
    return {
      what: `The route for podCIDR ${first.podCIDR} of node ${first.node} in ${listNames(tables)} leads to ${target}, which is dead: ${first.because ?? 'it does not exist'}.`,
      why: `The fabric drops every packet to pods on ${first.node} that takes this route.`,
      next: `Point the route to ${first.ownerInterface ?? `the interface of ${first.node}`}.`,
    };
  },
  fix: ({ data }) => pointOwnRoutes(data, data.first.podCIDR),
});
