/** Which regions to read, and which nodes to look for in each. */
import { parseAddress } from '../../model/prefix.ts';
import { parseProviderId } from '../../model/provider-id.ts';
import type { Gap, NodeFacts } from '../../model/snapshot.ts';

/** What one region is asked for. Sorted. */
export interface RegionPlan {
  readonly region: string;
  /** Instance ids from the nodes' provider ids. */
  readonly instances: readonly string[];
  /** InternalIPs of nodes without a provider id that names a cloud. */
  readonly addresses: readonly string[];
}

interface Wanted {
  readonly instances: readonly { readonly id: string; readonly region: string | undefined }[];
  readonly addresses: readonly string[];
}

/**
 * The region of a zone. Local and Wavelength Zones carry their parent region in front: us-west-2-lax-1a,
 * us-east-1-wl1-bos-wlz-1 (EC2 user guide, Regions and Zones).
 */
export function regionOfZone(zone: string): string | undefined {
  return /^([a-z]{2,4}(?:-[a-z]+)+-\d+)(?:[a-z]|-.+)$/.exec(zone)?.[1];
}

function collectWanted(nodes: readonly NodeFacts[]): Wanted {
  const instances: { id: string; region: string | undefined }[] = [];
  const addresses = new Set<string>();
  for (const node of nodes) {
    const provider = parseProviderId(node.providerID ?? '');
    if (node.virtual !== undefined || provider.virtual !== undefined) continue;
    if (provider.cloud === undefined) {
      for (const ip of node.internalIPs) addresses.add(parseAddress(ip)?.text ?? '');
      continue;
    }
    // A filter value may hold wildcards, so nothing but an id of EC2's form goes into one.
    const id = /^aws:(i-[0-9a-f]+)$/.exec(provider.key ?? '')?.[1];
    if (id === undefined) continue;
    const label = node.labels['topology.kubernetes.io/region'];
    const named = label !== undefined && regionOfZone(`${label}a`) === label ? label : undefined;
    instances.push({ id, region: regionOfZone(provider.zone ?? '') ?? named });
  }
  addresses.delete('');
  return { instances, addresses: [...addresses].sort() };
}

/** Whether the region of the environment is needed: something has to be found, and no node says where. */
export function needsDefaultRegion(configured: readonly string[], nodes: readonly NodeFacts[]): boolean {
  const { instances, addresses } = collectWanted(nodes);
  if (configured.length > 0 || instances.length + addresses.length === 0) return false;
  return instances.some(({ region }) => region === undefined) || instances.length === 0;
}

/**
 * Configured regions win; else those of the nodes' zones, and the environment's for nodes that name none. A node is
 * looked for in the region that it names, or, where that one is not read, in all.
 */
export function planRegions(
  configured: readonly string[],
  nodes: readonly NodeFacts[],
  defaultRegion: string | undefined,
): RegionPlan[] {
  const { instances, addresses } = collectWanted(nodes);
  const named = instances.flatMap(({ region }) => region ?? []);
  const fallback = defaultRegion !== undefined && needsDefaultRegion(configured, nodes) ? [defaultRegion] : [];
  const regions = [...new Set(configured.length > 0 ? configured : [...named, ...fallback])].sort();
  return regions
    .map((region): RegionPlan => {
      const here = instances.filter((one) => one.region === region || !regions.includes(one.region ?? ''));
      return { region, instances: [...new Set(here.map(({ id }) => id))].sort(), addresses };
    })
    .filter((plan) => plan.instances.length + plan.addresses.length > 0);
}

/** No node names a zone, and neither inputs nor environment a region. */
export function noRegionGap(): Gap {
  const reason =
    'no region is known: the nodes name no zone, and neither the input aws-regions nor AWS_REGION, AWS_DEFAULT_REGION or the profile names a region. Set aws-regions';
  return { facet: 'machines', subject: 'instances in AWS', scope: 'aws', reason };
}
