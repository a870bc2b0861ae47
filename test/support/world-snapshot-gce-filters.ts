/** The firewall facts that a perfect reader would take of a lab world's Compute Engine. */
import type { GceFirewallWorld, GcePolicyWorld, GceTrafficWorld, GceWorld } from '../../lab/world/gce.ts';
import { overlaps, rangeOf } from '../../lab/world/addresses.ts';
import { canonicalPrefix } from '../../src/model/prefix.ts';
import type { FilterFacts, FilterPeers, FilterRule } from '../../src/model/snapshot.ts';

/** `packets`: podCIDRs and addresses of the nodes. */
export function gceFilters(gce: GceWorld, packets: readonly string[]): FilterFacts[] {
  return gce.networks.map(({ name }) => {
    const unread = gce.policies.flatMap((policy) => reasonOf(gce, policy, name, packets));
    return {
      id: `${gce.hostProject}/${name}`,
      kind: 'vpc-firewall',
      name,
      network: `${gce.hostProject}/${name}`,
      rules: [
        ...gce.firewalls.filter((one) => one.network === name && !one.disabled).flatMap(rulesOf),
        implied('in', 'deny', 'implied deny ingress'),
        implied('out', 'allow', 'implied allow egress'),
      ],
      ...(unread.length === 0 ? {} : { unread }),
    };
  });
}

function implied(direction: 'in' | 'out', action: 'allow' | 'deny', name: string): FilterRule {
  return { direction, action, rank: 65_536, name, peers: { prefixes: ['0.0.0.0/0', '::/0'] } };
}

function rulesOf(rule: GceFirewallWorld): FilterRule[] {
  const isIn = rule.direction === 'INGRESS';
  const own = isIn ? rule.destinationRanges : rule.sourceRanges;
  const targets = [...rule.targetTags, ...rule.targetServiceAccounts];
  return [...(rule.allowed ?? []), ...(rule.denied ?? [])].map((traffic) => ({
    direction: isIn ? 'in' : 'out',
    action: rule.allowed === undefined ? 'deny' : 'allow',
    rank: rule.priority,
    name: rule.name,
    ...trafficOf(traffic),
    peers: isIn
      ? peersOf(rule.sourceRanges, [...rule.sourceTags, ...rule.sourceServiceAccounts])
      : peersOf(rule.destinationRanges, []),
    ...(own.length === 0 ? {} : { own: peersOf(own, []) }),
    ...(targets.length === 0 ? {} : { targets: targets.sort() }),
  }));
}

const NUMBERS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6', esp: '50' };

function trafficOf({ protocol, ports }: GceTrafficWorld): Pick<FilterRule, 'protocol' | 'ports'> {
  return {
    ...(protocol === 'all' ? {} : { protocol: NUMBERS[protocol] ?? protocol }),
    ...(ports === undefined
      ? {}
      : {
          ports: ports.map((text) => {
            const [from = 0, to = from] = text.split('-').map(Number);
            return { from, to };
          }),
        }),
  };
}

function peersOf(ranges: readonly string[], groups: readonly string[]): FilterPeers {
  const prefixes = ranges.length + groups.length === 0 ? ['0.0.0.0/0'] : ranges.map(canonicalPrefix);
  return { prefixes: prefixes.sort(), ...(groups.length === 0 ? {} : { groups: [...groups].sort() }) };
}

const KINDS = {
  HIERARCHY: 'hierarchical firewall policy',
  NETWORK: 'network firewall policy',
  NETWORK_REGIONAL: 'regional network firewall policy',
} as const;

/** Why a policy leaves the firewall of a network in doubt. */
function reasonOf(gce: GceWorld, policy: GcePolicyWorld, network: string, packets: readonly string[]): string[] {
  const regions = new Set(gce.subnetworks.filter((one) => one.network === network).map(({ region }) => region));
  if (!policy.networks.includes(network)) return [];
  if (policy.region !== undefined && !regions.has(policy.region)) return [];
  const touches = (ranges: readonly string[]): boolean =>
    ranges.some((range) => packets.some((packet) => overlaps(rangeOf(range), rangeOf(packet))));
  const [first, ...more] = policy.rules
    .filter((rule) => {
      if (rule.disabled === true || rule.action === 'goto_next' || rule.srcNetworkContext === 'INTERNET') return false;
      if (rule.targetNetworks?.includes(network) === false) return false;
      const from =
        rule.srcIpRanges !== undefined && rule.srcSecureTags === undefined ? rule.srcIpRanges : ['0.0.0.0/0'];
      return touches(from) && touches(rule.destIpRanges ?? ['0.0.0.0/0']);
    })
    .sort((a, b) => a.priority - b.priority);
  if (first === undefined) return [];
  const rest = more.length === 0 ? '' : ` and ${String(more.length)} more`;
  const name = `${KINDS[policy.kind]} ${policy.displayName ?? policy.name}`;
  return [`${name} (rule ${String(first.priority)}: ${first.action}${rest})`];
}
