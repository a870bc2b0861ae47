import type { GuestData } from './guest-faults.ts';
import { observeGuests, placeText } from './guest-faults.ts';
import { adviseRoute, fixRoute } from './guest-fixes.ts';
import type { Words } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

export const nodeRouteMissing = defineRule<GuestData>({
  id: 'node-route-missing',
  title: 'The node’s kernel has no route to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'node-route-missing'),
  explain: ({ data }) => explain(data),
  fixHost: ({ data }) => (isMendable(data) ? fixRoute(data) : []),
});

/** What took the pods' link away is not known; and whether a router leads to many nodes is asked before routes are made. */
function isMendable({ fault: { problem }, podCIDRs }: GuestData): boolean {
  return problem !== 'no-pod-route' && !(problem === 'router' && podCIDRs.length > 1);
}

function explain(data: GuestData): Words {
  const { fault } = data;
  const { node, owner, nextHop = 'its default router' } = fault;
  const where = placeText(data);
  if (fault.problem === 'no-pod-route') {
    return {
      what: `The kernel of ${node} has no route to its own pods in ${where}.`,
      why: 'Packets for them reach the node and go no further.',
      next: `See on ${node} why the pods’ link is gone (ip -d link; ip route show ${fault.podCIDR}), and restart the network agent there.`,
    };
  }
  if (fault.problem === 'router') {
    const isOne = data.podCIDRs.length === 1;
    const pods = isOne ? `${where}, the pods of ${owner}` : `${listNames(data.podCIDRs)}, pods of other nodes`;
    return {
      what: `The kernel of ${node} has no route to ${pods}: its default route takes them to ${nextHop}.`,
      why:
        fault.table === undefined
          ? ROUTER_UNREAD
          : `There route table ${fault.table} decides, and it does not lead to ${owner} either.`,
      next:
        fault.table === undefined
          ? `If ${nextHop} is to carry the pods, give what it says with show ip route (input fabric-routes, docs/routers.md). If not: ${isOne ? adviseRoute(data) : `${node} lacks a route to each of them, which a network agent would make, or you by hand.`}`
          : adviseRoute(data),
    };
  }
  return {
    what: `The kernel of ${node} has no route to ${where}, the pods of ${owner}, and no default route either.`,
    why: 'It answers such packets with “network is unreachable”.',
    next: adviseRoute(data),
  };
}

const ROUTER_UNREAD =
  'Whether that router knows the pods was not read. Where nodes are meant to reach each other directly, it does not.';
