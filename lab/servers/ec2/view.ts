import { createHash } from 'node:crypto';

import type { Tag } from '@aws-sdk/client-ec2';

import type { SecurityGroupWorld } from '../../world/ec2-filters.ts';
import type {
  AwsRegionWorld,
  InstanceWorld,
  InterfaceWorld,
  RouteTableWorld,
  SubnetWorld,
  VpcWorld,
} from '../../world/world.ts';

/** One account in one region with its objects by id, made for one request (the world may change between two). */
export interface RegionView {
  world: AwsRegionWorld;
  /** The story's present, for times in answers. */
  now: Date;
  instances: ReadonlyMap<string, InstanceWorld>;
  interfaces: ReadonlyMap<string, InterfaceWorld>;
  subnets: ReadonlyMap<string, SubnetWorld>;
  vpcs: ReadonlyMap<string, VpcWorld>;
  routeTables: ReadonlyMap<string, RouteTableWorld>;
  securityGroups: ReadonlyMap<string, SecurityGroupWorld>;
}

function byId<T extends { id: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((one) => [one.id, one]));
}

export function viewOf(world: AwsRegionWorld, now: string): RegionView {
  return {
    world,
    now: new Date(now),
    instances: byId(world.instances),
    interfaces: byId(world.interfaces),
    subnets: byId(world.subnets),
    vpcs: byId(world.vpcs),
    routeTables: byId(world.routeTables),
    securityGroups: byId(world.securityGroups),
  };
}

/** What the caller's account has in a region of which the world says nothing. */
export function emptyRegion(accountId: string, region: string): AwsRegionWorld {
  return {
    accountId,
    region,
    vpcs: [],
    subnets: [],
    routeTables: [],
    instances: [],
    interfaces: [],
    prefixLists: [],
    securityGroups: [],
    networkAcls: [],
  };
}

export function digest(...parts: string[]): string {
  return createHash('sha1').update(parts.join('/')).digest('hex');
}

/** An id of EC2's form that follows from others, for objects that the world does not name. */
export function derivedId(prefix: string, ...parts: string[]): string {
  return `${prefix}-0${digest(prefix, ...parts).slice(0, 16)}`;
}

export function tagsOf(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Zone ids such as euc1-az1 differ per account in reality; here they follow from the zone's letter. */
export function zoneId(zone: string): string {
  const [area = '', side = '', rest = ''] = zone.split('-');
  return `${area}${side.charAt(0)}${rest.slice(0, -1)}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}

/** The domain of private DNS names; us-east-1 keeps the oldest form. */
export function privateDnsName(ip: string, region: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${ip.replaceAll('.', '-')}.${domain}`;
}

export function macAddress(id: string): string {
  return `06:${(digest('mac', id).slice(0, 10).match(/../g) ?? []).join(':')}`;
}
