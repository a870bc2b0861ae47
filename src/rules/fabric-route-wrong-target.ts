import { defineRule, listNames } from './rule.ts';
import type { RouteFaults } from './route-faults.ts';
import { targetText } from '../model/route-target.ts';
import { observeRoutes, pointRoutes, routesAtFault } from './route-faults.ts';

export const fabricRouteWrongTarget = defineRule<RouteFaults>({
  id: 'fabric-route-wrong-target',
  title: 'The cloud route for a podCIDR leads elsewhere',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    observeRoutes(context, 'fabric-route-wrong-target', (faults) => ({ routes: routesAtFault(faults) })),
  explain: ({ data }) => {
    const { first, tables } = data;
    const target = first.route === undefined ? 'another target' : targetText(first.route.target);
    const whose = first.problem === 'other-node' ? ` of node ${first.leadsTo ?? 'unknown'}` : '';
    return {
      what: `The route for podCIDR ${first.podCIDR} in ${listNames(tables)} leads to ${target}${whose}, but the range belongs to node ${first.node}.`,
      why: `Packets to pods on ${first.node} arrive at a machine that does not have them.`,
      next: `Point the route to ${first.ownerInterface ?? `the interface of ${first.node}`}; replacing it leaves no gap.`,
    };
  },
  fix: ({ data }) => pointOwnRoutes(data, data.first.podCIDR),
});

/** A broader route serves others too: the podCIDR gets one of its own instead. */
export function pointOwnRoutes(faults: RouteFaults, podCIDR: string): ReturnType<typeof pointRoutes> {
  const isExact = (fault: RouteFaults['first']): boolean => fault.route?.prefix === podCIDR;
  const exact = faults.all.filter(isExact);
  const broader = faults.all.filter((fault) => !isExact(fault));
  return [
    ...pointRoutes({ ...faults, all: exact }, 'replace-route'),
    ...pointRoutes({ ...faults, all: broader }, 'create-route'),
  ];
}
