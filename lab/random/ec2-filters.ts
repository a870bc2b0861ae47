/** Security groups and network ACLs at random, for a given world: open, closed, limited and everything between. */

import { addressAt, rangeOf, subnetOf } from '../world/addresses.ts';
import { defaultPodCidr, podCidr6 } from '../world/cluster.ts';
import { peerOf } from '../world/ec2-filters.ts';
import type { AclEntryWorld, GroupPeerWorld, GroupRuleWorld, SecurityGroupWorld } from '../world/ec2-filters.ts';
import * as faults from '../world/faults.ts';
import type { Fault } from '../world/faults.ts';
import { ec2Id } from '../world/ids.ts';
import { internalIps, interfaceOf, must, nodeOf, nodeSubnets, regionOf } from '../world/look.ts';
import type { World } from '../world/world.ts';
import type { Dice } from './dice.ts';

type Ports = { from: number; to: number } | undefined;

/** Two halves that make a whole between them, the whole, and single ports. */
function ports(d: Dice): Ports {
  return d.weighted<Ports>([
    [2, undefined],
    [1, { from: 0, to: 65_535 }],
    [1, { from: 0, to: 1023 }],
    [1, { from: 1024, to: 65_535 }],
    [1, { from: 443, to: 443 }],
  ]);
}

function icmp(d: Dice): { type: number; code: number } {
  return d.pick([
    { type: -1, code: -1 },
    { type: 8, code: -1 },
    { type: 3, code: 4 },
  ]);
}

/** A prefix that matters to somebody: of pods, of machines, of everything; sometimes with host bits. */
function prefix(world: World, d: Dice): string {
  const node = nodeOf(world, d.between(0, world.cluster.nodes.length - 1));
  const [pod] = node.podCIDRs;
  const ips = internalIps(node);
  const choices: [number, () => string][] = [
    [4, () => defaultPodCidr],
    [2, () => subnetOf(defaultPodCidr, 17, d.between(0, 1))],
    [1, () => subnetOf(defaultPodCidr, 22, d.between(0, 3))],
    [3, () => '0.0.0.0/0'],
    [3, () => '10.40.0.0/16'],
    [1, () => `${ips[0] ?? '10.40.0.9'}/${ips[0]?.includes(':') === true ? '128' : '32'}`],
    [1, () => '::/0'],
    [1, () => podCidr6],
  ];
  if (pod !== undefined) {
    const { length } = rangeOf(pod);
    choices.push([3, () => pod]);
    choices.push([2, () => subnetOf(pod, length + 1, d.between(0, 1))]);
    choices.push([1, () => `${addressAt(pod, 9)}/${String(length)}`]);
  }
  return d.weighted(choices)();
}

function peer(world: World, group: SecurityGroupWorld, d: Dice): GroupPeerWorld {
  const region = regionOf(world, nodeOf(world, 0));
  return d.weighted<() => GroupPeerWorld>([
    [12, () => peerOf(prefix(world, d))],
    [2, () => ({ groupId: group.id })],
    [2, () => ({ groupId: d.pick(region.securityGroups).id })],
    [
      1,
      () => {
        const id = ec2Id('pl', world.name, 'filters', region.prefixLists.length);
        const entries = [subnetOf(defaultPodCidr, 18, 0), '10.40.0.0/20'];
        region.prefixLists.push({ id, name: 'partners', ownerId: region.accountId, entries });
        return { prefixListId: id };
      },
    ],
  ])();
}

function rule(world: World, group: SecurityGroupWorld, egress: boolean, d: Dice): GroupRuleWorld {
  const protocol = d.weighted([
    [10, '-1'],
    [3, 'tcp'],
    [2, 'udp'],
    [1, 'icmp'],
    [1, 'icmpv6'],
    [1, '50'],
  ]);
  const { type, code } = icmp(d);
  const some = protocol.startsWith('icmp') ? { from: type, to: code } : ports(d);
  const isOpen = protocol === '-1' || protocol === '50' || some === undefined;
  return { egress, protocol, ...(isOpen ? {} : { ports: some }), peer: peer(world, group, d) };
}

/** Some rules go, some come. */
function shuffleRules(world: World, group: SecurityGroupWorld, d: Dice): void {
  group.rules = group.rules.filter(() => d.percent(65));
  const more = d.between(0, 4);
  for (let i = 0; i < more; i++) group.rules.push(rule(world, group, d.percent(40), d));
}

function changedGroup(ref: number, d: Dice): Fault {
  return {
    says: `the rules of the group of ${String(ref)} are mixed up`,
    into: (world) => {
      const [id] = interfaceOf(world, nodeOf(world, ref)).groupIds;
      const { securityGroups } = regionOf(world, nodeOf(world, ref));
      shuffleRules(
        world,
        must(
          securityGroups.find((one) => one.id === id),
          'group',
        ),
        d,
      );
      return [];
    },
  };
}

function anotherGroup(ref: number, beside: boolean, d: Dice): Fault {
  return {
    says: `${String(ref)} has a group of its own${beside ? ' beside that of all' : ''}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      const before = interfaceOf(world, node).groupIds;
      const group = faults.ownGroup(world, node);
      shuffleRules(world, group, d);
      if (beside) interfaceOf(world, node).groupIds = [...before, group.id];
      return [];
    },
  };
}

function entry(world: World, number: number, egress: boolean, d: Dice): AclEntryWorld {
  const protocol = d.weighted([
    [8, '-1'],
    [3, '6'],
    [2, '17'],
    [1, '1'],
    [1, '58'],
    [1, '50'],
  ]);
  const some = ports(d);
  return {
    number,
    egress,
    action: d.percent(55) ? 'deny' : 'allow',
    protocol,
    cidr: prefix(world, d),
    ...((protocol === '6' || protocol === '17') && some !== undefined ? { ports: some } : {}),
    ...(protocol === '1' || protocol === '58' ? { icmp: icmp(d) } : {}),
  };
}

function randomAcl(place: number, d: Dice): Fault {
  return {
    says: `node subnet ${String(place)} has an ACL of its own`,
    into: (world) => {
      const entries = Array.from({ length: d.between(1, 4) }, (_, i) => entry(world, 50 + 20 * i, d.percent(50), d));
      faults.subnetAcl(world, place, entries);
      return [];
    },
  };
}

/** Most worlds get something to do with filters. */
export function randomFilters(world: World, d: Dice): Fault[] {
  const last = world.cluster.nodes.length - 1;
  const node = (): number => d.between(0, last);
  const place = (): number => d.between(0, Math.max(0, nodeSubnets(world).length - 1));
  const pods = (): string => nodeOf(world, node()).podCIDRs[0] ?? defaultPodCidr;
  const one = (): Fault =>
    d.weighted<() => Fault>([
      [3, () => changedGroup(node(), d)],
      [3, () => anotherGroup(node(), false, d)],
      [3, () => anotherGroup(node(), true, d)],
      [5, () => randomAcl(place(), d)],
      [1, () => faults.groupLostPods()],
      [1, () => faults.groupByReference()],
      [1, () => faults.groupOnePort('tcp', 443)],
      [1, () => faults.groupHalfRange(node())],
      [1, () => faults.groupByPrefixList([d.pick([defaultPodCidr, '10.244.0.0/22'])])],
      [1, () => faults.egressClosed(node())],
      [2, () => faults.aclDeniesPods(place(), d.pick([defaultPodCidr, pods()]))],
    ])();
  return Array.from({ length: d.pick([0, 1, 1, 2, 3]) }, one);
}
