/** What stands around routes: limits of the account, controllers and how they find their table, groups of machines. */

import { internalIps, instanceOf, must, nodeOf, nodeTables, regionOf } from '../look.ts';
import type { NodeRef } from '../look.ts';
import type { World } from '../world.ts';
import type { Expected, Fault } from './fault.ts';
import { dropRoute } from './fault.ts';

/** Routes of one family that are in a table because somebody put them there; lists count as their entries. */
function routesMade(world: World, table: World['aws'][number]['routeTables'][number], family: 4 | 6): number {
  const lists = new Map(world.aws.flatMap(({ prefixLists }) => prefixLists).map((list) => [list.id, list.entries]));
  const made = table.routes.filter(({ origin }) => origin === 'CreateRoute');
  const prefixes = made.flatMap(({ destination }) => {
    if ('cidr' in destination) return [destination.cidr];
    return 'ipv6Cidr' in destination ? [destination.ipv6Cidr] : (lists.get(destination.prefixListId) ?? []);
  });
  return prefixes.filter((prefix) => prefix.includes(':') === (family === 6)).length;
}

/** The account's tables may hold as many routes as the fullest of the nodes' tables does, and so many more. */
export function nearLimit(room: number): Fault {
  return {
    says: `the fullest table has room for ${String(room)} more routes`,
    into: (world) => {
      const counts = nodeTables(world).map((table) => ({ table, held: routesMade(world, table, 4) }));
      const allowed = Math.max(...counts.map(({ held }) => held)) + room;
      for (const region of world.aws) region.routesPerTable = allowed;
      const crowded = counts.filter(({ held }) => held >= allowed * 0.75);
      return crowded.map(({ table }): Expected => ({
        rule: 'route-quota',
        verdict: 'fail',
        subjects: { routeTables: [table.id] },
      }));
    },
  };
}

/** The machines of all nodes carry the tag by which their cluster is known. */
export function clusterTagged(id: string): Fault {
  return {
    says: `the machines are tagged for cluster ${id}`,
    into: (world) => {
      for (const node of world.cluster.nodes) {
        const instance = must(instanceOf(world, node), `machine of ${node.name}`);
        instance.tags[`kubernetes.io/cluster/${id}`] = 'owned';
      }
      return [];
    },
  };
}

/** Exactly these of all route tables (by their place in the list) carry the cluster's tag. */
export function tablesTagged(id: string, places: number[]): Fault {
  return {
    says: `tables ${places.join(', ') || 'none'} carry the tag of cluster ${id}`,
    into: (world) => {
      world.aws
        .flatMap(({ routeTables }) => routeTables)
        .forEach((table, place) => {
          for (const key of Object.keys(table.tags)) {
            if (key.startsWith('kubernetes.io/cluster/')) Reflect.deleteProperty(table.tags, key);
          }
          if (places.includes(place)) table.tags[`kubernetes.io/cluster/${id}`] = 'owned';
        });
      return [];
    },
  };
}

/** A node that the route controller has told that it got no route, and that has none. */
export function waitingForRoute(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} waits for a route`,
    into: (world) => {
      const node = nodeOf(world, ref);
      node.networkUnavailable = { status: 'True', reason: 'NoRouteCreated' };
      const tables = nodeTables(world);
      const dropped = tables.filter((table) => node.podCIDRs.filter((cidr) => dropRoute(table, cidr)).length > 0);
      const routeTables = dropped.map(({ id }) => id);
      const nodes = [node.name];
      return [
        ...node.podCIDRs.map((cidr) => ({
          rule: 'fabric-route-missing',
          verdict: 'fail' as const,
          subjects: { nodes, prefixes: [cidr], routeTables },
        })),
        { rule: 'node-condition-misleading', verdict: 'fail', subjects: { nodes } },
      ];
    },
  };
}

/** A cloud controller manager runs as a pod on the given node, with these arguments. */
export function cloudController(args: string[], ref: NodeRef = 0): Fault {
  return {
    says: `a cloud controller manager runs with ${args.join(' ')}`,
    into: (world) => {
      const node = nodeOf(world, ref);
      world.cluster.pods.push({
        namespace: 'kube-system',
        name: `cloud-controller-manager-${node.name}`,
        nodeName: node.name,
        labels: { 'k8s-app': 'cloud-controller-manager', component: 'cloud-controller-manager' },
        phase: 'Running',
        ready: true,
        hostNetwork: true,
        podIPs: internalIps(node),
        containers: [{ name: 'cloud-controller-manager', image: 'cloud-controller-manager:v1.34.1', args }],
      });
      return [];
    },
  };
}

/** The machines of these nodes belong to an Auto Scaling group. */
export function autoScaled(group: string, refs: NodeRef[]): Fault {
  return {
    says: `${String(refs.length)} nodes belong to the Auto Scaling group ${group}`,
    into: (world) => {
      for (const ref of refs) {
        const instance = must(instanceOf(world, nodeOf(world, ref)), `machine of ${String(ref)}`);
        instance.tags['aws:autoscaling:groupName'] = group;
      }
      return [{ rule: 'not-durable', verdict: 'fail', subjects: {} }];
    },
  };
}

/** A route in the pod range to a running machine of the network that is no node. */
export function strayNode(ref: NodeRef): Fault {
  return {
    says: `${String(ref)} has left the cluster, and its machine and route are still there`,
    into: (world) => {
      const node = nodeOf(world, ref);
      must(regionOf(world, node), `region of ${node.name}`);
      world.cluster.nodes = world.cluster.nodes.filter((one) => one !== node);
      world.cluster.pods = world.cluster.pods.filter((pod) => pod.nodeName !== node.name);
      return [];
    },
  };
}
