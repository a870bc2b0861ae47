import {
  DescribeInstancesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateGetManagedPrefixListEntries,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';

import type { World } from '../../../../lab/world/world.ts';
import { ec2Of, smallWorld, withLab } from './support.ts';

const region = (world: World) => world.aws[0]!;

test('all pages together hold every instance once, page by page in instances, not reservations', async () => {
  const world = smallWorld({ nodes: 23 });
  await withLab(world, {}, async (lab) => {
    const pages: number[] = [];
    const ids: (string | undefined)[] = [];
    for await (const page of paginateDescribeInstances({ client: ec2Of(lab), pageSize: 10 }, {})) {
      const instances = (page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
      pages.push(instances.length);
      ids.push(...instances.map((one) => one.InstanceId));
    }
    expect(pages).toEqual([10, 10, 3]);
    expect(new Set(ids)).toEqual(new Set(region(world).instances.map((one) => one.id)));
    expect(lab.requests().map((one) => [one.service, one.operation, one.status, one.write])).toEqual(
      Array.from({ length: 3 }, () => ['ec2', 'DescribeInstances', 200, false]),
    );
  });
});

test('sparse pages come short and even empty, and still all is found', async () => {
  const world = smallWorld({ nodes: 20 });
  await withLab(world, { sparsePages: true }, async (lab) => {
    const last = region(world).instances.at(-1)!.id;
    const input = { Filters: [{ Name: 'instance-id', Values: [last] }] };
    const pages: number[] = [];
    for await (const page of paginateDescribeInstances({ client: ec2Of(lab), pageSize: 5 }, input)) {
      pages.push((page.Reservations ?? []).length);
    }
    expect(pages).toEqual([0, 0, 0, 1, 0]);
  });
});

test('interfaces page by page, and a lower bound that the lab sets on pages is not the client’s end', async () => {
  const world = smallWorld({ nodes: 12 });
  await withLab(world, { pageSize: { ec2: 5 } }, async (lab) => {
    const ids: (string | undefined)[] = [];
    for await (const page of paginateDescribeNetworkInterfaces({ client: ec2Of(lab), pageSize: 1000 }, {})) {
      ids.push(...(page.NetworkInterfaces ?? []).map((one) => one.NetworkInterfaceId));
    }
    expect(ids).toEqual(region(world).interfaces.map((one) => one.id));
    expect(lab.requests()).toHaveLength(3);
  });
});

test('an instance shows its primary interface’s source/destination check and has none of its own', async () => {
  const world = smallWorld();
  const [, on] = region(world).interfaces;
  on!.sourceDestCheck = true;
  await withLab(world, {}, async (lab) => {
    const { Reservations = [] } = await ec2Of(lab).send(new DescribeInstancesCommand({}));
    const instances = Reservations.flatMap((reservation) => reservation.Instances ?? []);
    expect(instances).toHaveLength(3);
    for (const one of instances) {
      expect(one.SourceDestCheck).toBe(one.InstanceId === on!.instanceId);
      expect(one.NetworkInterfaces![0]!.SourceDestCheck).toBe(one.SourceDestCheck);
    }
  });
});

test('a terminated instance lingers without interfaces, subnet or addresses', async () => {
  const world = smallWorld();
  const [instance] = region(world).instances;
  instance!.state = 'terminated';
  instance!.interfaceIds = [];
  await withLab(world, {}, async (lab) => {
    const { Reservations } = await ec2Of(lab).send(new DescribeInstancesCommand({ InstanceIds: [instance!.id] }));
    const shown = Reservations![0]!.Instances![0]!;
    expect(shown.State).toEqual({ Code: 48, Name: 'terminated' });
    expect(shown.NetworkInterfaces).toEqual([]);
    expect(shown).not.toHaveProperty('SubnetId');
    expect(shown).not.toHaveProperty('PrivateIpAddress');
    expect(shown.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
  });
});

test('filters: values are alternatives, filters are conditions, wildcards count, case too', async () => {
  const world = smallWorld({ nodes: 5 });
  await withLab(world, {}, async (lab) => {
    const client = ec2Of(lab);
    const names = async (...filters: [string, ...string[]][]): Promise<string[]> => {
      const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
      const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }));
      const instances = Reservations.flatMap((reservation) => reservation.Instances ?? []);
      return instances.map((one) => one.Tags!.find((tag) => tag.Key === 'Name')!.Value!);
    };
    expect(await names(['tag:Name', 'worker-01', 'worker-0?'])).toHaveLength(5);
    expect(await names(['tag:Name', 'worker-0[1]'])).toEqual([]);
    expect(await names(['tag:Name', 'WORKER-01'])).toEqual([]);
    expect(await names(['tag:Name', 'worker-0\\?'])).toEqual([]);
    expect(await names(['tag:Name', '*'], ['private-ip-address', '10.40.0.10'])).toEqual(['worker-01']);
    expect(await names(['network-interface.addresses.private-ip-address', '10.40.0.10'])).toEqual(['worker-01']);
    expect(await names(['instance-state-name', 'stopped'])).toEqual([]);
    expect(await names(['source-dest-check', 'false'], ['vpc-id', region(world).vpcs[0]!.id])).toHaveLength(5);
  });
});

test('hidden managed interfaces are shown only to those who ask for them', async () => {
  const world = smallWorld();
  const hidden = region(world).interfaces[0]!;
  hidden.managedHidden = true;
  await withLab(world, {}, async (lab) => {
    const client = ec2Of(lab);
    const plain = await client.send(new DescribeNetworkInterfacesCommand({}));
    expect(plain.NetworkInterfaces).toHaveLength(2);
    const all = await client.send(new DescribeNetworkInterfacesCommand({ IncludeManagedResources: true }));
    expect(all.NetworkInterfaces!.find((one) => one.NetworkInterfaceId === hidden.id)?.Operator).toMatchObject({
      Managed: true,
    });
    const instances = await client.send(new DescribeInstancesCommand({ InstanceIds: [hidden.instanceId!] }));
    expect(instances.Reservations![0]!.Instances![0]!.NetworkInterfaces).toEqual([]);
  });
});

test('a NAT gateway’s interface is in use and attached, but to no instance', async () => {
  const world = smallWorld();
  const [pattern] = region(world).interfaces;
  const { instanceId: _i, deviceIndex: _d, ...rest } = structuredClone(pattern!);
  region(world).interfaces.push({ ...rest, id: 'eni-0123456789abcdef0', interfaceType: 'nat_gateway' });
  await withLab(world, {}, async (lab) => {
    const Filters = [{ Name: 'attachment.instance-owner-id', Values: ['amazon-aws'] }];
    const { NetworkInterfaces } = await ec2Of(lab).send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toMatchObject([
      { Status: 'in-use', RequesterManaged: true, InterfaceType: 'nat_gateway' },
    ]);
    expect(NetworkInterfaces![0]!.Attachment).toMatchObject({ Status: 'attached' });
    expect(NetworkInterfaces![0]!.Attachment).not.toHaveProperty('InstanceId');
  });
});

test('delegated prefixes, several addresses and text that XML would misread arrive unharmed', async () => {
  const world = smallWorld({ ipv6: true });
  const one = region(world).interfaces[0]!;
  one.ipv4Prefixes.push('10.40.1.16/28');
  one.ipv6Prefixes.push('2a05:d014:7c4:9a00:1::/80');
  one.privateIps.push('10.40.0.99');
  one.tags = { 'a<b': `"x" & 'y' > z é` };
  await withLab(world, {}, async (lab) => {
    const input = { NetworkInterfaceIds: [one.id] };
    const { NetworkInterfaces } = await ec2Of(lab).send(new DescribeNetworkInterfacesCommand(input));
    expect(NetworkInterfaces).toMatchObject([
      {
        Ipv4Prefixes: [{ Ipv4Prefix: '10.40.1.16/28' }],
        Ipv6Prefixes: [{ Ipv6Prefix: '2a05:d014:7c4:9a00:1::/80' }],
        PrivateIpAddresses: [
          { Primary: true, PrivateIpAddress: '10.40.0.10' },
          { Primary: false, PrivateIpAddress: '10.40.0.99' },
        ],
        TagSet: [{ Key: 'a<b', Value: `"x" & 'y' > z é` }],
        Attachment: { InstanceId: one.instanceId, DeviceIndex: 0, Status: 'attached' },
      },
    ]);
  });
});

test('subnets, networks, prefix lists and regions', async () => {
  const world = smallWorld({ ipv6: true });
  const entries = Array.from({ length: 120 }, (_, index) => `10.200.${index}.0/24`);
  region(world).prefixLists.push({ id: 'pl-0123456789abcdef0', name: 'pods', ownerId: '111122223333', entries });
  region(world).prefixLists.push({
    id: 'pl-6ea54007',
    name: 'com.amazonaws.s3',
    ownerId: 'AWS',
    entries: ['3.5.0.0/19'],
  });
  await withLab(world, {}, async (lab) => {
    const client = ec2Of(lab);
    const subnets = await client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'cidr-block', Values: ['10.40.0.0/20'] }] }),
    );
    expect(subnets.Subnets).toMatchObject([{ CidrBlock: '10.40.0.0/20', AvailabilityZoneId: 'euc1-az1' }]);
    const vpcs = await client.send(new DescribeVpcsCommand({ VpcIds: [region(world).vpcs[0]!.id] }));
    expect(vpcs.Vpcs![0]!.CidrBlockAssociationSet).toMatchObject([{ CidrBlock: '10.40.0.0/16' }]);
    expect(vpcs.Vpcs![0]!.Ipv6CidrBlockAssociationSet).toHaveLength(1);
    const lists = await client.send(new DescribeManagedPrefixListsCommand({ MaxResults: 1 }));
    expect(lists.PrefixLists).toMatchObject([{ PrefixListName: 'pods', AddressFamily: 'IPv4', Version: 1 }]);
    expect(lists.NextToken).toBeDefined();
    const cidrs: (string | undefined)[] = [];
    const input = { PrefixListId: 'pl-0123456789abcdef0' };
    for await (const page of paginateGetManagedPrefixListEntries({ client, pageSize: 100 }, input)) {
      cidrs.push(...(page.Entries ?? []).map((entry) => entry.Cidr));
    }
    expect(cidrs).toEqual(entries);
    const regions = await client.send(new DescribeRegionsCommand({ RegionNames: ['eu-central-1'] }));
    expect(regions.Regions).toMatchObject([{ OptInStatus: 'opt-in-not-required' }]);
  });
});

test('the region that a request is signed for decides what is there; elsewhere the account is empty', async () => {
  const world = smallWorld();
  const second = smallWorld({ name: 'other', region: 'us-east-1', nodes: 2 });
  world.aws.push(second.aws[0]!);
  await withLab(world, {}, async (lab) => {
    const count = async (name: string): Promise<number> => {
      const { NetworkInterfaces } = await ec2Of(lab, { region: name }).send(new DescribeNetworkInterfacesCommand({}));
      return NetworkInterfaces!.length;
    };
    expect([await count('eu-central-1'), await count('us-east-1'), await count('ap-south-2')]).toEqual([3, 2, 0]);
  });
});
