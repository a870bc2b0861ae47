import type { google } from '@google-cloud/compute/build/protos/protos.js';

import type { GceFirewallWorld, GcePolicyRuleWorld, GcePolicyWorld } from '../../world/gce.ts';
import { createdAt, networkUrl, numericId, urlOf, type ProjectView } from './view.ts';

type V1 = google.cloud.compute.v1.IFirewall;
type PolicyRule = google.cloud.compute.v1.IFirewallPolicyRule;
type Effective = google.cloud.compute.v1.IRegionNetworkFirewallPoliciesGetEffectiveFirewallsResponse;
type EffectivePolicy =
  google.cloud.compute.v1.IRegionNetworkFirewallPoliciesGetEffectiveFirewallsResponseEffectiveFirewallPolicy;

/** Lists that are empty are left out of every answer. */
function full(lists: Record<string, readonly unknown[] | undefined>): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined && list.length > 0));
}

export function firewallOf({ world }: ProjectView, now: string, rule: GceFirewallWorld): V1 {
  const self = urlOf(world.hostProject, 'global/firewalls', rule.name);
  const isOut = rule.direction === 'EGRESS';
  const hasSource = [rule.sourceRanges, rule.sourceTags, rule.sourceServiceAccounts].some((list) => list.length > 0);
  // Where no peer was given, the service has written "anywhere" into the rule, in IPv4.
  const anywhere = ['0.0.0.0/0'];
  const traffic = (list: GceFirewallWorld['allowed']): object[] | undefined =>
    list?.map(({ protocol, ports }) => ({ IPProtocol: protocol, ...full({ ports }) }));
  return {
    kind: 'compute#firewall',
    id: numericId(self),
    creationTimestamp: createdAt(now, self),
    name: rule.name,
    description: '',
    network: networkUrl(world, rule.network),
    priority: rule.priority,
    ...full({
      sourceRanges: isOut || hasSource ? rule.sourceRanges : anywhere,
      destinationRanges: isOut && rule.destinationRanges.length === 0 ? anywhere : rule.destinationRanges,
      sourceTags: rule.sourceTags,
      sourceServiceAccounts: rule.sourceServiceAccounts,
      targetTags: rule.targetTags,
      targetServiceAccounts: rule.targetServiceAccounts,
      allowed: traffic(rule.allowed),
      denied: traffic(rule.denied),
    }),
    direction: rule.direction,
    logConfig: { enable: false },
    disabled: rule.disabled,
    selfLink: self,
  };
}

/** Every policy ends with these four: both directions, both families. */
const LAST: readonly PolicyRule[] = (
  [
    ['EGRESS', 'dest', '::/0'],
    ['INGRESS', 'src', '::/0'],
    ['EGRESS', 'dest', '0.0.0.0/0'],
    ['INGRESS', 'src', '0.0.0.0/0'],
  ] as const
).map(([direction, end, range], index) => ({
  kind: 'compute#firewallPolicyRule',
  priority: 2_147_483_644 + index,
  action: 'goto_next',
  direction,
  match: { [`${end}IpRanges`]: [range], layer4Configs: [{ ipProtocol: 'all' }] },
  enableLogging: false,
  ruleTupleCount: 2,
}));

function policyRuleOf({ world }: ProjectView, rule: GcePolicyRuleWorld): PolicyRule {
  const { priority, action, direction, srcNetworkContext } = rule;
  return {
    kind: 'compute#firewallPolicyRule',
    priority,
    action,
    direction,
    match: {
      ...full({
        srcIpRanges: rule.srcIpRanges,
        destIpRanges: rule.destIpRanges,
        srcSecureTags: rule.srcSecureTags?.map((name) => ({ name, state: 'EFFECTIVE' })),
      }),
      layer4Configs: rule.traffic.map(({ protocol, ports }) => ({ ipProtocol: protocol, ...full({ ports }) })),
      ...(srcNetworkContext !== undefined && { srcNetworkContext }),
    },
    ...full({ targetResources: rule.targetNetworks?.map((name) => networkUrl(world, name)) }),
    enableLogging: false,
    ...(rule.disabled === true && { disabled: true }),
    ruleTupleCount: 2,
  };
}

function policyOf(view: ProjectView, { kind, name, displayName, rules }: GcePolicyWorld): EffectivePolicy {
  return {
    name,
    ...(displayName !== undefined && { displayName }),
    type: kind,
    rules: [...rules.map((rule) => policyRuleOf(view, rule)), ...LAST],
  };
}

/** What bears upon a network in one region: its own rules, and the policies of the organization, the network, the region. */
export function effectiveFirewalls(view: ProjectView, now: string, network: string, region: string): Effective {
  const policies = view.world.policies.filter(
    (one) => one.networks.includes(network) && (one.kind !== 'NETWORK_REGIONAL' || one.region === region),
  );
  return full({
    firewalls: view.firewalls.filter((one) => one.network === network).map((one) => firewallOf(view, now, one)),
    firewallPolicys: policies.map((one) => policyOf(view, one)),
  });
}
