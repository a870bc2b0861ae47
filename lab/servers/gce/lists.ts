import type { LabOptions } from '../options.ts';
import { invalidValue, missingParameter, noSuchResource, unreachable } from './errors.ts';
import { parseFilter } from './filter.ts';
import { effectiveFirewalls } from './firewalls.ts';
import type { Collection, Item, Method } from './methods.ts';
import { projectOf } from './networks.ts';
import { paginate, type Page, type Parameters } from './parameters.ts';
import type { ProjectView } from './view.ts';

export interface Request {
  view: ProjectView;
  now: string;
  path: string;
  parameters: Parameters;
  options: LabOptions;
}

/** A message of the API and its name, by which a mask is checked. */
export interface Body {
  message: string;
  value: object;
}

const WEB = 'https://www.googleapis.com';

function kindOf(message: string): string {
  return `compute#${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** Where no zone answers, there is nothing to be had. */
function isUnreachable({ view }: Request, scope: string): boolean {
  return view.here.unreachableZones.some((zone) => scope === `zones/${zone}`);
}

function requireScope({ view }: Request, scope: string): void {
  const [kind, name = ''] = scope.split('/');
  const known = kind === 'zones' ? view.zones.includes(name) : kind === 'regions' ? view.regions.has(name) : true;
  if (!known) throw noSuchResource(`projects/${view.project}/${scope}`);
}

function page(request: Request, collection: Collection, items: Item[]): Page<Item> {
  const { parameters, path, options } = request;
  const matches = parameters.filter === undefined ? undefined : parseFilter(parameters.filter, collection.item);
  const kept = matches === undefined ? items : items.filter((item) => matches(item.value()));
  // Without orderBy a list is in the order of names (Google's text for orderBy).
  const byName = kept.toSorted((one, other) => compare(one.scope, other.scope) || compare(one.name, other.name));
  return paginate(path, parameters, byName, options.pageSize?.gce);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function warning(code: string, message: string, scope: string): object {
  return { code, message, data: [{ key: 'scope', value: scope }] };
}

function list(request: Request, collection: Collection, scope: string): object {
  const { view, now, path } = request;
  requireScope(request, scope);
  if (isUnreachable(request, scope)) throw unreachable(scope);
  const there = collection.items(view, now).filter((item) => item.scope === scope);
  const { items, nextPageToken } = page(request, collection, there);
  return {
    kind: kindOf(collection.list),
    id: path.replace('/compute/v1/', ''),
    // A list of nothing has no `items` at all.
    ...(items.length > 0 && { items: items.map((item) => item.value()) }),
    ...(nextPageToken !== undefined && { nextPageToken }),
    selfLink: `${WEB}${path}`,
  };
}

function aggregated(request: Request, collection: Collection): object {
  const { view, now, path, parameters, options } = request;
  const scopes = collection.scopes?.(view) ?? [];
  const dead = scopes.filter((scope) => isUnreachable(request, scope));
  const [first] = dead;
  if (first !== undefined && !parameters.partial && options.unreachableZones === 'failure') throw unreachable(first);
  const there = collection.items(view, now).filter(({ scope }) => !dead.includes(scope));
  const { items, nextPageToken } = page(request, collection, there);
  const bodies = scopes.map((scope): [string, object] => {
    const within = items.filter((item) => item.scope === scope).map((item) => item.value());
    if (dead.includes(scope)) {
      return [scope, { warning: warning('UNREACHABLE', `The scope '${scope}' is not reachable.`, scope) }];
    }
    if (within.length > 0) return [scope, { [collection.name]: within }];
    const message = `There are no results for scope '${scope}' on this page.`;
    return [scope, { warning: warning('NO_RESULTS_ON_PAGE', message, scope) }];
  });
  return {
    kind: kindOf(collection.aggregated ?? ''),
    id: path.replace('/compute/v1/', ''),
    items: Object.fromEntries(bodies),
    ...(nextPageToken !== undefined && { nextPageToken }),
    selfLink: `${WEB}${path}`,
    ...(parameters.partial && dead.length > 0 && { unreachables: dead }),
  };
}

function get(request: Request, collection: Collection, scope: string, name: string): object {
  const { view, now } = request;
  requireScope(request, scope);
  if (isUnreachable(request, scope)) throw unreachable(scope);
  const found = collection
    .items(view, now)
    .find((item) => item.scope === scope && (item.name === name || item.id === name));
  if (found !== undefined) return found.value();
  const place = ['zones', 'regions'].includes(collection.name)
    ? `${collection.name}/${name}`
    : `${scope}/${collection.name}/${name}`;
  throw noSuchResource(`projects/${view.project}/${place}`);
}

/** Routes of peered networks; no world has any. */
function peeringRoutes({ view, path }: Request, network: string): object {
  if (!view.networks.some((one) => one.name === network)) {
    throw noSuchResource(`projects/${view.project}/global/networks/${network}`);
  }
  return {
    kind: 'compute#exchangedPeeringRoutesList',
    id: path.replace('/compute/v1/', ''),
    selfLink: `${WEB}${path}`,
  };
}

/** The network that a parameter names, by URL with or without host; in this project, as in no other can it be asked for. */
function networkOfParameter({ view, parameters }: Pick<Request, 'view' | 'parameters'>): string {
  const { network: url } = parameters;
  if (url === undefined) throw missingParameter('network');
  const [, project, name] =
    /^(?:https:\/\/[a-z.-]+\/compute\/v1\/)?projects\/([a-z0-9-]+)\/global\/networks\/([a-z0-9-]+)$/.exec(url) ?? [];
  if (name === undefined) throw invalidValue('network', url, 'The URL is malformed.');
  if (project !== view.project || !view.networks.some((one) => one.name === name)) {
    throw noSuchResource(`projects/${project ?? ''}/global/networks/${name}`);
  }
  return name;
}

export function bodyOf(request: Request, method: Method): Body {
  switch (method.kind) {
    case 'project':
      return { message: 'Project', value: projectOf(request.view, request.now) };
    case 'get':
      return {
        message: method.collection.item,
        value: get(request, method.collection, method.scope, method.name),
      };
    case 'list':
      return { message: method.collection.list, value: list(request, method.collection, method.scope) };
    case 'aggregatedList':
      return { message: method.collection.aggregated ?? '', value: aggregated(request, method.collection) };
    case 'peeringRoutes':
      return { message: 'ExchangedPeeringRoutesList', value: peeringRoutes(request, method.network) };
    case 'effectiveFirewalls': {
      requireScope(request, `regions/${method.region}`);
      const value = effectiveFirewalls(request.view, request.now, networkOfParameter(request), method.region);
      return { message: 'RegionNetworkFirewallPoliciesGetEffectiveFirewallsResponse', value };
    }
  }
}
