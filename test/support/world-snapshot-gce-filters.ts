/** The firewall facts that a perfect reader would take of a lab world's Compute Engine. */
import type { GceFirewallWorld, GcePolicyWorld, GceTrafficWorld, GceWorld } from '../../lab/world/gce.ts';
import { canonicalPrefix } from '../../src/model/prefix.ts';
import type { FilterDoubt, FilterFacts, FilterPeers, FilterRule } from '../../src/model/snapshot.ts';

export function gceFilters(gce: GceWorld): FilterFacts[] {
  return gce.networks.map(({ name }) => {
    const doubts = new Map(
      gce.policies.flatMap((policy) => doubtsOf(gce, policy, name)).map((one) => [JSON.stringify(one), one]),
    );
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
      ...(doubts.size === 0 ? {} : { doubts: [...doubts.keys()].sort().map((key) => doubts.get(key)!) }),
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

/** What a policy leaves in doubt in a network: whatever one of its rules may decide. */
function doubtsOf(gce: GceWorld, policy: GcePolicyWorld, network: string): FilterDoubt[] {
  const regions = new Set(gce.subnetworks.filter((one) => one.network === network).map(({ region }) => region));
  if (!policy.networks.includes(network)) return [];
  if (policy.region !== undefined && !regions.has(policy.region)) return [];
  return policy.rules.flatMap((rule): FilterDoubt[] => {
    if (rule.disabled === true || rule.action === 'goto_next' || rule.srcNetworkContext === 'INTERNET') return [];
    if (rule.targetNetworks?.includes(network) === false) return [];
    const { srcIpRanges: from, destIpRanges: to } = rule;
    return [
      {
        name: `${KINDS[policy.kind]} ${policy.displayName ?? policy.name} (rule ${String(rule.priority)}: ${rule.action})`,
        ...(from === undefined || rule.srcSecureTags !== undefined ? {} : { from: peersOf(from, []) }),
        ...(to === undefined ? {} : { to: peersOf(to, []) }),
      },
    ];
  });
}
