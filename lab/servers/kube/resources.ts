import type { ClusterWorld, World } from '../../world/world.ts';
import { blockAffinities, ciliumNodes } from './custom.ts';
import type { CustomObject } from './custom.ts';
import { nodeBody, nodeLabels } from './node.ts';
import { notMetadataField, unsupportedField, type UnknownField } from './selectors.ts';
import { numberOf, seconds, uidOf } from './wire.ts';
import { configMapBody, daemonSetBody, namespaceBody, namespaceNames, podBody, serviceCidrBody } from './workloads.ts';

/** One object of a list, frozen at the moment the list was begun. */
export interface Item {
  namespace?: string;
  name: string;
  labels: Record<string, string>;
  /** What field selectors may ask, beside the name and the namespace. */
  fields: Record<string, string>;
  /** The object as the world held it: whoever has the same source has the same body. */
  source: string;
  render(): object;
}

export interface Resource {
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespaced: boolean;
  selectable: readonly string[];
  unknownField: UnknownField;
  /** False: the API server knows no such path (a CRD that is not installed). Absent: always there. */
  installed?(world: World): boolean;
  items(world: World): Item[];
}

/** What stands beside an object in its body: part of the source, so that a cached page never outlives it. */
function freeze<T>(object: T, context: string, render: (object: T) => object): Pick<Item, 'source' | 'render'> {
  const text = JSON.stringify(object);
  return { source: `${text} ${context}`, render: () => render(JSON.parse(text) as T) };
}

// The world does not say when these objects were made; a day before the story is as good as any moment.
function yesterday(world: World): string {
  return seconds(new Date(Date.parse(world.now) - 86_400_000));
}

function nodes(world: World): Item[] {
  const { version } = world.cluster;
  const now = seconds(world.now);
  return world.cluster.nodes.map((node) => ({
    name: node.name,
    labels: nodeLabels(node),
    fields: { 'spec.unschedulable': String(node.unschedulable === true) },
    ...freeze(node, `${version} ${now}`, (frozen) => nodeBody(frozen, version, now)),
  }));
}

function pods(world: World): Item[] {
  const addresses = new Map(
    world.cluster.nodes.map((node) => [
      node.name,
      node.addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    ]),
  );
  const at = yesterday(world);
  return world.cluster.pods.map((pod) => {
    const hostIPs = addresses.get(pod.nodeName) ?? [];
    return {
      namespace: pod.namespace,
      name: pod.name,
      labels: pod.labels,
      fields: {
        'spec.nodeName': pod.nodeName,
        'spec.restartPolicy': 'Always',
        'spec.schedulerName': 'default-scheduler',
        'spec.serviceAccountName': 'default',
        'spec.hostNetwork': String(pod.hostNetwork),
        'status.phase': pod.phase,
        'status.podIP': pod.podIPs[0] ?? '',
        'status.podIPs': pod.podIPs[0] ?? '',
        'status.nominatedNodeName': '',
      },
      ...freeze(pod, `${hostIPs.join(' ')} ${at}`, (frozen) => podBody(frozen, hostIPs, at)),
    };
  });
}

function plain<T extends { namespace: string; name: string; labels?: Record<string, string> }>(
  world: World,
  list: (cluster: ClusterWorld) => T[],
  body: (object: T, createdAt: string) => object,
): Item[] {
  const at = yesterday(world);
  return list(world.cluster).map((object) => ({
    namespace: object.namespace,
    name: object.name,
    labels: object.labels ?? {},
    fields: {},
    ...freeze(object, at, (frozen) => body(frozen, at)),
  }));
}

function namespaces(world: World): Item[] {
  const { cluster } = world;
  const at = yesterday(world);
  return namespaceNames(cluster).map((name) => ({
    name,
    labels: { 'kubernetes.io/metadata.name': name },
    fields: { 'status.phase': 'Active' },
    ...freeze(name, `${cluster.uid} ${at}`, (frozen) => namespaceBody(frozen, cluster, at)),
  }));
}

function serviceCidrs(world: World): Item[] {
  const at = yesterday(world);
  return (world.cluster.serviceCidrs ?? []).map((one) => ({
    name: one.name,
    labels: {},
    fields: {},
    ...freeze(one, at, (frozen) => serviceCidrBody(frozen, at)),
  }));
}

/** ServiceCIDR is part of networking.k8s.io/v1 since Kubernetes 1.33. */
function servesServiceCidrs({ cluster }: World): boolean {
  const [, major = '1', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(cluster.version) ?? [];
  return cluster.serviceCidrs !== undefined && (Number(major) > 1 || Number(minor) >= 33);
}

const CALICO = 'crd.projectcalico.org';

/** A custom resource repeats its kind in a list, unlike built-in types. */
function custom(world: World, kind: { apiVersion: string; kind: string }, objects: CustomObject[]): Item[] {
  const at = yesterday(world);
  return objects.map((object) => ({
    name: object.name,
    labels: {},
    fields: {},
    ...freeze(object, at, ({ name, spec }) => ({
      ...kind,
      metadata: {
        name,
        uid: uidOf(kind.kind.toLowerCase(), name),
        resourceVersion: String(numberOf(name)),
        generation: 1,
        creationTimestamp: at,
      },
      spec,
    })),
  }));
}

const core = { group: '', version: 'v1' };
const NAME = ['metadata.name'] as const;
const NAME_AND_NAMESPACE = [...NAME, 'metadata.namespace'] as const;
const POD_FIELDS = [
  ...NAME_AND_NAMESPACE,
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.podIPs',
  'status.nominatedNodeName',
] as const;

export const RESOURCES: readonly Resource[] = [
  {
    ...core,
    resource: 'nodes',
    kind: 'Node',
    namespaced: false,
    selectable: [...NAME, 'spec.unschedulable'],
    unknownField: unsupportedField,
    items: nodes,
  },
  {
    ...core,
    resource: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    selectable: [...NAME, 'status.phase'],
    unknownField: unsupportedField,
    items: namespaces,
  },
  {
    ...core,
    resource: 'pods',
    kind: 'Pod',
    namespaced: true,
    selectable: POD_FIELDS,
    unknownField: unsupportedField,
    items: pods,
  },
  {
    ...core,
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespaced: true,
    selectable: NAME_AND_NAMESPACE,
    unknownField: notMetadataField,
    items: (world) => plain(world, (cluster) => cluster.configMaps, configMapBody),
  },
  {
    group: 'apps',
    version: 'v1',
    resource: 'daemonsets',
    kind: 'DaemonSet',
    namespaced: true,
    selectable: NAME_AND_NAMESPACE,
    unknownField: notMetadataField,
    items: (world) => plain(world, (cluster) => cluster.daemonSets, daemonSetBody),
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'servicecidrs',
    kind: 'ServiceCIDR',
    namespaced: false,
    selectable: NAME,
    unknownField: notMetadataField,
    installed: servesServiceCidrs,
    items: serviceCidrs,
  },
  {
    group: CALICO,
    version: 'v1',
    resource: 'ippools',
    kind: 'IPPool',
    namespaced: false,
    selectable: NAME_AND_NAMESPACE,
    unknownField: unsupportedField,
    installed: (world) => world.cluster.ipPools !== undefined,
    items: (world) => custom(world, { apiVersion: `${CALICO}/v1`, kind: 'IPPool' }, world.cluster.ipPools ?? []),
  },
  {
    group: CALICO,
    version: 'v1',
    resource: 'blockaffinities',
    kind: 'BlockAffinity',
    namespaced: false,
    selectable: NAME_AND_NAMESPACE,
    unknownField: unsupportedField,
    installed: (world) => world.cluster.ipPools !== undefined,
    items: (world) => custom(world, { apiVersion: `${CALICO}/v1`, kind: 'BlockAffinity' }, blockAffinities(world)),
  },
  {
    group: 'cilium.io',
    version: 'v2',
    resource: 'ciliumnodes',
    kind: 'CiliumNode',
    namespaced: false,
    selectable: NAME_AND_NAMESPACE,
    unknownField: unsupportedField,
    installed: (world) => world.cluster.daemonSets.some(({ name }) => name === 'cilium'),
    items: (world) => custom(world, { apiVersion: 'cilium.io/v2', kind: 'CiliumNode' }, ciliumNodes(world)),
  },
];
