import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';
import { escapeXml } from './xml.ts';

/** An error in EC2's own words. Codes are spelt as in "Error codes for the Amazon EC2 API", which mixes ID and Id. */
export class Ec2Error extends AwsError {}

export function errorAnswer({ code, message, status }: AwsError, requestId: string): Answer {
  return {
    status,
    headers: xmlHeaders(requestId),
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  };
}

export function xmlHeaders(requestId: string): Record<string, string> {
  return {
    'x-amzn-RequestId': requestId,
    'Cache-Control': 'no-cache, no-store',
    'Content-Type': 'text/xml;charset=UTF-8',
    Server: 'AmazonEC2',
  };
}

export const throttlingError = (): Ec2Error => new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);

/** The kinds of ids that requests name, with the spelling of their errors and the noun of their messages. */
export const ID_KINDS = {
  instance: {
    prefix: 'i-',
    malformed: 'InvalidInstanceID.Malformed',
    missing: 'InvalidInstanceID.NotFound',
    noun: 'instance',
  },
  interface: {
    prefix: 'eni-',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    missing: 'InvalidNetworkInterfaceID.NotFound',
    noun: 'networkInterface',
  },
  subnet: {
    prefix: 'subnet-',
    malformed: 'InvalidSubnetID.Malformed',
    missing: 'InvalidSubnetID.NotFound',
    noun: 'subnet',
  },
  vpc: { prefix: 'vpc-', malformed: 'InvalidVpcID.Malformed', missing: 'InvalidVpcID.NotFound', noun: 'vpc' },
  routeTable: {
    prefix: 'rtb-',
    malformed: 'InvalidRouteTableId.Malformed',
    missing: 'InvalidRouteTableID.NotFound',
    noun: 'routeTable',
  },
  prefixList: {
    prefix: 'pl-',
    malformed: 'InvalidPrefixListId.Malformed',
    missing: 'InvalidPrefixListID.NotFound',
    noun: 'prefix list',
  },
  securityGroup: {
    prefix: 'sg-',
    malformed: 'InvalidGroupId.Malformed',
    missing: 'InvalidGroup.NotFound',
    noun: 'security group',
  },
  networkAcl: {
    prefix: 'acl-',
    malformed: 'InvalidNetworkAclId.Malformed',
    missing: 'InvalidNetworkAclID.NotFound',
    noun: 'networkAcl',
  },
} as const;

export type IdKind = keyof typeof ID_KINDS;

/** Refuses what is no id of that kind: the prefix and 8 or 17 hexadecimal digits (both lengths are in use). */
export function requireWellFormed(kind: IdKind, id: string): void {
  const { prefix, malformed } = ID_KINDS[kind];
  if (id.startsWith(prefix) && /^(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length))) return;
  throw new Ec2Error(malformed, `Invalid id: "${id}" (expecting "${prefix}...")`);
}

export function notFoundError(kind: IdKind, ids: readonly string[]): Ec2Error {
  const { missing, noun } = ID_KINDS[kind];
  const [first = ''] = ids;
  // Its own wording, as seen with DescribeSecurityGroups.
  if (kind === 'securityGroup') return new Ec2Error(missing, `The security group '${first}' does not exist`);
  // Several missing instances are named together; the plural was seen with DescribeInstances.
  if (ids.length > 1) return new Ec2Error(missing, `The ${noun} IDs '${ids.join(', ')}' do not exist`);
  return new Ec2Error(missing, `The ${noun} ID '${first}' does not exist`);
}
