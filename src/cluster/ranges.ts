/** The pod ranges and pods that nodes really have: what address managements gave out, and samples of what runs. Pure. */
import type { V1Pod } from '@kubernetes/client-node';
import type { NodeRanges, PodSample } from '../model/snapshot.ts';
import type { Wire } from './api.ts';
import { parseAddress } from '../model/prefix.ts';
import { canonicalNetwork, isObject } from './cni.ts';

/**
 * A BlockAffinity (crd.projectcalico.org/v1): a block of addresses that Calico routes to a node. One that is pending or
 * being deleted is not routed. `deleted` is a text there; an affinity to something else than a host is not a node's.
 */
export function parseBlockAffinity(affinity: unknown): NodeRanges | undefined {
  const { spec } = isObject(affinity) ? affinity : {};
  if (!isObject(spec) || typeof spec['node'] !== 'string' || typeof spec['cidr'] !== 'string') return undefined;
  const isConfirmed = (spec['state'] ?? 'confirmed') === 'confirmed';
  const isDeleted = spec['deleted'] === true || spec['deleted'] === 'true';
  const isHost = [undefined, '', 'host'].includes(spec['type'] as string | undefined);
  const prefix = canonicalNetwork(spec['cidr']);
  return isConfirmed && !isDeleted && isHost && prefix !== undefined
    ? { node: spec['node'], prefixes: [prefix] }
    : undefined;
}

/** A CiliumNode (cilium.io/v2): `spec.ipam.podCIDRs`, and with several pools what each of them has given. */
export function parseCiliumNode(node: unknown): NodeRanges | undefined {
  const { metadata, spec } = isObject(node) ? node : {};
  if (!isObject(metadata) || typeof metadata['name'] !== 'string') return undefined;
  const ipam = isObject(spec) && isObject(spec['ipam']) ? spec['ipam'] : {};
  const pools = isObject(ipam['pools']) ? ipam['pools'] : {};
  const allocated = listOf(pools['allocated']).flatMap((pool) => (isObject(pool) ? listOf(pool['cidrs']) : []));
  const prefixes = [...listOf(ipam['podCIDRs']), ...allocated].flatMap((text) => canonicalNetwork(text) ?? []);
  return { node: metadata['name'], prefixes };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** By node, both in a fixed order. */
export function joinRanges(ranges: readonly NodeRanges[]): NodeRanges[] {
  const byNode = new Map<string, Set<string>>();
  for (const { node, prefixes } of ranges) {
    const known = byNode.get(node) ?? new Set();
    byNode.set(node, known);
    for (const prefix of prefixes) known.add(prefix);
  }
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, prefixes]) => ({ node, prefixes: [...prefixes].sort() }));
}

/** Undefined for a pod without addresses of its own: not running, being deleted, on the host's network. */
export function translateSample({ metadata, spec, status }: Wire<V1Pod>): PodSample | undefined {
  // An absent timestamp is undefined or null, whatever the types say.
  const isDeleting = (metadata?.deletionTimestamp ?? undefined) !== undefined;
  if (status?.phase !== 'Running' || isDeleting || spec?.hostNetwork === true || !spec?.nodeName) return undefined;
  const listed = (status.podIPs ?? []).map(({ ip }) => ip);
  const texts = listed.length > 0 ? listed : [status.podIP ?? ''];
  const addresses = texts.flatMap((text) => parseAddress(text)?.text ?? []);
  if (addresses.length === 0) return undefined;
  return { node: spec.nodeName, pod: `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`, addresses };
}

/** So many pods of a node tell as much as all of them. */
const SAMPLES_PER_NODE = 3;

/** A few of each node, in a fixed order. */
export function chooseSamples(samples: readonly PodSample[]): PodSample[] {
  const byNode = new Map<string, PodSample[]>();
  const sorted = [...samples].sort((a, b) => (`${a.node} ${a.pod}` < `${b.node} ${b.pod}` ? -1 : 1));
  for (const sample of sorted) {
    const known = byNode.get(sample.node) ?? [];
    byNode.set(sample.node, known);
    if (known.length < SAMPLES_PER_NODE) known.push(sample);
  }
  return [...byNode.values()].flat();
}
