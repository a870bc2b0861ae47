import type {
  V1ConfigMap,
  V1DaemonSet,
  V1Namespace,
  V1OwnerReference,
  V1Pod,
  V1PodSpec,
  V1ServiceCIDR,
} from '@kubernetes/client-node';

import type { ClusterWorld, ConfigMapWorld, DaemonSetWorld, PodWorld } from '../../world/world.ts';
import { numberOf, seconds, uidOf, type Wire } from './wire.ts';

export function daemonSetUid(namespace: string, name: string): string {
  return uidOf('daemonset', namespace, name);
}

function containers(list: PodWorld['containers']): Wire<V1PodSpec>['containers'] {
  return list.map(({ name, image, args }) => ({
    name,
    image,
    ...(args.length > 0 && { args }),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  }));
}

function owners(pod: PodWorld): Wire<V1OwnerReference>[] | undefined {
  if (pod.ownerDaemonSet === undefined) return undefined;
  const uid = daemonSetUid(pod.namespace, pod.ownerDaemonSet);
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      name: pod.ownerDaemonSet,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}

export function podBody(pod: PodWorld, hostIPs: string[], createdAt: string): Wire<V1Pod> {
  const ownerReferences = owners(pod);
  const running = pod.phase === 'Running';
  const condition = (type: string, yes: boolean): NonNullable<NonNullable<Wire<V1Pod>['status']>['conditions']>[0] => ({
    type,
    status: yes ? 'True' : 'False',
    lastTransitionTime: createdAt,
  });
  return {
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: uidOf('pod', pod.namespace, pod.name),
      resourceVersion: String(numberOf(pod.name)),
      creationTimestamp: createdAt,
      ...(pod.deletingSince !== undefined && {
        deletionTimestamp: seconds(pod.deletingSince),
        deletionGracePeriodSeconds: 30,
      }),
      labels: pod.labels,
      ...(ownerReferences !== undefined && { ownerReferences }),
    },
    spec: {
      containers: containers(pod.containers),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      // A pod that no scheduler has placed has no nodeName at all.
      ...(pod.nodeName !== '' && { nodeName: pod.nodeName }),
      ...(pod.hostNetwork && { hostNetwork: true }),
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
    status: {
      phase: pod.phase,
      conditions: [
        condition('Initialized', true),
        condition('Ready', pod.ready),
        condition('ContainersReady', pod.ready),
        condition('PodScheduled', pod.nodeName !== ''),
      ],
      ...(hostIPs[0] !== undefined && { hostIP: hostIPs[0], hostIPs: hostIPs.map((ip) => ({ ip })) }),
      ...(pod.podIPs[0] !== undefined && { podIP: pod.podIPs[0], podIPs: pod.podIPs.map((ip) => ({ ip })) }),
      startTime: createdAt,
      containerStatuses: pod.containers.map(({ name, image }) => ({
        name,
        image,
        imageID: image,
        ready: pod.ready,
        restartCount: 0,
        started: running,
        state: running ? { running: { startedAt: createdAt } } : { waiting: { reason: 'ContainerCreating' } },
      })),
      qosClass: 'BestEffort',
    },
  };
}

export function daemonSetBody(set: DaemonSetWorld, createdAt: string): Wire<V1DaemonSet> {
  return {
    metadata: {
      name: set.name,
      namespace: set.namespace,
      uid: daemonSetUid(set.namespace, set.name),
      resourceVersion: String(numberOf(set.name)),
      generation: 1,
      creationTimestamp: createdAt,
      labels: set.labels,
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    },
    spec: {
      selector: { matchLabels: set.selector },
      template: {
        // A real API server writes null here (seen with 1.28.0).
        metadata: { creationTimestamp: null as unknown as string, labels: { ...set.labels, ...set.selector } },
        spec: {
          ...(set.configMapVolumes.length > 0 && {
            volumes: set.configMapVolumes.map((name) => ({ name, configMap: { name, defaultMode: 420 } })),
          }),
          containers: containers(set.containers),
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          ...(Object.keys(set.nodeSelector).length > 0 && { nodeSelector: set.nodeSelector }),
          hostNetwork: true,
          securityContext: {},
          schedulerName: 'default-scheduler',
          tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
        },
      },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: set.desired,
      numberMisscheduled: 0,
      desiredNumberScheduled: set.desired,
      numberReady: set.ready,
      observedGeneration: 1,
      updatedNumberScheduled: set.desired,
      ...(set.ready > 0 && { numberAvailable: set.ready }),
      ...(set.ready < set.desired && { numberUnavailable: set.desired - set.ready }),
    },
  };
}

export function configMapBody(map: ConfigMapWorld, createdAt: string): Wire<V1ConfigMap> {
  return {
    metadata: {
      name: map.name,
      namespace: map.namespace,
      uid: uidOf('configmap', map.namespace, map.name),
      resourceVersion: String(numberOf(map.name)),
      creationTimestamp: createdAt,
    },
    ...(Object.keys(map.data).length > 0 && { data: map.data }),
  };
}

export function serviceCidrBody(
  { name, cidrs }: { name: string; cidrs: string[] },
  createdAt: string,
): Wire<V1ServiceCIDR> {
  return {
    metadata: {
      name,
      uid: uidOf('servicecidr', name),
      resourceVersion: String(numberOf(name)),
      creationTimestamp: createdAt,
      finalizers: ['networking.k8s.io/service-cidr-finalizer'],
    },
    spec: { cidrs },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: '',
          message: 'Kubernetes Service CIDR is ready',
          lastTransitionTime: createdAt,
        },
      ],
    },
  };
}

/** Every namespace that something lives in, and those that each cluster has. */
export function namespaceNames(cluster: ClusterWorld): string[] {
  const lived = [...cluster.pods, ...cluster.daemonSets, ...cluster.configMaps].map((one) => one.namespace);
  return [...new Set(['default', 'kube-node-lease', 'kube-public', 'kube-system', ...lived])];
}

export function namespaceBody(name: string, cluster: ClusterWorld, createdAt: string): Wire<V1Namespace> {
  return {
    metadata: {
      name,
      uid: name === 'kube-system' ? cluster.uid : uidOf(cluster.uid, name),
      resourceVersion: String(numberOf(name)),
      creationTimestamp: createdAt,
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
