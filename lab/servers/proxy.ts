import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const LOCAL = new Set(['127.0.0.1', 'localhost']);

/** An HTTP proxy as companies have them: tunnels for HTTPS, whole URLs for HTTP. It notes where everybody wants to go. */
export interface Proxy {
  server: Server;
  /** `CONNECT host:port`, or the method and URL of a plain request; in the order in which they came. */
  passed: string[];
  /** Tunnels outlive the server that opened them. */
  destroyTunnels(): void;
}

function targetOf(authority: string): { host: string; port: number } | undefined {
  const [, host = '', port = ''] = /^([\w.-]+):(\d+)$/.exec(authority) ?? [];
  // Nothing leaves the machine through the lab.
  return LOCAL.has(host) ? { host, port: Number(port) } : undefined;
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://unknown.invalid');
  const target = targetOf(`${url.hostname}:${url.port || '80'}`);
  if (target === undefined) {
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end(`lab proxy: ${url.host} is outside the lab\n`);
    return;
  }
  const { 'proxy-connection': _, 'proxy-authorization': _secret, ...headers } = request.headers;
  const path = `${url.pathname}${url.search}`;
  const onward = httpRequest({ ...target, method: request.method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}

export function makeProxy(refuses: boolean): Proxy {
  const passed: string[] = [];
  const tunnels = new Set<Duplex>();
  const server = createServer((request, response) => {
    passed.push(`${request.method ?? 'GET'} ${request.url ?? ''}`);
    if (refuses) response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="lab"' }).end();
    else forward(request, response);
  });
  server.on('connect', (request, client: Duplex, head: Buffer) => {
    passed.push(`CONNECT ${request.url ?? ''}`);
    client.on('error', () => client.destroy());
    if (refuses) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="lab"\r\n\r\n');
      return;
    }
    const target = targetOf(request.url ?? '');
    if (target === undefined) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream: Socket = connect(target.port, target.host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    for (const end of [client, upstream]) {
      tunnels.add(end);
      end.on('close', () => tunnels.delete(end));
    }
  });
  return {
    server,
    passed,
    destroyTunnels() {
      for (const one of tunnels) one.destroy();
    },
  };
}
