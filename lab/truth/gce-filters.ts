/** What the firewall of a VPC network does with a packet: the rules of the network at both machines, and no others. */

import { formatAddress, holds, rangeOf } from '../world/addresses.ts';
import type { Address, Range } from '../world/addresses.ts';
import type { GceFirewallWorld, GceInstanceWorld, GcePolicyRuleWorld, GceWorld } from '../world/gce.ts';
import { Filters } from './filters.ts';
import type { Crossing, FilterLine, FilterStage } from './filters.ts';
import { carriesAddress } from './ground.ts';
import type { Machine, Nic } from './ground.ts';

/** How sure it is that a rule is for an address; 0: it is not. */
type Sureness = 0 | 'perhaps' | 'certain';

const names: Record<string, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', ipip: '4', esp: '50' };

function linesOf(rule: GceFirewallWorld, certain: boolean): FilterLine[] {
  return (rule.allowed ?? rule.denied ?? []).map(({ protocol, ports }) => ({
    does: rule.denied === undefined ? 'allow' : 'deny',
    certain,
    ...(protocol === 'all' ? {} : { protocol: names[protocol] ?? protocol }),
    ...(ports === undefined ? {} : { ports: ports.map(portsOf) }),
  }));
}

function portsOf(text: string): { from: number; to: number } {
  const [from = 0, to = from] = text.split('-').map(Number);
  return { from, to };
}

export interface Surroundings {
  /** By key of the machine: what rules may name it by. */
  instances: Map<string, GceInstanceWorld>;
}

function isCalled(instance: GceInstanceWorld | undefined, tags: string[], accounts: string[]): boolean {
  const account = instance?.serviceAccount;
  const hasTag = instance?.tags.some((tag) => tags.includes(tag)) ?? false;
  return hasTag || (account !== undefined && accounts.includes(account));
}

/** A tag or account of the source stands for what the network knows as the machine's; of its pods nobody is sure. */
function fitsSource(rule: GceFirewallWorld, x: Address, machine: Machine | undefined, around: Surroundings): Sureness {
  const { sourceRanges, sourceTags, sourceServiceAccounts } = rule;
  const isOpen = [sourceRanges, sourceTags, sourceServiceAccounts].every((list) => list.length === 0);
  const ranges = isOpen ? ['0.0.0.0/0'] : sourceRanges;
  if (ranges.some((range) => holds(rangeOf(range), x))) return 'certain';
  if (!isCalled(around.instances.get(machine?.key ?? ''), sourceTags, sourceServiceAccounts)) return 0;
  // Nor of alias ranges: only a machine's addresses are it.
  return machine?.nics.some((nic) => carriesAddress(nic, formatAddress(x))) === true ? 'certain' : 'perhaps';
}

/** Whether a rule is for a packet from `source` to `target` at this machine. */
function fits(rule: GceFirewallWorld, { source, target, from }: Crossing, around: Surroundings): Sureness {
  if (rule.direction === 'INGRESS') {
    const { destinationRanges: own } = rule;
    const isOwn = own.length === 0 || own.some((range) => holds(rangeOf(range), target));
    return isOwn ? fitsSource(rule, source, from.machine, around) : 0;
  }
  const { sourceRanges: own, destinationRanges } = rule;
  const there = destinationRanges.length === 0 ? ['0.0.0.0/0'] : destinationRanges;
  const isOwn = own.length === 0 || own.some((range) => holds(rangeOf(range), source));
  return isOwn && there.some((range) => holds(rangeOf(range), target)) ? 'certain' : 0;
}

/** Whether a rule of a policy may decide about packets between two addresses in a network. */
function mayDecide(rule: GcePolicyRuleWorld, network: string, { source, target }: Crossing): boolean {
  if (rule.disabled === true || rule.action === 'goto_next' || rule.srcNetworkContext === 'INTERNET') return false;
  if (rule.targetNetworks !== undefined && !rule.targetNetworks.includes(network)) return false;
  const meets = (ranges: string[] | undefined, x: Address): boolean =>
    ranges === undefined || ranges.some((range) => holds(rangeOf(range), x));
  return (rule.srcSecureTags !== undefined || meets(rule.srcIpRanges, source)) && meets(rule.destIpRanges, target);
}

/** Policies go before or behind the rules of the network; what they decide together is not worked out here. */
function isDoubtful(gce: GceWorld, network: string, crossing: Crossing): boolean {
  const regions = gce.subnetworks.filter((one) => one.network === network).map((one) => one.region);
  return gce.policies.some(
    (policy) =>
      policy.networks.includes(network) &&
      (policy.region === undefined || regions.includes(policy.region)) &&
      policy.rules.some((rule) => mayDecide(rule, network, crossing)),
  );
}

export function gceFilters(gce: GceWorld, around: Surroundings): Filters {
  const stageAt = (nic: Nic, direction: GceFirewallWorld['direction'], crossing: Crossing): FilterStage => {
    const { from, owner, source, target } = crossing;
    const ends = `${from.machine?.key ?? ''} ${formatAddress(source)} to ${owner.key} ${formatAddress(target)}`;
    const lines = (): FilterLine[] | 'unread' => {
      if (isDoubtful(gce, nic.network, crossing)) return 'unread';
      const here = around.instances.get(nic.machine?.key ?? '');
      const meant = gce.firewalls.filter((rule) => {
        if (rule.network !== nic.network || rule.direction !== direction || rule.disabled) return false;
        const { targetTags, targetServiceAccounts } = rule;
        return (
          targetTags.length + targetServiceAccounts.length === 0 || isCalled(here, targetTags, targetServiceAccounts)
        );
      });
      const isAllowing = (rule: GceFirewallWorld): number => (rule.denied === undefined ? 1 : 0);
      meant.sort((a, b) => a.priority - b.priority || isAllowing(a) - isAllowing(b));
      const made = meant.flatMap((rule) => {
        const sureness = fits(rule, crossing, around);
        return sureness === 0 ? [] : linesOf(rule, sureness === 'certain');
      });
      // What nobody decided does not come in, and may go out.
      return direction === 'INGRESS' ? made : [...made, { does: 'allow', certain: true }];
    };
    return { name: `firewall of ${nic.network} (${direction} at ${nic.id}): ${ends}`, stateful: true, lines };
  };

  return new Filters((crossing) => {
    const { from, to } = crossing;
    return [stageAt(from, 'EGRESS', crossing), ...(to === undefined ? [] : [stageAt(to, 'INGRESS', crossing)])];
  });
}

/** Every range that some rule names. */
export function gceFilterRanges(gce: GceWorld): Range[] {
  const policies = gce.policies.flatMap(({ rules }) => rules);
  return [
    ...gce.firewalls.flatMap((rule) => [...rule.sourceRanges, ...rule.destinationRanges]),
    ...policies.flatMap((rule) => [...(rule.srcIpRanges ?? []), ...(rule.destIpRanges ?? [])]),
  ].map(rangeOf);
}
