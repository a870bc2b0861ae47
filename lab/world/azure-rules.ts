/** Network security groups: the rules that every one has, and rules with the usual in what is not said. */

import type { AzureSecurityGroupWorld, AzureSecurityRuleWorld } from './azure.ts';
import { DoesNotFit } from './look.ts';

const EVERYTHING: Omit<AzureSecurityRuleWorld, 'name' | 'priority' | 'direction' | 'access'> = {
  protocol: '*',
  source: { prefixes: ['*'] },
  destination: { prefixes: ['*'] },
  sourcePorts: ['*'],
  destinationPorts: ['*'],
  provisioningState: 'Succeeded',
};

function tag(name: string): { prefixes: string[] } {
  return { prefixes: [name] };
}

/** In every network security group, below all others (Azure, "Default security rules"). */
export const DEFAULT_SECURITY_RULES: readonly AzureSecurityRuleWorld[] = [
  {
    ...EVERYTHING,
    ...{ name: 'AllowVnetInBound', priority: 65_000, direction: 'Inbound', access: 'Allow' },
    ...{ source: tag('VirtualNetwork'), destination: tag('VirtualNetwork') },
  },
  {
    ...EVERYTHING,
    ...{ name: 'AllowAzureLoadBalancerInBound', priority: 65_001, direction: 'Inbound', access: 'Allow' },
    source: tag('AzureLoadBalancer'),
  },
  { ...EVERYTHING, name: 'DenyAllInBound', priority: 65_500, direction: 'Inbound', access: 'Deny' },
  {
    ...EVERYTHING,
    ...{ name: 'AllowVnetOutBound', priority: 65_000, direction: 'Outbound', access: 'Allow' },
    ...{ source: tag('VirtualNetwork'), destination: tag('VirtualNetwork') },
  },
  {
    ...EVERYTHING,
    ...{ name: 'AllowInternetOutBound', priority: 65_001, direction: 'Outbound', access: 'Allow' },
    destination: tag('Internet'),
  },
  { ...EVERYTHING, name: 'DenyAllOutBound', priority: 65_500, direction: 'Outbound', access: 'Deny' },
];

export function securityGroup(name: string, tags: Record<string, string> = {}): AzureSecurityGroupWorld {
  return { name, provisioningState: 'Succeeded', tags, rules: [] };
}

type NewRule = Partial<AzureSecurityRuleWorld> & Pick<AzureSecurityRuleWorld, 'name' | 'direction' | 'access'>;

/** At the given priority, else at the first free one. @throws DoesNotFit when it is taken or none that users may give. */
export function putSecurityRule(group: AzureSecurityGroupWorld, rule: NewRule): void {
  const taken = new Set(group.rules.filter((one) => one.direction === rule.direction).map((one) => one.priority));
  let priority = rule.priority ?? 100;
  while (rule.priority === undefined && taken.has(priority)) priority += 10;
  if (taken.has(priority) || priority < 100 || priority > 4096) {
    throw new DoesNotFit(`${group.name} has no place for a rule at ${String(priority)}`);
  }
  if (group.rules.some((one) => one.name.toLowerCase() === rule.name.toLowerCase())) {
    throw new DoesNotFit(`${group.name} has a rule ${rule.name} already`);
  }
  group.rules.push({ ...EVERYTHING, ...rule, priority });
}
