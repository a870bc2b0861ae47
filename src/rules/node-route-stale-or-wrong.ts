import type { GuestData } from './guest-faults.ts';
import { adviseRoute, observeGuests, placeText, routeText } from './guest-faults.ts';
import { removeRoute } from './powershell-words.ts';
import { defineRule } from './rule.ts';

export const nodeRouteStaleOrWrong = defineRule<GuestData>({
  id: 'node-route-stale-or-wrong',
  title: 'A route in the node’s kernel loses packets to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'node-route-stale-or-wrong'),
  explain: ({ data }) => {
    const { fault } = data;
    const { node, owner, route } = fault;
    const by = route === undefined ? 'a policy rule' : routeText(route, fault.os);
    return {
      what: `On ${node}, packets to ${placeText(data)}, pods of ${owner}, are lost by ${by}: ${outcome(data)}.`,
      why: 'The kernel takes the longest prefix, then the lowest metric, whatever else would lead to the pods.',
      next: [advice(data), ...(fault.problem === 'link-down' ? [] : [adviseRoute(fault)])].join(' ').trim(),
    };
  },
});

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
      return 'they do not arrive';
  }
}

function advice({ fault }: GuestData): string {
  const { problem, route, node, os, device = 'the link', owner } = fault;
  if (problem === 'link-down') return `See on ${node} why ${device} is down: ip -d link show ${device}.`;
  if (route === undefined) return `Look at the rules on ${node}: ip rule.`;
  // What puts a whole range on the link carries the next hops of others, and stays.
  if (problem === 'silent' && fault.nextHop === undefined) return '';
  // The main table's route for all of the podCIDR is replaced below; any other one has to go.
  const isOwners =
    route.prefix === fault.podCIDR && fault.wanted !== undefined && route.table === 'main' && route.type === 'unicast';
  if (os === 'windows') return `Run in PowerShell on ${node}, as an administrator: ${removeRoute(route)}.`;
  if (isOwners && owner !== node) return '';
  return `Run on ${node}: ip route del ${routeText(route, os)}; and remove it from wherever it comes from.`;
}
