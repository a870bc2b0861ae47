import type { InstanceNetworkInterface, NetworkInterface, NetworkInterfaceType } from '@aws-sdk/client-ec2';

import type { InterfaceWorld } from '../../world/world.ts';
import { derivedId, macAddress, privateDnsName, tagsOf, zoneId, type RegionView } from './view.ts';

/** A group that has gone meanwhile would not have been let go: every id has its name. */
export function groupsOf(view: RegionView, one: InterfaceWorld): { GroupId: string; GroupName: string }[] {
  return one.groupIds.map((GroupId) => ({ GroupId, GroupName: view.securityGroups.get(GroupId)?.name ?? '' }));
}

/** Interfaces that a service attaches to something that is no instance of the account. */
const SERVICE_TYPES = new Set<InterfaceWorld['interfaceType']>(['nat_gateway', 'vpc_endpoint', 'lambda']);

export function isServiceInterface(one: InterfaceWorld): boolean {
  return SERVICE_TYPES.has(one.interfaceType);
}

/** Whether the instance that the interface belongs to is still there. */
export function isAttached(view: RegionView, one: InterfaceWorld): boolean {
  if (one.instanceId === undefined) return false;
  const instance = view.instances.get(one.instanceId);
  return instance !== undefined && instance.state !== 'terminated';
}

/** What DescribeNetworkInterfaces and DescribeInstances say alike. */
function common(view: RegionView, one: InterfaceWorld) {
  const subnet = view.subnets.get(one.subnetId);
  const vpcId = subnet?.vpcId ?? '';
  const { region, accountId } = view.world;
  const primary = one.privateIps[0];
  return {
    Description: one.interfaceType === 'interface' ? '' : `lab ${one.interfaceType}`,
    Groups: groupsOf(view, one),
    MacAddress: macAddress(one.id),
    NetworkInterfaceId: one.id,
    OwnerId: accountId,
    ...(primary !== undefined && { PrivateDnsName: privateDnsName(primary, region), PrivateIpAddress: primary }),
    PrivateIpAddresses: one.privateIps.map((ip, index) => ({
      Primary: index === 0,
      PrivateDnsName: privateDnsName(ip, region),
      PrivateIpAddress: ip,
    })),
    Ipv6Addresses: one.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    ...(one.ipv4Prefixes.length > 0 && { Ipv4Prefixes: one.ipv4Prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })) }),
    ...(one.ipv6Prefixes.length > 0 && { Ipv6Prefixes: one.ipv6Prefixes.map((Ipv6Prefix) => ({ Ipv6Prefix })) }),
    SourceDestCheck: one.sourceDestCheck,
    SubnetId: one.subnetId,
    VpcId: vpcId,
    ...(one.managedHidden !== undefined && {
      Operator: { Managed: true, Principal: 'eks.amazonaws.com', HiddenByDefault: one.managedHidden },
    }),
  };
}

function attachment(view: RegionView, one: InterfaceWorld) {
  const launched = view.instances.get(one.instanceId ?? '')?.launchedAt;
  return {
    AttachTime: new Date(launched ?? view.now),
    AttachmentId: derivedId('eni-attach', one.id),
    DeleteOnTermination: one.deviceIndex === 0,
    DeviceIndex: one.deviceIndex ?? 0,
    NetworkCardIndex: 0,
    Status: 'attached' as const,
  };
}

/** A service's interface is attached to something of the service: there is an attachment, but no instance in it. */
function serviceAttachment(one: InterfaceWorld): NonNullable<NetworkInterface['Attachment']> {
  return {
    AttachmentId: derivedId('ela-attach', one.id),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: 'amazon-aws',
    Status: 'attached',
  };
}

export function describeInterface(view: RegionView, one: InterfaceWorld): NetworkInterface {
  const service = isServiceInterface(one);
  const attached = isAttached(view, one);
  const zone = view.subnets.get(one.subnetId)?.zone;
  return {
    ...common(view, one),
    ...(attached && {
      Attachment: { ...attachment(view, one), InstanceId: one.instanceId, InstanceOwnerId: view.world.accountId },
    }),
    ...(service && { Attachment: serviceAttachment(one) }),
    ...(zone !== undefined && { AvailabilityZone: zone, AvailabilityZoneId: zoneId(zone) }),
    // The model's enumeration says natGateway; the service and the filter's documentation say nat_gateway.
    InterfaceType: one.interfaceType as NetworkInterfaceType,
    RequesterManaged: service || one.managedHidden !== undefined,
    ...((service || one.managedHidden !== undefined) && { RequesterId: 'amazon-lab' }),
    Status: attached || service ? 'in-use' : 'available',
    TagSet: tagsOf(one.tags),
  };
}

export function describeInstanceInterface(view: RegionView, one: InterfaceWorld): InstanceNetworkInterface {
  return {
    ...common(view, one),
    Attachment: attachment(view, one),
    InterfaceType: one.interfaceType,
    Status: 'in-use',
  };
}
