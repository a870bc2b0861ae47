import type { GuestData } from './guest-faults.ts';
import { adviseRoute, observeGuests, placeText } from './guest-faults.ts';
import type { Words } from './rule.ts';
import { defineRule } from './rule.ts';

export const nodeRouteMissing = defineRule<GuestData>({
  id: 'node-route-missing',
  title: 'The node’s kernel has no route to a podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'node-route-missing'),
  explain: ({ data }) => explain(data),
});

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
    return {
      what: `The kernel of ${node} has no route to ${where}, the pods of ${owner}: its default route takes them to ${nextHop}.`,
      why: 'Whether that router knows the pods was not read. Where nodes are meant to reach each other directly, it does not.',
      next: `If ${nextHop} is to carry the pods, give what it says with show ip route (input fabric-routes, docs/routers.md). If not: ${adviseRoute(fault)}`,
    };
  }
  return {
    what: `The kernel of ${node} has no route to ${where}, the pods of ${owner}, and no default route either.`,
    why: 'It answers such packets with “network is unreachable”.',
    next: adviseRoute(fault),
  };
}
