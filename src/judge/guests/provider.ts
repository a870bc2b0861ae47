/** Whose machines nodes are, as far as it decides whether links are all that is between them. */
import type { NodeFacts } from '../../model/snapshot.ts';

/** Hypervisors that may drop what a machine sends with addresses that are not its own. */
const HYPERVISORS = ['openstack', 'vsphere', 'proxmox'];
/** Those, and distributions that run anywhere: what is between their nodes carries frames, and has no route tables. */
const PLAIN = [...HYPERVISORS, 'k3s', 'rke2', 'kind', 'metal3', 'byoh'];

/** Its provider, if any, has no route tables. */
export function isAlone(node: NodeFacts): boolean {
  const provider = providerOf(node);
  return provider === undefined || PLAIN.includes(provider);
}

/** Undefined: nothing shows that the node is a machine of one. */
export function hypervisorOf(node: NodeFacts): string | undefined {
  const provider = providerOf(node);
  return provider !== undefined && HYPERVISORS.includes(provider) ? provider : undefined;
}

/** Empty: an id without a scheme. */
function providerOf({ providerID = '' }: NodeFacts): string | undefined {
  return providerID === '' ? undefined : (/^([a-z0-9-]+):\/\//i.exec(providerID)?.[1]?.toLowerCase() ?? '');
}
