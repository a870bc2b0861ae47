import type { Incoming } from '../exchange.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** What a request asks for. */
export interface Target {
  path: string;
  query: URLSearchParams;
  subscription?: string;
  operation?: Operation;
  /** Operations that are not about resources. */
  id?: 'Subscriptions_List' | 'Subscriptions_Get' | 'operations' | 'operationResults';
  parts: Readonly<Record<string, string>>;
}

const COMPILED = OPERATIONS.map((operation) => ({ operation, pattern: compile(operation.template) }));
const POLLED =
  /^\/providers\/(?<provider>Microsoft\.(?:Network|Compute))\/locations\/[^/]+\/(?<kind>operations|operationResults)\/(?<operation>[^/]+)$/i;

/** Resource Manager compares paths without regard to case. */
function compile(template: string): RegExp {
  const source = template.replaceAll('.', String.raw`\.`).replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`, 'i');
}

export function parseTarget({ method, url }: Incoming): Target {
  const { pathname, searchParams: query } = new URL(url, 'https://lab.invalid');
  const path = decodeURIComponent(pathname).replace(/\/$/, '');
  const [, subscription, below = ''] = /^\/subscriptions\/([^/]+)(\/.*)?$/i.exec(path) ?? [];
  const target: Target = { path, query, parts: {}, ...(subscription !== undefined && { subscription }) };
  if (method === 'GET' && /^\/subscriptions$/i.test(path)) return { ...target, id: 'Subscriptions_List' };
  if (subscription === undefined) return target;
  if (method === 'GET' && below === '') return { ...target, id: 'Subscriptions_Get' };
  const polled = method === 'GET' ? POLLED.exec(below) : null;
  if (polled !== null) {
    const id = polled.groups?.['kind']?.toLowerCase() === 'operations' ? 'operations' : 'operationResults';
    return { ...target, id, parts: { ...polled.groups } };
  }
  for (const { operation, pattern } of COMPILED) {
    const found = operation.method === method ? pattern.exec(below) : null;
    if (found !== null) return { ...target, operation, parts: { ...found.groups } };
  }
  return target;
}
