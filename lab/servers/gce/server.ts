import { googleRole, type GoogleRole } from '../../permissions/google.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import type { GoogleTokens } from '../google/tokens.ts';
import {
  apiDisabled,
  errorAnswer,
  GoogleError,
  internalError,
  jsonAnswer,
  noSuchPath,
  noSuchProject,
  permissionRequired,
  rateLimitExceeded,
  unauthenticated,
  unknownParameter,
} from './errors.ts';
import { bodyOf } from './lists.ts';
import { applyMask, parseMask } from './mask.ts';
import { parsePath, type Method } from './methods.ts';
import { parseBody } from './changes.ts';
import { Operations } from './operations.ts';
import { PARAMETERS, parseParameters } from './parameters.ts';
import { viewOf, type ProjectView } from './view.ts';
import { describeWrite, parseWrite, performWrite, WRITE_PARAMETERS, type Write } from './writes.ts';

const ROOT = '/compute/v1/projects/';

interface Target {
  path: string;
  query: URLSearchParams;
  project: string;
  /** Below the project. */
  place: string;
  method?: Method;
  write?: Write;
}

function parseTarget({ method: verb, url }: Incoming): Target {
  const { pathname, searchParams: query } = new URL(url, 'https://lab.invalid');
  const [project = '', ...rest] = pathname.startsWith(ROOT)
    ? pathname.slice(ROOT.length).split('/').map(decodeURIComponent)
    : [];
  const place = rest.join('/');
  const write = project === '' ? undefined : parseWrite(verb, place);
  const method = project === '' || write !== undefined ? undefined : parsePath(rest);
  return {
    path: pathname,
    query,
    project,
    place,
    ...(method !== undefined && { method }),
    ...(write !== undefined && { write }),
  };
}

function nameOf(method: Method): string {
  if (method.kind === 'project') return 'projects.get';
  if (method.kind === 'peeringRoutes') return 'networks.listPeeringRoutes';
  if (method.kind === 'effectiveFirewalls') return 'regionNetworkFirewallPolicies.getEffectiveFirewalls';
  return `${method.collection.name}.${method.kind}`;
}

function permissionOf(method: Method): string {
  if (method.kind === 'project') return 'compute.projects.get';
  if (method.kind === 'peeringRoutes') return 'compute.networks.listPeeringRoutes';
  if (method.kind === 'effectiveFirewalls') return 'compute.networks.getRegionEffectiveFirewalls';
  return `compute.${method.collection.name}.${method.kind === 'get' ? 'get' : 'list'}`;
}

/** What a permission is asked for: a thing, or the project where there is none. */
function resourceOf(method: Method, about: { project: string; place: string; network: string | undefined }): string {
  const { project, place, network = '' } = about;
  if (method.kind === 'get' || method.kind === 'peeringRoutes') return `projects/${project}/${place}`;
  const [, name] = /\/networks\/([^/]+)$/.exec(network) ?? [];
  const isOfNetwork = method.kind === 'effectiveFirewalls' && name !== undefined;
  return isOfNetwork ? `projects/${project}/global/networks/${name}` : `projects/${project}`;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' };

/** The Compute Engine API, version v1: all that is read, and of what changes something what an apply needs. */
export class GceApi implements Service {
  readonly name = 'gce';
  readonly #desk: Desk;
  readonly #tokens: GoogleTokens;
  readonly #may: GoogleRole;
  readonly #operations: Operations;

  constructor(desk: Desk, tokens: GoogleTokens) {
    this.#desk = desk;
    this.#tokens = tokens;
    this.#may = googleRole(desk.options.gceRole, desk.options.gceDeny ?? []);
    this.#operations = new Operations(desk.options.gcePolls ?? 2);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    const { path, project, place, method, write } = parseTarget(request);
    if (write !== undefined) {
      return { operation: describeWrite(write, project, request.body), write: write.kind !== 'operation' };
    }
    if (request.method !== 'GET') {
      return { operation: `${VERBS[request.method] ?? request.method} ${project}/${place}`, write: true };
    }
    if (method === undefined) return { operation: path, write: false };
    const name = method.kind === 'get' ? `/${method.name}` : '';
    return { operation: `${nameOf(method)} ${project}${name}`, write: false };
  }

  throttled(request: Incoming): Answer {
    return errorAnswer(request, rateLimitExceeded());
  }

  broken(request: Incoming): Answer {
    return errorAnswer(request, internalError());
  }

  answer(request: Incoming): Answer {
    this.#operations.tick();
    try {
      const target = parseTarget(request);
      const isUnknown = target.method === undefined && target.write === undefined;
      if (target.project === '' || (request.method === 'GET' && isUnknown)) return noSuchPath(target.path);
      const method = target.method === undefined ? 'unknown' : nameOf(target.method);
      const problem = this.#tokens.check(request);
      if (problem !== undefined) throw unauthenticated(problem, method);
      return this.#perform(request, target);
    } catch (error) {
      if (error instanceof GoogleError) return errorAnswer(request, error);
      throw error;
    }
  }

  #perform(request: Incoming, target: Target): Answer {
    const { path, query, project, place, method, write } = target;
    const view = viewOf(this.#desk.world.gce ?? [], project);
    if (write !== undefined && this.#desk.options.writable === true) return this.#change(request, target, write, view);
    if (request.method !== 'GET' || method === undefined) {
      // The lab's role may change nothing, so that every attempt shows.
      const [collection = 'projects'] = /[a-zA-Z]+(?=\/[^/]*$|$)/.exec(place) ?? [];
      const permission = `compute.${collection}.${VERBS[request.method] ?? 'use'}`;
      throw permissionRequired(permission, `projects/${project}/${place}`);
    }
    const mask = request.headers['x-goog-fieldmask'];
    const { world, options } = this.#desk;
    if (options.gceDisabled?.includes(project) === true) throw apiDisabled(project);
    const unknown = [...query.keys()].find((name) => options.gceUnknownParameters?.includes(name));
    if (unknown !== undefined) throw unknownParameter(unknown);
    const parameters = parseParameters(query, PARAMETERS[method.kind], typeof mask === 'string' ? mask : undefined);
    if (view === undefined) throw noSuchProject(project);
    const permission = permissionOf(method);
    const resource = resourceOf(method, { project, place, network: parameters.network });
    if (!this.#may(permission, project)) throw permissionRequired(permission, resource);
    const { message, value } = bodyOf({ view, now: world.now, path, parameters, options }, method);
    const selection = parameters.fields === undefined ? undefined : parseMask(parameters.fields, message);
    const shown = selection === undefined ? value : (applyMask(value, selection) as object);
    return jsonAnswer(request, 200, shown, parameters.pretty);
  }

  #change(request: Incoming, { query, project }: Target, write: Write, view: ProjectView | undefined): Answer {
    const { world, options } = this.#desk;
    if (options.gceDisabled?.includes(project) === true) throw apiDisabled(project);
    const parameters = parseParameters(query, WRITE_PARAMETERS[write.kind], undefined);
    if (view === undefined) throw noSuchProject(project);
    const order = {
      view,
      world,
      query,
      operations: this.#operations,
      body: parseBody(request.body),
      require: (permission: string, resource: string): void => {
        if (!this.#may(permission, project)) throw permissionRequired(permission, resource);
      },
    };
    const answer = performWrite(write, order, { user: this.#tokens.serviceAccount, now: world.now });
    return jsonAnswer(request, 200, answer, parameters.pretty);
  }
}
