/** What the security groups and network ACLs of a VPC have to say about a packet. */

import { formatAddress, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import { aclOf } from '../world/ec2-filters.ts';
import type { AclEntryWorld, GroupPeerWorld, GroupRuleWorld, NetworkAclWorld } from '../world/ec2-filters.ts';
import type { AwsRegionWorld } from '../world/world.ts';
import type { Crossing, FilterLine, FilterStage } from './filters.ts';
import { carriesAddress } from './ground.ts';
import type { Machine, Nic } from './ground.ts';

/** The other end of a packet, as one of its machines sees it. */
interface Peer {
  x: Address;
  /** Whose address, or whose pod's address, it is. */
  owner: Machine | undefined;
}

/** Entries of a prefix list; undefined: nobody knows them. */
type ListRanges = (prefixListId: string) => Range[] | undefined;

const numbers: Record<string, string> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** A type with all its codes, or one code of it, as a span of numbers: the lab counts type * 256 + code. */
function icmpSpan(type: number, code: number): Pick<FilterLine, 'ports'> {
  if (type < 0) return {};
  const first = type * 256;
  return { ports: [code < 0 ? { from: first, to: first + 255 } : { from: first + code, to: first + code }] };
}

function trafficOfRule({ protocol, ports }: GroupRuleWorld): Pick<FilterLine, 'protocol' | 'ports'> {
  if (protocol === '-1') return {};
  const name = numbers[protocol] ?? protocol;
  if (ports === undefined || ports.from < 0) return { protocol: name };
  if (name === 'icmp' || name === 'icmpv6') return { protocol: name, ...icmpSpan(ports.from, ports.to) };
  // Other protocols have no ports, whatever a rule says.
  return name === 'tcp' || name === 'udp' ? { protocol: name, ports: [ports] } : { protocol: name };
}

function trafficOfEntry({ protocol, ports, icmp }: AclEntryWorld): Pick<FilterLine, 'protocol' | 'ports'> {
  if (protocol === '-1') return {};
  const name = numbers[protocol] ?? protocol;
  if (icmp !== undefined) return { protocol: name, ...icmpSpan(icmp.type, icmp.code) };
  return ports === undefined ? { protocol: name } : { protocol: name, ports: [ports] };
}

// The same few addresses are named again for each of 40,000 pairs of nodes.
const texts = new WeakMap<Address, string>();

function textOf(x: Address): string {
  const text = texts.get(x) ?? formatAddress(x);
  texts.set(x, text);
  return text;
}

export class AwsFilters {
  private readonly region: AwsRegionWorld;
  private readonly nics: Nic[];
  private readonly listRanges: ListRanges;
  private readonly groupsOf: Map<string, string[]>;

  constructor(region: AwsRegionWorld, nics: Nic[], listRanges: ListRanges) {
    this.region = region;
    this.nics = nics;
    this.listRanges = listRanges;
    this.groupsOf = new Map(region.interfaces.map((one) => [one.id, one.groupIds]));
  }

  /** Groups at both interfaces; network ACLs only where the packet goes from one subnet to another. */
  stages({ from, to, source, target, owner }: Crossing): FilterStage[] {
    const found = [this.groupStage(from, true, { x: target, owner })];
    if (to !== undefined && to.subnet !== from.subnet) {
      found.push(this.aclStage(from, true, target), this.aclStage(to, false, source));
    }
    if (to !== undefined) found.push(this.groupStage(to, false, { x: source, owner: from.machine }));
    return found.filter((stage) => stage !== undefined);
  }

  /** Where what groups and ACLs say may change. */
  ranges(): Range[] {
    const used = new Set(this.region.interfaces.flatMap((one) => one.groupIds));
    const groups = this.region.securityGroups.filter((one) => used.has(one.id));
    return [
      ...groups.flatMap((group) => group.rules.flatMap(({ peer }) => this.rangesOf(peer) ?? [])),
      ...this.region.networkAcls.flatMap((acl) => acl.entries.map((entry) => rangeOf(entry.cidr))),
      ...this.nics.flatMap((nic) => nic.own),
    ];
  }

  private rangesOf(peer: GroupPeerWorld): Range[] | undefined {
    if ('cidr' in peer) return [rangeOf(peer.cidr)];
    if ('ipv6Cidr' in peer) return [rangeOf(peer.ipv6Cidr)];
    return 'prefixListId' in peer ? this.listRanges(peer.prefixListId) : [];
  }

  private groupStage(nic: Nic, egress: boolean, peer: Peer): FilterStage | undefined {
    const ids = this.groupsOf.get(nic.id) ?? [];
    if (ids.length === 0) return undefined;
    const whom = `${egress ? 'to' : 'from'} ${textOf(peer.x)} of ${peer.owner?.key ?? 'nobody'}`;
    return {
      name: `${ids.join()} ${whom}`,
      stateful: true,
      lines: () => {
        const groups = ids.map((id) => this.region.securityGroups.find((one) => one.id === id));
        // A group that the account cannot see.
        if (groups.includes(undefined)) return 'unread';
        return groups.flatMap((group) => group?.rules ?? []).flatMap((rule) => this.groupLines(rule, egress, peer));
      },
    };
  }

  private groupLines(rule: GroupRuleWorld, egress: boolean, peer: Peer): FilterLine[] {
    const fits = rule.egress === egress ? this.isFor(rule.peer, peer) : 'no';
    return fits === 'no' ? [] : [{ does: 'allow', certain: fits === 'yes', ...trafficOfRule(rule) }];
  }

  private isFor(rule: GroupPeerWorld, { x, owner }: Peer): 'yes' | 'maybe' | 'no' {
    if (!('groupId' in rule)) {
      const ranges = this.rangesOf(rule);
      if (ranges === undefined) return 'maybe';
      return ranges.some((range) => holds(range, x)) ? 'yes' : 'no';
    }
    const isMember = (nic: Nic): boolean => this.groupsOf.get(nic.id)?.includes(rule.groupId) === true;
    // A delegated prefix is not one of the addresses by which rules know a member.
    const holders = this.nics.filter((nic) => carriesAddress(nic, formatAddress(x)));
    if (holders.some(isMember)) return 'yes';
    // Pods behind a member are not certain to count as one.
    return holders.length === 0 && owner?.nics.some(isMember) === true ? 'maybe' : 'no';
  }

  private aclStage(nic: Nic, egress: boolean, x: Address): FilterStage | undefined {
    const subnet = this.region.subnets.find((one) => one.id === nic.subnet);
    if (subnet === undefined) return undefined;
    const acl = aclOf(this.region, subnet);
    return {
      name: `${acl.id} ${egress ? 'to' : 'from'} ${textOf(x)}`,
      stateful: false,
      lines: () => aclLines(acl, egress, x),
    };
  }
}

function aclLines(acl: NetworkAclWorld, egress: boolean, x: Address): FilterLine[] {
  return acl.entries
    .filter((entry) => entry.egress === egress && holds(rangeOf(entry.cidr), x))
    .sort((a, b) => a.number - b.number)
    .map((entry) => ({ does: entry.action, certain: true, ...trafficOfEntry(entry) }));
}
