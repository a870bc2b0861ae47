import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import type { LabOptions } from '../options.ts';
import type { Item, Resource } from './resources.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import { badRequest, expired, json, notFound } from './status.ts';

export interface ListRequest {
  resource: Resource;
  namespace?: string;
  query: URLSearchParams;
  metadataOnly: boolean;
  gzip: boolean;
}

interface Cursor {
  /** Resource version of the list's first page; -1 asks for whatever is there now. */
  rv: number;
  start: string;
}

// The real token is base64url without padding of just this JSON (seen with 1.28.0); a client must not look inside.
function encodeToken(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...cursor })).toString('base64url');
}

function decodeToken(token: string): Cursor {
  const invalid = (why: string): Error => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  if (!/^[\w-]+$/.test(token)) throw invalid('illegal base64 data at input byte 0');
  const text = Buffer.from(token, 'base64url').toString('latin1');
  try {
    const { v, rv, start } = JSON.parse(text) as Record<string, unknown>;
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') return { rv, start };
  } catch {
    const code = text.charCodeAt(0);
    const shown = code < 0x20 || code > 0x7e ? `\\u${code.toString(16).padStart(4, '0')}` : text.charAt(0);
    throw invalid(`invalid character '${shown}' looking for beginning of value`);
  }
  throw invalid('server does not recognize this encoded version ""');
}

function parseLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '';
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Math.max(0, Number(text));
}

const keyOf = (item: Item): string => (item.namespace === undefined ? item.name : `${item.namespace}/${item.name}`);
// etcd keeps keys in the order of their bytes, not of any language.
const byKey = (a: Item, b: Item): number => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0);

const KEPT_SNAPSHOTS = 16;
const KEPT_PAGES = 256;
// API servers compress answers above 128 KiB for clients that take gzip, at the fastest level
// (k8s.io/apiserver, endpoints/handlers/responsewriters).
const GZIP_FROM = 128 * 1024;

/** Lists and gets, with the snapshots that continue tokens refer to. */
export class Lists {
  readonly #world: World;
  readonly #options: LabOptions;
  readonly #snapshots = new Map<string, { items: Item[]; continued: number }>();
  readonly #pages = new Map<string, { source: string; answer: Answer }>();
  readonly #states = new Map<string, string>();
  #version = 10_000;

  constructor(world: World, options: LabOptions) {
    this.#world = world;
    this.#options = options;
  }

  get(resource: Resource, namespace: string | undefined, name: string, metadataOnly: boolean): Answer {
    const item = resource.items(this.#world).find((one) => one.name === name && one.namespace === namespace);
    if (item === undefined) throw notFound(resource.group, resource.resource, name);
    return json(200, JSON.stringify(withKind(resource, item, metadataOnly)));
  }

  list(request: ListRequest): Answer {
    const { resource, query } = request;
    const predicate = selection(request);
    const wanted = parseLimit(query);
    const most = this.#options.pageSize?.kubernetes;
    // Who asks for no pages gets none.
    const limit = most === undefined || wanted === 0 ? wanted : Math.min(wanted, most);
    const { items, rv, start } = this.#begin(request);
    const rest = items.filter((item) => keyOf(item) >= start && predicate.matches(item));
    const page = limit === 0 ? rest : rest.slice(0, limit);
    const left = rest.length - page.length;
    const last = page.at(-1);
    const metadata = {
      resourceVersion: String(rv),
      ...(left > 0 && last !== undefined && { continue: encodeToken({ rv, start: `${keyOf(last)}\0` }) }),
      // With a selector the API server does not know how many remain and leaves the count out.
      ...(left > 0 && !predicate.selective && { remainingItemCount: left }),
    };
    const kind = request.metadataOnly
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
      : { kind: `${resource.kind}List`, apiVersion: apiVersion(resource) };
    const head = JSON.stringify({ ...kind, metadata });
    return this.#render(request, page, head);
  }

  /** The list that a request belongs to: the one its token names, or a new one. */
  #begin({ resource, namespace, query }: ListRequest): { items: Item[]; rv: number; start: string } {
    const scope = `${resource.group}/${resource.resource}/${namespace ?? ''}`;
    const token = query.get('continue') ?? '';
    const cursor = token === '' ? undefined : decodeToken(token);
    if (cursor !== undefined && cursor.rv >= 0) {
      if (![null, '', '0'].includes(query.get('resourceVersion'))) {
        throw badRequest('specifying resource version is not allowed when using continue');
      }
      const snapshot = this.#snapshots.get(`${cursor.rv}/${scope}`);
      const most = this.#options.expireContinueAfter ?? Infinity;
      if (snapshot === undefined || snapshot.continued >= most) throw expired(encodeToken({ ...cursor, rv: -1 }));
      snapshot.continued += 1;
      return { items: snapshot.items, ...cursor };
    }
    const items = resource
      .items(this.#world)
      .filter((item) => namespace === undefined || item.namespace === namespace)
      .sort(byKey);
    const state = createHash('sha1')
      .update(items.map((item) => item.source).join(''))
      .digest('hex');
    if ((this.#states.get(scope) ?? state) !== state) this.#version += 1;
    this.#states.set(scope, state);
    const rv = this.#version;
    // After an expired token the rest is served as it is now, and that list does not expire again.
    this.#snapshots.set(`${rv}/${scope}`, { items, continued: cursor === undefined ? 0 : -Infinity });
    trim(this.#snapshots, KEPT_SNAPSHOTS);
    return { items, rv, start: cursor?.start ?? '' };
  }

  #render(request: ListRequest, page: Item[], head: string): Answer {
    const { resource, metadataOnly, gzip } = request;
    const key = `${request.namespace ?? ''} ${resource.resource} ${metadataOnly} ${gzip} ${head}`;
    const source = page.map((item) => item.source).join('\n');
    const cached = this.#pages.get(key);
    if (cached?.source === source) return cached.answer;
    const items = page.map((item) => JSON.stringify(metadataOnly ? withKind(resource, item, true) : item.render()));
    const answer = json(200, `${head.slice(0, -1)},"items":[${items.join(',')}]}`);
    if (gzip && answer.body.length > GZIP_FROM) {
      answer.headers['Vary'] = 'Accept-Encoding';
      answer.gzipped = gzipSync(answer.body, { level: 1 });
    }
    this.#pages.set(key, { source, answer });
    trim(this.#pages, KEPT_PAGES);
    return answer;
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

function apiVersion({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

function withKind(resource: Resource, item: Item, metadataOnly: boolean): object {
  const body = item.render() as { metadata: object };
  if (!metadataOnly) return { kind: resource.kind, apiVersion: apiVersion(resource), ...body };
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: body.metadata };
}

function selection({ resource, query }: ListRequest): { selective: boolean; matches(item: Item): boolean } {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const byLabels = labelSelector(labels);
  const byFields = fieldSelector(fields, resource.selectable, resource.unknownField);
  return {
    selective: labels !== '' || fields !== '',
    matches: (item) =>
      byLabels(item.labels) &&
      byFields({ ...item.fields, 'metadata.name': item.name, 'metadata.namespace': item.namespace }),
  };
}
