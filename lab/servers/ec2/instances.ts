import type { Instance, InstanceStateName, Reservation } from '@aws-sdk/client-ec2';

import type { InstanceWorld, InterfaceWorld } from '../../world/world.ts';
import { describeInstanceInterface, groupsOf } from './interfaces.ts';
import { derivedId, digest, privateDnsName, tagsOf, zoneId, type RegionView } from './view.ts';

const STATE_CODES: Record<InstanceWorld['state'], number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

function stateReason(state: InstanceWorld['state']): Pick<Instance, 'StateReason'> {
  if (state === 'running' || state === 'pending') return {};
  const Code = 'Client.UserInitiatedShutdown';
  return { StateReason: { Code, Message: `${Code}: User initiated shutdown` } };
}

function network(view: RegionView, primary: InterfaceWorld): Partial<Instance> {
  const ip = primary.privateIps[0];
  return {
    SubnetId: primary.subnetId,
    VpcId: view.subnets.get(primary.subnetId)?.vpcId,
    ...(ip !== undefined && { PrivateIpAddress: ip, PrivateDnsName: privateDnsName(ip, view.world.region) }),
    ...(primary.ipv6Addresses[0] !== undefined && { Ipv6Address: primary.ipv6Addresses[0] }),
    // The instance shows its primary interface's flag; it has none of its own (VPC guide, NAT instances).
    SourceDestCheck: primary.sourceDestCheck,
  };
}

/** The interfaces of an instance in the order of their device numbers. A terminated one has none any more. */
export function interfacesOf(view: RegionView, instance: InstanceWorld): InterfaceWorld[] {
  if (instance.state === 'terminated') return [];
  return instance.interfaceIds
    .flatMap((id) => view.interfaces.get(id) ?? [])
    .sort((a, b) => (a.deviceIndex ?? 0) - (b.deviceIndex ?? 0));
}

export function describeInstance(view: RegionView, instance: InstanceWorld): Instance {
  const interfaces = interfacesOf(view, instance);
  const primary = interfaces.find((one) => one.deviceIndex === 0) ?? interfaces[0];
  const launched = new Date(instance.launchedAt);
  const name: InstanceStateName = instance.state;
  return {
    AmiLaunchIndex: 0,
    Architecture: 'x86_64',
    BlockDeviceMappings:
      primary === undefined
        ? []
        : [
            {
              DeviceName: '/dev/xvda',
              Ebs: {
                AttachTime: launched,
                DeleteOnTermination: true,
                Status: 'attached',
                VolumeId: derivedId('vol', instance.id),
              },
            },
          ],
    ClientToken: digest('token', instance.id),
    CpuOptions: { CoreCount: 2, ThreadsPerCore: 2 },
    EbsOptimized: true,
    EnaSupport: true,
    Hypervisor: 'xen',
    ImageId: derivedId('ami', view.world.region),
    InstanceId: instance.id,
    InstanceType: 'm6i.xlarge',
    LaunchTime: launched,
    MetadataOptions: {
      State: 'applied',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'disabled',
    },
    Monitoring: { State: 'disabled' },
    NetworkInterfaces: interfaces.map((one) => describeInstanceInterface(view, one)),
    Placement: {
      AvailabilityZone: instance.zone,
      AvailabilityZoneId: zoneId(instance.zone),
      GroupName: '',
      Tenancy: 'default',
    },
    PrivateDnsName: '',
    PublicDnsName: '',
    ProductCodes: [],
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SecurityGroups: primary === undefined ? [] : groupsOf(view, primary),
    State: { Code: STATE_CODES[instance.state], Name: name },
    ...stateReason(instance.state),
    StateTransitionReason: instance.state === 'running' ? '' : 'User initiated',
    Tags: tagsOf(instance.tags),
    VirtualizationType: 'hvm',
    ...(primary !== undefined && network(view, primary)),
  };
}

export function reservationId(view: RegionView, instance: InstanceWorld): string {
  return derivedId('r', view.world.accountId, instance.launchedAt, instance.zone);
}

/**
 * Instances by the launch that made them: those of one moment in one zone share a reservation. Pages are counted in
 * instances, so a reservation may go on on the next page.
 */
export function reservationsOf(view: RegionView, instances: readonly InstanceWorld[]): Reservation[] {
  const reservations = new Map<string, Reservation & { Instances: Instance[] }>();
  for (const instance of instances) {
    const ReservationId = reservationId(view, instance);
    const reservation = reservations.get(ReservationId) ?? {
      ReservationId,
      OwnerId: view.world.accountId,
      Groups: [],
      Instances: [],
    };
    reservations.set(ReservationId, reservation);
    reservation.Instances.push(describeInstance(view, instance));
  }
  return [...reservations.values()];
}
