/** How Azure names things: in the resource ids of facts, and in what is made anew. */

/** Of the resource of a provider that the id names, or that it is a part of. */
export function partsOf(id: string): { subscription: string; resourceGroup: string; name: string } {
  const [, , subscription = '', , resourceGroup = '', , , , name = ''] = idOf(id).split('/');
  return { subscription, resourceGroup, name };
}

/** In facts a table that serves several virtual networks has the network behind `#`. */
export function idOf(id: string): string {
  return id.split('#')[0] ?? id;
}

/** The number of the instance of a Uniform scale set that an interface belongs to. */
export function instanceOf(id: string): string | undefined {
  return /\/virtualMachineScaleSets\/[^/]+\/virtualMachines\/([^/]+)(?:\/|$)/i.exec(id)?.[1];
}

/**
 * As the cloud controller names routes, which deletes what has another name in the pod range: by node, and in
 * dual-stack clusters by prefix too (cloud-provider-azure, `%s____%s`). Creating a route whose name exists overwrites
 * it, so the second family never gets the plain name.
 */
export function routeNameFor({ node, prefix }: { readonly node: string; readonly prefix: string }): string {
  return prefix.includes(':') ? `${node}____${prefix.replaceAll(/[.:/]/g, '')}` : node;
}

/** All that a security rule can name; what is none of these takes a rule for everything. */
const PROTOCOLS: Readonly<Record<string, string>> = { tcp: 'Tcp', udp: 'Udp', icmp: 'Icmp', '50': 'Esp', '51': 'Ah' };

/** As Azure writes it; `*` is all of them. */
export function protocolName(protocol: string | undefined): string {
  return PROTOCOLS[protocol ?? ''] ?? '*';
}
