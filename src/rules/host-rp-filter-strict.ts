import type { GuestData } from './guest-faults.ts';
import { observeGuests } from './guest-faults.ts';
import { fixReversePath } from './guest-fixes.ts';
import { defineRule } from './rule.ts';

export const hostRpFilterStrict = defineRule<GuestData>({
  id: 'host-rp-filter-strict',
  title: 'The kernel drops packets whose way back is another one',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'host-rp-filter-strict'),
  explain: ({ data: { fault } }) => {
    const { node, device = 'the link', leadsTo, route } = fault;
    const isOwn = leadsTo !== undefined;
    const because = isOwn ? 'they come from an address of its own' : 'its own routes lead elsewhere to their source';
    const form = route?.type === 'unicast' ? 'take the loose form' : 'switch the filter off';
    return {
      what: `The kernel of ${node} drops packets of other nodes’ pods that come in on ${device}, because ${because}.`,
      why: isOwn
        ? 'A packet from outside that claims to come from the node itself is dropped, whatever rp_filter says.'
        : 'The reverse path filter (rp_filter) drops a packet unless the route to its source leaves by the link that it came in from; the loose form wants any route at all.',
      next: isOwn
        ? `Take the address off ${node}, or give its peer another range: two have it.`
        : `Give ${node} the right routes to the pods of its peers, which mends both ways. Or ${form} on ${device}.`,
    };
  },
  fixHost: ({ data }) => fixReversePath(data),
});
