/** Finding one's way on Compute Engine: used by builders and faults. Whatever is asked for and not there throws. */

import { canonical, familyOf } from './addresses.ts';
import type { Family } from './addresses.ts';
import type { GceInstanceWorld, GceNicWorld, GceProjectWorld, GceRouteWorld, GceWorld } from './gce.ts';
import { DoesNotFit, inside, internalIps, must, nodeOf } from './look.ts';
import type { NodeRef } from './look.ts';
import type { NodeWorld, World } from './world.ts';
import { podRanges } from './pod-ranges.ts';

/** Where a node stands. */
export interface GcePlace {
  gce: GceWorld;
  project: GceProjectWorld;
  instance: GceInstanceWorld;
  /** The interface with the node's address. */
  nic: GceNicWorld;
  /** `project/zone/name`. */
  machine: string;
  /** `project/zone/name/nic0`. */
  interfaceId: string;
  /** `host-project/network`: the network, and its one table. */
  table: string;
}

/** The instance that a node's providerID, or else its InternalIP, names. */
export function gcePlace(world: World, node: NodeWorld): GcePlace | undefined {
  const key = node.providerID?.replace(/^gce:\/\//, '');
  const ips = internalIps(node);
  const carries = (nic: GceNicWorld): boolean =>
    ips.includes(nic.ip) || (nic.ipv6 !== undefined && ips.includes(nic.ipv6));
  for (const gce of world.gce ?? []) {
    for (const project of gce.projects) {
      for (const instance of project.instances) {
        const machine = `${project.project}/${instance.zone}/${instance.name}`;
        if (node.providerID === undefined ? !instance.nics.some(carries) : machine !== key) continue;
        const nic = instance.nics.find(carries) ?? instance.nics[0];
        if (nic === undefined) continue;
        const interfaceId = `${machine}/${nic.name}`;
        return { gce, project, instance, nic, machine, interfaceId, table: `${gce.hostProject}/${nic.network}` };
      }
    }
  }
  return undefined;
}

/** @throws DoesNotFit when the node has no machine there. */
export function gceAt(world: World, ref: NodeRef): GcePlace & { node: NodeWorld } {
  const node = nodeOf(world, ref);
  return { node, ...must(gcePlace(world, node), `instance of ${node.name}`) };
}

/** The static routes of a network for exactly this prefix. */
export function routesFor(gce: GceWorld, network: string, prefix: string): GceRouteWorld[] {
  return gce.routes.filter((one) => one.network === network && canonical(one.destRange) === canonical(prefix));
}

/** Takes the static routes for exactly this prefix out of all networks; says whether there was one. */
export function dropGceRoutes(gce: GceWorld, prefix: string): boolean {
  const kept = gce.routes.filter((one) => canonical(one.destRange) !== canonical(prefix));
  const dropped = kept.length < gce.routes.length;
  gce.routes = kept;
  return dropped;
}

/** Adds a static route under a name that is still free. @throws DoesNotFit when the API would refuse it. */
export function putGceRoute(
  gce: GceWorld,
  network: string,
  destRange: string,
  more: Partial<GceRouteWorld>,
): GceRouteWorld {
  const target = must(more.target, 'target');
  const isSubnetRange = gce.subnetworks.some(
    (one) => one.network === network && [one.cidr, ...one.secondary.map((each) => each.cidr)].includes(destRange),
  );
  if (isSubnetRange) throw new DoesNotFit(`${destRange} is the range of a subnetwork`);
  const hop = target.kind === 'ip' ? target.ip : undefined;
  const known = gce.subnetworks.some(
    (one) => one.network === network && [one.cidr, one.ipv6Cidr].some((cidr) => hop !== undefined && isIn(cidr, hop)),
  );
  if (hop !== undefined && !known) throw new DoesNotFit(`${hop} is in no subnetwork of ${network}`);
  let number = gce.routes.length;
  while (gce.routes.some((one) => one.name === `manual-${String(number)}`)) number++;
  const name = `manual-${String(number)}`;
  const route = {
    name,
    network,
    destRange: canonical(destRange),
    priority: 1000,
    tags: [],
    description: '',
    ...more,
    target,
  };
  gce.routes.push(route);
  return route;
}

function isIn(cidr: string | undefined, ip: string): boolean {
  return cidr !== undefined && familyOf(cidr) === familyOf(ip) && inside(cidr, ip);
}

/** A target that leads to this node, by address or by instance as its network allows. */
export function gceTarget(place: GcePlace, family: Family = 4): GceRouteWorld['target'] {
  const { gce, project, instance, nic } = place;
  if (project.project !== gce.hostProject) return { kind: 'ip', ip: family === 6 ? (nic.ipv6 ?? nic.ip) : nic.ip };
  return { kind: 'instance', project: project.project, zone: instance.zone, name: instance.name };
}

/** Whether all podCIDRs of the node are alias ranges of this interface: no static route matters to them. */
export function hasAliasedPods(node: NodeWorld, nic: GceNicWorld): boolean {
  const aliases = nic.aliasRanges.map(({ cidr }) => canonical(cidr));
  return podRanges(node).length > 0 && podRanges(node).every((cidr) => aliases.includes(canonical(cidr)));
}

/** Whether packets to the owner pass the network's routes at all: somebody else of the network must send some. */
export function hasGceSender(world: World, owner: NodeWorld, prefix: string): boolean {
  const own = gcePlace(world, owner);
  return world.cluster.nodes.some((sender) => {
    const place = sender === owner ? undefined : gcePlace(world, sender);
    const runs = place !== undefined && ['PROVISIONING', 'STAGING', 'RUNNING'].includes(place.instance.status);
    const speaks = podRanges(sender).some((cidr) => familyOf(cidr) === familyOf(prefix));
    return runs && place.table === own?.table && speaks;
  });
}
