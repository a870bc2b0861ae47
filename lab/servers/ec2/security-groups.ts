import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';

import type { GroupRuleWorld, SecurityGroupWorld } from '../../world/ec2-filters.ts';
import { tagsOf, type RegionView } from './view.ts';

/** EC2 answers with names where it has some, whatever the rule was made with. */
const NAMES: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

function trafficOf({ protocol, ports }: GroupRuleWorld): Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'> {
  const IpProtocol = NAMES[protocol] ?? protocol;
  if (!Object.values(NAMES).includes(IpProtocol)) return { IpProtocol };
  // All ports of tcp and udp are spelt out, all types of ICMP are -1.
  const all = IpProtocol.startsWith('icmp') ? { from: -1, to: -1 } : { from: 0, to: 65_535 };
  const { from, to } = ports ?? all;
  return { IpProtocol, FromPort: from, ToPort: to };
}

type Peers = Pick<IpPermission, 'UserIdGroupPairs' | 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds'>;
type Permission = Omit<IpPermission, keyof Peers> & { [K in keyof Peers]-?: NonNullable<Peers[K]> };

/** Rules for the same traffic share one permission, with the peers side by side. */
function permissions(view: RegionView, group: SecurityGroupWorld, egress: boolean): IpPermission[] {
  const found = new Map<string, Permission>();
  for (const rule of group.rules) {
    if (rule.egress !== egress) continue;
    const traffic = trafficOf(rule);
    const key = JSON.stringify(traffic);
    const empty: Permission = { ...traffic, UserIdGroupPairs: [], IpRanges: [], Ipv6Ranges: [], PrefixListIds: [] };
    const permission = found.get(key) ?? empty;
    found.set(key, permission);
    const { peer } = rule;
    if ('cidr' in peer) permission.IpRanges.push({ CidrIp: peer.cidr });
    else if ('ipv6Cidr' in peer) permission.Ipv6Ranges.push({ CidrIpv6: peer.ipv6Cidr });
    else if ('prefixListId' in peer) permission.PrefixListIds.push({ PrefixListId: peer.prefixListId });
    else permission.UserIdGroupPairs.push(groupPair(view, group, peer));
  }
  return [...found.values()];
}

function groupPair(
  view: RegionView,
  { vpcId }: SecurityGroupWorld,
  { groupId, account, peering }: Extract<GroupRuleWorld['peer'], { groupId: string }>,
): NonNullable<IpPermission['UserIdGroupPairs']>[number] {
  const pair = { UserId: account ?? view.world.accountId, GroupId: groupId };
  if (peering === undefined) return pair;
  const other = view.securityGroups.get(groupId)?.vpcId;
  return {
    ...pair,
    ...(other !== undefined && other !== vpcId ? { VpcId: other } : {}),
    VpcPeeringConnectionId: peering,
    PeeringStatus: 'active',
  };
}

export function describeSecurityGroup(view: RegionView, group: SecurityGroupWorld): SecurityGroup {
  const { accountId, region } = view.world;
  return {
    GroupId: group.id,
    IpPermissionsEgress: permissions(view, group, true),
    Tags: tagsOf(group.tags),
    VpcId: group.vpcId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${group.id}`,
    OwnerId: accountId,
    GroupName: group.name,
    Description: `${group.name} of the lab`,
    IpPermissions: permissions(view, group, false),
  };
}
