import { createHash } from 'node:crypto';

import type { google } from '@google-cloud/compute/build/protos/protos.js';

import type { GceInstanceWorld, GceRouteWorld, GceSubnetworkWorld, GceWorld } from '../../world/gce.ts';
import { createdAt, instanceUrl, networkUrl, numericId, urlOf, type ProjectView } from './view.ts';

type Route = google.cloud.compute.v1.IRoute;
type Warning = google.cloud.compute.v1.IWarnings;

function warning(code: string, message: string, key: string, value: string): Warning {
  return { code, message, data: [{ key, value }] };
}

/** What is wrong with an instance as the next hop of a route. */
function troublesOf(instance: GceInstanceWorld, url: string, route: GceRouteWorld): Warning[] {
  const found: Warning[] = [];
  const nic = instance.nics.find((one) => one.network === route.network);
  if (nic === undefined) {
    const message = `Next hop instance '${url}' does not have a network interface in the route's network.`;
    found.push(warning('NEXT_HOP_INSTANCE_NOT_ON_NETWORK', message, 'instance', url));
  } else if (route.destRange.includes(':') && nic.ipv6 === undefined) {
    const message = `Next hop instance '${url}' has no IPv6 interface in the route's network.`;
    found.push(warning('NEXT_HOP_INSTANCE_HAS_NO_IPV6_INTERFACE', message, 'instance', url));
  }
  if (!instance.canIpForward) {
    const message = `Next hop instance '${url}' cannot forward packets: canIpForward is not set.`;
    found.push(warning('NEXT_HOP_CANNOT_IP_FORWARD', message, 'instance', url));
  }
  if (instance.status !== 'RUNNING') {
    const message = `Next hop instance '${url}' is not running.`;
    found.push(warning('NEXT_HOP_NOT_RUNNING', message, 'instance', url));
  }
  return found;
}

interface Placed {
  instance: GceInstanceWorld;
  url: string;
}

/** Instances by what a route may call them: their URL, or a network and a primary address in it. */
type NextHops = ReadonlyMap<string, Placed>;

function nextHopsOf(world: GceWorld): NextHops {
  const found = new Map<string, Placed>();
  for (const { project, instances } of world.projects) {
    for (const instance of instances) {
      const url = instanceUrl(project, instance.zone, instance.name);
      found.set(url, { instance, url });
      for (const { network, ip, ipv6 } of instance.nics) {
        found.set(`${network} ${ip}`, { instance, url });
        if (ipv6 !== undefined) found.set(`${network} ${ipv6}`, { instance, url });
      }
    }
  }
  return found;
}

function warningsOf(hops: NextHops, route: GceRouteWorld): Warning[] {
  const { target } = route;
  if (target.kind === 'instance') {
    const url = instanceUrl(target.project, target.zone, target.name);
    const found = hops.get(url);
    if (found !== undefined) return troublesOf(found.instance, url, route);
    return [warning('NEXT_HOP_INSTANCE_NOT_FOUND', `Next hop instance '${url}' was not found.`, 'instance', url)];
  }
  if (target.kind === 'ip') {
    const found = hops.get(`${route.network} ${target.ip}`);
    if (found !== undefined) return troublesOf(found.instance, found.url, route);
    const message = `Next hop address '${target.ip}' is not assigned to an instance in the route's network.`;
    return [warning('NEXT_HOP_ADDRESS_NOT_ASSIGNED', message, 'ip_address', target.ip)];
  }
  return [];
}

function nextHopOf(world: GceWorld, { target }: GceRouteWorld): Route {
  switch (target.kind) {
    case 'instance':
      return { nextHopInstance: instanceUrl(target.project, target.zone, target.name) };
    case 'ip':
      return { nextHopIp: target.ip };
    case 'gateway':
      return { nextHopGateway: urlOf(world.hostProject, 'global/gateways/default-internet-gateway') };
    case 'ilb':
      return { nextHopIlb: target.ip };
    case 'vpn-tunnel': {
      const [region = 'europe-west1'] = world.subnetworks.map((one) => one.region);
      return { nextHopVpnTunnel: urlOf(world.hostProject, 'regions', region, 'vpnTunnels', target.name) };
    }
  }
}

function staticRoute({ world }: ProjectView, now: string, hops: NextHops, route: GceRouteWorld): Route {
  const self = urlOf(world.hostProject, 'global/routes', route.name);
  const warnings = warningsOf(hops, route);
  return {
    kind: 'compute#route',
    id: numericId(self),
    creationTimestamp: createdAt(now, self),
    name: route.name,
    ...(route.description !== '' && { description: route.description }),
    network: networkUrl(world, route.network),
    ...(route.tags.length > 0 && { tags: route.tags }),
    destRange: route.destRange,
    priority: route.priority,
    ...nextHopOf(world, route),
    ...(warnings.length > 0 && { warnings }),
    selfLink: self,
  };
}

/** The route of one range of a subnetwork, which nobody can delete. */
function subnetRoute({ world }: ProjectView, now: string, name: string, network: string, range: string): Route {
  const self = urlOf(world.hostProject, 'global/routes', name);
  return {
    kind: 'compute#route',
    id: numericId(self),
    creationTimestamp: createdAt(now, self),
    name,
    description: `Default local route to the subnetwork ${range}.`,
    network: networkUrl(world, network),
    destRange: range,
    priority: 0,
    nextHopNetwork: networkUrl(world, network),
    selfLink: self,
  };
}

function rangesOf({ cidr, secondary, ipv6Cidr }: GceSubnetworkWorld): string[] {
  return [cidr, ...secondary.map((one) => one.cidr), ...(ipv6Cidr === undefined ? [] : [ipv6Cidr])];
}

/** The routes of a project; service projects have none, the host's networks carry their packets. */
export function routesOf(view: ProjectView, now: string): { name: string; make: () => Route }[] {
  if (!view.isHost) return [];
  const hops = nextHopsOf(view.world);
  return [
    ...view.world.routes.map((route) => ({ name: route.name, make: () => staticRoute(view, now, hops, route) })),
    ...view.subnetworks.flatMap((subnetwork) =>
      rangesOf(subnetwork).map((range) => {
        const id = createHash('sha256').update(`${subnetwork.region}/${subnetwork.name}/${range}`).digest('hex');
        const name = `default-route-${id.slice(0, 16)}`;
        return { name, make: () => subnetRoute(view, now, name, subnetwork.network, range) };
      }),
    ),
  ];
}
