import type { FaultDetail } from '../model/faults.ts';
import { NO_SUBJECTS } from '../model/judgement.ts';
import type { Observation } from './rule.ts';
import { defineRule, listNames } from './rule.ts';

type OffLink = Extract<FaultDetail, { kind: 'off-link' | 'next-hop' }>;

export const hostGwOffLink = defineRule<OffLink>({
  id: 'host-gw-off-link',
  title: 'host-gw between nodes that are no neighbours',
  severity: 'error',
  needs: ['routes', 'subnets', 'interfaces', 'machines'],
  evaluate: (context) =>
    context.faults('host-gw-off-link').flatMap((group): Observation<OffLink>[] => {
      const fault = group.details.find((detail) => detail.kind === 'off-link' || detail.kind === 'next-hop');
      if (fault === undefined) return [];
      if (fault.kind === 'off-link') {
        return [
          {
            ...group,
            subjects: { ...NO_SUBJECTS, subnets: fault.subnets },
            evidence: [
              { source: fault.fabric, text: `host-gw nodes of ${fault.network} are in ${listNames(fault.subnets)}` },
              { source: fault.fabric, text: `no route table of ${fault.network} holds a route for any podCIDR` },
            ],
            data: fault,
          },
        ];
      }
      const holder = fault.holder === undefined ? 'no interface there has it' : `${fault.holder} has it`;
      return [
        {
          ...group,
          subjects: { ...NO_SUBJECTS, nodes: [fault.node] },
          evidence: [{ source: `${fault.fabric} ${fault.subnet}`, text: `next hop ${fault.address}: ${holder}` }],
          data: fault,
        },
      ];
    }),
  explain: ({ data: fault }) => {
    if (fault.kind === 'next-hop') {
      return {
        what: `Node ${fault.node} announces ${fault.address} as next hop for its pods, but in ${fault.subnet} that address is not its own.`,
        why: `Neighbours send packets for pods on ${fault.node} to ${fault.holder ?? 'an address that nobody answers for'}.`,
        next: `Make the network agent on ${fault.node} announce the node’s own address and restart it (flannel: --iface or --public-ip; Calico: IP_AUTODETECTION_METHOD).`,
      };
    }
    const subnets = String(fault.subnets.length);
    return {
      what: `host-gw runs on nodes in ${subnets} subnets of ${fault.network} (${listNames(fault.subnets)}), and no route table carries pod routes.`,
      why: 'A host route needs a next hop in the node’s own subnet: between subnets the kernel refuses it, flannel only logs that, and the packets go to a router that does not know the pods.',
      next: `Keep all nodes in one subnet, or add a route per podCIDR to the tables of these subnets, or let the network agent encapsulate between subnets (flannel: backend vxlan; Calico: CrossSubnet).`,
    };
  },
});
