import type { GuestData } from './guest-faults.ts';
import { observeGuests } from './guest-faults.ts';
import type { Words } from './rule.ts';
import { defineRule } from './rule.ts';

export const windowsHnsNetworkWrong = defineRule<GuestData>({
  id: 'windows-hns-network-wrong',
  title: 'The network of a Windows node’s pods does not fit its podCIDR',
  severity: 'error',
  needs: ['guests'],
  evaluate: (context) =>
    observeGuests(context, 'windows-hns-network-wrong').map((found) => ({
      ...found,
      // Whose pods they are, not where their packets would go.
      subjects: { ...found.subjects, prefixes: [found.data.fault.home?.podCIDR ?? found.data.fault.podCIDR] },
    })),
  explain: ({ data: { fault } }) => explain(fault),
});

function explain({ node, problem, home }: GuestData['fault']): Words {
  const { podCIDR = '', wanted = '', gateway = '', networks = [] } = home ?? {};
  if (problem === 'pod-gateway') {
    return {
      what: `Pods on ${node} send everything that is not for ${podCIDR} to ${gateway}, and nobody there has that address.`,
      why: 'On Windows the host’s own place among its pods is the second address of their range: the first one is kept by the Host Networking Service and answers nobody.',
      next: `Let the CNI configuration on ${node} give pods the gateway ${wanted} (win-bridge does so by itself), and recreate the pods. See with Get-HnsEndpoint | Select-Object Name, IPAddress, GatewayAddress that it took.`,
    };
  }
  return {
    what: `Windows on ${node} has no pod network for ${podCIDR}: what it has is ${networks.join(', ')}.`,
    why: 'Pods of a node hang on a network of the Host Networking Service whose subnet is the node’s podCIDR. An old one stays behind where a node is joined to the cluster anew and gets another podCIDR.',
    next: `In a moment when ${node} may lose its network for some seconds, restart flannel there: it deletes the old network and makes the right one. By hand, as an administrator: Get-HnsNetwork | Where-Object Name -eq '${networks[0]?.split(' ')[0] ?? 'cbr0'}' | Remove-HnsNetwork, and then restart flannel.`,
  };
}
