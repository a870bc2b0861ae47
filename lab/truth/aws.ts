/** What a VPC does with a packet. */

import { covers, formatAddress, holds, hostRange, overlaps, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { AwsRegionWorld, InterfaceWorld, RouteTableWorld, RouteWorld, SubnetWorld } from '../world/world.ts';
import { AwsFilters } from './aws-filters.ts';
import { fate, oneOf } from './fate.ts';
import type { Fate } from './fate.ts';
import { Filters } from './filters.ts';
import { atInterface, toOwner } from './ground.ts';
import type { Ground, Machine, Nic, Packet } from './ground.ts';

type Winner = { kind: 'local' } | { kind: 'nothing' } | { kind: 'unread' } | { kind: 'routes'; routes: RouteWorld[] };

/** The entries of a prefix list; undefined when nobody knows them. */
function rangesOfList(regions: AwsRegionWorld[], prefixListId: string): Range[] | undefined {
  for (const region of regions) {
    const list = region.prefixLists.find((one) => one.id === prefixListId);
    if (list !== undefined) return list.entries.map(rangeOf);
  }
  return undefined;
}

/** The prefixes that a route stands for; undefined when it names a prefix list whose entries nobody knows. */
function rangesOfRoute(regions: AwsRegionWorld[], route: RouteWorld): Range[] | undefined {
  if ('cidr' in route.destination) return [rangeOf(route.destination.cidr)];
  if ('ipv6Cidr' in route.destination) return [rangeOf(route.destination.ipv6Cidr)];
  return rangesOfList(regions, route.destination.prefixListId);
}

function subnetOfInterface(region: AwsRegionWorld, one: InterfaceWorld): SubnetWorld {
  const subnet = region.subnets.find((each) => each.id === one.subnetId);
  if (subnet === undefined) throw new Error(`interface ${one.id} is in subnet ${one.subnetId}, which is not there`);
  return subnet;
}

function tableOf(region: AwsRegionWorld, subnetId: string, vpcId: string): RouteTableWorld {
  const main = region.vpcs.find((vpc) => vpc.id === vpcId)?.mainRouteTableId;
  const table =
    region.routeTables.find((one) => one.subnetIds.includes(subnetId)) ??
    region.routeTables.find((one) => one.id === main);
  if (table === undefined) throw new Error(`subnet ${subnetId} has no table`);
  return table;
}

function rankOf(route: RouteWorld): number {
  if (route.origin !== 'CreateRoute') return 1;
  return 'prefixListId' in route.destination ? 2 : 3;
}

/** A propagated route inside the network's own range, or equal to it, loses to the local route. */
function isInside(range: Range, local: Range[]): boolean {
  return local.some((one) => covers(one, range));
}

function nicOf(region: AwsRegionWorld, one: InterfaceWorld): Nic {
  const subnet = subnetOfInterface(region, one);
  const ips = [...one.privateIps, ...one.ipv6Addresses];
  return {
    id: one.id,
    ips,
    own: [...ips.map(hostRange), ...[...one.ipv4Prefixes, ...one.ipv6Prefixes].map(rangeOf)],
    forwards: !one.sourceDestCheck,
    primary: one.deviceIndex === 0,
    network: subnet.vpcId,
    subnet: subnet.id,
    local: [subnet.cidr, ...subnet.ipv6Cidrs].map(rangeOf),
  };
}

/** One region of an account. `regions`: all that are read, for shared prefix lists. */
export function awsGround(region: AwsRegionWorld, regions: AwsRegionWorld[], prefixListsUnread: boolean): Ground {
  const nics = region.interfaces.map((one) => nicOf(region, one));
  const machines = new Map<string, Machine>();
  const winners = new Map<string, Winner>();
  const localOf = (vpcId: string): Range[] => {
    const vpc = region.vpcs.find((one) => one.id === vpcId);
    return [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? [])].map(rangeOf);
  };

  const findWinner = (table: RouteTableWorld, x: Address): Winner => {
    const local = localOf(table.vpcId);
    let best = { length: -1, rank: -1, routes: [] as RouteWorld[] };
    for (const range of local) {
      if (holds(range, x) && range.length > best.length) best = { length: range.length, rank: 4, routes: [] };
    }
    for (const route of table.routes) {
      const isList = 'prefixListId' in route.destination;
      const ranges = isList && prefixListsUnread ? undefined : rangesOfRoute(regions, route);
      // An entry of any length may be in there, so nothing in this table is certain.
      if (ranges === undefined) return { kind: 'unread' };
      const rank = rankOf(route);
      for (const range of ranges) {
        if (!holds(range, x) || (rank === 1 && isInside(range, local))) continue;
        const wins = range.length > best.length || (range.length === best.length && rank > best.rank);
        if (wins) best = { length: range.length, rank, routes: [route] };
        else if (range.length === best.length && rank === best.rank && best.rank < 4) best.routes.push(route);
      }
    }
    if (best.rank === 4) return { kind: 'local' };
    return best.routes.length === 0 ? { kind: 'nothing' } : { kind: 'routes', routes: best.routes };
  };

  const atTarget = ({ target, stateOverride }: RouteWorld, packet: Packet): Fate => {
    if (stateOverride === 'filtered') return fate('unknown', 'the route is filtered');
    if (target.kind !== 'interface') return atGateway(target);
    const nic = nics.find((one) => one.id === target.interfaceId);
    return nic === undefined ? fate('fail', `${target.interfaceId} is gone`) : atInterface(nic, packet);
  };

  const route = (packet: Packet): Fate => {
    const { from, x } = packet;
    const table = tableOf(region, from.subnet, from.network);
    const key = `${table.id} ${String(x.family)} ${String(x.value)}`;
    const winner = winners.get(key) ?? findWinner(table, x);
    winners.set(key, winner);
    switch (winner.kind) {
      case 'unread':
        return fate('unknown', `${table.id} has a prefix list that nobody could read`);
      case 'nothing':
        return fate('fail', `${table.id} has no route for ${formatAddress(x)}`);
      case 'local': {
        const inside = nics.filter((nic) => nic.network === table.vpcId);
        return toOwner(inside, packet, `${formatAddress(x)} is in the network's own range`);
      }
      case 'routes': {
        // Equal entries of two prefix lists: EC2 chooses, and does not say which.
        return oneOf(
          winner.routes.map((one) => atTarget(one, packet)),
          'no route',
        );
      }
    }
  };

  const filters = new AwsFilters(region, nics, (id) => (prefixListsUnread ? undefined : rangesOfList(regions, id)));
  const ground: Ground = {
    id: `aws/${region.accountId}/${region.region}`,
    machines,
    nics,
    neighbours: 'owner',
    ranges: [
      ...region.routeTables.flatMap((table) => table.routes.flatMap((one) => rangesOfRoute(regions, one) ?? [])),
      ...region.vpcs.flatMap((vpc) => [...vpc.cidrs, ...vpc.ipv6Cidrs].map(rangeOf)),
      ...region.subnets.flatMap((subnet) => [subnet.cidr, ...subnet.ipv6Cidrs].map(rangeOf)),
      ...nics.flatMap((nic) => nic.own),
    ],
    filters: new Filters((crossing) => filters.stages(crossing)),
    filterRanges: filters.ranges(),
    route,
    leadsToMachines: (network, pods) =>
      region.routeTables.some(
        (table) =>
          table.vpcId === network &&
          table.routes.some(
            (one) =>
              one.target.kind === 'interface' &&
              rangesOfRoute(regions, one)?.some(
                (range) => range.length > 0 && pods.some((pod) => overlaps(range, pod)),
              ),
          ),
      ),
  };
  for (const instance of region.instances) {
    const isThere = instance.state === 'running' || instance.state === 'pending';
    const own = nics.filter((_, i) => region.interfaces[i]?.instanceId === instance.id);
    const machine: Machine = { key: instance.id, ground, runs: isThere, nics: own };
    machines.set(instance.id, machine);
    for (const nic of own) nic.machine = machine;
  }
  return ground;
}

function atGateway(target: Exclude<RouteWorld['target'], { kind: 'interface' }>): Fate {
  const kindOfGateway = target.kind === 'gateway' ? (target.id.split('-')[0] ?? '') : target.kind;
  const lost = ['igw', 'cagw', 'nat', 'egress-only', 'peering'].includes(kindOfGateway);
  return fate(lost ? 'fail' : 'unknown', `the route leads to ${target.id}`);
}
