/** What a resource may only be linked to by who has a right there ("linked access check"), by the property that links. */
const LINKS: Readonly<Record<string, string>> = {
  applicationGatewayBackendAddressPools: 'applicationGateways/backendAddressPools/join/action',
  applicationSecurityGroups: 'applicationSecurityGroups/joinIpConfiguration/action',
  loadBalancerBackendAddressPools: 'loadBalancers/backendAddressPools/join/action',
  loadBalancerInboundNatRules: 'loadBalancers/inboundNatRules/join/action',
  natGateway: 'natGateways/join/action',
  networkSecurityGroup: 'networkSecurityGroups/join/action',
  publicIPAddress: 'publicIPAddresses/join/action',
  routeTable: 'routeTables/join/action',
  subnet: 'virtualNetworks/subnets/join/action',
};

export interface Link {
  action: string;
  /** Id of what it is linked to. */
  scope: string;
}

/** All that a body links to, whether it did so before or not. */
export function linksOf(body: unknown): Link[] {
  if (Array.isArray(body)) return body.flatMap(linksOf);
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body as Record<string, unknown>).flatMap(([name, value]) => {
    const right = LINKS[name];
    if (right === undefined) return linksOf(value);
    const targets = (Array.isArray(value) ? value : [value]) as { id?: string }[];
    return targets.map(({ id = '' }) => ({ action: `Microsoft.Network/${right}`, scope: id }));
  });
}
