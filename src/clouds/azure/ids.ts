/** Resource ids of Resource Manager: compared without case and by whole segments. Pure. */

/**
 * Equal for ids of the same resource. Answers spell resource groups and providers in several ways, also within one
 * answer, and Resource Manager itself compares without case.
 */
export function foldId(id: string): string {
  return id.toLowerCase().replace(/\/+$/, '');
}

export interface ResourceId {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** Folded: `microsoft.compute/virtualmachinescalesets/virtualmachines`. */
  readonly type: string;
  /** One per part of the type behind the namespace, as spelt: set and instance. */
  readonly names: readonly string[];
}

/** Undefined for anything that is no resource of a provider in a resource group. */
export function parseResourceId(id: string): ResourceId | undefined {
  const parts = id.split('/');
  const [empty, subscriptions, subscription, groups, resourceGroup, providers, namespace, ...rest] = parts;
  const isForm =
    empty === '' &&
    subscriptions?.toLowerCase() === 'subscriptions' &&
    groups?.toLowerCase() === 'resourcegroups' &&
    providers?.toLowerCase() === 'providers' &&
    rest.length >= 2 &&
    rest.length % 2 === 0 &&
    parts.slice(1).every((part) => part !== '');
  if (!isForm || subscription === undefined || resourceGroup === undefined || namespace === undefined) return undefined;
  const types = rest.filter((_, index) => index % 2 === 0);
  const names = rest.filter((_, index) => index % 2 === 1);
  return { subscription, resourceGroup, type: [namespace, ...types].join('/').toLowerCase(), names };
}

/** Where a subscription's resources of a kind are listed: `Microsoft.Network/routeTables`. */
export function below(subscription: string, type: string): string {
  return `/subscriptions/${subscription}/providers/${type}`;
}

/** The id that this one is a part of, by one type and name; undefined where it is a part of nothing. */
export function parentId(id: string): string | undefined {
  const parsed = parseResourceId(id);
  return parsed === undefined || parsed.names.length < 2 ? undefined : id.split('/').slice(0, -2).join('/');
}

/** Folded id of the virtual network that a subnet is in; empty for what is no subnet. */
export function networkOfSubnet(subnet: string): string {
  const isSubnet = parseResourceId(subnet)?.type === 'microsoft.network/virtualnetworks/subnets';
  return isSubnet ? foldId(parentId(subnet) ?? '') : '';
}

/** Folded id of the scale set that an instance, or an instance's network interface, is in (Uniform ones only). */
export function scaleSetOf(id: string): string | undefined {
  const parsed = parseResourceId(id);
  const isInstance = parsed?.type.startsWith('microsoft.compute/virtualmachinescalesets/virtualmachines') === true;
  if (!isInstance) return undefined;
  return foldId(id).split('/').slice(0, 9).join('/');
}

/** Folded id of the resource group. */
export function resourceGroupOf(id: string): string {
  return foldId(id).split('/').slice(0, 5).join('/');
}
