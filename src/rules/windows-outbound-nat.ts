import type { GuestData } from './guest-faults.ts';
import { observeGuests, placeText } from './guest-faults.ts';
import { defineRule, listNames } from './rule.ts';

export const windowsOutboundNat = defineRule<GuestData>({
  id: 'windows-outbound-nat',
  title: 'Windows rewrites the source of packets between pods',
  severity: 'warning',
  needs: ['guests'],
  evaluate: (context) => observeGuests(context, 'windows-outbound-nat'),
  explain: ({ data }) => {
    const { fault, podCIDRs } = data;
    const { node, home } = fault;
    const where = podCIDRs.length === 1 ? placeText(data) : listNames(podCIDRs);
    return {
      what: `Packets of pods on ${node} to pods in ${where} leave with the address of ${node} as their source.`,
      why: `The policy OutBoundNAT of these pods excepts ${listNames(home?.exceptions ?? []) || 'nothing'} only. Network policies and logs then see the node instead of the pod, and whether such packets arrive is not judged.`,
      next: `Add the cluster’s pod range to the exceptions (ExceptionList or Exceptions of OutBoundNAT) in the CNI configuration on ${node}, beside the range of Services and the network of the nodes, and recreate the pods: the policy is made with them.`,
    };
  },
});
