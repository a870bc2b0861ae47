/** The security groups and network ACLs of a lab world in moto: made before the interfaces, which are born into groups. */
import type { EC2Client, IpPermission } from '@aws-sdk/client-ec2';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateSecurityGroupCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { GroupPeerWorld, GroupRuleWorld, NetworkAclWorld } from '../../lab/world/ec2-filters.ts';
import { must } from '../../lab/world/look.ts';
import type { AwsRegionWorld } from '../../lab/world/world.ts';

/** The lab's id -> moto's, for what was made so far. */
interface Names {
  of(id: string): string;
  learn(id: string, made: string | undefined): void;
}

const ANYWHERE: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

/** Prefix lists that rules name have to be there already. */
export async function seedFilters(client: EC2Client, region: AwsRegionWorld, names: Names): Promise<void> {
  for (const group of region.securityGroups) {
    const VpcId = names.of(group.vpcId);
    const made = await client.send(
      new CreateSecurityGroupCommand({ GroupName: group.name, Description: group.name, VpcId }),
    );
    names.learn(group.id, made.GroupId);
  }
  for (const group of region.securityGroups) {
    const GroupId = names.of(group.id);
    // As in EC2, a new group lets everything out.
    await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [ANYWHERE] }));
    for (const rule of group.rules) {
      const input = { GroupId, IpPermissions: [permissionOf(rule, names)] };
      if (rule.egress) await client.send(new AuthorizeSecurityGroupEgressCommand(input));
      else await client.send(new AuthorizeSecurityGroupIngressCommand(input));
    }
  }
  for (const acl of region.networkAcls) await seedAcl(client, acl, names);
}

function permissionOf({ protocol, ports, peer }: GroupRuleWorld, names: Names): IpPermission {
  return {
    IpProtocol: protocol,
    // moto breaks off where a rule for some protocol has no ports, also where the protocol has none.
    ...(protocol === '-1' ? {} : { FromPort: ports?.from ?? -1, ToPort: ports?.to ?? -1 }),
    ...peerOf(peer, names),
  };
}

function peerOf(peer: GroupPeerWorld, names: Names): IpPermission {
  if ('cidr' in peer) return { IpRanges: [{ CidrIp: peer.cidr }] };
  if ('ipv6Cidr' in peer) return { Ipv6Ranges: [{ CidrIpv6: peer.ipv6Cidr }] };
  if ('prefixListId' in peer) return { PrefixListIds: [{ PrefixListId: names.of(peer.prefixListId) }] };
  return { UserIdGroupPairs: [{ GroupId: names.of(peer.groupId) }] };
}

async function seedAcl(client: EC2Client, acl: NetworkAclWorld, names: Names): Promise<void> {
  const VpcId = names.of(acl.vpcId);
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { NetworkAcls = [] } = await client.send(new DescribeNetworkAclsCommand({ Filters }));
  if (acl.isDefault) {
    names.learn(acl.id, NetworkAcls.find((one) => one.IsDefault === true)?.NetworkAclId);
    return;
  }
  const made = await client.send(new CreateNetworkAclCommand({ VpcId }));
  const NetworkAclId = must(made.NetworkAcl?.NetworkAclId, 'id of an ACL');
  names.learn(acl.id, NetworkAclId);
  for (const { number, egress, action, protocol, cidr, ports, icmp } of acl.entries) {
    await client.send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId,
        RuleNumber: number,
        Egress: egress,
        RuleAction: action,
        Protocol: protocol,
        CidrBlock: cidr,
        ...(ports === undefined ? {} : { PortRange: { From: ports.from, To: ports.to } }),
        ...(icmp === undefined ? {} : { IcmpTypeCode: { Type: icmp.type, Code: icmp.code } }),
      }),
    );
  }
  const associations = NetworkAcls.flatMap((one) => one.Associations ?? []);
  for (const subnet of acl.subnetIds) {
    const AssociationId = associations.find(({ SubnetId }) => SubnetId === names.of(subnet))?.NetworkAclAssociationId;
    await client.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
  }
}
