/** Faults of security groups and network ACLs: what the one who made them did not think of. */

import { canonical, cidrOf, covers, familyOf, holds, rangeOf, subnetOf } from '../addresses.ts';
import type { Range } from '../addresses.ts';
import { aclOf, peerOf } from '../ec2-filters.ts';
import type { AclEntryWorld, GroupRuleWorld, NetworkAclWorld, SecurityGroupWorld } from '../ec2-filters.ts';
import { ec2Id } from '../ids.ts';
import { DoesNotFit, instanceOf, interfaceOf, must, nodeOf, nodeSubnets, podRange, regionOf } from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { AwsRegionWorld, NodeWorld, World } from '../world.ts';
import type { Expected, Fault } from './fault.ts';

/** Neighbouring ranges as one, as somebody would write them down. */
function merged(cidrs: string[]): string[] {
  let ranges: Range[] = [...new Set(cidrs.map(canonical))].map(rangeOf);
  for (;;) {
    const pair = ranges
      .flatMap((a) => ranges.map((b) => [a, b] as const))
      .find(([a, b]) => {
        if (a === b || a.family !== b.family) return false;
        if (covers(a, b)) return true;
        const size = a.last - a.first + 1n;
        return a.length === b.length && a.last + 1n === b.first && a.first % (size * 2n) === 0n;
      });
    if (pair === undefined) return ranges.map(cidrOf).sort();
    const [a, b] = pair;
    const joined = covers(a, b) ? a : { ...a, last: b.last, length: a.length - 1 };
    ranges = [...ranges.filter((one) => one !== a && one !== b), joined];
  }
}

function firstRegion(world: World): AwsRegionWorld {
  return regionOf(world, nodeOf(world, 0));
}

/** A terminated machine has no interface any more, and so nothing that could be filtered. */
function nodesOnMachines(world: World): NodeWorld[] {
  return world.cluster.nodes.filter((node) => (instanceOf(world, node)?.interfaceIds.length ?? 0) > 0);
}

/** The groups that some node's interface has. */
function nodeGroups(world: World): SecurityGroupWorld[] {
  const region = firstRegion(world);
  const ids = new Set(nodesOnMachines(world).flatMap((node) => interfaceOf(world, node).groupIds));
  return region.securityGroups.filter((one) => ids.has(one.id));
}

/** Whether a rule is for pods and for nothing of the network's own. */
function isForPods(world: World, { peer }: GroupRuleWorld): boolean {
  const cidr = 'cidr' in peer ? peer.cidr : 'ipv6Cidr' in peer ? peer.ipv6Cidr : undefined;
  const pods = world.cluster.nodes.flatMap((node) => node.podCIDRs.map(rangeOf));
  const own = firstRegion(world).vpcs.flatMap((vpc) => [...vpc.cidrs, ...vpc.ipv6Cidrs].map(rangeOf));
  if (cidr === undefined || own.some((range) => covers(range, rangeOf(cidr)))) return false;
  return pods.some((pod) => covers(rangeOf(cidr), pod) || covers(pod, rangeOf(cidr)));
}

function podRangesOf(nodes: readonly NodeWorld[]): string[] {
  return nodes.flatMap((node) => node.podCIDRs);
}

function refused(filter: { id: string }, cidrs: string[], verdict: 'fail' | 'unknown' = 'fail'): Expected {
  return { rule: 'firewall-excludes-pods', verdict, subjects: { filters: [filter.id], prefixes: merged(cidrs) } };
}

/** What every node's groups say about pods that come in is replaced. */
function replacePodRules(
  world: World,
  replacement: (group: SecurityGroupWorld) => GroupRuleWorld[],
): SecurityGroupWorld[] {
  const groups = nodeGroups(world);
  for (const group of groups) {
    const kept = group.rules.filter((rule) => rule.egress || !isForPods(world, rule));
    group.rules = [...kept, ...replacement(group)];
  }
  return groups;
}

const all = { egress: false, protocol: '-1' } as const;

/** Nobody thought of pods: the nodes' group lets in the network's own ranges, and nothing else. */
export function groupLostPods(): Fault {
  return {
    says: "the nodes' security group does not let pods in",
    into: (world) => replacePodRules(world, () => []).map((group) => refused(group, podRangesOf(world.cluster.nodes))),
  };
}

/** Members of the group may reach each other: that counts for addresses of interfaces, and perhaps not for pods. */
export function groupByReference(): Fault {
  return {
    says: "the nodes' security group lets in its own members, and pods only as far as they count as such",
    into: (world) =>
      replacePodRules(world, ({ id }) => [{ ...all, peer: { groupId: id } }]).map((group) =>
        refused(group, podRangesOf(world.cluster.nodes), 'unknown'),
      ),
  };
}

/** Pods are let in for one port only. */
export function groupOnePort(protocol: string, port: number): Fault {
  return {
    says: `the nodes' security group lets pods in for ${protocol} ${String(port)} only`,
    into: (world) => {
      const rules = merged(podRangesOf(world.cluster.nodes)).map((cidr): GroupRuleWorld => ({
        egress: false,
        protocol,
        ports: { from: port, to: port },
        peer: peerOf(cidr),
      }));
      return replacePodRules(world, () => rules).map((group) =>
        refused(group, podRangesOf(world.cluster.nodes), 'unknown'),
      );
    },
  };
}

/** The range that somebody wrote into the group ends in the middle of one node's podCIDR. */
export function groupHalfRange(ref: NodeRef): Fault {
  return {
    says: `the nodes' security group lets in only half of the pods of ${String(ref)}`,
    into: (world) => {
      const half = nodeOf(world, ref);
      const cut = podRange(half);
      const length = rangeOf(cut).length + 1;
      const whole = podRangesOf(world.cluster.nodes)
        .map(canonical)
        .filter((cidr) => cidr !== cut);
      const rules = merged([...whole, subnetOf(cut, length, 0)]).map((cidr) => ({ ...all, peer: peerOf(cidr) }));
      return replacePodRules(world, () => rules).map((group) => refused(group, [subnetOf(cut, length, 1)]));
    },
  };
}

/** The pod range comes from a prefix list. */
export function groupByPrefixList(entries: readonly string[]): Fault {
  return {
    says: `the nodes' security group lets in the prefix list ${entries.join(', ')}`,
    into: (world) => {
      const id = ec2Id('pl', world.name, 'pods', entries.length);
      firstRegion(world).prefixLists.push({
        id,
        name: 'pods',
        ownerId: firstRegion(world).accountId,
        entries: [...entries],
      });
      const pods = podRangesOf(world.cluster.nodes);
      const missing = pods.filter((pod) => !entries.some((entry) => covers(rangeOf(entry), rangeOf(pod))));
      const groups = replacePodRules(world, () => [{ ...all, peer: { prefixListId: id } }]);
      return missing.length === 0 ? [] : groups.map((group) => refused(group, missing));
    },
  };
}

/** One node has a group of its own, which lets it talk to the network's own ranges and not to pods. */
export function egressClosed(ref: NodeRef): Fault {
  return {
    says: `the security group of ${String(ref)} lets nothing out but to the network's own ranges`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const group = ownGroup(world, node);
      const region = regionOf(world, node);
      const vpc = must(
        region.vpcs.find((one) => one.id === group.vpcId),
        group.vpcId,
      );
      const open = [...vpc.cidrs, ...vpc.ipv6Cidrs];
      group.rules = [
        ...group.rules.filter((rule) => !rule.egress),
        ...open.map((cidr) => ({ ...all, egress: true, peer: peerOf(cidr) })),
      ];
      return [refused(group, podRangesOf(world.cluster.nodes.filter((one) => one !== node)))];
    },
  };
}

/** A copy of the group that the node's interface has first, for this node alone. */
export function ownGroup(world: World, node: NodeWorld): SecurityGroupWorld {
  const region = regionOf(world, node);
  const nic = interfaceOf(world, node);
  const like = must(
    region.securityGroups.find((one) => nic.groupIds.includes(one.id)),
    `security group of ${node.name}`,
  );
  const id = ec2Id('sg', world.name, node.name, region.securityGroups.length);
  const group = { ...structuredClone(like), id, name: `${like.name}-${node.name}` };
  region.securityGroups.push(group);
  nic.groupIds = [id];
  return group;
}

/** An ACL of its own for a node subnet (by its place among the node subnets), with entries before those that allow. */
export function subnetAcl(world: World, place: number, entries: readonly AclEntryWorld[]): NetworkAclWorld {
  const subnet = must(nodeSubnets(world)[place], `node subnet ${String(place)}`);
  const region = firstRegion(world);
  if (!region.subnets.includes(subnet)) throw new DoesNotFit(`${subnet.id} is in another region`);
  const like = aclOf(region, subnet);
  for (const acl of region.networkAcls) acl.subnetIds = acl.subnetIds.filter((id) => id !== subnet.id);
  const acl: NetworkAclWorld = {
    id: ec2Id('acl', world.name, 'subnet', place),
    vpcId: subnet.vpcId,
    isDefault: false,
    subnetIds: [subnet.id],
    // Two entries of one direction cannot have the same number: EC2 refuses the second.
    entries: structuredClone([
      ...entries,
      ...like.entries.filter(
        ({ number, egress }) => !entries.some((one) => one.number === number && one.egress === egress),
      ),
    ]),
    tags: { Name: `${world.name}-hardened` },
  };
  region.networkAcls = [...region.networkAcls.filter((one) => one.id !== acl.id), acl];
  return acl;
}

/** The ACL of a node subnet refuses pods of other subnets, on their way in. */
export function aclDeniesPods(place: number, podCidr: string): Fault {
  return {
    says: `the network ACL of node subnet ${String(place)} refuses ${podCidr}`,
    into: (world) => {
      const entry = { number: 90, egress: false, action: 'deny', protocol: '-1', cidr: podCidr } as const;
      const acl = subnetAcl(world, place, [entry]);
      const elsewhere = nodesOnMachines(world).filter(
        (node) => !acl.subnetIds.includes(interfaceOf(world, node).subnetId),
      );
      const hit = podRangesOf(elsewhere).filter(
        (pod) =>
          familyOf(pod) === familyOf(podCidr) &&
          holds(rangeOf(podCidr), { family: familyOf(pod), value: rangeOf(pod).first }),
      );
      return hit.length === 0 ? [] : [refused(acl, hit)];
    },
  };
}
