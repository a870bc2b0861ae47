/** Finding one's way in a world: used by builders and faults. Whatever is asked for and not there throws. */

import { DoesNotFit, addressOf, canonical, familyOf, holds, rangeOf } from './addresses.ts';
export { DoesNotFit } from './addresses.ts';
import { podRanges } from './pod-ranges.ts';
import type { Family } from './addresses.ts';
import type { SecurityGroupWorld } from './ec2-filters.ts';
import type {
  AwsRegionWorld,
  InstanceWorld,
  InterfaceWorld,
  NodeWorld,
  RouteTableWorld,
  RouteWorld,
  SubnetWorld,
  World,
} from './world.ts';

/** A node by name or by its place in the list. */
export type NodeRef = string | number;

/** @throws DoesNotFit when there is no value. */
export function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new DoesNotFit(`this world has no ${what}`);
  return value;
}

export function nodeOf(world: World, ref: NodeRef): NodeWorld {
  const nodes = world.cluster.nodes;
  const found = typeof ref === 'number' ? nodes[ref] : nodes.find((node) => node.name === ref);
  return must(found, `node ${String(ref)}`);
}

/** The instance that a node's providerID, or else its InternalIP, names. */
export function instanceOf(world: World, node: NodeWorld): InstanceWorld | undefined {
  const id = node.providerID?.split('/').at(-1);
  const internal = internalIps(node);
  for (const region of world.aws) {
    const byId = region.instances.find((instance) => instance.id === id);
    if (byId !== undefined) return byId;
    if (node.providerID !== undefined) continue;
    const carrier = region.interfaces.find((one) => internal.some((ip) => carries(one, ip)));
    const byAddress = region.instances.find((instance) => instance.id === carrier?.instanceId);
    if (byAddress !== undefined) return byAddress;
  }
  return undefined;
}

export function internalIps(node: NodeWorld): string[] {
  return node.addresses.filter((one) => one.type === 'InternalIP').map((one) => one.address);
}

export function internalIp(node: NodeWorld, family: Family): string | undefined {
  return internalIps(node).find((ip) => familyOf(ip) === family);
}

export function carries(one: InterfaceWorld, ip: string): boolean {
  const value = addressOf(ip).value;
  return [...one.privateIps, ...one.ipv6Addresses].some(
    (own) => familyOf(own) === familyOf(ip) && addressOf(own).value === value,
  );
}

/** The interface that carries the node's InternalIP, else the primary one of its instance. */
export function interfaceOf(world: World, node: NodeWorld): InterfaceWorld {
  const instance = must(instanceOf(world, node), `machine of ${node.name}`);
  const own = regionOf(world, node).interfaces.filter((one) => one.instanceId === instance.id);
  const internal = internalIps(node);
  const found = own.find((one) => internal.some((ip) => carries(one, ip))) ?? own.find((one) => one.deviceIndex === 0);
  return must(found, `interface of ${node.name}`);
}

export function regionOf(world: World, node: NodeWorld): AwsRegionWorld {
  const instance = instanceOf(world, node);
  return must(
    world.aws.find((region) => region.instances.some((one) => one.id === instance?.id)),
    `region of ${node.name}`,
  );
}

export function subnetById(region: AwsRegionWorld, id: string): SubnetWorld {
  return must(
    region.subnets.find((subnet) => subnet.id === id),
    `subnet ${id}`,
  );
}

/** The group that machines of a network have unless somebody gives them another. */
export function groupFor(region: AwsRegionWorld, subnet: SubnetWorld): SecurityGroupWorld {
  return must(
    region.securityGroups.find((one) => one.vpcId === subnet.vpcId),
    `security group in ${subnet.vpcId}`,
  );
}

export function governingTable(region: AwsRegionWorld, subnet: SubnetWorld): RouteTableWorld {
  const explicit = region.routeTables.find((table) => table.subnetIds.includes(subnet.id));
  if (explicit !== undefined) return explicit;
  const vpc = must(
    region.vpcs.find((one) => one.id === subnet.vpcId),
    `network ${subnet.vpcId}`,
  );
  return must(
    region.routeTables.find((table) => table.id === vpc.mainRouteTableId),
    `table ${vpc.mainRouteTableId}`,
  );
}

/** The subnets that hold nodes whose machine has an interface, in the order of the region's list. */
export function nodeSubnets(world: World): SubnetWorld[] {
  const ids = new Set<string>();
  for (const node of world.cluster.nodes) {
    const instance = instanceOf(world, node);
    if (instance !== undefined && instance.interfaceIds.length > 0) ids.add(interfaceOf(world, node).subnetId);
  }
  return world.aws.flatMap((region) => region.subnets.filter((subnet) => ids.has(subnet.id)));
}

/** The tables that govern the nodes' subnets, each once. */
export function nodeTables(world: World): RouteTableWorld[] {
  const found: RouteTableWorld[] = [];
  for (const subnet of nodeSubnets(world)) {
    for (const region of world.aws) {
      if (!region.subnets.includes(subnet)) continue;
      const table = governingTable(region, subnet);
      if (!found.includes(table)) found.push(table);
    }
  }
  return found;
}

export function tableOfNode(world: World, node: NodeWorld): RouteTableWorld {
  const region = regionOf(world, node);
  return governingTable(region, subnetById(region, interfaceOf(world, node).subnetId));
}

/** The canonical destination of a route; undefined for a prefix list. */
export function destinationOf(route: RouteWorld): string | undefined {
  if ('cidr' in route.destination) return canonical(route.destination.cidr);
  if ('ipv6Cidr' in route.destination) return canonical(route.destination.ipv6Cidr);
  return undefined;
}

export function destination(cidr: string): RouteWorld['destination'] {
  return familyOf(cidr) === 4 ? { cidr: canonical(cidr) } : { ipv6Cidr: canonical(cidr) };
}

/** The canonical pod range of a family, the first of several. */
export function podRange(node: NodeWorld, family: Family = 4): string {
  return canonical(
    must(
      podRanges(node).find((cidr) => familyOf(cidr) === family),
      `podCIDR of family ${String(family)} at ${node.name}`,
    ),
  );
}

export function inside(cidr: string, ip: string): boolean {
  return holds(rangeOf(cidr), addressOf(ip));
}

/** An ISO time so many milliseconds before another. */
export function before(now: string, milliseconds: number): string {
  return new Date(Date.parse(now) - milliseconds).toISOString().replace('.000Z', 'Z');
}
