import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { azureRole, type AzureRole } from '../../permissions/azure.ts';
import type { AzureWorld } from '../../world/azure.ts';
import { CLASSIC_MANAGEMENT, MANAGEMENT, type EntraTokens } from '../entra/tokens.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import { API_VERSIONS, type ApiFamily } from './api-versions.ts';
import {
  apiVersionError,
  armHeaders,
  ArmError,
  authorizationFailed,
  errorAnswer,
  linkedAuthorizationFailed,
  resourceNotFound,
  subscriptionNotFound,
  throttled,
  unauthenticated,
} from './errors.ts';
import { sameName } from './ids.ts';
import { linksOf } from './links.ts';
import { LongRunning } from './long-running.ts';
import type { Call, Operation } from './operation.ts';
import { parseTarget, type Target } from './target.ts';

const PAGE = 1000;

/** Azure Resource Manager; what may be changed is in `write-operations.ts`. */
export class ArmApi implements Service {
  readonly name = 'arm';
  readonly #desk: Desk;
  readonly #tokens: EntraTokens;
  readonly #may: AzureRole;
  readonly #running: LongRunning;
  readonly #counts = new Map<string, number>();
  #reads = 0;

  constructor(desk: Desk, tokens: EntraTokens) {
    this.#desk = desk;
    this.#tokens = tokens;
    this.#may = azureRole(desk.options.azureRole, desk.options.azureDeny ?? []);
    this.#running = new LongRunning(() => desk.options.azurePolls ?? 1);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    const target = parseTarget(request);
    const set = /\/virtualMachineScaleSets\/([^/]+)\//i.exec(target.path)?.[1];
    const subject = set ?? target.parts['name'];
    const name = target.operation?.id ?? target.id ?? `${request.method} ${target.path}`;
    const known = target.operation !== undefined || target.id !== undefined;
    return {
      operation: known && subject !== undefined ? `${name} ${subject}` : name,
      write: target.operation?.write ?? (!known && !['GET', 'HEAD'].includes(request.method)),
    };
  }

  throttled(request: Incoming): Answer {
    const kind = request.method === 'GET' ? 'read' : request.method === 'DELETE' ? 'delete' : 'write';
    return errorAnswer(throttled(parseTarget(request).subscription ?? '', this.#tokens.objectId, kind));
  }

  broken(): Answer {
    return errorAnswer(new ArmError(500, 'InternalServerError', 'An error occurred.'));
  }

  answer(request: Incoming): Answer {
    try {
      return this.#perform(request, parseTarget(request));
    } catch (error) {
      if (error instanceof ArmError) return errorAnswer(error);
      throw error;
    }
  }

  #perform(request: Incoming, target: Target): Answer {
    const base = `https://${request.headers.host ?? ''}`;
    const problem = this.#tokens.check(request, [MANAGEMENT, CLASSIC_MANAGEMENT, base]);
    if (problem !== undefined) throw unauthenticated(problem, this.#tokens.tenant);
    const { operation, id, subscription, path } = target;
    if (id === 'operations' || id === 'operationResults') return this.#poll(request, target);
    requireVersion(target, operation?.api ?? (id === undefined ? undefined : 'subscriptions'));
    if (id === 'Subscriptions_List') return this.#page(request, target, this.#subscriptions());
    const worlds = (this.#desk.world.azure ?? []).filter((one) => sameName(one.subscription, subscription ?? ''));
    if (worlds.length === 0) throw subscriptionNotFound(subscription ?? '');
    const isForeign = operation === undefined && !['GET', 'HEAD'].includes(request.method);
    // Unless it is told otherwise the lab's principal may change nothing, so that every attempt shows.
    if (isForeign) throw this.#refusal(writeAction(request.method, path), path);
    const action = id === 'Subscriptions_Get' ? 'Microsoft.Resources/subscriptions/read' : operation?.action;
    if (action === undefined) throw resourceNotFound('Microsoft.Resources', path, '');
    const scope = target.parts['group'] === undefined ? `/subscriptions/${worlds[0]?.subscription ?? ''}` : path;
    const isShut = operation?.write === true && this.#desk.options.writable !== true;
    if (isShut || !this.#may(action)) throw this.#refusal(action, scope);
    if (operation === undefined) return this.#json(request, 200, subscriptionOf(worlds));
    for (const name of target.query.keys()) {
      if (['api-version', '$skiptoken', ...(operation.parameters ?? [])].includes(name)) continue;
      throw new ArmError(400, 'BadRequest', `lab: ${operation.id} has no parameter ${name}`);
    }
    const body = operation.write === true ? parseBody(request) : undefined;
    for (const link of linksOf(body)) {
      if (this.#may(link.action)) continue;
      throw linkedAuthorizationFailed(this.#tokens, { action, scope }, link);
    }
    if (request.method === 'GET') this.#running.touch(path);
    return this.#run(request, target, operation, { worlds, body });
  }

  #run(request: Incoming, target: Target, operation: Operation, given: Pick<Call, 'worlds' | 'body'>): Answer {
    const { now } = this.#desk.world;
    const { headers } = request;
    const knowsPartEtags = this.#desk.options.azurePartEtags !== false;
    const result = operation.run({ ...given, path: target.parts, query: target.query, now, headers, knowsPartEtags });
    if ('list' in result) return this.#page(request, target, result.list);
    if ('one' in result) return this.#json(request, 200, result.one);
    if ('done' in result) return { status: result.done, headers: armHeaders(), body: '' };
    const count = (this.#counts.get(operation.id) ?? 0) + 1;
    this.#counts.set(operation.id, count);
    const operationHeaders = this.#running.begin('later' in result ? { result: result.later } : result.accepted, {
      base: `https://${headers.host ?? ''}`,
      subscription: target.subscription ?? '',
      provider: operation.action.split('/')[0] ?? '',
      location: given.worlds[0]?.location ?? 'westeurope',
      version: target.query.get('api-version') ?? '',
      failure: this.#desk.options.failOperation?.({ operation: operation.id, count }),
    });
    const { status, body } = 'later' in result ? { status: 202, body: undefined } : result.accepted;
    if (body === undefined) return { status, headers: { ...armHeaders(), ...operationHeaders }, body: '' };
    const answer = this.#json(request, status, body());
    return { ...answer, headers: { ...answer.headers, ...operationHeaders } };
  }

  #refusal(action: string, scope: string): ArmError {
    return authorizationFailed({ id: this.#tokens.clientId, objectId: this.#tokens.objectId }, action, scope);
  }

  #subscriptions(): object[] {
    const all = this.#desk.world.azure ?? [];
    const ids = [...new Set(all.map((one) => one.subscription))];
    return ids.map((id) => subscriptionOf(all.filter((one) => one.subscription === id)));
  }

  /** A page, and a link to the next one that is good for nothing else. */
  #page(request: Incoming, { path, query }: Target, all: object[]): Answer {
    const size = this.#desk.options.pageSize?.azure ?? PAGE;
    const bound = createHash('sha256').update(path.toLowerCase()).digest('base64url').slice(0, 12);
    const token = query.get('$skiptoken');
    const [digest, text = '0'] = Buffer.from(token ?? '', 'base64url')
      .toString('utf8')
      .split(':');
    if (token !== null && (digest !== bound || !/^\d+$/.test(text))) {
      throw new ArmError(400, 'InvalidSkipToken', 'The provided skip token is invalid.');
    }
    const end = Number(text) + size;
    const value = all.slice(Number(text), end);
    if (end >= all.length) return this.#json(request, 200, { value });
    const next = new URL(request.url, `https://${request.headers.host ?? ''}`);
    next.searchParams.set('$skiptoken', Buffer.from(`${bound}:${end}`).toString('base64url'));
    return this.#json(request, 200, { value, nextLink: next.href });
  }

  #poll(request: Incoming, { id, parts, query, path }: Target): Answer {
    if (query.get('api-version') === null) throw apiVersionError(null, []);
    const action = `${parts['provider'] ?? ''}/locations/${id ?? ''}/read`;
    if (!this.#may(action)) throw this.#refusal(action, path);
    const operation = parts['operation'] ?? '';
    if (id === 'operations') return this.#json(request, 200, this.#running.status(operation, query.get('h')));
    const over = this.#running.result(operation, query.get('h'));
    if (over?.result !== undefined) return this.#json(request, 200, over.result);
    if (over !== undefined) return { status: 204, headers: armHeaders(), body: '' };
    return { status: 202, headers: { ...armHeaders(), Location: request.url, 'Retry-After': '0' }, body: '' };
  }

  #json(request: Incoming, status: number, value: object): Answer {
    this.#reads += 1;
    const headers = {
      ...armHeaders(),
      'x-ms-ratelimit-remaining-subscription-reads': String(Math.max(0, 249 - (this.#reads % 250))),
      'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
    };
    const body = JSON.stringify(value);
    const small = body.length < 1024 || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    return { status, headers, body, ...(!small && { gzipped: gzipSync(body) }) };
  }
}

function requireVersion({ query }: Target, api: ApiFamily | undefined): void {
  const version = query.get('api-version');
  const known: readonly string[] = api === undefined ? Object.values(API_VERSIONS).flat() : API_VERSIONS[api];
  if (version === null || !known.includes(version)) throw apiVersionError(version, known);
}

function parseBody({ method, body, headers }: Incoming): unknown {
  if (method === 'DELETE') return undefined;
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new ArmError(415, 'UnsupportedMediaType', 'The content media type is not supported. Use application/json.');
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new ArmError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  }
}

/** `Microsoft.Network/routeTables/routes/write` from the path of a route. */
function writeAction(method: string, path: string): string {
  const [provider = 'Microsoft.Resources', ...rest] = (path.split(/\/providers\//i).at(-1) ?? '').split('/');
  const types = rest.filter((_, at) => at % 2 === 0).join('/');
  return `${provider}/${types}/${method === 'DELETE' ? 'delete' : method === 'POST' ? 'action' : 'write'}`;
}

function subscriptionOf(worlds: readonly AzureWorld[]): object {
  const [first] = worlds;
  const id = first?.subscription ?? '';
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId: first?.tenant ?? '',
    displayName: `lab ${id.slice(0, 8)}`,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}
