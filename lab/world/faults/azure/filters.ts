/** Faults of network security groups: what they keep from pods, at a subnet or at one interface. */

import { canonical, cidrOf, covers, familyOf, formatAddress, rangeOf, subnetOf } from '../../addresses.ts';
import type { AzureNicWorld, AzureSecurityGroupWorld, AzureSecurityRuleWorld, AzureSubnetWorld } from '../../azure.ts';
import { securityGroupId } from '../../azure-ids.ts';
import { azureAt, azureNodeSubnets, azurePlace } from '../../azure-look.ts';
import type { AzurePlace } from '../../azure-look.ts';
import { putSecurityRule, securityGroup } from '../../azure-rules.ts';
import { DoesNotFit, must, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { NodeWorld, World } from '../../world.ts';
import type { Expected, Fault } from '../fault.ts';

/** A node subnet, by its place among them, or the interface of one node. */
export type GroupPlace = { subnet: number } | { nic: NodeRef };

interface Spot extends Pick<AzurePlace, 'azure'> {
  holder: AzureSubnetWorld | AzureNicWorld;
  /** For a group that is made here. */
  name: string;
  /** The nodes behind it. */
  nodes: NodeWorld[];
}

function spotOf(world: World, place: GroupPlace): Spot {
  if ('nic' in place) {
    const { azure, nic, node } = azureAt(world, place.nic);
    return { azure, holder: nic, name: `${nic.name}-${node.name}-nsg`, nodes: [node] };
  }
  const { azure, vnet, subnet, subnetId } = must(
    azureNodeSubnets(world)[place.subnet],
    `node subnet ${String(place.subnet)}`,
  );
  const nodes = world.cluster.nodes.filter((node) => azurePlace(world, node)?.subnetId === subnetId);
  return { azure, holder: subnet, name: `${vnet.name}-${subnet.name}-nsg`, nodes };
}

/** The group there; where there is none, one is made, or the one of that name taken. */
function groupAt({ azure, holder, name }: Spot): AzureSecurityGroupWorld {
  if (holder.securityGroup === undefined) {
    holder.securityGroup = name;
    if (!azure.securityGroups.some((one) => one.name === name)) azure.securityGroups.push(securityGroup(name));
  }
  return must(
    azure.securityGroups.find((one) => one.name === holder.securityGroup),
    `network security group ${holder.securityGroup}`,
  );
}

function textOf(place: GroupPlace): string {
  return 'nic' in place ? `the interface of ${String(place.nic)}` : `node subnet ${String(place.subnet)}`;
}

/** Addresses of all nodes that send to nodes behind the spot, as far as they are in the range. */
function sendersTo(world: World, { nodes }: Spot, range?: string): string[] {
  const families = new Set(nodes.flatMap((node) => node.podCIDRs.map(familyOf)));
  const senders = world.cluster.nodes.filter((node) => nodes.some((one) => one !== node));
  const cidrs = senders.flatMap(podsOf);
  const wanted = cidrs.filter((cidr) => families.has(familyOf(cidr)));
  return joined(range === undefined ? wanted : wanted.filter((cidr) => covers(rangeOf(range), rangeOf(cidr))));
}

function podsOf(node: NodeWorld): string[] {
  return node.podCIDRs.map(canonical);
}

/** As few prefixes as hold the same addresses. */
function joined(cidrs: string[]): string[] {
  const kept = new Set(cidrs);
  for (const cidr of [...kept].sort((a, b) => rangeOf(b).length - rangeOf(a).length)) join(kept, cidr);
  return [...kept].sort();
}

/** With its other half, a prefix is a shorter one, and so on. */
function join(kept: Set<string>, cidr: string): void {
  const { family, first, length } = rangeOf(cidr);
  if (length === 0 || !kept.has(cidr)) return;
  const whole = canonical(`${formatAddress({ family, value: first })}/${String(length - 1)}`);
  const { first: start, last } = rangeOf(whole);
  const size = (last - start + 1n) / 2n;
  const other = cidrOf({ family, first: first === start ? start + size : start, last, length });
  if (!kept.has(other)) return;
  kept.delete(cidr);
  kept.delete(other);
  kept.add(whole);
  join(kept, whole);
}

function about(spot: Spot, verdict: Expected['verdict'], prefixes: string[]): Expected[] {
  if (prefixes.length === 0) return [];
  const filters = [securityGroupId(spot.azure, spot.holder.securityGroup ?? '')];
  return [{ rule: 'firewall-excludes-pods', verdict, subjects: { prefixes, filters } }];
}

type AnyRule = Pick<AzureSecurityRuleWorld, 'name' | 'direction' | 'access'> & Partial<AzureSecurityRuleWorld>;

/** Any rule, in the group there; what it does to whom is left to the truth. */
export function azureRule(place: GroupPlace, rule: AnyRule): Fault {
  return {
    says: `${textOf(place)}: ${rule.direction} ${rule.access} ${JSON.stringify(rule)}`,
    into: (world) => {
      const spot = spotOf(world, place);
      const ends = [rule.source, rule.destination].flatMap((end) => end ?? []);
      const groups = ends.flatMap((end) => ('applicationGroups' in end ? end.applicationGroups : []));
      for (const name of groups) if (!spot.azure.applicationGroups.includes(name)) throw new DoesNotFit(`no ${name}`);
      putSecurityRule(groupAt(spot), rule);
      return [];
    },
  };
}

/** A rule before the default ones keeps the pod range out, which the tag VirtualNetwork would let in. */
export function azureDeniesPods(place: GroupPlace, range: string): Fault {
  return {
    says: `${textOf(place)}: a rule denies everything from ${range}`,
    into: (world) => {
      const spot = spotOf(world, place);
      const rule = { name: 'deny-legacy-ranges', priority: 4000, direction: 'Inbound', access: 'Deny' } as const;
      putSecurityRule(groupAt(spot), { ...rule, source: { prefixes: [range] } });
      return about(spot, 'fail', sendersTo(world, spot, range));
    },
  };
}

/** The last rule before the default ones denies all that is inbound. */
export function azureDeniesInbound(place: GroupPlace): Fault {
  return {
    says: `${textOf(place)}: a rule denies everything`,
    into: (world) => {
      const spot = spotOf(world, place);
      putSecurityRule(groupAt(spot), { name: 'deny-all', priority: 4096, direction: 'Inbound', access: 'Deny' });
      return about(spot, 'fail', sendersTo(world, spot));
    },
  };
}

/** Only TCP comes in: DNS over UDP and ICMP do not. */
export function azureOnlyTcp(place: GroupPlace): Fault {
  return {
    says: `${textOf(place)}: only TCP is let in`,
    into: (world) => {
      const spot = spotOf(world, place);
      const group = groupAt(spot);
      const inbound = { direction: 'Inbound' } as const;
      putSecurityRule(group, { ...inbound, name: 'tcp', access: 'Allow', protocol: 'Tcp', priority: 100 });
      putSecurityRule(group, { ...inbound, name: 'deny-all', access: 'Deny', priority: 4096 });
      return about(spot, 'unknown', sendersTo(world, spot));
    },
  };
}

/** Half of a node's podCIDR is kept out: `half` 0 is its first half, 1 its second. */
export function azureDeniesHalf(place: GroupPlace, ref: NodeRef, half: 0 | 1 = 1): Fault {
  return {
    says: `${textOf(place)}: a rule denies everything from half of ${String(ref)}'s podCIDR`,
    into: (world) => {
      const spot = spotOf(world, place);
      const { node } = azureAt(world, ref);
      const prefix = podRange(node);
      const longer = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
      const rule = { name: 'deny-half', direction: 'Inbound', access: 'Deny' } as const;
      putSecurityRule(groupAt(spot), { ...rule, source: { prefixes: [longer] } });
      return about(spot, 'fail', spot.nodes.some((one) => one !== node) ? [longer] : []);
    },
  };
}

/** The interfaces of these nodes are in an application security group. */
export function azureApplicationGroup(name: string, refs: NodeRef[]): Fault {
  return {
    says: `${refs.join(', ')} are in the application security group ${name}`,
    into: (world) => {
      for (const ref of refs) {
        const { azure, nic } = azureAt(world, ref);
        if (!azure.applicationGroups.includes(name)) azure.applicationGroups.push(name);
        for (const one of nic.ipConfigurations)
          one.applicationGroups = [...new Set([...(one.applicationGroups ?? []), name])];
      }
      return [];
    },
  };
}

/** Only members of an application security group are let in; whether their pods are, nobody knows. */
export function azureOnlyGroup(place: GroupPlace, name: string): Fault {
  return {
    says: `${textOf(place)}: only the application security group ${name} is let in`,
    into: (world) => {
      const spot = spotOf(world, place);
      if (!spot.azure.applicationGroups.includes(name)) throw new DoesNotFit(`there is no group ${name}`);
      const group = groupAt(spot);
      const members = { source: { applicationGroups: [name] }, priority: 100 };
      putSecurityRule(group, { name: 'members', direction: 'Inbound', access: 'Allow', ...members });
      putSecurityRule(group, { name: 'deny-all', direction: 'Inbound', access: 'Deny', priority: 4096 });
      return [];
    },
  };
}

/** No node subnet has a network security group, and everything is let through. */
export function azureNoGroups(): Fault {
  return {
    says: 'no node subnet has a network security group',
    into: (world) => {
      for (const { subnet } of azureNodeSubnets(world)) delete subnet.securityGroup;
      return [];
    },
  };
}

/** A whole group is in a state in which nobody knows what of it is in force. */
export function azureGroupState(place: GroupPlace, state: 'Failed' | 'Updating'): Fault {
  return {
    says: `the network security group of ${textOf(place)} is in state ${state}`,
    into: (world) => {
      groupAt(spotOf(world, place)).provisioningState = state;
      return [];
    },
  };
}
