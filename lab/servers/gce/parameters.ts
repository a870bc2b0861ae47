import { createHash } from 'node:crypto';

import { GoogleError, invalidValue, unknownParameter } from './errors.ts';

/** Of every method. */
const GLOBAL = [
  '$.xgafv',
  'alt',
  'fields',
  '$fields',
  'key',
  'prettyPrint',
  '$prettyPrint',
  'quotaUser',
  'userIp',
  '$alt',
];
const LIST = ['filter', 'maxResults', 'orderBy', 'pageToken', 'returnPartialSuccess'];
const AGGREGATED = [...LIST, 'includeAllScopes', 'serviceProjectNumber'];

export const PARAMETERS = {
  get: [],
  project: [],
  list: LIST,
  aggregatedList: AGGREGATED,
  peeringRoutes: [...LIST, 'direction', 'peeringName', 'region'],
  effectiveFirewalls: ['network'],
} as const satisfies Record<string, readonly string[]>;

export interface Parameters {
  pretty: boolean;
  fields?: string;
  filter?: string;
  orderBy?: string;
  maxResults: number;
  pageToken?: string;
  network?: string;
  partial: boolean;
}

const MOST = 500;

function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === 'false') return false;
  if (text === 'true') return true;
  const message = `Invalid value at '${name}' (TYPE_BOOL), "${text}"`;
  throw new GoogleError(400, 'invalid', message, {}, { status: 'INVALID_ARGUMENT' });
}

function maxResultsOf(query: URLSearchParams): number {
  const text = query.get('maxResults');
  if (text === null) return MOST;
  if (!/^\d+$/.test(text)) {
    const message = `Invalid value at 'max_results' (TYPE_UINT32), "${text}"`;
    throw new GoogleError(400, 'invalid', message, {}, { status: 'INVALID_ARGUMENT' });
  }
  const value = Number(text);
  if (value > MOST) throw invalidValue('maxResults', text, `Must be less than or equal to ${MOST}.`);
  // 0 is a proto's way of saying nothing.
  return value === 0 ? MOST : value;
}

export function parseParameters(
  query: URLSearchParams,
  allowed: readonly string[],
  maskHeader: string | undefined,
): Parameters {
  for (const name of query.keys()) {
    if (!GLOBAL.includes(name) && !allowed.includes(name)) throw unknownParameter(name);
  }
  if (![null, 'json'].includes(query.get('alt') ?? query.get('$alt'))) {
    throw new GoogleError(400, 'invalid', `Invalid value "${query.get('alt') ?? ''}" for parameter "alt"`);
  }
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const fields = text('fields') ?? text('$fields') ?? maskHeader;
  const filter = text('filter');
  const orderBy = text('orderBy');
  const pageToken = text('pageToken');
  const network = text('network');
  if (orderBy !== undefined && !['name', 'creationTimestamp desc'].includes(orderBy)) {
    throw invalidValue('orderBy', orderBy, 'Invalid sort order.');
  }
  return {
    pretty: !['false', '0'].includes(query.get('prettyPrint') ?? query.get('$prettyPrint') ?? ''),
    ...(fields !== undefined && fields !== '' && { fields }),
    ...(filter !== undefined && filter !== '' && { filter }),
    ...(orderBy !== undefined && { orderBy }),
    maxResults: maxResultsOf(query),
    ...(pageToken !== undefined && pageToken !== '' && { pageToken }),
    ...(network !== undefined && network !== '' && { network }),
    partial: flag(query, 'returnPartialSuccess'),
  };
}

export interface Page<T> {
  items: T[];
  nextPageToken?: string;
}

/** A page of a list; its token is good for the same list with the same filter and order only. */
export function paginate<T>(path: string, parameters: Parameters, all: T[], most = MOST): Page<T> {
  const { filter = '', orderBy = '', pageToken, maxResults } = parameters;
  const bound = createHash('sha256')
    .update(JSON.stringify([path, filter, orderBy]))
    .digest('base64url')
    .slice(0, 12);
  const [digest, text = ''] = Buffer.from(pageToken ?? '', 'base64url')
    .toString('utf8')
    .split(':');
  if (pageToken !== undefined && (digest !== bound || !/^\d+$/.test(text))) {
    throw invalidValue('pageToken', pageToken, 'The page token is not valid for this request.');
  }
  const start = Number(text);
  const end = start + Math.min(maxResults, most);
  const nextPageToken = Buffer.from(`${bound}:${end}`).toString('base64url');
  return { items: all.slice(start, end), ...(end < all.length && { nextPageToken }) };
}
