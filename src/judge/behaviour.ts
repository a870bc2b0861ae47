/**
 * How each fabric treats a packet whose addresses are not its own, as data: one row per fabric. The walk asks
 * these questions and never which vendor it is.
 */
import type { FabricKind } from '../model/snapshot.ts';

export interface FabricBehaviour {
  /** A frame to a neighbour's hardware address inside one subnet is delivered without asking the route table. */
  readonly onLinkBypassesTables: boolean;
  /** The sender's interface drops packets from addresses that are not assigned to it while forwarding is off. */
  readonly checksSource: boolean;
  /** The receiver's interface drops packets to addresses that are not assigned to it while forwarding is off. */
  readonly checksDestination: boolean;
  /** Who answers a neighbour query for an address of the subnet: interfaces it is assigned to, or any guest. */
  readonly neighbourAnswers: 'assigned' | 'guests';
  /** A learned route inside the network's own range loses against the local route, however long it is. */
  readonly localBeatsPropagated: boolean;
}

export type BehaviourTable = Readonly<Record<FabricKind, FabricBehaviour>>;

export const FABRIC_BEHAVIOUR: BehaviourTable = {
  // Sources: AWS VPC user guide, "Route tables" (route-table rules apply to traffic that leaves the subnet by the
  // subnet router's hardware address), "Route priority" and "NAT instances" (source/destination check);
  // Calico's AWS page (the check matters inside one subnet without any VPC route).
  aws: {
    onLinkBypassesTables: true,
    checksSource: true,
    checksDestination: true,
    neighbourAnswers: 'assigned',
    localBeatsPropagated: true,
  },
};
