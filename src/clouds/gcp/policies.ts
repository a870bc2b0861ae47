/** Firewall policies above and beside the rules of a network: which of them may decide about pod packets. Pure. */
import type { google } from '@google-cloud/compute/build/protos/protos.js';
import { parsePrefix } from '../../model/prefix.ts';
import type { FilterDoubt, FilterPeers } from '../../model/snapshot.ts';
import type { IPolicy } from './calls.ts';
import { prefixOf } from './translate.ts';
import { networkId, projectOf } from './url.ts';

type IFirewallPolicyRule = google.cloud.compute.v1.IFirewallPolicyRule;
type IFirewallPolicyRuleMatcher = google.cloud.compute.v1.IFirewallPolicyRuleMatcher;

/** What one policy says in one region, slim: rules that only hand on and those that are off are left out. */
export interface PolicyDraft {
  readonly network: string;
  /** In the user's words: `hierarchical firewall policy org-baseline`. */
  readonly name: string;
  readonly rules: readonly PolicyRuleDraft[];
}

interface PolicyRuleDraft {
  readonly priority: number;
  readonly action: string;
  /** The ranges that either end has to be in; absent: not only ranges decide. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = {
  HIERARCHY: 'hierarchical firewall policy',
  NETWORK: 'network firewall policy',
  NETWORK_REGIONAL: 'regional network firewall policy',
  SYSTEM_GLOBAL: 'system firewall policy',
  SYSTEM_REGIONAL: 'regional system firewall policy',
};

export function translatePolicy(policy: IPolicy, network: string): PolicyDraft {
  const kind = KINDS[policy.type ?? ''] ?? 'firewall policy';
  // Policies of an organization have a number for their name.
  const name = [policy.displayName, policy.name].find((text) => text) ?? 'without name';
  return {
    network,
    name: `${kind} ${name}`,
    rules: (policy.rules ?? []).filter((rule) => mayDecide(rule, network)).map(translateRule),
  };
}

/** Whether a rule can decide about packets between machines of this network, by anything but their addresses. */
function mayDecide(rule: IFirewallPolicyRule, network: string): boolean {
  if (rule.disabled === true || rule.action === 'goto_next') return false;
  if (rule.targetType === 'INTERNAL_MANAGED_LB' || (rule.targetForwardingRules ?? []).length > 0) return false;
  const places = rule.targetResources ?? [];
  const isElsewhere = places.length > 0 && places.every((url) => networkId(url, projectOf(network)) !== network);
  return !isElsewhere && !isAboutInternet(rule.match);
}

/** The far end is the internet, never a machine of the network. Both fields say it; one is older. */
function isAboutInternet(match: IFirewallPolicyRuleMatcher | null | undefined): boolean {
  const contexts = [match?.srcNetworkContext, match?.srcNetworkType, match?.destNetworkContext, match?.destNetworkType];
  return contexts.includes('INTERNET');
}

function translateRule({ priority, action, match }: IFirewallPolicyRule): PolicyRuleDraft {
  const from = onlyRanges(match?.srcIpRanges, [
    match?.srcFqdns,
    match?.srcRegionCodes,
    match?.srcThreatIntelligences,
    match?.srcAddressGroups,
    match?.srcSecureTags?.map(({ name }) => name ?? ''),
  ]);
  const to = onlyRanges(match?.destIpRanges, [
    match?.destFqdns,
    match?.destRegionCodes,
    match?.destThreatIntelligences,
    match?.destAddressGroups,
  ]);
  return { priority: priority ?? 0, action: action ?? 'unknown', ...(from && { from }), ...(to && { to }) };
}

/** Ranges stand beside other criteria, and any of them is enough. */
function onlyRanges(
  ranges: readonly string[] | null | undefined,
  others: readonly (readonly string[] | null | undefined)[],
): string[] | undefined {
  if (!ranges?.length || others.some((list) => list?.length)) return undefined;
  return ranges.map(prefixOf);
}

/**
 * Rules of a network's policies that may decide about packets between its machines. They go before or behind the rules of
 * the network, by its settings, and are not judged: what they are about is in doubt.
 */
export function doubtsOf(network: string, policies: readonly PolicyDraft[]): FilterDoubt[] {
  return policies
    .filter((policy) => policy.network === network)
    .flatMap(({ name, rules }) =>
      rules
        .toSorted((a, b) => a.priority - b.priority)
        .map(({ priority, action, from, to }) => ({
          name: `${name} (rule ${String(priority)}: ${action})`,
          ...(from === undefined ? {} : { from: peersOf(from) }),
          ...(to === undefined ? {} : { to: peersOf(to) }),
        })),
    );
}

/** What is no prefix may mean anything. */
function peersOf(ranges: readonly string[]): FilterPeers {
  const prefixes = ranges.flatMap((text) => parsePrefix(text)?.text ?? []);
  const unread = ranges.filter((text) => parsePrefix(text) === undefined);
  return { prefixes: [...new Set(prefixes)].sort(), ...(unread.length === 0 ? {} : { unread }) };
}
