/** Security groups and network ACLs as a perfect reader would have them: those at nodes, with prefix lists spelt out. */
import { aclOf } from '../../lab/world/ec2-filters.ts';
import type {
  AclEntryWorld,
  GroupRuleWorld,
  NetworkAclWorld,
  SecurityGroupWorld,
} from '../../lab/world/ec2-filters.ts';
import type { AwsRegionWorld, InterfaceWorld, NodeWorld } from '../../lab/world/world.ts';
import type { FilterFacts, FilterRule } from '../../src/model/filter.ts';
import { canonicalPrefix } from '../../src/model/prefix.ts';

/** The interfaces of the nodes' machines, by provider id or by address. */
function facesOfNodes(region: AwsRegionWorld, nodes: readonly NodeWorld[]): InterfaceWorld[] {
  const named = new Set(nodes.map((node) => node.providerID?.split('/').at(-1)));
  const addresses = new Set(
    nodes
      .filter((node) => node.providerID === undefined)
      .flatMap((node) => node.addresses.map(({ address }) => address)),
  );
  const carries = ({ privateIps, ipv6Addresses }: InterfaceWorld): boolean =>
    [...privateIps, ...ipv6Addresses].some((ip) => addresses.has(ip));
  const found = new Set(region.interfaces.filter(carries).map(({ instanceId }) => instanceId));
  return region.interfaces.filter(
    (face) =>
      carries(face) || (face.instanceId !== undefined && (named.has(face.instanceId) || found.has(face.instanceId))),
  );
}

export function ec2Filters(region: AwsRegionWorld, nodes: readonly NodeWorld[], readsLists: boolean): FilterFacts[] {
  const faces = facesOfNodes(region, nodes);
  const groups = new Set(faces.flatMap((face) => face.groupIds));
  const subnets = region.subnets.filter(({ id }) => faces.some((face) => face.subnetId === id));
  const acls = new Set(subnets.map((subnet) => aclOf(region, subnet)));
  return [
    ...region.securityGroups.filter(({ id }) => groups.has(id)).map((group) => groupFacts(region, group, readsLists)),
    ...region.networkAcls.filter((acl) => acls.has(acl)).map(aclFacts),
  ];
}

const NAMES: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

function protocolOf(text: string): { protocol?: string } {
  return text === '-1' ? {} : { protocol: NAMES[text] ?? text };
}

function groupFacts(region: AwsRegionWorld, group: SecurityGroupWorld, readsLists: boolean): FilterFacts {
  return {
    id: group.id,
    kind: 'security-group',
    network: group.vpcId,
    rules: group.rules.map((rule): FilterRule => ({
      direction: rule.egress ? 'out' : 'in',
      action: 'allow',
      rank: 0,
      ...protocolOf(rule.protocol),
      ...portsOf(rule),
      peers: peersOf(region, rule, readsLists),
    })),
  };
}

function portsOf({ protocol, ports }: GroupRuleWorld): Pick<FilterRule, 'ports'> {
  const name = NAMES[protocol] ?? protocol;
  if (ports === undefined || ports.from < 0) return {};
  if (name.startsWith('icmp')) return { ports: [{ from: ports.from, to: ports.from }] };
  const isAll = ports.from === 0 && ports.to === 65_535;
  return isAll || (name !== 'tcp' && name !== 'udp') ? {} : { ports: [ports] };
}

function peersOf(region: AwsRegionWorld, { peer }: GroupRuleWorld, readsLists: boolean): FilterRule['peers'] {
  if ('cidr' in peer) return { prefixes: [canonicalPrefix(peer.cidr)] };
  if ('ipv6Cidr' in peer) return { prefixes: [canonicalPrefix(peer.ipv6Cidr)] };
  if ('groupId' in peer) return { prefixes: [], groups: [peer.groupId] };
  const list = region.prefixLists.find(({ id }) => id === peer.prefixListId);
  if (list === undefined || !readsLists) return { prefixes: [], unread: [peer.prefixListId] };
  return { prefixes: [...new Set(list.entries.map(canonicalPrefix))].sort() };
}

function aclFacts(acl: NetworkAclWorld): FilterFacts {
  return {
    id: acl.id,
    kind: 'network-acl',
    network: acl.vpcId,
    rules: acl.entries.map((entry): FilterRule => ({
      direction: entry.egress ? 'out' : 'in',
      action: entry.action,
      rank: entry.number,
      name: String(entry.number),
      ...protocolOf(entry.protocol),
      ...entryPorts(entry),
      peers: { prefixes: [canonicalPrefix(entry.cidr)] },
    })),
  };
}

function entryPorts({ ports, icmp }: AclEntryWorld): Pick<FilterRule, 'ports'> {
  if (icmp !== undefined) return icmp.type < 0 ? {} : { ports: [{ from: icmp.type, to: icmp.type }] };
  return ports === undefined || (ports.from === 0 && ports.to === 65_535) ? {} : { ports: [ports] };
}
