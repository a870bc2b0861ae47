import type { GuestData } from './guest-faults.ts';
import { observeGuests, placeText, routeText } from './guest-faults.ts';
import { adviseRoute, fixRoute } from './guest-fixes.ts';
import { defineRule } from './rule.ts';

export const nodeRouteStaleOrWrong = defineRule<GuestData>({
  id: 'node-route-stale-or-wrong',
  title: 'A route in the node’s kernel loses packets to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'node-route-stale-or-wrong'),
  explain: ({ data }) => {
    const { node, owner } = data.fault;
    return {
      what: `On ${node}, packets to ${placeText(data)}, pods of ${owner}, are lost${cause(data)}: ${outcome(data)}.`,
      why: 'The kernel takes the longest prefix, then the lowest metric, whatever else would lead to the pods.',
      next: advise(data),
    };
  },
  fixHost: ({ data }) => (isMendedByRoutes(data) ? fixRoute(data) : []),
});

function cause({ fault: { route, problem, os } }: GuestData): string {
  if (route !== undefined) return ` by ${routeText(route, os)}`;
  return problem === 'dropped' ? ' by a policy rule' : '';
}

function outcome({ fault }: GuestData): string {
  const { problem, nextHop, device = 'its link', leadsTo, owner, home } = fault;
  switch (problem) {
    case 'dropped':
      return 'it drops them';
    case 'silent':
      return `nobody answers for ${nextHop ?? 'their addresses'} on ${device}`;
    case 'elsewhere':
      return `they end at ${leadsTo ?? 'another node'} and not at ${owner}`;
    case 'loop':
      return 'they come back to where they were';
    case 'link-down':
      return `${device} is down`;
    case 'reserved':
      return `nobody has ${nextHop ?? 'the next hop'}: Windows keeps the first address of a pod network for itself, and the gateway of the pods on ${leadsTo ?? owner} is ${home?.wanted ?? 'the second one'}`;
    case 'pod-gateway':
    case 'pod-network':
    case 'rewritten':
    case 'no-route':
    case 'router':
    case 'no-pod-route':
    case 'forwarding':
    case 'reverse-path':
    case 'filtered':
    case 'port-security':
      return 'they do not arrive';
  }
}

/** What comes before all routes: a policy rule, an address of its own; and what comes after them: a link that is down. */
function isMendedByRoutes({ fault: { problem, route } }: GuestData): boolean {
  if (problem === 'link-down') return false;
  return route !== undefined || problem === 'loop';
}

function advise(data: GuestData): string {
  const { node, os, device = 'the link', problem, podCIDR, owner, wanted } = data.fault;
  const look = os === 'windows' ? 'Get-NetAdapter' : 'ip -d link';
  if (problem === 'link-down') return `See on ${node} why ${device} is down (${look}).`;
  if (problem === 'dropped' && !isMendedByRoutes(data)) return `Look at the policy rules on ${node} (ip rule).`;
  if (!isMendedByRoutes(data))
    return `Take the address in ${podCIDR} off ${node} (ip address): it is for pods of ${owner}.`;
  const changes = fixRoute(data);
  const removed = changes.find((change) => change.kind === 'delete-host-route');
  if (removed === undefined) return adviseRoute(data);
  const first = `Take the route for ${removed.route.prefix} off ${node}, and remove it from wherever it comes from.`;
  const isAll = owner === node || (wanted !== undefined && changes.length === 1);
  return isAll ? first : `${first} ${adviseRoute(data)}`;
}
