/** Faults and oddities of the agents that make a node's network mode, or show it. */

import { isNetworkAgent } from '../agents.ts';
import { flannelAnnotations, flannelPrefix } from '../kubernetes.ts';
import { DoesNotFit, internalIps, nodeOf } from '../look.ts';
import { vxlanOf } from '../network-modes.ts';
import type { Vxlan } from '../network-modes.ts';
import type { NodeRef } from '../look.ts';
import { restartPods } from '../pod-ranges.ts';
import type { NodeWorld, World } from '../world.ts';
import type { Fault } from './fault.ts';

function dropAgents(world: World, node: NodeWorld): void {
  world.cluster.pods = world.cluster.pods.filter(
    (pod) => pod.nodeName !== node.name || pod.ownerDaemonSet === undefined || pod.name.startsWith('kube-proxy'),
  );
  node.annotations = Object.fromEntries(
    Object.entries(node.annotations).filter(([key]) => !/^(flannel\.|projectcalico\.)/.test(key)),
  );
  delete node.networkUnavailable;
}

/** Whoever runs its pods now gives them addresses of its podCIDRs. */
function becomePlain(world: World, node: NodeWorld): void {
  node.kernel = { routing: 'plain', advertised: [] };
  restartPods(world, node);
}

/** No network agent runs on the node, and it never did: nobody can tell from outside what its kernel does. */
export function noAgent(ref: NodeRef): Fault {
  return {
    says: `no network agent runs on ${String(ref)}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      dropAgents(world, node);
      becomePlain(world, node);
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
        if (pod.nodeName === node.name && isNetworkAgent(pod.ownerDaemonSet)) pod.ready = false;
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
      becomePlain(world, node);
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
      if (node.annotations[`${flannelPrefix}backend-type`] !== 'host-gw') throw new DoesNotFit('no host-gw to leave');
      const config = world.cluster.configMaps.find(({ name }) => name === 'kube-flannel-cfg');
      const vxlan = vxlanOf(world.cluster.nodes.some(({ os }) => os === 'windows'));
      if (config === undefined) throw new DoesNotFit('flannel has no configuration');
      const { Backend: _host, ...netConf } = JSON.parse(config.data['net-conf.json'] ?? '{}') as Record<
        string,
        unknown
      >;
      const backend = { Type: 'vxlan', VNI: vxlan.vni, Port: vxlan.port };
      config.data['net-conf.json'] = JSON.stringify({ ...netConf, Backend: backend }, null, 2);
      Object.assign(node.annotations, flannelAnnotations('vxlan', internalIps(node), node.name, vxlan.vni));
      const { advertised } = node.kernel;
      node.kernel = { routing: 'overlay', advertised, tunnel: { protocol: 'udp', ...vxlan } };
      return [];
    },
  };
}

/** flannel's net-conf.json says something else about the backend now; nobody has restarted flannel since. */
export function flannelTold(backend: Record<string, unknown>): Fault {
  return {
    says: `net-conf.json has backend ${JSON.stringify(backend)}`,
    into: (world) => {
      const config = world.cluster.configMaps.find(({ name }) => name === 'kube-flannel-cfg');
      if (config === undefined) throw new DoesNotFit('flannel has no configuration');
      const netConf = JSON.parse(config.data['net-conf.json'] ?? '{}') as Record<string, unknown>;
      config.data['net-conf.json'] = JSON.stringify({ ...netConf, Backend: backend }, null, 2);
      return [];
    },
  };
}

/** flannel of some nodes makes VXLAN packets of its own kind. */
export function otherVxlan(refs: readonly NodeRef[], values: Vxlan): Fault {
  return {
    says: `VXLAN of ${refs.map(String).join(', ')} has VNI ${String(values.vni)} and port ${String(values.port)}`,
    into: (world) => {
      for (const ref of refs) {
        const node = nodeOf(world, ref);
        if (node.annotations[`${flannelPrefix}backend-type`] !== 'vxlan') throw new DoesNotFit('no VXLAN to change');
        Object.assign(node.annotations, flannelAnnotations('vxlan', internalIps(node), node.name, values.vni));
        node.kernel.tunnel = { protocol: 'udp', ...values };
      }
      return [];
    },
  };
}
