/** Firewall rules as an administrator of a self-managed cluster makes them, and how to find them again. */

import { familyOf } from './addresses.ts';
import type { GceFirewallWorld, GceWorld } from './gce.ts';
import { must } from './look.ts';

/** Any protocol. */
export const everything = [{ protocol: 'all' }];

/** A rule that lets everything in from anywhere, but for what `more` says otherwise. */
export function firewall(name: string, network: string, more: Partial<GceFirewallWorld> = {}): GceFirewallWorld {
  return {
    name,
    network,
    direction: 'INGRESS',
    priority: 1000,
    disabled: false,
    sourceRanges: [],
    destinationRanges: [],
    sourceTags: [],
    sourceServiceAccounts: [],
    targetTags: [],
    targetServiceAccounts: [],
    ...(more.denied === undefined ? { allowed: everything } : {}),
    ...more,
  };
}

/** What a network needs for its nodes and pods: a rule takes addresses of one family only. */
export function clusterFirewalls(network: string, subnets: string[], pods: string[]): GceFirewallWorld[] {
  const of = (cidrs: string[], family: 4 | 6): string[] => cidrs.filter((cidr) => familyOf(cidr) === family);
  return [
    // What a network that Google makes by default has, for any protocol: it covers subnets, and no pods.
    firewall(`${network}-internal`, network, { priority: 65_534, sourceRanges: of(subnets, 4) }),
    firewall(`${network}-pods`, network, { sourceRanges: of(pods, 4) }),
    // From where Google's own proxy for administrators comes.
    firewall(`${network}-ssh`, network, {
      sourceRanges: ['35.235.240.0/20'],
      allowed: [{ protocol: 'tcp', ports: ['22'] }],
    }),
    ...[firewall(`${network}-v6`, network, { sourceRanges: of([...subnets, ...pods], 6) })].filter(
      ({ sourceRanges }) => sourceRanges.length > 0,
    ),
  ];
}

/** The rule that admits the cluster's pods. @throws DoesNotFit when it has gone. */
export function podFirewall(gce: GceWorld, network: string): GceFirewallWorld {
  return must(
    gce.firewalls.find((one) => one.name === `${network}-pods`),
    `firewall rule ${network}-pods`,
  );
}
