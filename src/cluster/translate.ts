/** Node objects -> facts. Pure: what the API server stored, in the words of the snapshot. */
import type { V1Node, V1NodeStatus } from '@kubernetes/client-node';
import type { Wire } from './api.ts';
import { parseAddress, parsePrefix } from '../model/prefix.ts';
import { parseProviderId } from '../model/provider-id.ts';
import type { CalicoAnnotations, FlannelAnnotations, NodeFacts } from '../model/snapshot.ts';

type Texts = Readonly<Record<string, string>>;

// Labels that tell what a node belongs to; anything else may be private and stays out of snapshots.
const KEPT_LABELS = new Set([
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'karpenter.sh/nodepool',
]);
const KEPT_LABEL_PREFIX = 'kubernetes.azure.com/';

/** A node as facts; undefined for an object without a name, which no API server serves. */
export function translateNode(node: Wire<V1Node>): NodeFacts | undefined {
  const { metadata, spec, status } = node;
  const name = metadata?.name;
  if (name === undefined) return undefined;
  const labels = metadata?.labels ?? {};
  const annotations = metadata?.annotations ?? {};
  const taints = spec?.taints ?? [];
  const listed = spec?.podCIDRs ?? [];
  const written = listed.length > 0 ? listed : spec?.podCIDR ? [spec.podCIDR] : [];
  const { podCIDRs, invalid } = translatePodCIDRs(written);
  return {
    name,
    ...optional('uid', metadata?.uid),
    ...optional('providerID', spec?.providerID),
    podCIDRs,
    ...(invalid.length > 0 ? { invalidPodCIDRs: invalid } : {}),
    internalIPs: translateInternalIPs(status),
    os: translateOs(status, labels),
    ...optional('arch', status?.nodeInfo?.architecture),
    ready: translateReady(status),
    unschedulable: spec?.unschedulable === true,
    taints: taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
    ...optional('createdAt', translateTime(metadata?.creationTimestamp)),
    ...optional('deletingSince', translateTime(metadata?.deletionTimestamp)),
    ...optional('virtual', translateVirtual(spec?.providerID, labels, taints)),
    ...optional('networkUnavailable', translateNetworkUnavailable(status)),
    ...optional('flannel', translateFlannel(annotations)),
    ...optional('calico', translateCalico(annotations)),
    ...optional('k3sNodeArgs', embeddedArgs(annotations, translateOs(status, labels))),
    labels: keepLabels(labels),
  };
}

// Absent and empty are the same to a reader of facts, and only absent is left out of a snapshot.
function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  if (value === undefined || value === '') return {};
  return { [key]: value } as Record<K, V>;
}

function translatePodCIDRs(written: readonly string[]): { podCIDRs: string[]; invalid: string[] } {
  const podCIDRs = new Set<string>();
  const invalid: string[] = [];
  for (const text of written) {
    const prefix = parsePrefix(text);
    if (prefix === undefined) invalid.push(text);
    else podCIDRs.add(prefix.text);
  }
  return { podCIDRs: [...podCIDRs], invalid };
}

function translateInternalIPs(status: Wire<V1NodeStatus> | undefined): string[] {
  const addresses = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const canonical = addresses.map(({ address }) => parseAddress(address)?.text);
  return [...new Set(canonical.filter((text) => text !== undefined))];
}

function translateOs(status: Wire<V1NodeStatus> | undefined, labels: Texts): NodeFacts['os'] {
  const candidates = [status?.nodeInfo?.operatingSystem, labels['kubernetes.io/os'], labels['beta.kubernetes.io/os']];
  const os = candidates.find((text) => text !== undefined && text !== '')?.toLowerCase();
  return os === 'linux' || os === 'windows' ? os : 'unknown';
}

function translateReady(status: Wire<V1NodeStatus> | undefined): NodeFacts['ready'] {
  const said = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return said === 'True' || said === 'False' ? said : 'Unknown';
}

function translateTime(text: string | undefined | null): string | undefined {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function translateVirtual(
  providerID: string | undefined,
  labels: Texts,
  taints: readonly { readonly key: string }[],
): NodeFacts['virtual'] {
  const byId = providerID === undefined ? undefined : parseProviderId(providerID).virtual;
  if (byId !== undefined) return byId;
  const computeType = labels['eks.amazonaws.com/compute-type'];
  if (computeType === 'fargate' || computeType === 'hybrid') return computeType;
  const isVirtualKubelet =
    labels['type'] === 'virtual-kubelet' || taints.some(({ key }) => key === 'virtual-kubelet.io/provider');
  return isVirtualKubelet ? 'virtual-kubelet' : undefined;
}

function translateNetworkUnavailable(status: Wire<V1NodeStatus> | undefined): NodeFacts['networkUnavailable'] {
  const condition = status?.conditions?.find(({ type }) => type === 'NetworkUnavailable');
  return condition === undefined ? undefined : { status: condition.status, reason: condition.reason ?? '' };
}

const FLANNEL_PREFIX = 'flannel.alpha.coreos.com/';

/**
 * flannel's annotations, also under another prefix (`--kube-annotation-prefix`): `x.example/backend-type`, or
 * `x.example/y-backend-type` where the prefix itself holds a slash. Another controller may use such a key, too, so an
 * unusual prefix counts only with the address beside it that flannel always writes.
 */
function translateFlannel(annotations: Texts): FlannelAnnotations | undefined {
  const others = Object.keys(annotations)
    .map((key) => /^(.*[/-])backend-type$/.exec(key)?.[1])
    .filter((prefix) => prefix !== undefined && prefix !== FLANNEL_PREFIX && prefix.includes('/'))
    .sort();
  for (const prefix of [FLANNEL_PREFIX, ...others]) {
    const found = withPrefix(annotations, prefix ?? '');
    const hasAddress = found.publicIP !== undefined || found.publicIPv6 !== undefined;
    if (prefix === FLANNEL_PREFIX ? Object.keys(found).length > 0 : hasAddress) return found;
  }
  return undefined;
}

function withPrefix(annotations: Texts, prefix: string): FlannelAnnotations {
  const publicIP = annotations[`${prefix}public-ip`];
  const publicIPv6 = annotations[`${prefix}public-ipv6`];
  return {
    ...optional('backendType', annotations[`${prefix}backend-type`]),
    ...optional('backendData', annotations[`${prefix}backend-data`]),
    ...optional('publicIP', canonicalAddress(publicIP)),
    ...optional('publicIPv6', canonicalAddress(publicIPv6)),
    ...optional('publicIPOverwrite', canonicalAddress(annotations[`${prefix}public-ip-overwrite`])),
    ...optional('publicIPv6Overwrite', canonicalAddress(annotations[`${prefix}public-ipv6-overwrite`])),
  };
}

// An address that is none is shown as it came: it is what flannel on the other nodes would be told.
function canonicalAddress(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (parseAddress(text)?.text ?? text);
}

/** What Calico keeps on nodes where Kubernetes is its datastore: addresses with the length of their network. */
function translateCalico(annotations: Texts): CalicoAnnotations | undefined {
  const address = (key: string): string | undefined =>
    canonicalAddress(annotations[`projectcalico.org/${key}`]?.replace(/\/\d+$/, ''));
  const hasKey = ['WireguardPublicKey', 'WireguardPublicKeyV6'].some((key) => annotations[`projectcalico.org/${key}`]);
  const found: CalicoAnnotations = {
    ...optional('address', address('IPv4Address')),
    ...optional('addressV6', address('IPv6Address')),
    ...(hasKey ? { wireguard: true } : {}),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}

/** RKE2 runs flannel in its own process on Windows only; on Linux it has pods like everybody. */
function embeddedArgs(annotations: Texts, os: NodeFacts['os']): readonly string[] | undefined {
  const rke2 = os === 'windows' ? annotations['rke2.io/node-args'] : undefined;
  return parseK3sNodeArgs(annotations['k3s.io/node-args'] ?? rke2);
}

/** Flags about the network, with their values: node arguments can hold what belongs in no snapshot. */
const KEPT_FLAG = /^--(flannel-[a-z0-9-]+|cluster-cidr|node-ip|node-external-ip)(=|$)/;

/** The annotation `k3s.io/node-args`, or RKE2's: `["server","--flannel-backend","host-gw"]`. Undefined: absent or no such list. */
function parseK3sNodeArgs(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const args = parsed.filter((arg) => typeof arg === 'string');
  return args.filter((arg, index) => {
    if (!arg.startsWith('-')) {
      const flag = args[index - 1] ?? '';
      return index === 0 || (KEPT_FLAG.test(flag) && !flag.includes('='));
    }
    return KEPT_FLAG.test(arg);
  });
}

function keepLabels(labels: Texts): Record<string, string> {
  const kept = Object.entries(labels).filter(([key]) => KEPT_LABELS.has(key) || key.startsWith(KEPT_LABEL_PREFIX));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}
