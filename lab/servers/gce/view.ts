import { createHash } from 'node:crypto';

import type {
  GceFirewallWorld,
  GceNetworkWorld,
  GceProjectWorld,
  GceSubnetworkWorld,
  GceWorld,
} from '../../world/gce.ts';
import { digits } from '../../world/ids.ts';

/** One project of the world with the networks it uses, made for one request (the world may change between two). */
export interface ProjectView {
  project: string;
  /** The project's own networks, subnetworks, firewall rules; empty in service projects. */
  networks: readonly GceNetworkWorld[];
  subnetworks: readonly GceSubnetworkWorld[];
  firewalls: readonly GceFirewallWorld[];
  isHost: boolean;
  world: GceWorld;
  /** The instances and templates of this project; all its objects are empty where the world has none. */
  here: GceProjectWorld;
  regions: ReadonlyMap<string, readonly string[]>;
  zones: readonly string[];
}

const PREFIX = 'https://www.googleapis.com/compute/v1';
/** A region in which nobody has anything: lists name it all the same. */
const EMPTY_REGION = 'us-west8';

export function regionOfZone(zone: string): string {
  return zone.slice(0, zone.lastIndexOf('-'));
}

function regionsOf(worlds: readonly GceWorld[]): Map<string, readonly string[]> {
  const zones = new Set<string>();
  const regions = new Set([EMPTY_REGION]);
  for (const world of worlds) {
    for (const { region } of world.subnetworks) regions.add(region);
    for (const one of world.projects) {
      for (const zone of one.unreachableZones) zones.add(zone);
      for (const { zone } of one.instances) zones.add(zone);
    }
  }
  for (const zone of zones) regions.add(regionOfZone(zone));
  for (const region of regions) for (const letter of ['a', 'b', 'c']) zones.add(`${region}-${letter}`);
  const sorted = [...zones].sort();
  return new Map([...regions].sort().map((region) => [region, sorted.filter((zone) => regionOfZone(zone) === region)]));
}

/** Undefined: the world knows no such project. */
export function viewOf(worlds: readonly GceWorld[], project: string): ProjectView | undefined {
  const world = worlds.find(
    (one) => one.hostProject === project || one.projects.some((service) => service.project === project),
  );
  if (world === undefined) return undefined;
  const isHost = world.hostProject === project;
  const nobody = { project, instances: [], instanceTemplates: [], unreachableZones: [] };
  const regions = regionsOf(worlds);
  return {
    project,
    networks: isHost ? world.networks : [],
    subnetworks: isHost ? world.subnetworks : [],
    firewalls: isHost ? world.firewalls : [],
    isHost,
    world,
    here: world.projects.find((one) => one.project === project) ?? nobody,
    regions,
    zones: [...regions.values()].flat(),
  };
}

export function urlOf(...parts: string[]): string {
  return [PREFIX, 'projects', ...parts].join('/');
}

export function networkUrl(world: GceWorld, name: string): string {
  return urlOf(world.hostProject, 'global/networks', name);
}

export function subnetworkUrl(world: GceWorld, region: string, name: string): string {
  return urlOf(world.hostProject, 'regions', region, 'subnetworks', name);
}

export function instanceUrl(project: string, zone: string, name: string): string {
  return urlOf(project, 'zones', zone, 'instances', name);
}

function digest(parts: readonly string[]): Buffer {
  return createHash('sha256').update(parts.join('\u0000')).digest();
}

export function numericId(...parts: string[]): string {
  return digits(19, ...parts);
}

export function projectNumber(project: string): string {
  return digits(12, 'project', project);
}

/** Changes whenever the content does, as the service's own do. */
export function fingerprint(content: unknown): string {
  return digest([JSON.stringify(content)])
    .subarray(0, 8)
    .toString('base64');
}

/** A moment before the story, in the service's form: milliseconds and an offset. */
export function createdAt(now: string, ...parts: string[]): string {
  const before = Date.parse(now) - (30 + (digest(parts)[0] ?? 0)) * 86_400_000;
  return new Date(before).toISOString().replace('Z', '-00:00');
}
