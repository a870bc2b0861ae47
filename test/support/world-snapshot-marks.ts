/** What tags of machines and tables say, and the arguments of controllers: small facts around the routes. */
import type { World } from '../../lab/world/world.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

/** Of a cloud controller manager that runs as a pod. */
export function controllerFacts({ cluster }: World): Pick<Snapshot['cluster'], 'routeController'> {
  const pod = cluster.pods.find(({ containers }) => containers.some(({ name }) => name === 'cloud-controller-manager'));
  if (pod === undefined) return {};
  const args = pod.containers.flatMap((container) => container.args);
  const valueOf = (flag: string): string | undefined =>
    args.find((text) => text.startsWith(`--${flag}=`))?.slice(flag.length + 3);
  const provider = valueOf('cloud-provider');
  const clusterName = valueOf('cluster-name');
  return {
    routeController: {
      source: `${pod.namespace}/${pod.name}`,
      configuresRoutes: valueOf('configure-cloud-routes') !== 'false',
      ...(provider === undefined ? {} : { provider }),
      ...(clusterName === undefined ? {} : { clusterName }),
    },
  };
}

export function groupOf(tags: Readonly<Record<string, string>>): { group?: string } {
  const group = tags['aws:autoscaling:groupName'];
  return group === undefined ? {} : { group };
}

/** Only those that mark a cluster. */
export function ownersOf(tags: Readonly<Record<string, string>>): { owners?: string[] } {
  const ids = Object.entries(tags).flatMap(([key, value]) =>
    key === 'KubernetesCluster' ? [value] : key.startsWith('kubernetes.io/cluster/') ? [key.split('/')[2] ?? ''] : [],
  );
  return ids.length === 0 ? {} : { owners: [...new Set(ids)].sort().map((id) => `cluster ${id}`) };
}
