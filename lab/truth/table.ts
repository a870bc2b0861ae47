/** What a VPC's route tables do with a packet. */

import { covers, formatAddress, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { AwsRegionWorld, NodeWorld, RouteTableWorld, RouteWorld, SubnetWorld, World } from '../world/world.ts';
import type { Fate } from './packet.ts';
import { rangesOfRoute } from './samples.ts';
import { isAssigned, subnetOfInterface } from './standing.ts';
import type { Machine, TruthOptions } from './standing.ts';

/** The world and what is asked about it again and again for 40,000 pairs. */
export interface Scene {
  world: World;
  options: TruthOptions;
  /** Instance ids of everything that is a node. */
  nodeMachines: Set<string>;
  /** The host-gw nodes that have the address in a podCIDR. */
  peersHolding: (x: Address) => { node: NodeWorld; length: number }[];
  /** Winners by table and address. */
  winners: Map<string, Winner>;
}

type Winner = { kind: 'local' } | { kind: 'nothing' } | { kind: 'unread' } | { kind: 'routes'; routes: RouteWorld[] };

export function tableOf(region: AwsRegionWorld, subnet: SubnetWorld): RouteTableWorld {
  const main = region.vpcs.find((vpc) => vpc.id === subnet.vpcId)?.mainRouteTableId;
  const table =
    region.routeTables.find((one) => one.subnetIds.includes(subnet.id)) ??
    region.routeTables.find((one) => one.id === main);
  if (table === undefined) throw new Error(`subnet ${subnet.id} has no table`);
  return table;
}

function rankOf(route: RouteWorld): number {
  if (route.origin !== 'CreateRoute') return 1;
  return 'prefixListId' in route.destination ? 2 : 3;
}

function findWinner(scene: Scene, region: AwsRegionWorld, table: RouteTableWorld, x: Address): Winner {
  const vpc = region.vpcs.find((one) => one.id === table.vpcId);
  const local = [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? [])].map(rangeOf);
  let best = { length: -1, rank: -1, routes: [] as RouteWorld[] };
  for (const range of local) {
    if (holds(range, x) && range.length > best.length) best = { length: range.length, rank: 4, routes: [] };
  }
  for (const route of table.routes) {
    const isList = 'prefixListId' in route.destination;
    const ranges = isList && scene.options.prefixListsUnread === true ? undefined : rangesOfRoute(scene.world, route);
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
}

/** A propagated route inside the network's own range, or equal to it, loses to the local route. */
function isInside(range: Range, local: Range[]): boolean {
  return local.some((one) => covers(one, range));
}

/** Delivers by a table: to the owner of an assigned address, or to the target of the longest route. */
export function throughTable(
  scene: Scene,
  region: AwsRegionWorld,
  table: RouteTableWorld,
  b: Machine,
  x: Address,
): Fate {
  const key = `${table.id} ${String(x.family)} ${String(x.value)}`;
  const winner = scene.winners.get(key) ?? findWinner(scene, region, table, x);
  scene.winners.set(key, winner);
  switch (winner.kind) {
    case 'unread':
      return { verdict: 'unknown', why: `${table.id} has a prefix list that nobody could read` };
    case 'nothing':
      return { verdict: 'fail', why: `${table.id} has no route for ${formatAddress(x)}` };
    case 'local': {
      const owner = region.interfaces.find(
        (one) => subnetOfInterface(region, one).vpcId === table.vpcId && isAssigned(one, x),
      );
      return owner?.instanceId === b.instance.id
        ? { verdict: 'pass', why: `assigned to ${owner.id}` }
        : { verdict: 'fail', why: `${formatAddress(x)} is in the network's own range` };
    }
    case 'routes': {
      const fates = winner.routes.map((route) => atTarget(scene, route, b, x));
      const first = fates[0] ?? { verdict: 'fail', why: 'no route' };
      // Equal entries of two prefix lists: EC2 chooses, and does not say which.
      return fates.every((one) => one.verdict === first.verdict) ? first : { verdict: 'unknown', why: 'equal routes' };
    }
  }
}

function atTarget(scene: Scene, route: RouteWorld, b: Machine, x: Address): Fate {
  const { target } = route;
  if (route.stateOverride === 'filtered') return { verdict: 'unknown', why: 'the route is filtered' };
  if (target.kind !== 'interface') return atGateway(target);
  for (const region of scene.world.aws) {
    const one = region.interfaces.find((each) => each.id === target.interfaceId);
    if (one === undefined) continue;
    const instance = region.instances.find((each) => each.id === one.instanceId);
    if (instance === undefined) return { verdict: 'fail', why: `${one.id} is attached to no machine` };
    if (instance.state !== 'running' && instance.state !== 'pending') {
      return { verdict: 'fail', why: `${instance.id} is ${instance.state}` };
    }
    if (instance.id === b.instance.id) {
      return one.sourceDestCheck && !isAssigned(one, x)
        ? { verdict: 'fail', why: `check on at receiver ${one.id}` }
        : { verdict: 'pass', why: `route to ${one.id}` };
    }
    if (scene.nodeMachines.has(instance.id)) return { verdict: 'fail', why: `the route leads to ${instance.id}` };
    return one.sourceDestCheck
      ? { verdict: 'fail', why: `${instance.id} is no node and forwards nothing` }
      : { verdict: 'unknown', why: `${instance.id} is no node; where it forwards to is unknown` };
  }
  return { verdict: 'fail', why: `${target.interfaceId} is gone` };
}

function atGateway(target: Exclude<RouteWorld['target'], { kind: 'interface' }>): Fate {
  const kindOfGateway = target.kind === 'gateway' ? (target.id.split('-')[0] ?? '') : target.kind;
  const lost = ['igw', 'cagw', 'nat', 'egress-only', 'peering'].includes(kindOfGateway);
  return { verdict: lost ? 'fail' : 'unknown', why: `the route leads to ${target.id}` };
}
