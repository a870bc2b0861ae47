/** Faults and oddities of the agents that make a node's network mode, or show it. */

import { flannelAnnotations, vxlanOf } from '../kubernetes.ts';
import { internalIps, nodeOf } from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { NodeWorld, World } from '../world.ts';
import type { Fault } from './fault.ts';

function dropAgents(world: World, node: NodeWorld): void {
  world.cluster.pods = world.cluster.pods.filter(
    (pod) => pod.nodeName !== node.name || pod.ownerDaemonSet === undefined || pod.name.startsWith('kube-proxy'),
  );
  node.annotations = Object.fromEntries(
    Object.entries(node.annotations).filter(([key]) => !key.startsWith('flannel.')),
  );
  delete node.networkUnavailable;
}

/** No network agent runs on the node, and it never did: nobody can tell from outside what its kernel does. */
export function noAgent(ref: NodeRef): Fault {
  return {
    says: `no network agent runs on ${String(ref)}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      dropAgents(world, node);
      node.kernel = { routing: 'plain', advertised: [] };
      return [];
    },
  };
}

/** The agent's pod is there but does not run; its annotations are those of an earlier start. */
export function agentNotReady(ref: NodeRef): Fault {
  return {
    says: `the network agent of ${String(ref)} does not run any more`,
    into: (world) => {
      const node = nodeOf(world, ref);
      for (const pod of world.cluster.pods) {
        if (pod.nodeName === node.name && /flannel|aws-node/.test(pod.ownerDaemonSet ?? '')) pod.ready = false;
      }
      return [];
    },
  };
}

/** One node of a flannel cluster is left to a route controller: nothing of flannel runs there. */
export function becomesFabric(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has a route controller instead of flannel`,
    into: (world) => {
      const node = nodeOf(world, ref);
      dropAgents(world, node);
      node.networkUnavailable = { status: 'False', reason: 'RouteCreated' };
      node.kernel = { routing: 'plain', advertised: [] };
      return [];
    },
  };
}

/** Flannel on one node runs with backend vxlan, as in the middle of a migration. */
export function becomesOverlay(ref: NodeRef): Fault {
  return {
    says: `flannel of ${String(ref)} runs with backend vxlan`,
    into: (world) => {
      const node = nodeOf(world, ref);
      Object.assign(node.annotations, flannelAnnotations('vxlan', internalIps(node), node.name));
      node.kernel = {
        routing: 'overlay',
        advertised: node.kernel.advertised,
        tunnel: { protocol: 'udp', port: vxlanOf(node.os === 'windows').port },
      };
      return [];
    },
  };
}
