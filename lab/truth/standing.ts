/**
 * Who takes part: which nodes are judged, which machine each one is, what its kernel does as far as anybody outside
 * can know, and through which interface its packets leave.
 */

import { addressOf, familyOf, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Family, Range } from '../world/addresses.ts';
import type { NodeWorld, PodWorld, TunnelWorld, World } from '../world/world.ts';
import { awsGround } from './aws.ts';
import { azureGround } from './azure.ts';
import { gceGround } from './gce.ts';
import { carriesAddress, isFilled } from './ground.ts';
import { Filters } from './filters.ts';
import type { Ground, Machine, Nic } from './ground.ts';

export type Mode = 'host-gw' | 'fabric' | 'cross-subnet' | 'overlay' | 'eni' | 'unknown';

export interface TruthOptions {
  /** What the user told about all nodes; without it the evidence in the cluster decides, node by node. */
  mode?: Exclude<Mode, 'unknown'>;
  /** Nobody may read the entries of prefix lists. */
  prefixListsUnread?: boolean;
  /** off: nobody asks for filters; unread: they were asked for, and could not be read. Default: all are known. */
  filters?: 'off' | 'unread';
}

export interface Standing {
  node: NodeWorld;
  /** False for nodes that are new, being deleted, or no machines at all. */
  judged: boolean;
  machine: Machine | 'dead' | 'unknown';
  /** The machine, whether it runs or not: what its interfaces are let through does not depend on that. */
  seat?: Machine;
  mode: Mode;
  pods: Range[];
  /** What its packets travel in, where evidence tells. */
  tunnel?: TunnelWorld;
  /** The backend that flannel runs there with, where evidence tells. */
  flannel?: string;
}

const threeMinutes = 180_000;

export function isVirtual(node: NodeWorld): boolean {
  const id = node.providerID ?? '';
  return (
    (id.split('/').at(-1) ?? '').startsWith('fargate-') ||
    id.startsWith('eks-hybrid://') ||
    node.labels['type'] === 'virtual-kubelet' ||
    node.taints.some((taint) => taint.key === 'virtual-kubelet.io/provider')
  );
}

function isJudged(world: World, node: NodeWorld): boolean {
  if (node.deletingSince !== undefined || isVirtual(node)) return false;
  return Date.parse(world.now) - Date.parse(node.createdAt) >= threeMinutes;
}

export function internalIps(node: NodeWorld): string[] {
  return node.addresses.filter((one) => one.type === 'InternalIP').map((one) => one.address);
}

/** All clouds of a world. */
export function groundsOf(world: World, options: TruthOptions): Ground[] {
  const grounds = [
    ...world.aws.map((region) => awsGround(region, world.aws, options.prefixListsUnread === true)),
    ...(world.gce ?? []).map(gceGround),
    ...(world.azure ?? []).map(azureGround),
  ];
  for (const ground of grounds) {
    if (options.filters === 'off') ground.filters = new Filters(() => []);
    if (options.filters === 'unread') ground.filters = ground.filters.unread();
  }
  return grounds;
}

/** The machine that a providerID names, in the form of its cloud; undefined when it names none at all. */
function machineKey(node: NodeWorld): string | undefined {
  const id = node.providerID;
  // k3s and RKE2 without a cloud provider name the node itself, not a machine.
  if (id === undefined || id === '' || id.startsWith('k3s://') || id.startsWith('rke2://')) return undefined;
  if (id.startsWith('gce://')) return id.slice('gce://'.length);
  // Resource Manager does not mind the case of its ids.
  if (id.startsWith('azure://')) return id.slice('azure://'.length).toLowerCase();
  const last = id.split('/').at(-1) ?? '';
  return (id.startsWith('aws://') || id === last) && last.startsWith('i-') ? last : 'foreign';
}

function findByKey(grounds: Ground[], key: string): Machine | undefined {
  for (const ground of grounds) {
    const machine = ground.machines.get(key);
    if (machine !== undefined) return machine;
  }
  return undefined;
}

function networkName(nic: Nic): string {
  return `${nic.machine?.ground.id ?? ''} ${nic.network}`;
}

/** Joins by address in the networks of the nodes that providerIDs have placed; in all networks if there are none. */
function findByAddress(grounds: Ground[], node: NodeWorld, known: Set<string>): Machine | undefined {
  const found = new Set<Machine | undefined>();
  for (const nic of grounds.flatMap((ground) => ground.nics)) {
    if (known.size > 0 && !known.has(networkName(nic))) continue;
    if (internalIps(node).some((ip) => carriesAddress(nic, ip))) found.add(nic.machine);
  }
  const [only] = found;
  // Two that fit are never told apart by guessing.
  return found.size === 1 ? only : undefined;
}

function networksOfMatchedNodes(world: World, grounds: Ground[]): Set<string> {
  const machines = world.cluster.nodes.map((node) => findByKey(grounds, machineKey(node) ?? ''));
  return new Set(machines.flatMap((machine) => machine?.nics.map(networkName) ?? []));
}

const agentDaemonSets =
  /^(kube-flannel-ds|aws-node|azure-cns|canal|cilium|calico-node|antrea-agent|kube-router|ovnkube-node)/;

function agentRuns(pod: PodWorld): boolean {
  const isAgent = agentDaemonSets.test(pod.ownerDaemonSet ?? '');
  return isAgent && pod.phase === 'Running' && pod.ready && pod.deletingSince === undefined;
}

/** Whether some table of the node's network leads pod addresses to a machine: somebody made the cloud route them. */
function cloudRoutesPods(pods: Range[], machine: Standing['machine']): boolean {
  if (typeof machine !== 'object') return false;
  return machine.nics.some((nic) => machine.ground.leadsToMachines(nic.network, pods));
}

/** Whether the cloud itself has given the node's pod ranges to an interface of its machine. */
function cloudAssignsPods(pods: Range[], machine: Standing['machine']): boolean {
  if (typeof machine !== 'object' || pods.length === 0) return false;
  const own = machine.nics.flatMap((nic) => nic.own);
  return pods.every((pod) => isFilled(pod, own));
}

/** Only an agent that runs on the node makes anybody believe its own objects; without one, podCIDRs are all there is. */
function shownRanges(node: NodeWorld, agents: PodWorld[]): Range[] {
  const runsHere = agents.some((pod) => pod.nodeName === node.name);
  return (runsHere ? (node.kernel.ranges ?? node.podCIDRs) : node.podCIDRs).map(rangeOf);
}

/** A running pod with an address of a family that the node has ranges of, and in none of them; or without any range. */
function podsContradict(world: World, node: NodeWorld, ranges: Range[]): boolean {
  const own = world.cluster.pods.filter(
    (pod) =>
      pod.nodeName === node.name && pod.phase === 'Running' && !pod.hostNetwork && pod.deletingSince === undefined,
  );
  return own
    .flatMap((pod) => pod.podIPs.map(addressOf))
    .some((x) => {
      const family = ranges.filter((range) => range.family === x.family);
      return (family.length > 0 || ranges.length === 0) && !family.some((range) => holds(range, x));
    });
}

/** What everybody can see of a cluster. */
interface Sight {
  world: World;
  agents: PodWorld[];
  /** Of all nodes, as shown. */
  pods: Range[];
}

/**
 * What can be known about the node's kernel: an agent must run there now, or a route controller have left its mark, or
 * the cloud have assigned the podCIDR to the machine, or no agent run anywhere while the cloud's tables lead pod
 * addresses to machines. Cilium that leaves routing to others needs somebody who routes: a cloud that routes every
 * packet anyway, or tables that show it.
 */
function kernelShown({ agents, pods }: Sight, node: NodeWorld, ranges: Range[], machine: Standing['machine']): Mode {
  const runsHere = agents.some((pod) => pod.nodeName === node.name);
  const { routing } = node.kernel;
  if (routing !== 'plain') return runsHere ? routing : 'unknown';
  const isGiven = cloudAssignsPods(ranges, machine);
  if (runsHere) {
    const decides = typeof machine === 'object' && machine.ground.neighbours !== 'owner';
    return isGiven || decides || cloudRoutesPods(pods, machine) ? 'fabric' : 'unknown';
  }
  const controlled = node.networkUnavailable?.status === 'False' && node.networkUnavailable.reason === 'RouteCreated';
  const shown = isGiven || (agents.length === 0 && cloudRoutesPods(pods, machine));
  return controlled || shown ? 'fabric' : 'unknown';
}

function modeOf(
  sight: Sight,
  node: NodeWorld,
  ranges: Range[],
  machine: Standing['machine'],
  told: TruthOptions['mode'],
): Mode {
  const mode = told ?? kernelShown(sight, node, ranges, machine);
  // No agent makes direct routes beside tunnels on Windows.
  if (mode === 'cross-subnet' && node.os === 'windows') return 'unknown';
  const isSeen = mode === 'host-gw' || mode === 'fabric' || mode === 'cross-subnet';
  return told === undefined && isSeen && podsContradict(sight.world, node, ranges) ? 'unknown' : mode;
}

export function standings(world: World, grounds: Ground[], options: TruthOptions): Standing[] {
  const known = networksOfMatchedNodes(world, grounds);
  const agents = world.cluster.pods.filter(agentRuns);
  const sight: Sight = { world, agents, pods: world.cluster.nodes.flatMap((node) => shownRanges(node, agents)) };
  return world.cluster.nodes.map((node) => {
    const ranges = shownRanges(node, agents);
    const key = machineKey(node);
    const found = key === undefined ? findByAddress(grounds, node, known) : findByKey(grounds, key);
    const machine = found === undefined ? 'unknown' : found.runs ? found : 'dead';
    const mode = modeOf(sight, node, ranges, found ?? 'unknown', options.mode);
    const { routing, tunnel } = node.kernel;
    const runsHere = agents.some((pod) => pod.nodeName === node.name);
    const isTold = runsHere && mode === routing && (mode === 'overlay' || mode === 'cross-subnet');
    const flannel =
      runsHere && mode === routing ? node.annotations['flannel.alpha.coreos.com/backend-type'] : undefined;
    return {
      node,
      judged: isJudged(world, node),
      machine,
      ...(found === undefined ? {} : { seat: found }),
      mode,
      pods: ranges,
      ...(isTold && tunnel !== undefined ? { tunnel } : {}),
      ...(flannel === undefined ? {} : { flannel }),
    };
  });
}

/** The next hop that others use for this node: what it advertises, else its InternalIP of the family. */
export function nextHopTo(node: NodeWorld, family: Family): string | undefined {
  return [...node.kernel.advertised, ...internalIps(node)].find((ip) => familyOf(ip) === family);
}

/** The node's own addresses of a family. */
export function ownAddresses(node: NodeWorld, family: Family): Address[] {
  return internalIps(node)
    .filter((ip) => familyOf(ip) === family)
    .map(addressOf);
}

/** The interface through which the node's packets of a family leave; undefined when nothing tells. */
export function egressOf(standing: Standing, machine: Machine, family: Family): Nic | undefined {
  const { node, mode } = standing;
  const internal = internalIps(node);
  const candidates = [
    ...(mode === 'host-gw' || mode === 'cross-subnet'
      ? node.kernel.advertised.filter((ip) => familyOf(ip) === family)
      : []),
    ...internal.filter((ip) => familyOf(ip) === family),
    // A dual-stack node whose kubelet reports one family only still has one interface for both.
    ...internal,
  ];
  for (const ip of candidates) {
    const found = machine.nics.find((one) => carriesAddress(one, ip));
    if (found !== undefined) return found;
  }
  return machine.nics.length === 1 ? machine.nics[0] : undefined;
}
