import { firewallOf } from './firewalls.ts';
import { instanceOf, templateOf } from './instances.ts';
import { networkOf, regionOf, subnetworkOf, zoneOf } from './networks.ts';
import { routesOf } from './routes.ts';
import type { ProjectView } from './view.ts';

/**
 * One object of a collection; where it lies says its scope in aggregated lists: `zones/a`, `regions/b`, `global`. It is
 * made when an answer needs it, for of thousands a page shows hundreds.
 */
export interface Item {
  scope: string;
  name: string;
  /** A get may name an instance by this, too. */
  id?: string;
  value(): object;
}

export interface Collection {
  /** `compute.<name>.list`, and the member that carries the list in a scope of an aggregated one. */
  name: 'instances' | 'routes' | 'networks' | 'subnetworks' | 'firewalls' | 'instanceTemplates' | 'zones' | 'regions';
  /** Messages of the API. */
  item: string;
  list: string;
  aggregated?: string;
  /** Which scopes an aggregated list has, whether or not anything is there. */
  scopes?(view: ProjectView): string[];
  items(view: ProjectView, now: string): Item[];
}

/** Items of what lies in no zone and no region. */
function worldwide<T extends { name: string }>(list: readonly T[], make: (one: T) => object): Item[] {
  return list.map((one) => ({ scope: 'global', name: one.name, value: () => make(one) }));
}

export const COLLECTIONS: Readonly<Record<Collection['name'], Collection>> = {
  instances: {
    name: 'instances',
    item: 'Instance',
    list: 'InstanceList',
    aggregated: 'InstanceAggregatedList',
    scopes: ({ zones }) => zones.map((zone) => `zones/${zone}`),
    items: (view, now) =>
      view.here.instances.map((one) => ({
        scope: `zones/${one.zone}`,
        name: one.name,
        id: one.id,
        value: () => instanceOf(view, now, one),
      })),
  },
  routes: {
    name: 'routes',
    item: 'Route',
    list: 'RouteList',
    items: (view, now) => worldwide(routesOf(view, now), (one) => one.make()),
  },
  firewalls: {
    name: 'firewalls',
    item: 'Firewall',
    list: 'FirewallList',
    items: (view, now) => worldwide(view.firewalls, (one) => firewallOf(view, now, one)),
  },
  networks: {
    name: 'networks',
    item: 'Network',
    list: 'NetworkList',
    items: (view, now) => worldwide(view.networks, (one) => networkOf(view, now, one)),
  },
  subnetworks: {
    name: 'subnetworks',
    item: 'Subnetwork',
    list: 'SubnetworkList',
    aggregated: 'SubnetworkAggregatedList',
    scopes: ({ regions }) => [...regions.keys()].map((region) => `regions/${region}`),
    items: (view, now) =>
      view.subnetworks.map((one) => ({
        scope: `regions/${one.region}`,
        name: one.name,
        value: () => subnetworkOf(view, now, one),
      })),
  },
  instanceTemplates: {
    name: 'instanceTemplates',
    item: 'InstanceTemplate',
    list: 'InstanceTemplateList',
    aggregated: 'InstanceTemplateAggregatedList',
    scopes: ({ regions }) => ['global', ...[...regions.keys()].map((region) => `regions/${region}`)],
    items: (view, now) => worldwide(view.here.instanceTemplates, (one) => templateOf(view, now, one)),
  },
  zones: {
    name: 'zones',
    item: 'Zone',
    list: 'ZoneList',
    items: (view, now) =>
      worldwide(
        view.zones.map((name) => ({ name })),
        ({ name }) => zoneOf(view, now, name),
      ),
  },
  regions: {
    name: 'regions',
    item: 'Region',
    list: 'RegionList',
    items: (view, now) =>
      worldwide(
        [...view.regions].map(([name, zones]) => ({ name, zones })),
        ({ name, zones }) => regionOf(view, now, name, zones),
      ),
  },
};

export type Method =
  | { kind: 'list' | 'aggregatedList'; collection: Collection; scope: string }
  | { kind: 'get'; collection: Collection; scope: string; name: string }
  | { kind: 'project' }
  | { kind: 'peeringRoutes'; network: string }
  | { kind: 'effectiveFirewalls'; region: string };

/** What a path below `/compute/v1/projects/<project>` asks for; undefined: nothing that the lab has. */
export function parsePath(path: readonly string[]): Method | undefined {
  const [place = '', second, third, fourth, ...rest] = path;
  if (place === '' && second === undefined) return { kind: 'project' };
  if (rest.length > 0) return undefined;
  if (place === 'aggregated') {
    const collection = of(second);
    if (third !== undefined || collection?.aggregated === undefined) return undefined;
    return { kind: 'aggregatedList', collection, scope: '' };
  }
  if (place === 'global') {
    const collection = of(second, 'routes', 'networks', 'firewalls', 'instanceTemplates');
    if (second === 'networks' && fourth === 'listPeeringRoutes') return { kind: 'peeringRoutes', network: third ?? '' };
    return fourth === undefined ? listOrGet(collection, 'global', third) : undefined;
  }
  if ((place === 'zones' || place === 'regions') && third === undefined) {
    return listOrGet(COLLECTIONS[place], 'global', second);
  }
  if (place === 'zones') return listOrGet(of(third, 'instances'), `zones/${second ?? ''}`, fourth);
  if (place === 'regions' && third === 'firewallPolicies') {
    return fourth === 'getEffectiveFirewalls' ? { kind: 'effectiveFirewalls', region: second ?? '' } : undefined;
  }
  if (place === 'regions') return listOrGet(of(third, 'subnetworks'), `regions/${second ?? ''}`, fourth);
  return undefined;
}

function of(name: string | undefined, ...allowed: Collection['name'][]): Collection | undefined {
  if (allowed.length > 0 && !allowed.some((one) => one === name)) return undefined;
  return Object.values(COLLECTIONS).find((one) => one.name === name);
}

function listOrGet(collection: Collection | undefined, scope: string, name: string | undefined): Method | undefined {
  if (collection === undefined) return undefined;
  return name === undefined ? { kind: 'list', collection, scope } : { kind: 'get', collection, scope, name };
}
