import { kubeAuthorizer, type KubeAuthorizer } from '../../permissions/rbac.ts';
import type { Answer, Desk, Incoming, Service } from '../exchange.ts';
import { discover } from './discovery.ts';
import { Lists } from './lists.ts';
import { proxyToPod } from './pod-proxy.ts';
import { RESOURCES } from './resources.ts';
import { review } from './review.ts';
import {
  badRequest,
  failureAnswer,
  forbidden,
  json,
  KubeError,
  methodNotAllowed,
  noSuchPath,
  tooManyRequests,
  unauthorized,
} from './status.ts';
import { ANONYMOUS, isWrite, parseTarget, PUBLIC, wantsMetadataOnly, type Target } from './target.ts';

export class KubernetesApi implements Service {
  readonly name = 'k8s';
  readonly #desk: Desk;
  readonly #token: string;
  readonly #user = 'system:serviceaccount:pod-route-check:pod-route-check';
  readonly #may: KubeAuthorizer;
  readonly #mayCreate: KubeAuthorizer;
  readonly #lists: Lists;

  constructor(desk: Desk, token: string) {
    this.#desk = desk;
    this.#token = token;
    const granted = kubeAuthorizer(desk.options.clusterRole, desk.options.kubeDeny ?? []);
    this.#may = (ask) => !isWrite(ask) && granted(ask);
    this.#mayCreate = (ask) => granted({ ...ask, verb: 'create' });
    this.#lists = new Lists(desk.world, desk.options);
  }

  identify(request: Incoming): { operation: string; write: boolean } {
    const { ask } = parseTarget(request);
    const place = ask.resource === 'namespaces' ? ask.name : [ask.namespace, ask.name].filter(Boolean).join('/');
    const operation = [ask.verb, ask.resource, ...(place ? [place] : [])].join(' ');
    return { operation, write: isWrite(ask) };
  }

  throttled(): Answer {
    return tooManyRequests();
  }

  answer(request: Incoming): Answer {
    try {
      return this.#route(request, this.#admit(request));
    } catch (error) {
      if (error instanceof KubeError) return failureAnswer(error.failure);
      throw error;
    }
  }

  /** Whoever wants to talk to a container. From 1.35 on a GET is not enough (pkg/registry/core/pod/rest/authorize.go). */
  admitStream(request: Omit<Incoming, 'body'>): Target {
    const target = this.#admit(request);
    const { ask } = target;
    if (this.#minor() >= 35 && !this.#mayCreate(ask)) {
      const message = `pods "${ask.name ?? ''}" is forbidden: `;
      const details = { name: ask.name ?? '', kind: 'pods' };
      throw new KubeError({ status: 403, reason: 'Forbidden', message, details });
    }
    return target;
  }

  #admit(request: Omit<Incoming, 'body'>): Target {
    const target = parseTarget(request);
    const user = this.#authenticate(request);
    const { ask } = target;
    const allowed = user === ANONYMOUS ? ask.verb === 'get' && PUBLIC.has(ask.resource) : this.#may(ask);
    if (!allowed) throw forbidden(user, ask);
    return target;
  }

  #minor(): number {
    return Number(/^v?\d+\.(\d+)/.exec(this.#desk.world.cluster.version)?.[1] ?? 28);
  }

  /** No token at all is the user system:anonymous (403 later), a wrong one is nobody (401 at once). */
  #authenticate({ headers }: Pick<Incoming, 'headers'>): string {
    if (headers.authorization === undefined) return ANONYMOUS;
    const { expiredToken } = this.#desk.options;
    const dead = expiredToken === true || expiredToken === 'kubernetes';
    if (dead || headers.authorization !== `Bearer ${this.#token}`) throw unauthorized();
    return this.#user;
  }

  #route(request: Incoming, { path, query, ask, version }: Target): Answer {
    if (path === '/version' || path === '/version/') {
      if (ask.verb !== 'get') throw methodNotAllowed();
      return json(200, JSON.stringify(this.#version()));
    }
    const found = ask.verb === 'get' ? discover(path, this.#desk.world) : undefined;
    if (found !== undefined) return json(200, JSON.stringify(found));
    if (PUBLIC.has(path)) return { ...noSuchPath(), status: 200, body: 'ok' };
    if (ask.group === 'authorization.k8s.io' && ask.resource === 'selfsubjectaccessreviews' && version === 'v1') {
      if (ask.verb !== 'create') throw methodNotAllowed();
      return json(201, JSON.stringify(review(request.body, this.#desk.world.now, this.#may)));
    }
    const [name, subresource] = ask.resource.split('/');
    const resource = RESOURCES.find(
      (one) => one.group === ask.group && one.version === version && one.resource === name,
    );
    const misplaced = resource?.namespaced === false && ask.namespace !== undefined && name !== 'namespaces';
    if (resource === undefined || misplaced || resource.installed?.(this.#desk.world) === false) return noSuchPath();
    // No watch is served: the product asks once and is done.
    if (request.method !== 'GET' || ask.verb === 'watch') throw methodNotAllowed();
    const namespace = resource.namespaced ? ask.namespace : undefined;
    if (ask.verb === 'get') {
      if (ask.resource === 'pods/proxy') return proxyToPod(this.#desk, ask, { path, query });
      const metadataOnly = wantsMetadataOnly(request.headers.accept, true);
      const body = this.#lists.get(resource, namespace, ask.name ?? '', metadataOnly);
      if (subresource === undefined || subresource === 'status') return body;
      if (subresource === 'exec') throw badRequest('Upgrade request required');
      return noSuchPath();
    }
    const metadataOnly = wantsMetadataOnly(request.headers.accept, false);
    return this.#lists.list({
      resource,
      ...(namespace !== undefined && { namespace }),
      query,
      metadataOnly,
      gzip: /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
    });
  }

  #version(): object {
    const [, major = '1', minor = '28'] = /^v?(\d+)\.(\d+)/.exec(this.#desk.world.cluster.version) ?? [];
    const gitVersion = this.#desk.world.cluster.version.replace(/^(?=\d)/, 'v');
    return {
      major,
      minor,
      gitVersion,
      gitCommit: '0000000000000000000000000000000000000000',
      gitTreeState: 'clean',
      buildDate: '2025-01-01T00:00:00Z',
      goVersion: 'go1.24.0',
      compiler: 'gc',
      platform: 'linux/amd64',
    };
  }
}
