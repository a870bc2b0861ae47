/** Routes that are odd: tags, priorities, several for one podCIDR, and ranges of subnetworks, which always win. */

import { canonical, covers, overlaps, rangeOf } from '../../addresses.ts';
import type { GceRouteWorld } from '../../gce.ts';
import { dropGceRoutes, gceAt, gceTarget, hasGceSender, putGceRoute, routesFor } from '../../gce-look.ts';
import { DoesNotFit, must, nodeOf, podRange } from '../../look.ts';
import type { NodeRef } from '../../look.ts';
import type { World } from '../../world.ts';
import type { Fault } from '../fault.ts';
import { replaceV4 } from '../nodes.ts';
import { aboutGceOwner, gceElsewhere, isLostAt } from './routes.ts';
import type { GceElsewhere } from './routes.ts';
import { podRanges } from '../../pod-ranges.ts';

function ownRoutes(world: World, ref: NodeRef): GceRouteWorld[] {
  const { gce, nic, node } = gceAt(world, ref);
  const routes = routesFor(gce, nic.network, podRange(node));
  if (routes.length === 0) throw new DoesNotFit(`${node.name} has no route`);
  return routes;
}

/** The route for a node's podCIDR has a tag that these senders lack. None named: every machine has the tag. */
export function gceTagged(ref: NodeRef, without: NodeRef[] = []): Fault {
  return {
    says: `the pod route of ${String(ref)} has a tag that ${without.join(', ') || 'nobody'} lacks`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const tag = `to-${owner.node.name}`;
      for (const route of ownRoutes(world, ref)) route.tags = [tag];
      const lacking = without.map((one) => gceAt(world, one).instance).filter((one) => one !== owner.instance);
      for (const { instances } of owner.gce.projects) {
        for (const instance of instances) if (!lacking.includes(instance)) instance.tags = [...instance.tags, tag];
      }
      return lacking.length === 0 ? [] : aboutGceOwner(world, 'fabric-route-missing', owner, [podRange(owner.node)]);
    },
  };
}

/** A second route for the podCIDR, of the same priority: some flows go there. */
export function gceEcmp(ref: NodeRef, where: GceElsewhere | 'gone'): Fault {
  return {
    says: `a second route of equal priority leads half of ${String(ref)}'s flows to ${JSON.stringify(where)}`,
    into: (world) => {
      const owner = gceAt(world, ref);
      const prefix = podRange(owner.node);
      const { priority } = must(ownRoutes(world, ref)[0], 'route');
      const { project, instance } = owner;
      const gone = {
        kind: 'instance',
        project: project.project,
        zone: instance.zone,
        name: `${instance.name}-old`,
      } as const;
      const target = where === 'gone' ? gone : gceElsewhere(world, owner, where);
      putGceRoute(owner.gce, owner.nic.network, prefix, { target, priority });
      const isLost = where === 'gone' || isLostAt(where);
      return isLost ? aboutGceOwner(world, 'duplicate-cloud-route', owner, [prefix]) : [];
    },
  };
}

/** A second, wrong route for the podCIDR that comes after the right one: it harms nobody. */
export function gceWorseDuplicate(ref: NodeRef, where: GceElsewhere): Fault {
  return {
    says: `a wrong route of lower priority for ${String(ref)} leads to ${JSON.stringify(where)}`,
    into: (world) => {
      const { gce, nic, node, ...place } = gceAt(world, ref);
      const worst = Math.max(...ownRoutes(world, ref).map((route) => route.priority));
      if (worst >= 65_535) throw new DoesNotFit('there is no lower priority');
      const target = gceElsewhere(world, { gce, nic, ...place }, where);
      putGceRoute(gce, nic.network, podRange(node), { target, priority: worst + 1 });
      return [];
    },
  };
}

/** The only route for the podCIDR has an unusual priority, which changes nothing. */
export function gcePriority(ref: NodeRef, priority: number): Fault {
  return {
    says: `the pod route of ${String(ref)} has priority ${String(priority)}`,
    into: (world) => {
      const routes = ownRoutes(world, ref);
      if (routes.length > 1) throw new DoesNotFit('there are several routes');
      for (const route of routes) route.priority = priority;
      return [];
    },
  };
}

/** The route names the owner's address instead of its instance, or the other way round: both are right. */
export function gceOtherNextHop(ref: NodeRef): Fault {
  return {
    says: `the pod route of ${String(ref)} names its next hop the other way`,
    into: (world) => {
      const { project, instance, nic, gce } = gceAt(world, ref);
      if (project.project !== gce.hostProject) throw new DoesNotFit('a Shared VPC routes by address only');
      for (const route of ownRoutes(world, ref)) {
        route.target =
          route.target.kind === 'ip'
            ? { kind: 'instance', project: project.project, zone: instance.zone, name: instance.name }
            : { kind: 'ip', ip: nic.ip };
      }
      return [];
    },
  };
}

/** One broader route instead of the node's own: legal as long as it leads to the owner. */
export function gceBroaderRoute(ref: NodeRef, length: number): Fault {
  return {
    says: `${String(ref)} is reached through a /${String(length)}`,
    into: (world) => {
      const place = gceAt(world, ref);
      const prefix = podRange(place.node);
      const broader = canonical(`${prefix.split('/')[0] ?? ''}/${String(length)}`);
      if (routesFor(place.gce, place.nic.network, broader).length > 0) throw new DoesNotFit(`${broader} has a route`);
      dropGceRoutes(place.gce, prefix);
      putGceRoute(place.gce, place.nic.network, broader, { target: gceTarget(place) });
      return [];
    },
  };
}

/** Makes the podCIDR (or a range around it) part of a subnetwork, as its secondary range. */
function makeSecondary(world: World, ref: NodeRef): string {
  const { gce, nic, node } = gceAt(world, ref);
  const prefix = podRange(node);
  const subnet = must(
    gce.subnetworks.find((one) => one.network === nic.network && one.name === nic.subnetwork),
    `subnetwork ${nic.subnetwork}`,
  );
  const ranges = gce.subnetworks.flatMap((one) => [one.cidr, ...one.secondary.map((each) => each.cidr)]);
  const holding = subnet.secondary.find(({ cidr }) => covers(rangeOf(cidr), rangeOf(prefix)));
  if (holding !== undefined) return holding.name;
  if (ranges.some((cidr) => overlaps(rangeOf(cidr), rangeOf(prefix)))) throw new DoesNotFit(`${prefix} is taken`);
  const name = `pods-${String(subnet.secondary.length)}`;
  subnet.secondary.push({ name, cidr: prefix });
  return name;
}

/** The podCIDR is an alias range of the node's interface: it needs neither route nor canIpForward. */
export function gceAliasRange(ref: NodeRef, forwarding = false): Fault {
  return {
    says: `the podCIDR of ${String(ref)} is an alias range, canIpForward ${forwarding ? 'on' : 'off'}, no route`,
    into: (world) => {
      const { gce, nic, node, instance } = gceAt(world, ref);
      const prefix = podRange(node);
      if (podRanges(node).length > 1) throw new DoesNotFit('alias ranges are IPv4 here');
      const rangeName = makeSecondary(world, ref);
      dropGceRoutes(gce, prefix);
      nic.aliasRanges.push({ cidr: prefix, rangeName });
      instance.canIpForward = forwarding;
      return [];
    },
  };
}

/** The podCIDR lies in a secondary range that nobody gave to the node: the subnet route wins over the static one. */
export function gceInsideSecondary(ref: NodeRef): Fault {
  return {
    says: `the podCIDR of ${String(ref)} is a secondary range of its subnetwork`,
    into: (world) => {
      const owner = gceAt(world, ref);
      if (owner.nic.aliasRanges.length > 0) throw new DoesNotFit('its podCIDR is an alias range');
      makeSecondary(world, ref);
      const subnet = owner.gce.subnetworks.find((one) => one.name === owner.nic.subnetwork);
      if (subnet !== undefined) subnet.allowSubnetCidrRoutesOverlap = true;
      return aboutGceOwner(world, 'fabric-route-missing', owner, [podRange(owner.node)]);
    },
  };
}

/** The node's podCIDR lies inside the range of some subnetwork, where no route can change anything. */
export function gceInsideSubnet(ref: NodeRef, prefix: string): Fault {
  return {
    says: `the podCIDR of ${String(ref)} is ${prefix}, inside a subnetwork's range`,
    into: (world) => {
      const owner = gceAt(world, ref);
      dropGceRoutes(owner.gce, podRange(owner.node));
      replaceV4(world, nodeOf(world, ref), prefix);
      const target = gceTarget(owner);
      if (hasGceSender(world, owner.node, prefix)) putGceRoute(owner.gce, owner.nic.network, prefix, { target });
      return aboutGceOwner(world, 'fabric-route-missing', owner, [canonical(prefix)]);
    },
  };
}
