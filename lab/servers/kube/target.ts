import type { KubeAttributes } from '../../permissions/rbac.ts';
import type { Incoming } from '../exchange.ts';
import { notAcceptable } from './status.ts';

/** What a request asks for. */
export interface Target {
  path: string;
  query: URLSearchParams;
  ask: KubeAttributes;
  version: string;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
export const ANONYMOUS = 'system:anonymous';
// What system:public-info-viewer shows to everybody, logged in or not.
export const PUBLIC = new Set(['/version', '/version/', '/healthz', '/livez', '/readyz']);

/** Asking for a review changes nothing; every other creation does, and the lab's user may change nothing at all. */
export function isWrite(ask: KubeAttributes): boolean {
  const changes = WRITES.has(ask.verb) && ask.resource !== 'selfsubjectaccessreviews';
  return changes && !ask.resource.startsWith('/');
}

function verbOf(method: string, named: boolean, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
      return named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}

/** What a request asks for, cut from its path as the API server's request info resolver does. */
export function parseTarget({ method, url }: Pick<Incoming, 'method' | 'url'>): Target {
  const { pathname, searchParams: query } = new URL(url, 'https://lab.invalid');
  const [root, ...segments] = pathname.split('/').slice(1).map(decodeURIComponent);
  const group = root === 'apis' ? (segments.shift() ?? '') : '';
  const version = segments.shift() ?? '';
  if ((root !== 'api' && root !== 'apis') || segments[0] === undefined || segments[0] === '') {
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    return { path: pathname, query, ask: { verb, group: '', resource: pathname }, version: '' };
  }
  const within = segments[0] === 'namespaces' && segments.length > 2;
  const [resource = '', name, ...below] = within ? segments.slice(2) : segments;
  // A namespace's own attributes carry its name as the namespace, too.
  const namespace = within || (resource === 'namespaces' && name !== undefined) ? segments[1] : undefined;
  const verb = verbOf(method, name !== undefined, query);
  // A list of one name is authorized as one for that name.
  const selected = /^metadata\.name==?([^,]+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const asked = name ?? (verb === 'list' || verb === 'watch' ? selected : undefined);
  const ask: KubeAttributes = {
    verb,
    group,
    resource: [resource, ...below.slice(0, 1)].join('/'),
    ...(namespace !== undefined && { namespace }),
    ...(asked !== undefined && { name: asked }),
  };
  return { path: pathname, query, ask, version };
}

/** The first media type of Accept that the lab has: whole objects or their metadata, both as JSON. */
export function wantsMetadataOnly(accept: string | undefined, single: boolean): boolean {
  const metadata = single ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  for (const entry of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith('as='));
    if (as === `as=${metadata}`) return true;
    if (as === undefined && ['application/json', 'application/*', '*/*'].includes(type)) return false;
  }
  throw notAcceptable();
}
