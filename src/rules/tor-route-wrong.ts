import type { RouterData } from './router-faults.ts';
import { adviseRouter, observeRouters, routerPlace, routerRouteText } from './router-faults.ts';
import { defineRule } from './rule.ts';

export const torRouteWrong = defineRule<RouterData>({
  id: 'tor-route-wrong',
  title: 'A router on the way sends packets to a podCIDR elsewhere',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeRouters(context, 'tor-route-wrong'),
  explain: ({ data }) => {
    const { fault } = data;
    const { router, owner, route, problem } = fault;
    const by = route === undefined ? '' : ` by ${routerRouteText(route)}`;
    return {
      what: `Router ${router} sends packets to ${routerPlace(data)}, pods of ${owner}, elsewhere${by}: ${outcome(data)}.`,
      why:
        problem === 'stranger'
          ? 'What that next hop does with them was not read, so nothing is certain. Often it is the address of a node that is gone.'
          : 'Nodes hand packets for other nodes’ pods to this router, and it takes the longest prefix, whatever else would lead there.',
      next: adviseRouter(data),
    };
  },
});

function outcome({ fault }: RouterData): string {
  const { problem, nextHop, leadsTo, interface: link, owner, wanted } = fault;
  const right = wanted === undefined ? '' : ` (${owner} has ${wanted})`;
  switch (problem) {
    case 'elsewhere':
      return `${nextHop ?? 'its next hop'} is ${leadsTo ?? 'another node'}, which does not bring them to ${owner}${right}`;
    case 'stranger':
      return `${nextHop ?? 'its next hop'} is no node and no router that was read${right}`;
    case 'silent':
      return `nobody answers for ${nextHop ?? 'the pods’ own addresses'} on ${link ?? 'its interface'}${right}`;
    case 'dropped':
      return 'it drops them';
    case 'outside':
      return `${nextHop ?? 'its next hop'} leads out of the site${right}`;
    case 'loop':
      return 'they come back to where they were';
    case 'no-route':
      return 'nothing matches';
  }
}
