/**
 * Who takes part: which nodes are judged, which machine each one is, what its kernel does as far as anybody outside
 * can know, and through which interface its packets leave.
 */

import { covers, familyOf, holds, hostRange, overlaps, rangeOf } from '../world/addresses.ts';
import type { Address, Family, Range } from '../world/addresses.ts';
import type {
  AwsRegionWorld,
  InstanceWorld,
  InterfaceWorld,
  NodeWorld,
  PodWorld,
  SubnetWorld,
  World,
} from '../world/world.ts';
import { rangesOfRoute } from './samples.ts';

export type Mode = 'host-gw' | 'fabric' | 'overlay' | 'eni' | 'unknown';

export interface TruthOptions {
  /** What the user told about all nodes; without it the evidence in the cluster decides, node by node. */
  mode?: Exclude<Mode, 'unknown'>;
  /** Nobody may read the entries of prefix lists. */
  prefixListsUnread?: boolean;
}

export interface Machine {
  region: AwsRegionWorld;
  instance: InstanceWorld;
  interfaces: InterfaceWorld[];
}

export interface Standing {
  node: NodeWorld;
  /** False for nodes that are new, being deleted, or no machines at all. */
  judged: boolean;
  machine: Machine | 'dead' | 'unknown';
  mode: Mode;
  pods: Range[];
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

export function carriesAddress(one: InterfaceWorld, ip: string): boolean {
  const wanted = hostRange(ip);
  return [...one.privateIps, ...one.ipv6Addresses].some((own) => covers(hostRange(own), wanted));
}

/** Whether EC2 knows the address as one of the interface's own: an address of it, or inside a delegated prefix. */
export function isAssigned(one: InterfaceWorld, x: Address): boolean {
  const own = [...one.privateIps, ...one.ipv6Addresses].map(hostRange);
  const delegated = [...one.ipv4Prefixes, ...one.ipv6Prefixes].map(rangeOf);
  return [...own, ...delegated].some((range) => holds(range, x));
}

export function subnetOfInterface(region: AwsRegionWorld, one: InterfaceWorld): SubnetWorld {
  const subnet = region.subnets.find((each) => each.id === one.subnetId);
  if (subnet === undefined) throw new Error(`interface ${one.id} is in subnet ${one.subnetId}, which is not there`);
  return subnet;
}

/** The instance id in a providerID; undefined when there is none; 'foreign' when it names something else. */
function instanceIdOf(node: NodeWorld): string | undefined {
  const id = node.providerID;
  // k3s and RKE2 without a cloud provider name the node itself, not a machine.
  if (id === undefined || id === '' || id.startsWith('k3s://') || id.startsWith('rke2://')) return undefined;
  const last = id.split('/').at(-1) ?? '';
  return (id.startsWith('aws://') || id === last) && last.startsWith('i-') ? last : 'foreign';
}

function machineOf(region: AwsRegionWorld, instance: InstanceWorld): Machine | 'dead' {
  if (instance.state !== 'running' && instance.state !== 'pending') return 'dead';
  return { region, instance, interfaces: region.interfaces.filter((one) => one.instanceId === instance.id) };
}

function findById(world: World, id: string): Machine | 'dead' | 'unknown' {
  for (const region of world.aws) {
    const instance = region.instances.find((one) => one.id === id);
    if (instance !== undefined) return machineOf(region, instance);
  }
  return 'unknown';
}

/** Joins by address in the networks of the nodes that providerIDs have placed; in all networks if there are none. */
function findByAddress(world: World, node: NodeWorld, knownVpcs: Set<string>): Machine | 'dead' | 'unknown' {
  const found: { region: AwsRegionWorld; one: InterfaceWorld }[] = [];
  for (const region of world.aws) {
    for (const one of region.interfaces) {
      const vpc = subnetOfInterface(region, one).vpcId;
      if (knownVpcs.size > 0 && !knownVpcs.has(vpc)) continue;
      if (internalIps(node).some((ip) => carriesAddress(one, ip))) found.push({ region, one });
    }
  }
  const first = found[0];
  // Two that fit are never told apart by guessing.
  if (first === undefined || found.some(({ one }) => one.instanceId !== first.one.instanceId)) return 'unknown';
  if (first.one.instanceId === undefined) return 'unknown';
  const instance = first.region.instances.find((one) => one.id === first.one.instanceId);
  return instance === undefined ? 'unknown' : machineOf(first.region, instance);
}

function vpcsOfMatchedNodes(world: World): Set<string> {
  const vpcs = new Set<string>();
  for (const node of world.cluster.nodes) {
    const id = instanceIdOf(node);
    for (const region of world.aws) {
      for (const one of region.interfaces) {
        if (id !== undefined && one.instanceId === id) vpcs.add(subnetOfInterface(region, one).vpcId);
      }
    }
  }
  return vpcs;
}

const agentDaemonSets = /^(kube-flannel-ds|aws-node|canal|cilium|calico-node)/;

function agentRuns(pod: PodWorld): boolean {
  const isAgent = agentDaemonSets.test(pod.ownerDaemonSet ?? '');
  return isAgent && pod.phase === 'Running' && pod.ready && pod.deletingSince === undefined;
}

/** Whether some table of the node's network leads pod addresses to a machine: somebody made the cloud route them. */
function cloudRoutesPods(world: World, machine: Standing['machine']): boolean {
  if (typeof machine !== 'object') return false;
  const { region, interfaces } = machine;
  const vpcs = interfaces.map((one) => subnetOfInterface(region, one).vpcId);
  const pods = world.cluster.nodes.flatMap((node) => node.podCIDRs.map(rangeOf));
  return region.routeTables.some(
    (table) =>
      vpcs.includes(table.vpcId) &&
      table.routes.some(
        (route) =>
          route.target.kind === 'interface' &&
          rangesOfRoute(world, route)?.some((range) => range.length > 0 && pods.some((pod) => overlaps(range, pod))),
      ),
  );
}

/**
 * What can be known about the node's kernel: an agent must run there now, or a route controller have left its mark, or
 * no agent run anywhere while the cloud's tables lead pod addresses to machines.
 */
function modeOf(world: World, node: NodeWorld, machine: Standing['machine'], told: TruthOptions['mode']): Mode {
  if (told !== undefined) return told;
  const agents = world.cluster.pods.filter(agentRuns);
  const runsHere = agents.some((pod) => pod.nodeName === node.name);
  const { routing } = node.kernel;
  if (routing !== 'plain') return runsHere ? routing : 'unknown';
  if (runsHere) return 'unknown';
  const controlled = node.networkUnavailable?.status === 'False' && node.networkUnavailable.reason === 'RouteCreated';
  return controlled || (agents.length === 0 && cloudRoutesPods(world, machine)) ? 'fabric' : 'unknown';
}

export function standings(world: World, options: TruthOptions): Standing[] {
  const knownVpcs = vpcsOfMatchedNodes(world);
  return world.cluster.nodes.map((node) => {
    const id = instanceIdOf(node);
    const machine = id === undefined ? findByAddress(world, node, knownVpcs) : findById(world, id);
    return {
      node,
      judged: isJudged(world, node),
      machine,
      mode: modeOf(world, node, machine, options.mode),
      pods: node.podCIDRs.map(rangeOf),
    };
  });
}

/** The next hop that others use for this node: what it advertises, else its InternalIP of the family. */
export function nextHopTo(node: NodeWorld, family: Family): string | undefined {
  return [...node.kernel.advertised, ...internalIps(node)].find((ip) => familyOf(ip) === family);
}

/** The interface through which the node's packets of a family leave; undefined when nothing tells. */
export function egressOf(standing: Standing, machine: Machine, family: Family): InterfaceWorld | undefined {
  const { node, mode } = standing;
  const internal = internalIps(node);
  const candidates = [
    ...(mode === 'host-gw' ? node.kernel.advertised.filter((ip) => familyOf(ip) === family) : []),
    ...internal.filter((ip) => familyOf(ip) === family),
    // A dual-stack node whose kubelet reports one family only still has one interface for both.
    ...internal,
  ];
  for (const ip of candidates) {
    const found = machine.interfaces.find((one) => carriesAddress(one, ip));
    if (found !== undefined) return found;
  }
  return machine.interfaces.length === 1 ? machine.interfaces[0] : undefined;
}
