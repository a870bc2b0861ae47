/** Security groups and network ACLs -> facts, in two steps: first each as EC2 shows it, then with prefix lists spelt out. */
import type { IpPermission, NetworkAcl, NetworkAclEntry, SecurityGroup } from '@aws-sdk/client-ec2';
import type { FilterFacts, FilterRule } from '../../model/filter.ts';
import { canonicalPrefix } from '../../model/prefix.ts';
import { nameOf } from './translate.ts';

/** A rule before prefix lists are expanded. */
interface RuleDraft {
  readonly rule: FilterRule;
  readonly lists: readonly string[];
}

/** A filter before prefix lists are expanded. */
export interface FilterDraft {
  readonly id: string;
  readonly kind: 'security-group' | 'network-acl';
  readonly name?: string;
  readonly network: string;
  readonly rules: readonly RuleDraft[];
  /** Of a network ACL: the subnets that it governs. EC2 shows those of the default ACL as well. */
  readonly subnets: readonly string[];
}

/** EC2 writes these four by name in groups and by number in ACLs; everything else by number. */
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const LAST_PORT = 65_535;

type Traffic = Pick<FilterRule, 'protocol' | 'ports'>;

export function translateGroup(group: SecurityGroup): FilterDraft | undefined {
  if (group.GroupId === undefined) return undefined;
  return {
    id: group.GroupId,
    kind: 'security-group',
    ...(group.GroupName === undefined ? {} : { name: group.GroupName }),
    network: group.VpcId ?? '',
    rules: [
      ...(group.IpPermissions ?? []).map((permission) => translatePermission(permission, 'in')),
      ...(group.IpPermissionsEgress ?? []).map((permission) => translatePermission(permission, 'out')),
    ],
    subnets: [],
  };
}

function translatePermission(permission: IpPermission, direction: 'in' | 'out'): RuleDraft {
  const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] } = permission;
  const prefixes = [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
  const groups = UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []);
  // Without an id a group is known by its name alone, and names are not unique.
  const unnamed = UserIdGroupPairs.flatMap(({ GroupId, GroupName }) =>
    GroupId === undefined ? [GroupName ?? 'a group without id'] : [],
  );
  return {
    rule: {
      direction,
      action: 'allow',
      rank: 0,
      ...trafficOf(permission.IpProtocol, permission.FromPort, permission.ToPort, permission.FromPort),
      peers: {
        prefixes: canonical(prefixes),
        ...(groups.length === 0 ? {} : { groups: distinct(groups) }),
        ...(unnamed.length === 0 ? {} : { unread: distinct(unnamed) }),
      },
    },
    lists: PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
  };
}

export function translateAcl(acl: NetworkAcl): FilterDraft | undefined {
  if (acl.NetworkAclId === undefined) return undefined;
  return {
    id: acl.NetworkAclId,
    kind: 'network-acl',
    ...nameOf(acl.Tags),
    network: acl.VpcId ?? '',
    rules: (acl.Entries ?? []).flatMap((entry) => translateEntry(entry) ?? []),
    subnets: (acl.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
  };
}

/** The last entries, `*` in the console, refuse everything: 32767 for IPv4, 32768 for IPv6. */
const LAST_ENTRIES = 32_767;

function translateEntry(entry: NetworkAclEntry): RuleDraft | undefined {
  const { CidrBlock, Ipv6CidrBlock, RuleNumber: rank = 0, PortRange: ports, IcmpTypeCode: icmp } = entry;
  if (rank >= LAST_ENTRIES) return undefined;
  const rule: FilterRule = {
    direction: entry.Egress === true ? 'out' : 'in',
    action: entry.RuleAction === 'allow' ? 'allow' : 'deny',
    rank,
    name: String(rank),
    ...trafficOf(entry.Protocol, ports?.From, ports?.To, icmp?.Type),
    peers: { prefixes: canonical([CidrBlock, Ipv6CidrBlock]) },
  };
  return { rule, lists: [] };
}

/**
 * What a rule is about. -1 stands for all: protocols, types. Of ICMP only the type is kept: a rule for one code of it
 * (fragmentation needed is code 4 of type 3) is limited either way. Other protocols have no ports, whatever a rule says.
 */
function trafficOf(
  protocol: string | undefined,
  from: number | undefined,
  to: number | undefined,
  type: number | undefined,
): Traffic {
  if (protocol === undefined || protocol === '-1') return {};
  const name = PROTOCOLS[protocol] ?? protocol;
  if (name === 'icmp' || name === 'icmpv6') {
    return { protocol: name, ...(type === undefined || type < 0 ? {} : { ports: [{ from: type, to: type }] }) };
  }
  const isPortless = name !== 'tcp' && name !== 'udp';
  if (isPortless || from === undefined || to === undefined || from < 0) return { protocol: name };
  return { protocol: name, ...(from === 0 && to === LAST_PORT ? {} : { ports: [{ from, to }] }) };
}

function canonical(texts: readonly (string | undefined)[]): string[] {
  return distinct(texts.flatMap((text) => (text === undefined || text === '' ? [] : [canonicalPrefix(text)])));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** The prefix lists that a filter's rules name. */
export function listsOf(filter: FilterDraft): string[] {
  return filter.rules.flatMap(({ lists }) => lists);
}

/** `lists`: entries of prefix lists; one that is not in there was not read, and any address may be in it. */
export function finishFilter(draft: FilterDraft, lists: ReadonlyMap<string, readonly string[]>): FilterFacts {
  const rules = draft.rules.map((one): FilterRule => {
    const entries = one.lists.flatMap((list) => lists.get(list) ?? []);
    const { prefixes, unread = [], ...peers } = one.rule.peers;
    const missing = distinct([...unread, ...one.lists.filter((list) => !lists.has(list))]);
    return {
      ...one.rule,
      peers: {
        prefixes: distinct([...prefixes, ...canonical(entries)]),
        ...peers,
        ...(missing.length === 0 ? {} : { unread: missing }),
      },
    };
  });
  return {
    id: draft.id,
    kind: draft.kind,
    ...(draft.name === undefined ? {} : { name: draft.name }),
    network: draft.network,
    rules: rules.sort(compareRules),
  };
}

function compareRules(a: FilterRule, b: FilterRule): number {
  if (a.direction !== b.direction) return a.direction < b.direction ? -1 : 1;
  if (a.rank !== b.rank) return a.rank - b.rank;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** What is at an interface, and EC2 did not show although it was asked: what it admits is not known. */
export function unseenGroup(id: string): FilterFacts {
  const unread = id.startsWith('sg-')
    ? `${id}, which EC2 does not show to the account of the run`
    : `${id}, of which EC2 shows none`;
  return { id, kind: 'security-group', rules: [], unread: [unread] };
}
