import type { GuestData } from './guest-faults.ts';
import { observeGuests } from './guest-faults.ts';
import { fixForwarding } from './guest-fixes.ts';
import type { Words } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

export const hostForwardingOff = defineRule<GuestData>({
  id: 'host-forwarding-off',
  title: 'The node’s kernel does not forward packets',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'host-forwarding-off'),
  explain: ({ verdict, data }) => {
    const { fault, devices } = data;
    if (fault.os === 'windows') return explainWindows(data);
    const key = fault.family === 6 ? 'net.ipv6.conf.all.forwarding' : 'net.ipv4.ip_forward';
    const links =
      fault.family === 6 || devices.length === 0 ? '' : ` for packets that come in on ${listNames(devices)}`;
    return {
      what:
        verdict === 'unknown'
          ? `${key} is 0 on ${fault.node}: its kernel does not forward IPv4, unless single links were switched on again.`
          : `The kernel of ${fault.node} does not forward IPv${String(fault.family)}${links}.`,
      why: 'A packet from or to a pod is not the node’s own, so the kernel has to forward it, and drops it instead.',
      next: `Switch forwarding on at ${fault.node}, now and for the time after a restart.`,
    };
  },
  fixHost: ({ data }) => fixForwarding(data),
});

function explainWindows({ fault: { node, family }, devices }: GuestData): Words {
  return {
    what: `Windows on ${node} does not forward IPv${String(family)} packets that come in on ${listNames(devices)}.`,
    why: 'A packet from or to a pod is not the node’s own, so the kernel has to forward it, and drops it instead. Windows asks the interface that it comes in on: the node’s own for packets to its pods, that of the pod network for packets from them.',
    next: `Switch forwarding of ${listNames(devices)} on at ${node}; flannel does so for both interfaces when it starts.`,
  };
}
