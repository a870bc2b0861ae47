/** Faults and oddities of node objects: their podCIDRs, and nodes that do not count. */

import { canonical, familyOf, subnetOf } from '../addresses.ts';
import { azureHop, azurePlace, dropAzureRoute, putAzureRoute } from '../azure-look.ts';
import { dropGceRoutes, gcePlace, gceTarget, putGceRoute } from '../gce-look.ts';
import { uid } from '../ids.ts';
import { DoesNotFit, before, interfaceOf, nodeOf, nodeTables, podRange } from '../look.ts';
import type { NodeRef } from '../look.ts';
import { podRanges, setPodRanges } from '../pod-ranges.ts';
import type { NodeWorld, World } from '../world.ts';
import { dropRoute, tablesInUse } from './fault.ts';
import type { Fault } from './fault.ts';

/** Takes the routes for exactly this prefix out of all clouds. */
function forgetRoutes(world: World, prefix: string): void {
  for (const region of world.aws) for (const table of region.routeTables) dropRoute(table, prefix);
  for (const gce of world.gce ?? []) dropGceRoutes(gce, prefix);
  for (const azure of world.azure ?? []) {
    for (const table of azure.routeTables) dropAzureRoute(table, prefix);
  }
}

/** Another range instead of the node's first IPv4 one. */
export function replaceV4(world: World, node: NodeWorld, prefix: string): void {
  const old = podRanges(node).find((cidr) => familyOf(cidr) === 4);
  setPodRanges(
    world,
    node,
    podRanges(node).map((cidr) => (cidr === old ? prefix : cidr)),
  );
}

/** The owner's routes are for another prefix now, or gone. @throws DoesNotFit when the owner has no machine. */
function replaceRoutes(world: World, owner: NodeWorld, prefix: string | undefined): void {
  const old = podRange(owner);
  const onGce = gcePlace(world, owner);
  const onAzure = azurePlace(world, owner);
  if (onGce !== undefined) {
    if (!dropGceRoutes(onGce.gce, old) || prefix === undefined) return;
    putGceRoute(onGce.gce, onGce.nic.network, prefix, { target: gceTarget(onGce) });
  } else if (onAzure !== undefined) {
    for (const table of onAzure.azure.routeTables) {
      if (!dropAzureRoute(table, old) || prefix === undefined) continue;
      putAzureRoute(table, prefix, { nextHopIp: azureHop(onAzure) });
    }
  } else {
    const target = { kind: 'interface' as const, interfaceId: interfaceOf(world, owner).id };
    for (const table of world.aws.flatMap((region) => region.routeTables)) {
      if (!dropRoute(table, old) || prefix === undefined) continue;
      table.routes.push({ destination: { cidr: prefix }, target, origin: 'CreateRoute' });
    }
  }
}

/** The node has no providerID, as without a cloud provider; it is joined by its address. */
export function noProviderId(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has no providerID`,
    into: (world) => {
      delete nodeOf(world, ref).providerID;
      return [];
    },
  };
}

/** `second` was given the podCIDR of `first`; the tables know one route for it, which leads to `first`. */
export function duplicatePodCidr(first: NodeRef, second: NodeRef): Fault {
  return {
    says: `${String(second)} has the podCIDR of ${String(first)}`,
    into: (world) => {
      const [a, b] = [nodeOf(world, first), nodeOf(world, second)];
      const prefix = podRange(a);
      forgetRoutes(world, podRange(b));
      replaceV4(world, b, prefix);
      const nodes = [a.name, b.name].sort();
      return [{ rule: 'podcidr-overlap', verdict: 'fail', subjects: { nodes, prefixes: [prefix] } }];
    },
  };
}

/** `inner`'s podCIDR is the first half of `outer`'s. `routed`: whether the tables have a route for it. */
export function overlappingPodCidr(outer: NodeRef, inner: NodeRef, routed = false): Fault {
  return {
    says: `the podCIDR of ${String(inner)} lies inside that of ${String(outer)}${routed ? ', with routes' : ''}`,
    into: (world) => {
      const [a, b] = [nodeOf(world, outer), nodeOf(world, inner)];
      const prefix = podRange(a);
      const half = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, 0);
      replaceRoutes(world, b, routed ? half : undefined);
      replaceV4(world, b, half);
      const nodes = [a.name, b.name].sort();
      return [{ rule: 'podcidr-overlap', verdict: 'fail', subjects: { nodes, prefixes: [half, prefix].sort() } }];
    },
  };
}

/** The node has no podCIDR, and the tables no route for it. */
export function noPodCidr(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has no podCIDR`,
    into: (world) => {
      const node = nodeOf(world, ref);
      for (const cidr of podRanges(node)) forgetRoutes(world, cidr);
      setPodRanges(world, node, []);
      // An address management of its own gives a range when the first pod comes.
      if (node.kernel.ranges !== undefined) return [];
      return [{ rule: 'podcidr-unassigned', verdict: 'fail', subjects: { nodes: [node.name] } }];
    },
  };
}

/** The API server stores a podCIDR with host bits set; every router clears them. */
export function nonCanonicalPodCidr(ref: NodeRef): Fault {
  return {
    says: `the podCIDR of ${String(ref)} has host bits set`,
    into: (world) => {
      const node = nodeOf(world, ref);
      if (node.kernel.ranges !== undefined) throw new DoesNotFit('its ranges are canonical');
      const [network, length] = podRange(node).split('/');
      replaceV4(world, node, `${network?.replace(/\d+$/, '5') ?? ''}/${length ?? ''}`);
      return [];
    },
  };
}

/** flannel runs only where its network holds the podCIDR. */
function widenFlannel({ cluster }: World): void {
  for (const { data } of cluster.configMaps) {
    const netConf = data['net-conf.json'];
    if (netConf !== undefined) data['net-conf.json'] = netConf.replace(/("Network": )"[^"]*"/, '$1"10.0.0.0/8"');
  }
}

/** The node's podCIDR lies inside the network's own range, where EC2 lets no route change anything. */
export function podCidrInsideVpc(ref: NodeRef, prefix: string): Fault {
  return {
    says: `the podCIDR of ${String(ref)} is ${prefix}, inside the network's range`,
    into: (world) => {
      const node = nodeOf(world, ref);
      forgetRoutes(world, podRange(node));
      replaceV4(world, node, prefix);
      widenFlannel(world);
      const routeTables = tablesInUse(world, node, prefix, nodeTables(world)).map((table) => table.id);
      if (routeTables.length === 0) return [];
      const subjects = { nodes: [node.name], prefixes: [canonical(prefix)], routeTables: routeTables.sort() };
      return [{ rule: 'fabric-route-missing', verdict: 'fail', subjects }];
    },
  };
}

/** The node joined a minute ago: listed, but nothing is said about it. Its routes are not there yet. */
export function newNode(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} is one minute old and has no routes yet`,
    into: (world) => {
      const node = nodeOf(world, ref);
      node.createdAt = before(world.now, 60_000);
      for (const cidr of podRanges(node)) forgetRoutes(world, cidr);
      return [];
    },
  };
}

/** The node is being deleted. */
export function deletingNode(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} is being deleted`,
    into: (world) => {
      nodeOf(world, ref).deletingSince = before(world.now, 20_000);
      return [];
    },
  };
}

/** Adds a node that is no machine: Fargate, or a virtual kubelet. */
export function virtualNode(kind: 'fargate' | 'virtual-kubelet' | 'hybrid'): Fault {
  return {
    says: `there is a node of kind ${kind}`,
    into: (world) => {
      const like = nodeOf(world, 0);
      const name = `${kind}-${String(world.cluster.nodes.length)}`;
      const { networkUnavailable: _condition, providerID: _id, ...rest } = structuredClone(like);
      const providerID = {
        fargate: `aws:///eu-central-1a/fargate-10.40.0.250`,
        'virtual-kubelet': undefined,
        hybrid: `eks-hybrid:///eu-central-1/${world.name}/${name}`,
      }[kind];
      const labels: Record<string, string> = { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name };
      if (kind === 'fargate') labels['eks.amazonaws.com/compute-type'] = 'fargate';
      if (kind === 'hybrid') labels['eks.amazonaws.com/compute-type'] = 'hybrid';
      if (kind === 'virtual-kubelet') labels['type'] = 'virtual-kubelet';
      world.cluster.nodes.push({
        ...rest,
        name,
        uid: uid('node', world.name, name),
        ...(providerID === undefined ? {} : { providerID }),
        podCIDRs: [],
        addresses: [
          { type: 'InternalIP', address: '10.40.0.250' },
          { type: 'Hostname', address: name },
        ],
        labels,
        taints:
          kind === 'virtual-kubelet'
            ? [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }]
            : [],
        annotations: {},
        kernel: { routing: 'eni', advertised: [] },
      });
      return [];
    },
  };
}
