/** Security groups and network ACLs: what they are made of, and those of a healthy network. */

import { familyOf } from './addresses.ts';
import { ec2Id } from './ids.ts';
import { must } from './look.ts';
import type { AwsRegionWorld, SubnetWorld, Tagged, VpcWorld } from './world.ts';

export interface SecurityGroupWorld extends Tagged {
  id: string;
  vpcId: string;
  name: string;
  rules: GroupRuleWorld[];
}

/** All rules allow. */
export interface GroupRuleWorld {
  egress: boolean;
  /** As EC2 spells it: tcp, udp, icmp, icmpv6; `-1` for all; else a number. */
  protocol: string;
  /** tcp and udp: ports. icmp and icmpv6: `from` is the type, `to` the code; -1: all. Absent: all. */
  ports?: { from: number; to: number };
  peer: GroupPeerWorld;
}

export type GroupPeerWorld =
  | { cidr: string }
  | { ipv6Cidr: string }
  | { prefixListId: string }
  /** `account`, `peering`: of a group at the other end of a peering connection. */
  | { groupId: string; account?: string; peering?: string };

export interface NetworkAclWorld extends Tagged {
  id: string;
  vpcId: string;
  /** Governs the subnets of its network that no other ACL has. */
  isDefault: boolean;
  /** Explicit associations. */
  subnetIds: string[];
  /** Without the last entries, which refuse everything: every ACL has them. */
  entries: AclEntryWorld[];
}

export interface AclEntryWorld {
  number: number;
  egress: boolean;
  action: 'allow' | 'deny';
  /** A number as text; `-1` for all. */
  protocol: string;
  cidr: string;
  /** Protocols 6 and 17; absent: all. */
  ports?: { from: number; to: number };
  /** Protocols 1 and 58; -1: all. */
  icmp?: { type: number; code: number };
}

export function peerOf(cidr: string): GroupPeerWorld {
  return familyOf(cidr) === 4 ? { cidr } : { ipv6Cidr: cidr };
}

export function aclOf(region: AwsRegionWorld, subnet: SubnetWorld): NetworkAclWorld {
  const own = region.networkAcls.filter((one) => one.vpcId === subnet.vpcId);
  const found = own.find((one) => one.subnetIds.includes(subnet.id)) ?? own.find((one) => one.isDefault);
  return must(found, `network ACL for ${subnet.id}`);
}

/** As AWS makes it with a network: everything may pass. */
export function defaultAcl(vpc: VpcWorld, ...seed: string[]): NetworkAclWorld {
  const all = [
    { number: 100, cidr: '0.0.0.0/0' },
    ...(vpc.ipv6Cidrs.length > 0 ? [{ number: 101, cidr: '::/0' }] : []),
  ];
  return {
    id: ec2Id('acl', ...seed),
    vpcId: vpc.id,
    isDefault: true,
    subnetIds: [],
    entries: [true, false].flatMap((egress) =>
      all.map(({ number, cidr }) => ({ number, egress, action: 'allow' as const, protocol: '-1', cidr })),
    ),
    tags: {},
  };
}

/** A group that lets everything out, and in what comes from the network's own ranges and the given ones. */
export function nodeGroup(vpc: VpcWorld, podRanges: readonly string[], ...seed: string[]): SecurityGroupWorld {
  const all = { protocol: '-1' } as const;
  const anywhere = ['0.0.0.0/0', ...(vpc.ipv6Cidrs.length > 0 ? ['::/0'] : [])];
  return {
    id: ec2Id('sg', ...seed),
    vpcId: vpc.id,
    name: 'nodes',
    rules: [
      ...[...podRanges, ...vpc.cidrs, ...vpc.ipv6Cidrs].map((cidr) => ({ ...all, egress: false, peer: peerOf(cidr) })),
      ...anywhere.map((cidr) => ({ ...all, egress: true, peer: peerOf(cidr) })),
    ],
    tags: {},
  };
}
