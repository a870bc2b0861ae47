import type { google } from '@google-cloud/compute/build/protos/protos.js';

import type { GceNetworkWorld, GceSubnetworkWorld } from '../../world/gce.ts';
import {
  createdAt,
  fingerprint,
  networkUrl,
  numericId,
  projectNumber,
  regionOfZone,
  subnetworkUrl,
  urlOf,
} from './view.ts';
import type { ProjectView } from './view.ts';

type Network = google.cloud.compute.v1.INetwork;
type Subnetwork = google.cloud.compute.v1.ISubnetwork;
type Project = google.cloud.compute.v1.IProject;
type Zone = google.cloud.compute.v1.IZone;
type Region = google.cloud.compute.v1.IRegion;

export function networkOf({ world, subnetworks }: ProjectView, now: string, { name }: GceNetworkWorld): Network {
  const self = networkUrl(world, name);
  const id = numericId(self);
  const within = subnetworks.filter((one) => one.network === name);
  return {
    kind: 'compute#network',
    id,
    creationTimestamp: createdAt(now, self),
    name,
    selfLink: self,
    selfLinkWithId: networkUrl(world, id),
    autoCreateSubnetworks: false,
    ...(within.length > 0 && { subnetworks: within.map((one) => subnetworkUrl(world, one.region, one.name)) }),
    routingConfig: { routingMode: 'REGIONAL' },
    networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
  };
}

/** The second address of the range is the gateway's. */
function gatewayOf(cidr: string): string {
  const [address = ''] = cidr.split('/');
  return address.replace(/\d+$/, (last) => String(Number(last) + 1));
}

export function subnetworkOf({ world }: ProjectView, now: string, subnetwork: GceSubnetworkWorld): Subnetwork {
  const { name, region, cidr, ipv6Cidr, allowSubnetCidrRoutesOverlap } = subnetwork;
  const self = subnetworkUrl(world, region, name);
  const content: Subnetwork = {
    id: numericId(self),
    creationTimestamp: createdAt(now, self),
    name,
    network: networkUrl(world, subnetwork.network),
    ipCidrRange: cidr,
    gatewayAddress: gatewayOf(cidr),
    region: urlOf(world.hostProject, 'regions', region),
    selfLink: self,
    privateIpGoogleAccess: true,
    ...(subnetwork.secondary.length > 0 && {
      secondaryIpRanges: subnetwork.secondary.map((one) => ({ rangeName: one.name, ipCidrRange: one.cidr })),
    }),
    privateIpv6GoogleAccess: 'DISABLE_GOOGLE_ACCESS',
    purpose: 'PRIVATE',
    ...(ipv6Cidr === undefined
      ? { stackType: 'IPV4_ONLY' }
      : { ipv6CidrRange: ipv6Cidr, internalIpv6Prefix: ipv6Cidr, stackType: 'IPV4_IPV6', ipv6AccessType: 'INTERNAL' }),
    ...(allowSubnetCidrRoutesOverlap !== undefined && { allowSubnetCidrRoutesOverlap }),
  };
  return { kind: 'compute#subnetwork', ...content, fingerprint: fingerprint(content) };
}

export function projectOf(view: ProjectView, now: string): Project {
  const { project, world, isHost } = view;
  const shared = isHost && world.projects.some((one) => one.project !== project);
  const quota = (metric: string, limit: number, usage: number): object => ({ metric, limit, usage });
  return {
    kind: 'compute#project',
    id: numericId(project),
    creationTimestamp: createdAt(now, project),
    name: project,
    commonInstanceMetadata: { kind: 'compute#metadata', fingerprint: fingerprint(project) },
    quotas: [
      quota('NETWORKS', 15, view.networks.length),
      quota('ROUTES', 250, isHost ? world.routes.length : 0),
      quota('FIREWALLS', 100, view.firewalls.length),
      quota('SUBNETWORKS', 275, view.subnetworks.length),
    ],
    selfLink: urlOf(project),
    defaultServiceAccount: `${projectNumber(project)}-compute@developer.gserviceaccount.com`,
    defaultNetworkTier: 'PREMIUM',
    xpnProjectStatus: shared ? 'HOST' : 'UNSPECIFIED_XPN_PROJECT_STATUS',
  };
}

export function zoneOf({ project, here }: ProjectView, now: string, name: string): Zone {
  return {
    kind: 'compute#zone',
    id: numericId('zone', name),
    creationTimestamp: createdAt(now, name),
    name,
    description: name,
    status: here.unreachableZones.includes(name) ? 'DOWN' : 'UP',
    region: urlOf(project, 'regions', regionOfZone(name)),
    selfLink: urlOf(project, 'zones', name),
    availableCpuPlatforms: ['Intel Broadwell', 'Intel Skylake'],
    supportsPzs: false,
  };
}

export function regionOf({ project }: ProjectView, now: string, name: string, zones: readonly string[]): Region {
  return {
    kind: 'compute#region',
    id: numericId('region', name),
    creationTimestamp: createdAt(now, name),
    name,
    description: name,
    status: 'UP',
    zones: zones.map((zone) => urlOf(project, 'zones', zone)),
    selfLink: urlOf(project, 'regions', name),
    supportsPzs: false,
  };
}
