/** What a route of EC2 leads to: the option of the AWS CLI, and the argument of Terraform's aws_route. */
import type { GatewayKind } from '../model/snapshot.ts';
import type { Change } from '../model/plan.ts';

export interface AwsTarget {
  /** Of `aws ec2 create-route`, without dashes in front. */
  readonly option: string;
  readonly argument: string;
  readonly id: string;
}

const GATEWAYS: Readonly<Record<GatewayKind, readonly [option: string, argument: string] | undefined>> = {
  internet: ['gateway-id', 'gateway_id'],
  vpn: ['gateway-id', 'gateway_id'],
  nat: ['nat-gateway-id', 'nat_gateway_id'],
  transit: ['transit-gateway-id', 'transit_gateway_id'],
  peering: ['vpc-peering-connection-id', 'vpc_peering_connection_id'],
  'egress-only': ['egress-only-internet-gateway-id', 'egress_only_gateway_id'],
  carrier: ['carrier-gateway-id', 'carrier_gateway_id'],
  'local-gateway': ['local-gateway-id', 'local_gateway_id'],
  'core-network': ['core-network-arn', 'core_network_arn'],
  endpoint: ['vpc-endpoint-id', 'vpc_endpoint_id'],
  other: undefined,
};

/** Undefined: no route can be made to it. */
export function awsTarget({
  interface: face,
  to,
}: Extract<Change, { kind: 'create-route' | 'replace-route' }>): AwsTarget | undefined {
  if (to === undefined || to.kind === 'interface') {
    const id = to === undefined ? face : to.interface;
    return { option: 'network-interface-id', argument: 'network_interface_id', id };
  }
  const names = to.kind === 'gateway' ? GATEWAYS[to.gateway] : undefined;
  if (to.kind !== 'gateway' || names === undefined) return undefined;
  const [option, argument] = names;
  return { option, argument, id: to.id };
}
