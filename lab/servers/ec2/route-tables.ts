import type { Route, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2';

import type { RouteTableWorld, RouteWorld } from '../../world/world.ts';
import { isAttached, isServiceInterface } from './interfaces.ts';
import { derivedId, tagsOf, type RegionView } from './view.ts';

function destination(route: RouteWorld): Route {
  if ('cidr' in route.destination) return { DestinationCidrBlock: route.destination.cidr };
  if ('ipv6Cidr' in route.destination) return { DestinationIpv6CidrBlock: route.destination.ipv6Cidr };
  return { DestinationPrefixListId: route.destination.prefixListId };
}

function target(view: RegionView, { target: to }: RouteWorld): Route {
  switch (to.kind) {
    case 'interface': {
      const one = view.interfaces.get(to.interfaceId);
      // While its instance is there, a route shows it, its owner and the interface, whichever of them it was made with.
      // Afterwards the interface's id stays and the instance's is gone.
      const instance = one !== undefined && isAttached(view, one) ? one.instanceId : undefined;
      return {
        ...(instance !== undefined && { InstanceId: instance, InstanceOwnerId: view.world.accountId }),
        NetworkInterfaceId: to.interfaceId,
      };
    }
    case 'gateway':
      return { GatewayId: to.id };
    case 'nat':
      return { NatGatewayId: to.id };
    case 'transit':
      return { TransitGatewayId: to.id };
    case 'peering':
      return { VpcPeeringConnectionId: to.id };
    case 'egress-only':
      return { EgressOnlyInternetGatewayId: to.id };
  }
}

function state(view: RegionView, route: RouteWorld): NonNullable<Route['State']> {
  if (route.stateOverride !== undefined) return route.stateOverride;
  if (route.target.kind !== 'interface') return 'active';
  const one = view.interfaces.get(route.target.interfaceId);
  if (one === undefined) return 'blackhole';
  // Whether the target's instance merely being stopped makes a black hole is not documented; the lab says active, the
  // answer that is harder for a client.
  return isServiceInterface(one) || isAttached(view, one) ? 'active' : 'blackhole';
}

/** The routes that no one made: every range of the network is delivered inside it. */
function localRoutes(view: RegionView, table: RouteTableWorld): Route[] {
  const vpc = view.vpcs.get(table.vpcId);
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const;
  return [
    ...(vpc?.cidrs ?? []).map((DestinationCidrBlock) => ({ DestinationCidrBlock, ...local })),
    ...(vpc?.ipv6Cidrs ?? []).map((DestinationIpv6CidrBlock) => ({ DestinationIpv6CidrBlock, ...local })),
  ];
}

function associations(view: RegionView, table: RouteTableWorld): RouteTableAssociation[] {
  const associate = (what: string, fields: RouteTableAssociation): RouteTableAssociation => ({
    Main: false,
    RouteTableAssociationId: derivedId('rtbassoc', table.id, what),
    RouteTableId: table.id,
    ...fields,
    AssociationState: { State: 'associated' },
  });
  // Subnets that use the main table because they name no other are not listed.
  const isMain = view.vpcs.get(table.vpcId)?.mainRouteTableId === table.id;
  return [
    ...(isMain ? [associate('main', { Main: true })] : []),
    ...table.subnetIds.map((SubnetId) => associate(SubnetId, { SubnetId })),
    ...(table.gatewayId !== undefined ? [associate(table.gatewayId, { GatewayId: table.gatewayId })] : []),
  ];
}

function propagating(table: RouteTableWorld): string[] {
  const gateways = table.routes.flatMap(({ origin, target: to }) =>
    origin === 'EnableVgwRoutePropagation' && to.kind === 'gateway' ? [to.id] : [],
  );
  return [...new Set(gateways)];
}

export function describeRouteTable(view: RegionView, table: RouteTableWorld): RouteTable {
  return {
    Associations: associations(view, table),
    PropagatingVgws: propagating(table).map((GatewayId) => ({ GatewayId })),
    RouteTableId: table.id,
    Routes: [
      ...localRoutes(view, table),
      ...table.routes.map((route) => ({
        ...destination(route),
        ...target(view, route),
        Origin: route.origin,
        State: state(view, route),
      })),
    ],
    Tags: tagsOf(table.tags),
    VpcId: table.vpcId,
    OwnerId: view.world.accountId,
  };
}
