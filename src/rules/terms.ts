/** What each fabric calls the same thing: for words only, never for a verdict. */
import type { FabricKind } from '../model/snapshot.ts';

export interface Terms {
  readonly vendor: string;
  /** `The X of INTERFACE, the interface of node N, is Y.` */
  forwardingIsOff(where: { interface: string; machine: string; node: string }): string;
  readonly forwardingSeen: string;
  forwardingNext(where: { interface: string; machine: string }): string;
  /** What a group makes its machines from. */
  templateIsOff(template: string): string;
  templateNext(template: string): string;
  /** What pods' packets need besides routes. */
  readonly network: string;
  readonly identity: string;
  readonly scopeInput: string;
  /** Whether a route of the user's can win against the network's own range. */
  readonly routesBeatOwnRange: boolean;
  /** What it refuses to do by machine where the machine has several interfaces. */
  readonly severalInterfaces?: string;
  /** Why its route controller leaves out the second family of podCIDRs, where it does. */
  readonly secondFamily?: string;
}

const TERMS: Readonly<Record<FabricKind, Terms>> = {
  aws: {
    vendor: 'EC2',
    forwardingIsOff: ({ interface: face, node }) =>
      `The source/destination check of ${face}, the interface of node ${node}, is on.`,
    forwardingSeen: 'source/destination check is on',
    forwardingNext: ({ interface: face }) =>
      `Switch the check off on ${face}. It takes effect at once and interrupts nothing; a replaced instance starts with the check on again.`,
    // Launch templates have no such setting: `not-durable` has words of its own for groups.
    templateIsOff: (template) => `The source/destination check is on in ${template}`,
    templateNext: (template) => `Switch the check off in ${template}.`,
    network: 'VPC',
    identity: 'aws sts get-caller-identity',
    scopeInput: 'aws-regions',
    routesBeatOwnRange: false,
    // Sources: EC2 API reference, CreateRoute (InstanceId) and ModifyInstanceAttribute.
    severalInterfaces:
      'EC2 refuses to change the source/destination check by instance, and to make a route by instance, where the instance has several interfaces.',
    // Source: cloud-provider-aws, pkg/providers/v1/aws_routes.go (DestinationCidrBlock is the only destination).
    secondFamily: 'The AWS cloud controller manager makes IPv4 routes only.',
  },
  gcp: {
    vendor: 'Compute Engine',
    forwardingIsOff: ({ machine, node }) =>
      `canIpForward of instance ${machine}, the machine of node ${node}, is false.`,
    forwardingSeen: 'canIpForward is false',
    forwardingNext: ({ machine }) =>
      `Set canIpForward to true on ${machine}, and in the instance template that its replacement will be made from.`,
    templateIsOff: (template) => `canIpForward is false in instance template ${template}`,
    templateNext: (template) =>
      `Make a template like ${template} with canIpForward set, give it to the group, and let new machines come from it.`,
    network: 'VPC network',
    identity: 'gcloud config list',
    scopeInput: 'gcp-projects',
    routesBeatOwnRange: false,
    // Source: cloud-provider-gcp, providers/gce/gce_routes.go (the name is made of cluster and node, and "already
    // exists" counts as done).
    secondFamily:
      'The Compute Engine cloud controller manager names a route by its node alone, so a node’s second route meets the name of the first and is never made.',
  },
  azure: {
    vendor: 'Azure',
    forwardingIsOff: ({ interface: face, node }) =>
      `IP forwarding of ${face}, the network interface of node ${node}, is off.`,
    forwardingSeen: 'enableIPForwarding is false',
    forwardingNext: ({ interface: face }) =>
      `Switch IP forwarding on for ${face}; where a scale set made the machine, in the scale set's model too.`,
    templateIsOff: (template) => `IP forwarding is off in the model of scale set ${template}`,
    templateNext: (template) =>
      `Switch IP forwarding on in the model of ${template}; that changes no running instance.`,
    network: 'virtual network',
    identity: 'az account show',
    scopeInput: 'azure-subscriptions',
    routesBeatOwnRange: true,
  },
};

/** By the fabric's id, whose first part is its kind. */
export function termsOf(fabricId: string): Terms {
  const [kind] = fabricId.split('/');
  return kind === 'gcp' || kind === 'azure' ? TERMS[kind] : TERMS.aws;
}
