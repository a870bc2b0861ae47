/** Containers that look at the node's own network, and in which something may be read: what they have is not theirs alone. */
import type { HostPod } from '../model/pod.ts';

export interface ExecPoint {
  readonly pod: HostPod;
  readonly container: string;
}

/**
 * By the container's name, which installers keep, in the order in which they are tried: those first whose images have
 * iproute2. kube-proxy's has little more than `cat`; those of API servers and the like have nothing at all.
 */
const CONTAINERS: readonly RegExp[] = [
  /^(kube-flannel|flanneld?)$/,
  /^calico-node$/,
  /^cilium-agent$/,
  /^antrea-agent$/,
  /^kube-router$/,
  /^ovnkube-(node|controller)$/,
  /^weave$/,
  /^kindnet-cni$/,
  /^aws-node$/,
  /^kube-proxy$/,
];

/** So many are tried on one node. */
const MOST = 3;

export function findPoints(pods: readonly HostPod[]): ExecPoint[] {
  const points = CONTAINERS.flatMap((sign) =>
    pods.flatMap((pod) =>
      pod.containers.filter(({ name }) => sign.test(name)).map(({ name }) => ({ pod, container: name })),
    ),
  );
  return points.slice(0, MOST);
}
