import type { GuestData } from './guest-faults.ts';
import { observeGuests } from './guest-faults.ts';
import { defineRule } from './rule.ts';

export const hostRpFilterStrict = defineRule<GuestData>({
  id: 'host-rp-filter-strict',
  title: 'The kernel drops packets whose way back is another one',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'host-rp-filter-strict'),
  explain: ({ data: { fault } }) => {
    const device = fault.device ?? 'the link';
    return {
      what: `The kernel of ${fault.node} drops packets of other nodes’ pods that come in on ${device}, because its own routes lead elsewhere to their source.`,
      why: 'The reverse path filter (rp_filter) drops a packet unless the route to its source leaves by the link that it came in from; the loose form wants any route at all.',
      next: `Give ${fault.node} the right routes to the pods of its peers, which mends both ways. Or run: sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${device}.rp_filter=0 (the highest of both counts), and keep it in /etc/sysctl.d/99-pod-routes.conf.`,
    };
  },
});
