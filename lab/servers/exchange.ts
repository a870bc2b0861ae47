import { appendFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { World } from '../world/world.ts';
import type { LabOptions, LabRequest, LabService } from './options.ts';

export interface Incoming {
  method: string;
  /** Path and query, as it came. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
  /** The same body, compressed, for clients that take it; the server decides when it is worth it. */
  gzipped?: Buffer;
}

/** What a simulated service has to know; everything common to the services is in `serve`. */
export interface Service {
  name: LabService;
  identify(request: Incoming): { operation: string; write: boolean };
  answer(request: Incoming): Answer;
  throttled(request: Incoming): Answer;
  /** An internal error in the service's own form; absent: plain text. */
  broken?(request: Incoming): Answer;
  /** No API description covers it, so the contract check has nothing to say: left out of the record. */
  undescribed?: true;
}

/** What all servers of one lab share. */
export interface Desk {
  world: World;
  options: LabOptions;
  requests: LabRequest[];
  /** Sent so far, by all services. */
  answers: number;
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

// Go's net/http knows the length of what fits its 2 KiB buffer and sends the rest in chunks; so does an API server.
const BUFFERED = 2048;

/** An answer as it goes over the wire. */
interface Packed {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

function pack(answer: Answer): Packed {
  const body = answer.gzipped ?? Buffer.from(answer.body, 'utf8');
  const headers = { ...answer.headers };
  if (answer.gzipped !== undefined) headers['Content-Encoding'] = 'gzip';
  if (body.length <= BUFFERED) headers['Content-Length'] = body.length;
  return { status: answer.status, headers, body };
}

function send(response: ServerResponse, { status, headers, body }: Packed): void {
  response.writeHead(status, headers);
  response.end(body);
}

function breakOff(response: ServerResponse, answer: Answer): void {
  const body = answer.gzipped ?? Buffer.from(answer.body, 'utf8');
  const headers = { ...answer.headers, 'Content-Length': body.length };
  if (answer.gzipped !== undefined) Object.assign(headers, { 'Content-Encoding': 'gzip' });
  response.writeHead(answer.status, headers);
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
}

/** Keeps the form of a credential and drops its secret, as the contract check's own recorder does. */
function masked(headers: IncomingMessage['headers']): Record<string, unknown> {
  const { authorization, ...rest } = headers;
  const token = rest['x-amz-security-token'] === undefined ? {} : { 'x-amz-security-token': '<redacted>' };
  const shown = authorization
    ?.replace(/(Signature=)[0-9a-f]+/, '$1<redacted>')
    .replace(/^(?!AWS4)(\S+) .+$/s, '$1 <redacted>');
  return { ...rest, ...token, ...(shown !== undefined && { authorization: shown }) };
}

interface Exchange {
  request: Incoming;
  answer: Answer;
  startedAt: number;
  cut: boolean;
}

function record(file: string, service: Service, { request, answer, startedAt, cut }: Exchange): void {
  const line = {
    service: service.name === 'sts' ? 'ec2' : service.name,
    method: request.method,
    url: request.url,
    requestHeaders: masked(request.headers),
    requestBody: request.body.replace(/(WebIdentityToken=)[^&]*/, '$1redacted'),
    status: answer.status,
    responseHeaders: answer.headers,
    responseBody: answer.body.replace(/<(SecretAccessKey|SessionToken)>[^<]*/g, '<$1>redacted'),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
    ...(cut && { responseTruncated: true }),
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

function every(n: number | undefined, count: number): boolean {
  return n !== undefined && n > 0 && count % n === 0;
}

function perform(service: Service, request: Incoming, failure: 'before' | 'after' | 'cut' | undefined): Answer {
  if (failure === undefined || failure === 'cut') return service.answer(request);
  if (failure === 'after') service.answer(request);
  const plain = { status: 500, headers: { 'Content-Type': 'text/plain' }, body: 'Internal Server Error\n' };
  return service.broken?.(request) ?? plain;
}

/** The listener of one service: troubles as ordered, the log, the record. */
export function serve(service: Service, desk: Desk): RequestListener {
  const { options } = desk;
  const counts = new Map<string, number>();
  const remembered = new Map<string, Packed>();
  let served = 0;

  /** What comes from memory is as good as instant, so a measurement sees the client and not the lab. */
  function deliver(request: Incoming, response: ServerResponse, answersBefore: number, answer?: Answer): boolean {
    const { method, url, body, headers } = request;
    const { accept = '' } = headers;
    const key = [method, url, accept, /\bgzip\b/.test(headers['accept-encoding']?.toString() ?? ''), body].join('\n');
    const packed = answer === undefined ? remembered.get(key) : pack(answer);
    if (packed === undefined) return false;
    if (options.remember === true && packed.status === 200) remembered.set(key, packed);
    const { status } = packed;
    const bytes = packed.body.length;
    // Asked before the answer is sent: afterwards the socket belongs to the next request.
    const connection = response.socket?.remotePort ?? 0;
    send(response, packed);
    desk.answers += 1;
    options.onAnswer?.({ service: service.name, method, url, body, accept, status, bytes, connection, answersBefore });
    return true;
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const { answers: answersBefore } = desk;
    const request: Incoming = {
      method: message.method ?? 'GET',
      url: message.url ?? '/',
      headers: message.headers,
      body: await readBody(message),
    };
    if (deliver(request, response, answersBefore)) return;
    const { operation, write } = service.identify(request);
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    served += 1;
    const number = served;
    await options.onRequest?.({ service: service.name, operation, count }, desk.world);
    if (options.slowMs !== undefined) await sleep(options.slowMs);
    const failure = options.fail?.({ service: service.name, operation, count });
    const answer = every(options.throttleEvery, number)
      ? service.throttled(request)
      : perform(service, request, failure);
    desk.requests.push({ service: service.name, operation, status: answer.status, write });
    const cut = failure === 'cut' || every(options.breakOffEvery, number);
    if (options.record !== undefined && service.undescribed !== true) {
      record(options.record, service, { request, answer, startedAt, cut });
    }
    if (cut) breakOff(response, answer);
    else deliver(request, response, answersBefore, answer);
  }

  return (message, response) => {
    handle(message, response).catch((error: unknown) => {
      // A defect of the lab, not of the client: loud, and never in the form of a vendor's error.
      desk.requests.push({ service: service.name, operation: 'lab defect', status: 500, write: false });
      response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`lab defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    });
  };
}
