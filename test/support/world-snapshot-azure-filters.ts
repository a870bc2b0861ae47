/** Network security groups of a lab world as a perfect reader's facts. */
import { applicationGroupId, securityGroupId } from '../../lab/world/azure-ids.ts';
import { DEFAULT_SECURITY_RULES } from '../../lab/world/azure-rules.ts';
import type {
  AzureRuleEnd,
  AzureSecurityGroupWorld,
  AzureSecurityRuleWorld,
  AzureWorld,
} from '../../lab/world/azure.ts';
import { canonicalPrefix } from '../../src/model/prefix.ts';
import type { FilterFacts, FilterPeers, FilterRule, PortRange } from '../../src/model/snapshot.ts';

export function filterFacts(azure: AzureWorld, group: AzureSecurityGroupWorld): FilterFacts {
  const rules = [...group.rules, ...DEFAULT_SECURITY_RULES].flatMap((rule) => ruleFacts(azure, rule));
  const { name, provisioningState: state } = group;
  return {
    id: securityGroupId(azure, name),
    kind: 'network-security-group',
    name,
    rules: rules.sort((a, b) => (a.direction === b.direction ? a.rank - b.rank : a.direction === 'in' ? -1 : 1)),
    ...(state === 'Succeeded' ? {} : { unread: [`${name}, which is in state ${state}`] }),
  };
}

const PROTOCOL = { Tcp: 'tcp', Udp: 'udp', Icmp: 'icmp', Esp: '50', Ah: '51' } as const;

function ruleFacts(azure: AzureWorld, rule: AzureSecurityRuleWorld): FilterRule[] {
  const inbound = rule.direction === 'Inbound';
  const [theirs, ours] = inbound ? [rule.source, rule.destination] : [rule.destination, rule.source];
  const doubts = [
    ...(rule.sourcePorts.includes('*') ? [] : [`source ports ${rule.sourcePorts.join(', ')}`]),
    ...(rule.provisioningState === 'Succeeded' ? [] : [`a rule in state ${rule.provisioningState}`]),
  ];
  let [peers, own] = [peersOf(azure, theirs), peersOf(azure, ours)];
  if (doubts.length > 0) {
    const doubtful = { prefixes: [], unread: doubts };
    if (peers === undefined && own !== undefined) peers = doubtful;
    else own = doubtful;
  }
  const plain = {
    direction: inbound ? ('in' as const) : ('out' as const),
    action: rule.access === 'Allow' ? ('allow' as const) : ('deny' as const),
    rank: rule.priority,
    name: rule.name,
    peers: peers ?? { prefixes: ['0.0.0.0/0', '::/0'] },
    ...(own === undefined ? {} : { own }),
  };
  const protocol = rule.protocol === '*' ? undefined : PROTOCOL[rule.protocol];
  if (rule.destinationPorts.includes('*')) return [{ ...plain, ...(protocol === undefined ? {} : { protocol }) }];
  const ports = rule.destinationPorts.map(portsOf);
  return (protocol === undefined ? ['tcp', 'udp'] : [protocol]).map((one) => ({ ...plain, protocol: one, ports }));
}

function portsOf(text: string): PortRange {
  const [from = '', to = from] = text.split('-');
  return { from: Number(from), to: Number(to) };
}

/** Undefined: any. */
function peersOf(azure: AzureWorld, end: AzureRuleEnd): FilterPeers | undefined {
  if ('applicationGroups' in end) {
    return { prefixes: [], groups: end.applicationGroups.map((name) => applicationGroupId(azure, name).toLowerCase()) };
  }
  const [first = ''] = end.prefixes;
  switch (first) {
    case '*':
      return undefined;
    case 'VirtualNetwork':
      return { prefixes: [], network: true };
    case 'AzureLoadBalancer':
      return { prefixes: ['168.63.129.16/32'] };
    case 'Internet':
      return { prefixes: [], internet: true };
    default:
      return /^[A-Z]/.test(first)
        ? { prefixes: [], unread: [first] }
        : { prefixes: end.prefixes.map((text) => canonicalPrefix(text.includes('/') ? text : `${text}/32`)).sort() };
  }
}
