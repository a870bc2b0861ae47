/** Nodes on which no network agent runs: what the cloud, its controllers and the running pods themselves show. */
import { containsAddress, parseAddress } from '../../model/prefix.ts';
import type { Guess, NodeEvidence } from './guess.ts';
import { unknown } from './guess.ts';

export function fromNoAgent(evidence: NodeEvidence): Guess {
  const { node, cni } = evidence;
  if (podsHaveInterfaceAddresses(evidence)) {
    const reason = 'no network agent runs here, and the cloud assigns the addresses of its pods to its interfaces';
    return { mode: 'eni', reason };
  }
  const condition = node.networkUnavailable?.reason;
  if (condition === 'RouteCreated' || condition === 'NoRouteCreated') {
    const reason = `no network agent runs here, and a cloud route controller wrote ${condition}${manager(evidence)}`;
    return { mode: 'fabric', reason };
  }
  if (evidence.fabricAssignsPods) {
    const reason = 'no network agent runs here, and the cloud assigns the podCIDR to an interface of the node';
    return { mode: 'fabric', reason };
  }
  if (cni.agents.length === 0 && evidence.fabricHoldsPodRoutes) {
    return { mode: 'fabric', reason: 'no network agent runs anywhere, and the route tables hold pod routes' };
  }
  const [router] = evidence.routersWithPods;
  if (evidence.isKernelRead && router !== undefined) {
    const names = evidence.routersWithPods.join(' and ');
    return {
      mode: 'fabric',
      reason: `no known network agent runs here, and router ${names} holds routes to pod ranges`,
    };
  }
  return unknown('no known network agent runs here, and no route table holds a pod route');
}

/** EKS Auto Mode and the older Azure CNI have no agent in a pod; what they do shows in the addresses of pods. */
function podsHaveInterfaceAddresses({ samples, ranges, isAssigned }: NodeEvidence): boolean {
  const addresses = samples.flatMap((sample) => sample.addresses);
  const isOutside = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && !ranges.prefixes.some((prefix) => containsAddress(prefix, address));
  };
  return addresses.some(isOutside) && addresses.every(isAssigned);
}

/** Of a managed cluster, whose routes are not the user's to change. */
function manager({ node }: NodeEvidence): string {
  if (node.labels['kubernetes.azure.com/cluster'] !== undefined) return ' (AKS manages the routes)';
  return node.labels['cloud.google.com/gke-nodepool'] === undefined ? '' : ' (GKE manages the routes)';
}
