import type { ApplicationSecurityGroup, NetworkSecurityGroup, SecurityRule } from '@azure/arm-network';

import type { AzureNicWorld, AzureSecurityGroupWorld, AzureSecurityRuleWorld, AzureWorld } from '../../world/azure.ts';
import { applicationGroupId, azureSubnetId, nicId, scaleSetNicId, securityGroupId } from '../../world/azure-ids.ts';
import { DEFAULT_SECURITY_RULES } from '../../world/azure-rules.ts';
import { uid } from '../../world/ids.ts';
import { asWritten, etagOf } from './ids.ts';
import type { Wire } from './network.ts';

interface Reference {
  id: string;
}
type WireRule = Wire<
  SecurityRule,
  { sourceApplicationSecurityGroups?: Reference[]; destinationApplicationSecurityGroups?: Reference[] }
>;
type WireGroup = Wire<
  NetworkSecurityGroup,
  {
    securityRules: WireRule[];
    defaultSecurityRules: WireRule[];
    subnets?: Reference[];
    networkInterfaces?: Reference[];
  }
>;

/** The reference of a subnet or an interface to its group, where it has one. */
export function guardOf(
  world: AzureWorld,
  { securityGroup }: { securityGroup?: string },
): { networkSecurityGroup?: Reference } {
  if (securityGroup === undefined) return {};
  return { networkSecurityGroup: { id: securityGroupId(asWritten(world), securityGroup) } };
}

/** One value and several have different names; the other one is then left out, or empty. */
function oneOrSeveral<One extends string, Several extends string>(
  values: string[],
  one: One,
  several: Several,
): Partial<Record<One, string> & Record<Several, string[]>> {
  const [first = ''] = values;
  return (values.length === 1 ? { [one]: first, [several]: [] } : { [several]: values }) as ReturnType<
    typeof oneOrSeveral<One, Several>
  >;
}

function sourceOf(world: AzureWorld, { source }: AzureSecurityRuleWorld): Partial<WireRule['properties']> {
  return 'prefixes' in source
    ? oneOrSeveral(source.prefixes, 'sourceAddressPrefix', 'sourceAddressPrefixes')
    : { sourceAddressPrefixes: [], sourceApplicationSecurityGroups: referTo(world, source.applicationGroups) };
}

function destinationOf(world: AzureWorld, { destination }: AzureSecurityRuleWorld): Partial<WireRule['properties']> {
  return 'prefixes' in destination
    ? oneOrSeveral(destination.prefixes, 'destinationAddressPrefix', 'destinationAddressPrefixes')
    : {
        destinationAddressPrefixes: [],
        destinationApplicationSecurityGroups: referTo(world, destination.applicationGroups),
      };
}

function referTo(world: AzureWorld, groups: string[]): Reference[] {
  return groups.map((name) => ({ id: applicationGroupId(asWritten(world), name) }));
}

function ruleOf(world: AzureWorld, group: string, kind: string, rule: AzureSecurityRuleWorld): WireRule {
  const id = `${securityGroupId(world, group)}/${kind}/${rule.name}`;
  const { protocol, access, priority, direction, provisioningState } = rule;
  const properties: WireRule['properties'] = {
    provisioningState,
    protocol,
    ...oneOrSeveral(rule.sourcePorts, 'sourcePortRange', 'sourcePortRanges'),
    ...oneOrSeveral(rule.destinationPorts, 'destinationPortRange', 'destinationPortRanges'),
    ...sourceOf(world, rule),
    ...destinationOf(world, rule),
    access,
    priority,
    direction,
  };
  const type = `Microsoft.Network/networkSecurityGroups/${kind}`;
  return { name: rule.name, id, etag: etagOf([id, properties]), type, properties };
}

/** Interfaces that have the group themselves, those of Uniform scale sets too. */
function interfacesWith(world: AzureWorld, group: string): Reference[] {
  const has = (nic: AzureNicWorld): boolean => nic.securityGroup === group;
  return [
    ...world.nics.filter(has).map((nic) => ({ id: nicId(asWritten(world), nic.name) })),
    ...world.scaleSets.flatMap((set) =>
      set.instances.flatMap((one) =>
        one.nics.filter(has).map((nic) => ({ id: scaleSetNicId(asWritten(world), set, one, nic.name) })),
      ),
    ),
  ];
}

export function securityGroupOf(world: AzureWorld, group: AzureSecurityGroupWorld): WireGroup {
  const id = securityGroupId(world, group.name);
  const subnets = world.vnets.flatMap((vnet) =>
    vnet.subnets
      .filter((one) => one.securityGroup === group.name)
      .map((one) => ({ id: azureSubnetId(asWritten(world), vnet.name, one.name) })),
  );
  const networkInterfaces = interfacesWith(world, group.name);
  const properties: WireGroup['properties'] = {
    provisioningState: group.provisioningState,
    resourceGuid: uid(id),
    securityRules: group.rules.map((rule) => ruleOf(world, group.name, 'securityRules', rule)),
    defaultSecurityRules: DEFAULT_SECURITY_RULES.map((rule) => ruleOf(world, group.name, 'defaultSecurityRules', rule)),
    ...(subnets.length > 0 && { subnets }),
    ...(networkInterfaces.length > 0 && { networkInterfaces }),
  };
  return {
    name: group.name,
    id,
    etag: etagOf([id, properties]),
    type: 'Microsoft.Network/networkSecurityGroups',
    location: world.location,
    ...(Object.keys(group.tags).length > 0 && { tags: group.tags }),
    properties,
  };
}

export function applicationGroupOf(world: AzureWorld, name: string): Wire<ApplicationSecurityGroup> {
  const id = applicationGroupId(world, name);
  const properties: Wire<ApplicationSecurityGroup>['properties'] = {
    provisioningState: 'Succeeded',
    resourceGuid: uid(id),
  };
  const type = 'Microsoft.Network/applicationSecurityGroups';
  return { name, id, etag: etagOf([id, properties]), type, location: world.location, properties };
}
