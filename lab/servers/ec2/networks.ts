import type { ManagedPrefixList, PrefixListEntry, Region, Subnet, Vpc } from '@aws-sdk/client-ec2';

import type { PrefixListWorld, SubnetWorld, VpcWorld } from '../../world/world.ts';
import { derivedId, tagsOf, zoneId, type RegionView } from './view.ts';

export function describeVpc(view: RegionView, vpc: VpcWorld): Vpc {
  return {
    OwnerId: view.world.accountId,
    InstanceTenancy: 'default',
    ...(vpc.ipv6Cidrs.length > 0 && {
      Ipv6CidrBlockAssociationSet: vpc.ipv6Cidrs.map((Ipv6CidrBlock) => ({
        AssociationId: derivedId('vpc-cidr-assoc', vpc.id, Ipv6CidrBlock),
        Ipv6CidrBlock,
        Ipv6CidrBlockState: { State: 'associated' as const },
        NetworkBorderGroup: view.world.region,
        Ipv6Pool: 'Amazon',
        Ipv6AddressAttribute: 'public' as const,
        IpSource: 'amazon' as const,
      })),
    }),
    CidrBlockAssociationSet: vpc.cidrs.map((CidrBlock) => ({
      AssociationId: derivedId('vpc-cidr-assoc', vpc.id, CidrBlock),
      CidrBlock,
      CidrBlockState: { State: 'associated' as const },
    })),
    IsDefault: false,
    Tags: tagsOf(vpc.tags),
    VpcId: vpc.id,
    State: 'available',
    CidrBlock: vpc.cidrs[0] ?? '',
    DhcpOptionsId: derivedId('dopt', view.world.accountId, view.world.region),
  };
}

function freeAddresses(view: RegionView, subnet: SubnetWorld): number {
  const size = 2 ** (32 - Number(subnet.cidr.split('/')[1] ?? 32));
  const used = view.world.interfaces
    .filter((one) => one.subnetId === subnet.id)
    .reduce((sum, one) => sum + one.privateIps.length + 16 * one.ipv4Prefixes.length, 0);
  // Five addresses of each subnet are AWS's own (VPC guide, subnet sizing).
  return Math.max(0, size - 5 - used);
}

export function describeSubnet(view: RegionView, subnet: SubnetWorld): Subnet {
  const { accountId, region } = view.world;
  return {
    AvailabilityZoneId: zoneId(subnet.zone),
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: accountId,
    AssignIpv6AddressOnCreation: subnet.ipv6Cidrs.length > 0,
    Ipv6CidrBlockAssociationSet: subnet.ipv6Cidrs.map((Ipv6CidrBlock) => ({
      AssociationId: derivedId('subnet-cidr-assoc', subnet.id, Ipv6CidrBlock),
      Ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' as const },
      Ipv6AddressAttribute: 'public' as const,
      IpSource: 'amazon' as const,
    })),
    Tags: tagsOf(subnet.tags),
    SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnet.id}`,
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    SubnetId: subnet.id,
    State: 'available',
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: freeAddresses(view, subnet),
    AvailabilityZone: subnet.zone,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
  };
}

const isIpv6 = (list: PrefixListWorld): boolean => list.entries.some((cidr) => cidr.includes(':'));

export function describePrefixList(view: RegionView, list: PrefixListWorld): ManagedPrefixList {
  // AWS's own lists (such as com.amazonaws.eu-central-1.s3) have the owner AWS and neither version nor size.
  const own = list.ownerId !== 'AWS';
  return {
    PrefixListId: list.id,
    AddressFamily: isIpv6(list) ? 'IPv6' : 'IPv4',
    State: 'create-complete',
    PrefixListArn: `arn:aws:ec2:${view.world.region}:${own ? list.ownerId : 'aws'}:prefix-list/${list.id}`,
    PrefixListName: list.name,
    ...(own && { MaxEntries: Math.max(10, list.entries.length), Version: 1 }),
    Tags: [],
    OwnerId: list.ownerId,
  };
}

export function prefixListEntries(list: PrefixListWorld): PrefixListEntry[] {
  return list.entries.map((Cidr) => ({ Cidr }));
}

// Some regions that need no opt-in; the world's own are added.
const EVER = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-1'];

export function describeRegions(own: readonly string[]): Region[] {
  return [...new Set([...EVER, ...own])].sort().map((RegionName) => ({
    OptInStatus: 'opt-in-not-required',
    RegionName,
    Endpoint: `ec2.${RegionName}.amazonaws.com`,
  }));
}
