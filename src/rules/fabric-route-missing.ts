import { defineRule, listNames } from './rule.ts';
import type { RouteFault, RouteFaults } from './route-faults.ts';
import { observeRoutes, pointRoutes } from './route-faults.ts';
import { termsOf } from './terms.ts';

export const fabricRouteMissing = defineRule<RouteFaults>({
  id: 'fabric-route-missing',
  title: 'No cloud route leads to a node’s podCIDR',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) => observeRoutes(context, 'fabric-route-missing', () => ({})),
  explain: ({ data }) => {
    const { first, tables } = data;
    const where = whereOf(tables);
    if (!canBeMended(first) && first.problem === 'inside-network') {
      return {
        what: `podCIDR ${first.podCIDR} of node ${first.node} lies inside the network’s own range.`,
        why: `The network’s local route takes its packets, and no interface has these addresses, so they are dropped; a route cannot override that.`,
        next: `Give the cluster a pod range outside the VPC and subnet ranges, and recreate node ${first.node} with a podCIDR from it.`,
      };
    }
    if (first.outOfScope !== undefined) {
      return {
        what: `The route for podCIDR ${first.podCIDR} of node ${first.node} in ${where} holds only for senders with its network tags (${listNames(first.outOfScope)}).`,
        why: `Nodes without such a tag do not see the route, and their packets to pods on ${first.node} are lost.`,
        next: `Give all nodes the tag, or make the route without tags.`,
      };
    }
    return {
      what: `There is no route for podCIDR ${first.podCIDR} of node ${first.node} in ${where}.`,
      why: `Subnets that use ${tables.length === 1 ? 'this table' : 'these tables'} drop packets to pods on ${first.node}, or send them to the internet.`,
      next: `Add a route for ${first.podCIDR} to ${first.ownerInterface ?? 'the interface of the node'} in ${where}.${whenRangesMove(first)}`,
    };
  },
  // A second route would only add to the first: who should see it is for people to say.
  fix: ({ data }) => (canBeMended(data.first) ? pointRoutes(data, 'create-route') : []),
});

/** Ranges that an agent gives and takes back need more than a route made once. */
function whenRangesMove({ rangeSource }: RouteFault): string {
  if (rangeSource === undefined) return '';
  return ` The range is from ${rangeSource} and may change: let a controller keep the routes, or let the agent encapsulate.`;
}

function canBeMended(fault: RouteFault): boolean {
  if (fault.problem === 'inside-network') return termsOf(fault.fabric).routesBeatOwnRange;
  return fault.outOfScope === undefined;
}

function whereOf(tables: readonly string[]): string {
  if (tables.length === 0) return 'any route table of its subnets, which have none';
  return tables.length === 1 ? `route table ${listNames(tables)}` : `route tables ${listNames(tables)}`;
}
