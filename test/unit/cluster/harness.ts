// A small server and what a reader of the Kubernetes API is given.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openCluster, type ClusterOptions } from '../../../src/cluster/index.ts';
import type { Clock, ClusterReader, Log } from '../../../src/ports.ts';

export interface FakeClock extends Clock {
  readonly slept: number[];
}

/** Sleeping costs nothing and moves the time on. */
export function fakeClock(): FakeClock {
  const slept: number[] = [];
  let now = Date.parse('2026-11-20T12:00:00Z');
  return {
    slept,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
}

export interface ListeningLog extends Log {
  readonly lines: string[];
}

export function listeningLog(): ListeningLog {
  const lines: string[] = [];
  const add = (text: string): void => {
    lines.push(text);
  };
  return { lines, debug: add, info: add, warning: add, fold: () => undefined, group: (_, work) => work() };
}

export interface Opened {
  readonly reader: ClusterReader;
  readonly clock: FakeClock;
  readonly log: ListeningLog;
}

export function open(
  config: Partial<ClusterOptions['config']>,
  options: Partial<Omit<ClusterOptions, 'config'>> = {},
): Opened {
  const clock = fakeClock();
  const log = listeningLog();
  const reader = openCluster({
    env: {},
    clock,
    log,
    random: () => 0,
    ...options,
    config: { execPlugins: 'auto', timeoutMs: 600_000, ...config },
  });
  return { reader, clock, log };
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface TinyServer {
  readonly url: string;
  /** Method, path and query of every request. */
  readonly requests: string[];
  readonly userAgents: Set<string | undefined>;
  /** Connections that were opened. */
  connections(): number;
  stop(): Promise<void>;
}

export async function serve(
  answer: (path: string, request: IncomingMessage, response: ServerResponse) => Answer | undefined,
): Promise<TinyServer> {
  const requests: string[] = [];
  const userAgents = new Set<string | undefined>();
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    userAgents.add(request.headers['user-agent']);
    const answered = answer(request.url ?? '', request, response);
    if (answered === undefined) return;
    const { status, headers = { 'content-type': 'application/json' }, body = '' } = answered;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  // A test that fails before it stops its server must not keep the process.
  server.unref();
  server.on('connection', (socket) => {
    socket.unref();
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    userAgents,
    connections: () => connections,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export const TOKEN = 'secret-token-that-must-not-be-shown';

/** A kubeconfig for a server; `user` is YAML in one line. */
export function kubeconfigFor(server: string, user = `{token: ${TOKEN}}`): string {
  return `apiVersion: v1
kind: Config
clusters: [{name: tiny, cluster: {server: "${server}"}}]
users: [{name: me, user: ${user}}]
contexts: [{name: tiny, context: {cluster: tiny, user: me}}]
current-context: tiny
`;
}

export function nodeList(names: readonly string[], metadata: object = {}): object {
  return {
    kind: 'NodeList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '1', ...metadata },
    items: names.map((name) => ({ metadata: { name }, spec: {}, status: {} })),
  };
}
