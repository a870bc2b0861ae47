/** How CreateRoute and ReplaceRoute name what a route leads to. Pure. */
import type { GatewayKind, RouteTarget } from '../../model/snapshot.ts';

/** The one parameter of the service model (2016-11-15) that takes such an id. */
export type TargetOptions = Readonly<Partial<Record<TargetParameter, string>>>;

type TargetParameter =
  | 'NetworkInterfaceId'
  | 'InstanceId'
  | 'GatewayId'
  | 'NatGatewayId'
  | 'TransitGatewayId'
  | 'VpcPeeringConnectionId'
  | 'EgressOnlyInternetGatewayId'
  | 'CarrierGatewayId'
  | 'LocalGatewayId'
  | 'CoreNetworkArn'
  | 'VpcEndpointId';

const GATEWAYS: Readonly<Record<GatewayKind, TargetParameter | undefined>> = {
  internet: 'GatewayId',
  vpn: 'GatewayId',
  nat: 'NatGatewayId',
  transit: 'TransitGatewayId',
  peering: 'VpcPeeringConnectionId',
  'egress-only': 'EgressOnlyInternetGatewayId',
  carrier: 'CarrierGatewayId',
  'local-gateway': 'LocalGatewayId',
  'core-network': 'CoreNetworkArn',
  endpoint: 'VpcEndpointId',
  other: undefined,
};

/** Undefined: no route can be made to it. */
export function targetOptions(target: RouteTarget): TargetOptions | undefined {
  switch (target.kind) {
    case 'interface':
      // By its interface, whatever else is known: by instance EC2 refuses those that have several.
      return { NetworkInterfaceId: target.interface };
    case 'machine':
      return { InstanceId: target.machine };
    case 'gateway': {
      const name = GATEWAYS[target.gateway];
      return name === undefined ? undefined : { [name]: target.id };
    }
    case 'local':
    case 'address':
    case 'none':
    case 'unknown':
      return undefined;
  }
}
