/**
 * Puts the AWS half of a lab world into moto's EC2 server, through its API. moto gives its own ids, so what comes back
 * is the same world with those ids in it, nodes' provider ids included.
 */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateManagedPrefixListCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { must } from '../../lab/world/look.ts';
import type {
  AwsRegionWorld,
  InstanceWorld,
  InterfaceWorld,
  PrefixListWorld,
  RouteWorld,
  World,
} from '../../lab/world/world.ts';

import { seedFilters } from './seed-moto-filters.ts';

export const MOTO_ACCOUNT = '123456789012';

export interface Seeded {
  readonly world: World;
  /** The lab's id -> moto's. */
  readonly ids: ReadonlyMap<string, string>;
}

export interface SeedOptions {
  /** With what a route to a machine is made: moto then shows just that. */
  readonly routesBy?: 'interface' | 'instance';
}

export function motoClient(url: string, region: string): EC2Client {
  const credentials = { accessKeyId: 'seed', secretAccessKey: 'seed' };
  return new EC2Client({ endpoint: url, region, credentials });
}

/** @throws Error for what moto cannot show: IPv6 networks, delegated prefixes, routes that nobody made. */
export async function seedMoto(world: World, url: string, options: SeedOptions = {}): Promise<Seeded> {
  const ids = new Map<string, string>();
  for (const region of world.aws) {
    ids.set(region.accountId, MOTO_ACCOUNT);
    const client = motoClient(url, region.region);
    await new Seeder(client, region, ids, options).seed();
    client.destroy();
  }
  return { world: replaceIds(world, ids), ids };
}

function replaceIds(world: World, ids: ReadonlyMap<string, string>): World {
  const text = JSON.stringify(world).replace(/\b(?:[a-z]+-[0-9a-f]{17}|\d{12})\b/g, (id) => ids.get(id) ?? id);
  const seeded = JSON.parse(text) as World;
  // moto says active whatever becomes of a route's target.
  for (const region of seeded.aws) {
    for (const route of region.routeTables.flatMap((table) => table.routes)) route.stateOverride = 'active';
  }
  return seeded;
}

class Seeder {
  readonly #client: EC2Client;
  readonly #region: AwsRegionWorld;
  readonly #ids: Map<string, string>;
  readonly #options: SeedOptions;
  readonly #gone: string[] = [];

  constructor(client: EC2Client, region: AwsRegionWorld, ids: Map<string, string>, options: SeedOptions) {
    this.#client = client;
    this.#region = region;
    this.#ids = ids;
    this.#options = options;
  }

  async seed(): Promise<void> {
    await this.#networks();
    for (const list of this.#region.prefixLists) await this.#prefixList(list);
    await seedFilters(this.#client, this.#region, {
      of: (id) => this.#id(id),
      learn: (id, made) => this.#learn(id, made),
    });
    for (const face of this.#region.interfaces) await this.#face(face);
    for (const instance of this.#region.instances) await this.#machine(instance);
    for (const face of this.#region.interfaces) await this.#setCheck(face);
    for (const table of this.#region.routeTables) {
      for (const route of table.routes) await this.#route(table.id, table.vpcId, route);
    }
    // Only now: moto refuses routes to machines that are not there.
    for (const instance of this.#region.instances) await this.#settle(instance);
    for (const NetworkInterfaceId of this.#gone) {
      await this.#client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    }
  }

  async #prefixList({ id, name, entries }: PrefixListWorld): Promise<void> {
    const made = await this.#client.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: name,
        AddressFamily: 'IPv4',
        MaxEntries: Math.max(10, entries.length),
        Entries: entries.map((Cidr) => ({ Cidr })),
      }),
    );
    this.#learn(id, made.PrefixList?.PrefixListId);
  }

  #learn(id: string, made: string | undefined): void {
    this.#ids.set(id, must(made, `id for ${id} in moto's answer`));
  }

  #id(id: string): string {
    return must(this.#ids.get(id), `object ${id} in moto`);
  }

  async #tag(id: string, tags: Record<string, string>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) await this.#client.send(new CreateTagsCommand({ Resources: [this.#id(id)], Tags }));
  }

  async #networks(): Promise<void> {
    for (const vpc of this.#region.vpcs) {
      const [CidrBlock] = vpc.cidrs;
      if (vpc.cidrs.length !== 1 || vpc.ipv6Cidrs.length > 0) throw new Error('moto: one IPv4 range per network');
      const made = await this.#client.send(new CreateVpcCommand({ CidrBlock }));
      this.#learn(vpc.id, made.Vpc?.VpcId);
      await this.#tag(vpc.id, vpc.tags);
      const Filters = [{ Name: 'vpc-id', Values: [this.#id(vpc.id)] }];
      const tables = await this.#client.send(new DescribeRouteTablesCommand({ Filters }));
      this.#learn(vpc.mainRouteTableId, tables.RouteTables?.[0]?.RouteTableId);
    }
    for (const subnet of this.#region.subnets) {
      const { zone: AvailabilityZone, cidr: CidrBlock } = subnet;
      const VpcId = this.#id(subnet.vpcId);
      const made = await this.#client.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
      this.#learn(subnet.id, made.Subnet?.SubnetId);
      await this.#tag(subnet.id, subnet.tags);
    }
    for (const table of this.#region.routeTables) {
      if (!this.#ids.has(table.id)) {
        const made = await this.#client.send(new CreateRouteTableCommand({ VpcId: this.#id(table.vpcId) }));
        this.#learn(table.id, made.RouteTable?.RouteTableId);
      }
      await this.#tag(table.id, table.tags);
      for (const subnet of table.subnetIds) {
        const RouteTableId = this.#id(table.id);
        await this.#client.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: this.#id(subnet) }));
      }
    }
  }

  async #face(face: InterfaceWorld): Promise<void> {
    const prefixes = [...face.ipv4Prefixes, ...face.ipv6Prefixes, ...face.ipv6Addresses];
    if (prefixes.length > 0 || face.interfaceType !== 'interface')
      throw new Error(`moto: no such interface ${face.id}`);
    const PrivateIpAddresses = face.privateIps.map((ip, index) => ({ PrivateIpAddress: ip, Primary: index === 0 }));
    const SubnetId = this.#id(face.subnetId);
    const Groups = face.groupIds.map((id) => this.#id(id));
    const made = await this.#client.send(new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddresses, Groups }));
    this.#learn(face.id, made.NetworkInterface?.NetworkInterfaceId);
  }

  /** An interface that has gone, but still is what a route names: it has to exist until the route does. */
  async #passing(vpc: string, id: string): Promise<void> {
    const subnet = must(
      this.#region.subnets.find((one) => one.vpcId === vpc),
      'subnet',
    );
    const made = await this.#client.send(new CreateNetworkInterfaceCommand({ SubnetId: this.#id(subnet.id) }));
    this.#learn(id, made.NetworkInterface?.NetworkInterfaceId);
    this.#gone.push(this.#id(id));
  }

  async #setCheck(face: InterfaceWorld): Promise<void> {
    const NetworkInterfaceId = this.#id(face.id);
    const SourceDestCheck = { Value: face.sourceDestCheck };
    await this.#client.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck }));
  }

  async #machine(instance: InstanceWorld): Promise<void> {
    const own = this.#region.interfaces.filter((face) => face.instanceId === instance.id);
    const subnet = this.#region.subnets.find((one) => one.zone === instance.zone);
    const made = await this.#client.send(
      new RunInstancesCommand({
        ImageId: 'ami-12c6146b',
        MinCount: 1,
        MaxCount: 1,
        Placement: { AvailabilityZone: instance.zone },
        ...(own.length > 0
          ? {
              NetworkInterfaces: own.map((face) => ({
                NetworkInterfaceId: this.#id(face.id),
                DeviceIndex: face.deviceIndex ?? 0,
              })),
            }
          : { SubnetId: this.#id(must(subnet, 'subnet').id) }),
      }),
    );
    this.#learn(instance.id, made.Instances?.[0]?.InstanceId);
    await this.#tag(instance.id, instance.tags);
  }

  async #settle({ id, state }: InstanceWorld): Promise<void> {
    const InstanceIds = [this.#id(id)];
    if (state === 'terminated') await this.#client.send(new TerminateInstancesCommand({ InstanceIds }));
    else if (state === 'stopped') await this.#client.send(new StopInstancesCommand({ InstanceIds }));
    else if (state !== 'running') throw new Error(`moto: no instance stays ${state}`);
  }

  async #route(table: string, vpc: string, { destination, target, origin }: RouteWorld): Promise<void> {
    if (origin !== 'CreateRoute' || 'ipv6Cidr' in destination) throw new Error('moto: only IPv4 routes that were made');
    await this.#client.send(
      new CreateRouteCommand({
        RouteTableId: this.#id(table),
        ...('cidr' in destination
          ? { DestinationCidrBlock: destination.cidr }
          : { DestinationPrefixListId: this.#id(destination.prefixListId) }),
        // Made with an interface, a route by prefix list would lose its destination in moto.
        ...(await this.#target(vpc, target, 'prefixListId' in destination ? 'instance' : this.#options.routesBy)),
      }),
    );
  }

  async #target(vpc: string, target: RouteWorld['target'], by: SeedOptions['routesBy']): Promise<object> {
    switch (target.kind) {
      case 'interface': {
        const instance = this.#region.interfaces.find((face) => face.id === target.interfaceId)?.instanceId;
        // An interface that is gone has no instance that a route could name.
        if (by === 'instance' && instance !== undefined) return { InstanceId: this.#id(instance) };
        if (!this.#ids.has(target.interfaceId)) await this.#passing(vpc, target.interfaceId);
        return { NetworkInterfaceId: this.#id(target.interfaceId) };
      }
      case 'nat':
        if (!this.#ids.has(target.id)) {
          const subnet = this.#region.subnets.find((one) => one.vpcId === vpc);
          const { AllocationId } = await this.#client.send(new AllocateAddressCommand({ Domain: 'vpc' }));
          const SubnetId = this.#id(must(subnet, 'subnet').id);
          const made = await this.#client.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
          this.#learn(target.id, made.NatGateway?.NatGatewayId);
        }
        return { NatGatewayId: this.#id(target.id) };
      case 'gateway':
        if (!this.#ids.has(target.id)) {
          const made = await this.#client.send(new CreateInternetGatewayCommand({}));
          const InternetGatewayId = made.InternetGateway?.InternetGatewayId;
          await this.#client.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: this.#id(vpc) }));
          this.#learn(target.id, InternetGatewayId);
        }
        return { GatewayId: this.#id(target.id) };
      case 'transit':
      case 'peering':
      case 'egress-only':
        throw new Error(`moto: no ${target.kind} target is made here`);
    }
  }
}
