/** Faults of a network's static routes: what is missing, leads elsewhere, is dead, or lies in the way. */

import { canonical, subnetOf } from '../../addresses.ts';
import type { Family } from '../../addresses.ts';
import type { GceRouteWorld } from '../../gce.ts';
import {
  dropGceRoutes,
  gceAt,
  gceTarget,
  hasAliasedPods,
  hasGceSender,
  putGceRoute,
  routesFor,
} from '../../gce-look.ts';
import type { GcePlace } from '../../gce-look.ts';
import { DoesNotFit, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { NodeWorld, World } from '../../world.ts';
import type { Expected, Fault } from '../fault.ts';
import { addGceAppliance } from './machines.ts';
import { podRanges } from '../../pod-ranges.ts';

export type GceElsewhere =
  | { node: NodeRef }
  /** A machine that is no node; it forwards foreign packets or does not. */
  | { appliance: 'forwarding' | 'not-forwarding' }
  | { kind: 'internet' | 'load-balancer' | 'vpn' };

type Owner = GcePlace & { node: NodeWorld };

export function aboutGceOwner(world: World, rule: string, owner: Owner, prefixes: string[]): Expected[] {
  if (hasAliasedPods(owner.node, owner.nic) || !hasGceSender(world, owner.node, prefixes[0] ?? '')) return [];
  return [
    {
      rule,
      verdict: 'fail',
      subjects: { nodes: [owner.node.name], prefixes: [...prefixes].sort(), routeTables: [owner.table] },
    },
  ];
}

export function gceElsewhere(
  world: World,
  place: GcePlace,
  where: GceElsewhere,
  family: Family = 4,
): GceRouteWorld['target'] {
  if ('node' in where) return gceTarget(gceAt(world, where.node), family);
  if ('appliance' in where) return gceTarget(addGceAppliance(world, place, where.appliance === 'forwarding'), family);
  if (where.kind === 'internet') return { kind: 'gateway' };
  return where.kind === 'vpn'
    ? { kind: 'vpn-tunnel', name: 'to-office' }
    : { kind: 'ilb', ip: place.nic.ip.replace(/\d+$/, '250') };
}

/** Whether packets there are certainly lost; behind load balancers, tunnels and forwarding machines nobody can tell. */
export function isLostAt(where: GceElsewhere): boolean {
  if ('node' in where) return true;
  return 'appliance' in where ? where.appliance === 'not-forwarding' : where.kind === 'internet';
}

/** The route for a node's podCIDR is not there. `family` 6: the second podCIDR. */
export function gceRouteMissing(ref: NodeRef, family: Family = 4): Fault {
  return {
    says: `no IPv${String(family)} pod route for ${String(ref)}`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const prefix = podRange(owner.node, family);
      dropGceRoutes(owner.gce, prefix);
      return aboutGceOwner(world, 'fabric-route-missing', owner, [prefix]);
    },
  };
}

/** The network holds no pod route at all. */
export function gceNoPodRoutes(): Fault {
  return {
    says: 'the network holds no pod route',
    into: (world) =>
      world.cluster.nodes.flatMap((node) => {
        const owner = gceAt(world, node.name);
        return podRanges(node)
          .map(canonical)
          .flatMap((prefix) => {
            dropGceRoutes(owner.gce, prefix);
            return aboutGceOwner(world, 'fabric-route-missing', owner, [prefix]);
          });
      }),
  };
}

/** The route for a node's podCIDR leads to something else. */
export function gceWrongTarget(ref: NodeRef, where: GceElsewhere, family: Family = 4): Fault {
  return {
    says: `the pod route of ${String(ref)} leads to ${JSON.stringify(where)}`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const prefix = podRange(owner.node, family);
      const target = gceElsewhere(world, owner, where, family);
      dropGceRoutes(owner.gce, prefix);
      putGceRoute(owner.gce, owner.nic.network, prefix, { target });
      return isLostAt(where) ? aboutGceOwner(world, 'fabric-route-wrong-target', owner, [prefix]) : [];
    },
  };
}

/**
 * The route for a live podCIDR leads to nothing that takes packets: an instance that was deleted, the same name in
 * another zone, an address that nobody has, an address of an alias range (no next hop), a stopped machine.
 */
export function gceDeadRoute(
  ref: NodeRef,
  how: 'deleted' | 'zone' | 'address' | 'alias' | 'stopped' = 'deleted',
): Fault {
  return {
    says: `the pod route of ${String(ref)} leads to a next hop that is not there (${how})`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const prefix = podRange(owner.node);
      const target = deadTarget(world, owner, how);
      dropGceRoutes(owner.gce, prefix);
      putGceRoute(owner.gce, owner.nic.network, prefix, { target });
      return aboutGceOwner(world, 'fabric-route-dead', owner, [prefix]);
    },
  };
}

function deadTarget(world: World, owner: Owner, how: Parameters<typeof gceDeadRoute>[1]): GceRouteWorld['target'] {
  const { project, instance, nic } = owner;
  const byName = { kind: 'instance', project: project.project, zone: instance.zone, name: instance.name } as const;
  switch (how) {
    case 'zone':
      return { ...byName, zone: `${instance.zone.slice(0, -1)}${instance.zone.endsWith('d') ? 'a' : 'd'}` };
    case 'address':
      return { kind: 'ip', ip: nic.ip.replace(/\d+$/, '251') };
    case 'alias': {
      const subnet = owner.gce.subnetworks.find((one) => one.name === nic.subnetwork);
      const ip = (subnet?.cidr ?? nic.ip).replace(/\d+\/\d+$/, '248');
      if (nic.aliasRanges.some(({ cidr }) => cidr === `${ip}/32`)) throw new DoesNotFit(`${ip} is taken`);
      nic.aliasRanges.push({ cidr: `${ip}/32` });
      return { kind: 'ip', ip };
    }
    case 'stopped': {
      const appliance = addGceAppliance(world, owner, true);
      appliance.instance.status = 'TERMINATED';
      return gceTarget(appliance);
    }
    case 'deleted':
    case undefined:
      return { ...byName, name: `${instance.name}-old` };
  }
}

/** A route in the pod range that belongs to no node any more. `to`: a live node, else an instance that is gone. */
export function gceStaleRoute(prefix: string, to?: NodeRef): Fault {
  return {
    says: `a route for ${prefix}, which no node has`,
    into: (world) => {
      const place = gceAt(world, to ?? 0);
      const target = to === undefined ? deadTarget(world, place, 'deleted') : gceTarget(place);
      if (routesFor(place.gce, place.nic.network, prefix).length > 0) throw new DoesNotFit(`${prefix} has a route`);
      putGceRoute(place.gce, place.nic.network, prefix, { target });
      const subjects = {
        prefixes: [canonical(prefix)],
        routeTables: [place.table],
        routes: [`${place.table}/${canonical(prefix)}`],
      };
      return [{ rule: 'orphan-route', verdict: 'fail', subjects }];
    },
  };
}

/** A longer route inside a node's podCIDR: `half` 0 is its first half, 1 its second. */
export function gceShadow(ref: NodeRef, where: GceElsewhere, half: 0 | 1 = 1): Fault {
  return {
    says: `half of ${String(ref)}'s podCIDR leads to ${JSON.stringify(where)}`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const prefix = podRange(owner.node);
      const longer = subnetOf(prefix, Number(prefix.split('/')[1]) + 1, half);
      putGceRoute(owner.gce, owner.nic.network, longer, { target: gceElsewhere(world, owner, where) });
      return isLostAt(where) ? aboutGceOwner(world, 'route-shadowed', owner, [longer, prefix]) : [];
    },
  };
}
