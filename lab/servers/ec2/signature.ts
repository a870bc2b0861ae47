import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { Incoming } from '../exchange.ts';

/** An identity that may call: its keys and who it is. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Only temporary credentials have one, and then it must come along. */
  sessionToken?: string;
  accountId: string;
  arn: string;
  userId: string;
}

export interface Signature {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

export function parseAuthorization(header: string | undefined): Signature | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header ?? '',
    );
  if (match === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', headers = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function canonicalQuery(url: string): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...new URL(url, 'http://lab.invalid').searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** Whether the request is signed with this secret (AWS Signature Version 4). */
export function isSignedBy(request: Incoming, signature: Signature, secret: string): boolean {
  const headers = signature.signedHeaders.map(
    (name) =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    new URL(request.url, 'http://lab.invalid').pathname,
    canonicalQuery(request.url),
    headers.join(''),
    signature.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
  const time = String(request.headers['x-amz-date'] ?? '');
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [signature.region, signature.service, 'aws4_request'].reduce(
    (previous: Buffer, part) => hmac(previous, part),
    hmac(`AWS4${secret}`, signature.date),
  );
  return timingSafeEqual(hmac(key, text), Buffer.from(signature.signature, 'hex'));
}

const FIFTEEN_MINUTES = 15 * 60_000;

/** Whether the time in the request is within the fifteen minutes that AWS grants. */
export function isTimely(request: Incoming, now: number): boolean {
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'] ?? ''));
  if (time === null) return false;
  const [, year, month, day, hour, minute, second] = time;
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Math.abs(now - signed) <= FIFTEEN_MINUTES;
}
