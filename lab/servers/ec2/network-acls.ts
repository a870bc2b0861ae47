import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';

import { aclOf } from '../../world/ec2-filters.ts';
import type { AclEntryWorld, NetworkAclWorld } from '../../world/ec2-filters.ts';
import { derivedId, tagsOf, type RegionView } from './view.ts';

/** Every subnet has exactly one ACL, and that ACL shows it, whether somebody chose it or not. */
export function subnetsOf({ world }: RegionView, acl: NetworkAclWorld): string[] {
  return world.subnets
    .filter((subnet) => subnet.vpcId === acl.vpcId && aclOf(world, subnet) === acl)
    .map((subnet) => subnet.id);
}

function describeEntry(entry: AclEntryWorld): NetworkAclEntry {
  const { cidr, egress, icmp, ports, protocol, action, number } = entry;
  return {
    ...(cidr.includes(':') ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
    Egress: egress,
    ...(icmp === undefined ? {} : { IcmpTypeCode: { Code: icmp.code, Type: icmp.type } }),
    ...(ports === undefined ? {} : { PortRange: { From: ports.from, To: ports.to } }),
    Protocol: protocol,
    RuleAction: action,
    RuleNumber: number,
  };
}

/** What stands behind every ACL and cannot be removed; for IPv6 only where the network has it. */
function lastEntries(view: RegionView, acl: NetworkAclWorld): AclEntryWorld[] {
  const hasIpv6 = (view.vpcs.get(acl.vpcId)?.ipv6Cidrs.length ?? 0) > 0;
  const ends = [{ number: 32_767, cidr: '0.0.0.0/0' }, ...(hasIpv6 ? [{ number: 32_768, cidr: '::/0' }] : [])];
  return [true, false].flatMap((egress) =>
    ends.map((end) => ({ ...end, egress, action: 'deny' as const, protocol: '-1' })),
  );
}

/** All entries as they are shown, the last ones included. */
export function entriesOf(view: RegionView, acl: NetworkAclWorld): AclEntryWorld[] {
  return [...acl.entries, ...lastEntries(view, acl)];
}

export function describeNetworkAcl(view: RegionView, acl: NetworkAclWorld): NetworkAcl {
  return {
    Associations: subnetsOf(view, acl).map((SubnetId) => ({
      NetworkAclAssociationId: derivedId('aclassoc', acl.id, SubnetId),
      NetworkAclId: acl.id,
      SubnetId,
    })),
    Entries: entriesOf(view, acl).map(describeEntry),
    IsDefault: acl.isDefault,
    NetworkAclId: acl.id,
    Tags: tagsOf(acl.tags),
    VpcId: acl.vpcId,
    OwnerId: view.world.accountId,
  };
}
