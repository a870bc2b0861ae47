/** Which subscriptions to read, and which nodes to look for in each. Pure. */
import { parseAddress } from '../../model/prefix.ts';
import { parseProviderId } from '../../model/provider-id.ts';
import type { Gap, NodeFacts } from '../../model/snapshot.ts';
import { parseResourceId } from './ids.ts';

/** What one subscription is asked for. Sorted. */
export interface SubscriptionPlan {
  /** Folded. */
  readonly subscription: string;
  /** Folded resource ids from the nodes' provider ids. */
  readonly machines: readonly string[];
  /** InternalIPs of nodes without a provider id that names a cloud. */
  readonly addresses: readonly string[];
}

interface Wanted {
  readonly machines: readonly string[];
  readonly addresses: readonly string[];
}

function collectWanted(nodes: readonly NodeFacts[]): Wanted {
  const machines = new Set<string>();
  const addresses = new Set<string>();
  for (const node of nodes) {
    const provider = parseProviderId(node.providerID ?? '');
    if (node.virtual !== undefined || provider.virtual !== undefined) continue;
    if (provider.cloud === undefined) {
      for (const ip of node.internalIPs) addresses.add(parseAddress(ip)?.text ?? '');
      continue;
    }
    const id = /^azure:(\/.+)$/.exec(provider.key ?? '')?.[1];
    if (id !== undefined && parseResourceId(id) !== undefined) machines.add(id);
  }
  addresses.delete('');
  return { machines: [...machines].sort(), addresses: [...addresses].sort() };
}

function subscriptionOf(id: string): string {
  return parseResourceId(id)?.subscription ?? '';
}

/** Whether the subscriptions of the login are needed: something has to be found, and no node says where. */
export function needsOwnSubscriptions(configured: readonly string[], nodes: readonly NodeFacts[]): boolean {
  const { machines, addresses } = collectWanted(nodes);
  return configured.length === 0 && machines.length === 0 && addresses.length > 0;
}

/**
 * Configured subscriptions win; else those that the nodes name; else the login's own. A node is looked for in the
 * subscription that it names, or, where that one is not read, in all.
 */
export function planSubscriptions(
  configured: readonly string[],
  nodes: readonly NodeFacts[],
  own: readonly string[],
): SubscriptionPlan[] {
  const { machines, addresses } = collectWanted(nodes);
  const named = machines.map(subscriptionOf);
  const chosen = configured.length > 0 ? configured : named.length > 0 ? named : own;
  const subscriptions = [...new Set(chosen.map((id) => id.toLowerCase()))].sort();
  return subscriptions
    .map((subscription): SubscriptionPlan => {
      const here = machines.filter((id) => [subscription, undefined].includes(placeOf(id, subscriptions)));
      return { subscription, machines: here, addresses };
    })
    .filter((plan) => plan.machines.length + plan.addresses.length > 0);
}

/** Undefined: none of those that are read. */
function placeOf(machine: string, subscriptions: readonly string[]): string | undefined {
  const named = subscriptionOf(machine);
  return subscriptions.includes(named) ? named : undefined;
}

/** The login sees no subscription at all. */
export function noSubscriptionGap(): Gap {
  const reason =
    'no subscription is known: no node has a provider id of the form azure:///subscriptions/..., the input azure-subscriptions is empty, and the login may read no subscription. Set azure-subscriptions';
  return { facet: 'machines', subject: 'virtual machines in Azure', scope: 'azure', reason };
}
