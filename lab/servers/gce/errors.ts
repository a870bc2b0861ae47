import { gzipSync } from 'node:zlib';

import type { Answer, Incoming } from '../exchange.ts';

interface ErrorItem {
  message: string;
  domain: 'global' | 'usageLimits';
  reason: string;
  location?: string;
  locationType?: 'parameter' | 'header';
}

/** An error in Google's own words: HTTP status, message, and the reason that clients switch on. */
export class GoogleError extends Error {
  readonly status: number;
  readonly item: ErrorItem;
  /** Some errors carry the name of the gRPC code and details besides; those of Compute Engine itself do not. */
  readonly more: object;
  constructor(status: number, reason: string, message: string, item: Partial<ErrorItem> = {}, more: object = {}) {
    super(message);
    this.status = status;
    this.item = { message, domain: 'global', reason, ...item };
    this.more = more;
  }
}

export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json; charset=UTF-8',
  Vary: 'Origin, X-Origin, Referer',
  'Cache-Control': 'private',
  Server: 'ESF',
  'X-Content-Type-Options': 'nosniff',
};

/** Google's servers indent unless `prettyPrint=false` asks them not to. */
export function jsonAnswer(request: Incoming, status: number, value: object, pretty = true): Answer {
  const body = `${JSON.stringify(value, null, pretty ? 2 : 0)}\n`;
  const small = body.length < 1024 || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return { status, headers: { ...HEADERS }, body, ...(!small && { gzipped: gzipSync(body) }) };
}

export function errorAnswer(request: Incoming, { status, message, item, more }: GoogleError): Answer {
  return jsonAnswer(request, status, { error: { code: status, message, errors: [item], ...more } });
}

export function unauthenticated(problem: 'missing' | 'invalid', method: string): GoogleError {
  const expected =
    'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
    'See https://developers.google.com/identity/sign-in/web/devconsole-project.';
  const missing = problem === 'missing';
  const message = `Request ${missing ? 'is missing required authentication credential' : 'had invalid authentication credentials'}. ${expected}`;
  const details = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: missing ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_EXPIRED',
    domain: 'googleapis.com',
    metadata: { service: 'compute.googleapis.com', method: `compute.v1.${method}` },
  };
  return new GoogleError(
    401,
    missing ? 'required' : 'authError',
    message,
    {
      message: missing ? 'Login Required.' : 'Invalid Credentials',
      location: 'Authorization',
      locationType: 'header',
    },
    { status: 'UNAUTHENTICATED', details: [details] },
  );
}

export function permissionRequired(permission: string, resource: string): GoogleError {
  return new GoogleError(403, 'forbidden', `Required '${permission}' permission for '${resource}'`);
}

export function apiDisabled(project: string): GoogleError {
  const url = `https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=${project}`;
  const message =
    `Compute Engine API has not been used in project ${project} before or it is disabled. Enable it by visiting ${url} ` +
    'then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.';
  const details = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'SERVICE_DISABLED',
    domain: 'googleapis.com',
    metadata: { service: 'compute.googleapis.com', consumer: `projects/${project}` },
  };
  const more = { status: 'PERMISSION_DENIED', details: [details] };
  return new GoogleError(403, 'accessNotConfigured', message, { domain: 'usageLimits' }, more);
}

export function noSuchProject(project: string): GoogleError {
  return new GoogleError(404, 'notFound', `Failed to find project ${project}`);
}

export function noSuchResource(resource: string): GoogleError {
  return new GoogleError(404, 'notFound', `The resource '${resource}' was not found`);
}

export function invalidValue(field: string, value: string, why: string): GoogleError {
  return new GoogleError(400, 'invalid', `Invalid value for field '${field}': '${value}'. ${why}`);
}

export function missingParameter(field: string): GoogleError {
  return new GoogleError(400, 'required', `Required field '${field}' not specified`);
}

export function unknownParameter(name: string): GoogleError {
  const description =
    `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. ` +
    `Field '${name}' could not be found in request message.`;
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ description }] }];
  return new GoogleError(400, 'invalid', description, {}, { status: 'INVALID_ARGUMENT', details });
}

/** Quotas of the API are answered with 403, not 429 (Compute Engine, rate quotas). */
export function rateLimitExceeded(): GoogleError {
  const message =
    "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service 'compute.googleapis.com'.";
  return new GoogleError(403, 'rateLimitExceeded', message, { domain: 'usageLimits' });
}

export function internalError(): GoogleError {
  return new GoogleError(500, 'internalError', 'Internal error. Please try again or contact Google Support.');
}

export function unreachable(scope: string): GoogleError {
  return new GoogleError(503, 'backendError', `The scope '${scope}' is unreachable. Please try again.`);
}

/** A path that no method has: the answer comes from before the API and is a web page. */
export function noSuchPath(path: string): Answer {
  const shown = path.replace(/[&<>"]/g, '');
  return {
    status: 404,
    headers: { 'Content-Type': 'text/html; charset=UTF-8', 'Referrer-Policy': 'no-referrer' },
    body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p>The requested URL <code>${shown}</code> was not found on this server.\n`,
  };
}
