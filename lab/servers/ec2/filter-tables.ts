/** What DescribeSecurityGroups and DescribeNetworkAcls can be narrowed by. */

import type { IpPermission } from '@aws-sdk/client-ec2';

import type { NetworkAclWorld, SecurityGroupWorld } from '../../world/ec2-filters.ts';
import { TAG_KEY, type FilterTable, type Values } from './filters.ts';
import { entriesOf, subnetsOf } from './network-acls.ts';
import { describeSecurityGroup } from './security-groups.ts';
import { derivedId } from './view.ts';

type Texts = (permission: IpPermission) => (string | number | undefined)[];

const permission = (egress: boolean, of: Texts): Values<SecurityGroupWorld> =>
  function values(view, group) {
    const { IpPermissions = [], IpPermissionsEgress = [] } = describeSecurityGroup(view, group);
    return (egress ? IpPermissionsEgress : IpPermissions).flatMap(of).map((value) => value?.toString());
  };

const PERMISSION: Readonly<Record<string, Texts>> = {
  cidr: (one) => one.IpRanges?.map(({ CidrIp }) => CidrIp) ?? [],
  'from-port': (one) => [one.FromPort],
  'group-id': (one) => one.UserIdGroupPairs?.map(({ GroupId }) => GroupId) ?? [],
  'ipv6-cidr': (one) => one.Ipv6Ranges?.map(({ CidrIpv6 }) => CidrIpv6) ?? [],
  'prefix-list-id': (one) => one.PrefixListIds?.map(({ PrefixListId }) => PrefixListId) ?? [],
  protocol: (one) => [one.IpProtocol],
  'to-port': (one) => [one.ToPort],
  'user-id': (one) => one.UserIdGroupPairs?.map(({ UserId }) => UserId) ?? [],
};

export const securityGroupTable: FilterTable<SecurityGroupWorld> = {
  description: (view, group) => [describeSecurityGroup(view, group).Description],
  'group-id': (_, group) => [group.id],
  'group-name': (_, group) => [group.name],
  'owner-id': (view) => [view.world.accountId],
  'tag-key': TAG_KEY,
  'vpc-id': (_, group) => [group.vpcId],
  ...Object.fromEntries(
    Object.entries(PERMISSION).flatMap(([name, of]) => [
      [`ip-permission.${name}`, permission(false, of)],
      [`egress.ip-permission.${name}`, permission(true, of)],
    ]),
  ),
};

const entry =
  (of: (one: ReturnType<typeof entriesOf>[number]) => string | number | undefined): Values<NetworkAclWorld> =>
  (view, acl) =>
    entriesOf(view, acl).map((one) => of(one)?.toString());

export const networkAclTable: FilterTable<NetworkAclWorld> = {
  'association.association-id': (view, acl) => subnetsOf(view, acl).map((id) => derivedId('aclassoc', acl.id, id)),
  'association.network-acl-id': (view, acl) => (subnetsOf(view, acl).length > 0 ? [acl.id] : []),
  'association.subnet-id': subnetsOf,
  default: (_, acl) => [String(acl.isDefault)],
  'entry.cidr': entry(({ cidr }) => (cidr.includes(':') ? undefined : cidr)),
  'entry.egress': entry(({ egress }) => String(egress)),
  'entry.icmp.code': entry(({ icmp }) => icmp?.code),
  'entry.icmp.type': entry(({ icmp }) => icmp?.type),
  'entry.ipv6-cidr': entry(({ cidr }) => (cidr.includes(':') ? cidr : undefined)),
  'entry.port-range.from': entry(({ ports }) => ports?.from),
  'entry.port-range.to': entry(({ ports }) => ports?.to),
  'entry.protocol': entry(({ protocol }) => protocol),
  'entry.rule-action': entry(({ action }) => action),
  'entry.rule-number': entry(({ number }) => number),
  'network-acl-id': (_, acl) => [acl.id],
  'owner-id': (view) => [view.world.accountId],
  'tag-key': TAG_KEY,
  'vpc-id': (_, acl) => [acl.vpcId],
};
