import { createHash, randomUUID } from 'node:crypto';
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
  resourceNotFound,
  subscriptionNotFound,
  throttled,
  unauthenticated,
} from './errors.ts';
import { sameName } from './ids.ts';
import { parseTarget, type Target } from './target.ts';

const PAGE = 1000;

/** Azure Resource Manager, as far as reading goes. */
export class ArmApi implements Service {
  readonly name = 'arm';
  readonly #desk: Desk;
  readonly #tokens: EntraTokens;
  readonly #may: AzureRole;
  /** Long-running operations under way: how often they were asked for, and what comes out. */
  readonly #running = new Map<string, { polls: number; result: object }>();
  #reads = 0;

  constructor(desk: Desk, tokens: EntraTokens) {
    this.#desk = desk;
    this.#tokens = tokens;
    this.#may = azureRole(desk.options.azureRole, desk.options.azureDeny ?? []);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    const target = parseTarget(request);
    const set = /\/virtualMachineScaleSets\/([^/]+)\//i.exec(target.path)?.[1];
    const subject = set ?? target.parts['name'];
    const name = target.operation?.id ?? target.id ?? `${request.method} ${target.path}`;
    const known = target.operation !== undefined || target.id !== undefined;
    return {
      operation: known && subject !== undefined ? `${name} ${subject}` : name,
      write: !known && !['GET', 'HEAD'].includes(request.method),
    };
  }

  throttled(request: Incoming): Answer {
    return errorAnswer(throttled(parseTarget(request).subscription ?? '', this.#tokens.objectId));
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
    const writes = operation === undefined && !['GET', 'HEAD'].includes(request.method);
    // The lab's principal may change nothing, so that every attempt shows.
    if (writes) throw this.#refusal(writeAction(request.method, path), path);
    const action = id === 'Subscriptions_Get' ? 'Microsoft.Resources/subscriptions/read' : operation?.action;
    if (action === undefined) throw resourceNotFound('Microsoft.Resources', path, '');
    const scope = target.parts['group'] === undefined ? `/subscriptions/${worlds[0]?.subscription ?? ''}` : path;
    if (!this.#may(action)) throw this.#refusal(action, scope);
    if (operation === undefined) return this.#json(request, 200, subscriptionOf(worlds));
    for (const name of target.query.keys()) {
      if (['api-version', '$skiptoken', ...(operation.parameters ?? [])].includes(name)) continue;
      throw new ArmError(400, 'BadRequest', `lab: ${operation.id} has no parameter ${name}`);
    }
    const { now } = this.#desk.world;
    const result = operation.run({ worlds, path: target.parts, query: target.query, now });
    if ('list' in result) return this.#page(request, target, result.list);
    if ('one' in result) return this.#json(request, 200, result.one);
    return this.#accept(base, target, result.later, worlds[0]?.location ?? 'westeurope');
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

  #accept(base: string, { subscription, query }: Target, result: object, location: string): Answer {
    const operation = randomUUID();
    this.#running.set(operation, { polls: 0, result });
    const at = (kind: string): string =>
      `${base}/subscriptions/${subscription ?? ''}/providers/Microsoft.Network/locations/${location}/${kind}/${operation}` +
      `?api-version=${query.get('api-version') ?? ''}`;
    const headers = {
      ...armHeaders(),
      'Azure-AsyncOperation': at('operations'),
      Location: at('operationResults'),
      'Retry-After': '0',
    };
    return { status: 202, headers, body: '' };
  }

  #poll(request: Incoming, { id, parts, query }: Target): Answer {
    if (query.get('api-version') === null) throw apiVersionError(null, []);
    const running = this.#running.get(parts['operation'] ?? '');
    if (running === undefined) throw new ArmError(404, 'OperationNotFound', 'The operation could not be found.');
    const wanted = this.#desk.options.azurePolls ?? 1;
    if (id === 'operations') running.polls += 1;
    const done = running.polls > wanted;
    if (id === 'operations') return this.#json(request, 200, { status: done ? 'Succeeded' : 'InProgress' });
    if (done) return this.#json(request, 200, running.result);
    // Whoever follows Location only gets there as well.
    running.polls += 1;
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
